"""What AWS services answer when the credentials work and the action is denied.

Texts: IAM user guide (troubleshooting access denied messages), EC2 API Reference (error codes). The principal in the
text decides first: a session that is named like an instance is the node role.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "sts"
_ACTION = r"is not authorized to perform: (?!sts:|eks-auth:)[a-z0-9-]{1,40}:[A-Za-z0-9]{1,80}"
_NAME = r"[\w+=,.@-]{1,64}"
_OF_ITSELF = (
    rf"arn:aws[\w-]{{0,12}}:sts::(\d{{12}}):assumed-role/({_NAME})/{_NAME} is not authorized to perform: "
    rf"sts:AssumeRole on resource: \"?arn:aws[\w-]{{0,12}}:iam::\1:role/(?:[\w.-]{{1,64}}/){{0,4}}\2(?![\w+=,.@/-])"
)
"""Same account and same name is the same role: names are unique in an account, whatever the path."""
_WHO_FIRST = (
    "See first who was denied: a session named i-… is the node role. Then allow the action in a policy of that role."
)
_SESSION_POLICY = "Look at the policy of the Pod Identity association, or at what the program passes to AssumeRole."
_NODE_ROLE = (
    "The program runs as the node role: the session is named like the instance. If the pod was meant to have a role of "
    "its own, this is missing injection or an old SDK, not a missing permission."
)
_KIND = r"(?:identity-based|resource-based|VPC endpoint) policy"

SIGNATURES = (
    # Denied
    Signature(
        text="arn:aws",
        pattern=_OF_ITSELF,
        sdk=SDK,
        step="needs.assume-role",
        codes=("self-assume",),
        meaning="The program has its role already and tries to assume the same role again, which the role does not "
        "allow.",
        next="Remove the role from the program's own configuration (cert-manager: `role` of the solver).",
    ),
    Signature(
        text="is not authorized to perform: sts:TagSession on resource: …",
        sdk=SDK,
        step="needs.assume-role",
        codes=("chained-role-denied",),
        meaning="The second role does not let this one pass session tags. Pod Identity always sends tags, and they "
        "travel on.",
        next="Allow sts:TagSession in the trust policy of the second role, or create the association with "
        "--disable-session-tags.",
    ),
    Signature(
        text="explicit deny in a service control policy",
        step="needs.permissions",
        codes=("permission-denied-scp",),
        meaning="An organization's service control policy denies the action; no policy of the role can change that.",
        next="Ask whoever runs the AWS Organization. A session named i-… in the text is the node role.",
    ),
    Signature(
        text="because no service control policy allows",
        step="needs.permissions",
        codes=("permission-denied-scp",),
        meaning="The organization's service control policies do not allow the action; no policy of the role can "
        "change that.",
        next="Ask whoever runs the AWS Organization. A session named i-… in the text is the node role.",
    ),
    Signature(
        text="explicit deny in a permissions boundary",
        step="needs.permissions",
        codes=("permission-denied-boundary",),
        meaning="The role's permissions boundary denies the action.",
        next="Widen the boundary, or use a role without one.",
    ),
    Signature(
        text="because no permissions boundary allows",
        step="needs.permissions",
        codes=("permission-denied-boundary",),
        meaning="The role's permissions boundary does not allow the action.",
        next="Widen the boundary, or use a role without one.",
    ),
    Signature(
        text="explicit deny in a session policy",
        step="needs.permissions",
        codes=("permission-denied-session-policy",),
        meaning="The session policy denies the action, whatever the role's own policies allow.",
        next=_SESSION_POLICY,
    ),
    Signature(
        text="because no session policy allows",
        step="needs.permissions",
        codes=("permission-denied-session-policy",),
        meaning="The session policy is narrower than the role's own policies and does not allow the action.",
        next=_SESSION_POLICY,
    ),
    Signature(
        text="assumed-role/",
        pattern=rf"assumed-role/{_NAME}/i-[0-9a-f]{{8,17}} is not authorized to perform: sts:AssumeRole on resource: ",
        step="needs.assume-role",
        codes=("unexpected-source", "chained-role-denied"),
        meaning=_NODE_ROLE,
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="is not authorized to perform: sts:AssumeRole on resource: …",
        sdk=SDK,
        step="needs.assume-role",
        codes=("chained-role-denied", "self-assume"),
        meaning="The pod has credentials, and assuming a second role failed: that role does not trust this one, or "
        "this one may not ask.",
        next="Compare the role named here with the trust policy of the second role; then run the probe with the same "
        "ServiceAccount.",
    ),
    Signature(
        text="assumed-role/",
        pattern=rf"assumed-role/{_NAME}/i-[0-9a-f]{{8,17}} {_ACTION}",
        step="needs.permissions",
        codes=("unexpected-source", "permission-denied"),
        meaning=_NODE_ROLE,
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text="assumed-role/kube2iam/ …",
        step="needs.permissions",
        codes=("imds-impostor", "unexpected-source"),
        meaning="The program got its keys from kube2iam, which stands in the place of IMDS.",
        next="Move the pod to web identity or Pod Identity, or give it kube2iam's role annotation.",
    ),
    Signature(
        text="is not authorized to perform: ",
        pattern=rf"{_ACTION}.{{0,400}}?(?:because no {_KIND} allows|explicit deny in an? {_KIND})",
        step="needs.permissions",
        codes=("permission-denied",),
        meaning="The credentials work, and the kind of policy that the text names does not allow this action.",
        next=_WHO_FIRST,
    ),
    Signature(
        text="Encoded authorization failure message: …",
        step="needs.permissions",
        codes=("permission-encoded",),
        meaning="The credentials work, and EC2 denied the action; why is in the encoded part.",
        next="aws sts decode-authorization-message --encoded-message …",
    ),
    Signature(
        text="is not authorized to perform: ",
        pattern=_ACTION,
        step="needs.permissions",
        codes=("permission-denied", "permission-denied-scp"),
        meaning="The credentials work, and the action is denied. The text does not name the policy.",
        next=_WHO_FIRST,
    ),
    Signature(
        text="UnauthorizedOperation",
        step="needs.permissions",
        codes=("permission-denied", "permission-encoded"),
        meaning="The credentials work, and EC2 denied the action.",
        next=_WHO_FIRST,
    ),
)
