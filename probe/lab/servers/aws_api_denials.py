"""Denials in the words of AWS.

From the pages "Troubleshoot access denied error messages" of the IAM User Guide and "Troubleshoot unauthorized
operations" of the EC2 User Guide, and from threads that quote them.
"""

from probe.lab.servers.aws_api_config import Denial
from probe.lab.servers.canaries import Canaries

_REASONS: dict[Denial, str] = {
    "identity": "because no identity-based policy allows the {action} action",
    "explicit": "with an explicit deny in an identity-based policy",
    "scp": "because no service control policy allows the {action} action",
    "scp-explicit": "with an explicit deny in a service control policy",
    "rcp-explicit": "with an explicit deny in a resource control policy",
    "boundary": "because no permissions boundary allows the {action} action",
    "boundary-explicit": "with an explicit deny in a permissions boundary",
    "session": "because no session policy allows the {action} action",
    "session-explicit": "with an explicit deny in a session policy",
    "endpoint": "because no VPC endpoint policy allows the {action} action",
    "endpoint-explicit": "with an explicit deny in a VPC endpoint policy",
    "resource": "because no resource-based policy allows the {action} action",
    "trust": "because no role trust policy allows the {action} action",
}
_CODES = {"ec2": "UnauthorizedOperation", "query": "AccessDenied", "rest-xml": "AccessDenied"}
"""By protocol; the JSON services say AccessDeniedException."""
_EC2 = "You are not authorized to perform this operation."


def denial(
    protocol: str, action: str, principal: str, kind: Denial, canaries: Canaries, resource: str | None = None
) -> tuple[str, int, str]:
    """Return code, status and text of a denial."""
    code = _CODES.get(protocol, "AccessDeniedException")
    status = 400 if protocol == "json" else 403
    if kind == "encoded":
        # Long, and of no use to anybody who may not decode it: a canary shows where it gets to.
        return code, status, f"{_EC2} Encoded authorization failure message: {canaries.secret(800, prefix='EXAMPLE')}"
    of_what = f" on resource: {resource}" if resource else ""
    why = _REASONS.get(kind, "").format(action=action)
    text = f"User: {principal} is not authorized to perform: {action}{of_what} {why}".strip()
    return code, status, f"{_EC2} {text}" if protocol == "ec2" else text
