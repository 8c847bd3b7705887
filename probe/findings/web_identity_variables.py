"""Web identity as it is configured: half a pair, a broken ARN, parts that do not belong together."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import ArnFault, Source, WebIdentityVariables
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.web_identity_remedies import annotate_role, look_at_pod, restart, unset
from probe.findings.web_identity_view import WebIdentityView, quote
from probe.report import Finding, Remedy

STEP = "web-identity.variables"


def partial(case: Case) -> Iterator[Finding]:
    """Exactly one of the two variables is set."""
    told = case.web_identity
    if told is None or (told.role_arn is None) == (told.token_file is None):
        return
    there, missing = _halves(told)
    yield found(
        "web-identity-partial",
        certainty=CERTAIN,
        step=STEP,
        summary=f"Web identity cannot be used: {there} is set and {missing} is not.",
        evidence=[*_what_sdks_do(told), *_node_role(case)],
        remedies=(
            unset(case, there),
            look_at_pod(case, "See who set it: the webhook adds neither of the two when one is there already."),
            restart(case),
        ),
        sdks=("go-v1", "go-v2", "botocore") if told.token_file else (),
    )


def _halves(told: WebIdentityVariables) -> tuple[str, str]:
    pair = ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")
    return pair if told.token_file is None else (pair[1], pair[0])


def _what_sdks_do(told: WebIdentityVariables) -> Iterator[str]:
    if told.token_file is None:
        yield "AWS_ROLE_ARN alone: Go, botocore, JS, Rust and Java ignore it and go on to the next source"
        return
    if told.profile_role_arn:
        yield f"botocore takes the role from the profile ({told.profile_role_arn}) and works; Go v1 and v2 stop"
    else:
        yield "AWS_WEB_IDENTITY_TOKEN_FILE alone: Go v1, Go v2 and botocore stop with an error"
    yield "JS v3, Java v2, .NET, C++, CRT and Rust (aws-config 1.9.0 and later) go on to the next source"


def _node_role(case: Case) -> Iterator[str]:
    if case.gave_keys(Source.IMDS):
        yield "IMDS gives this pod the node role: whatever goes on to the next source may run as it"


def role_arn_invalid(case: Case) -> Iterator[Finding]:
    """The ARN cannot be that of a role, by its form or by STS' word."""
    view = WebIdentityView(case)
    told = view.variables
    if told is None or view.accepted:
        return
    refused = view.sts_said("ValidationError", "ARN is invalid") or view.sts_said("ValidationError", "roleArn")
    fault = told.arn_fault
    if fault is None and refused is None:
        return
    went_on = view.answer is not None and view.answer.code is not None and refused is None
    certain = refused is not None or (fault is not None and fault.certain and not went_on)
    evidence = [f"{view.told_by} is {told.role_arn}"]
    if fault is not None:
        evidence.append(_place(fault))
    if refused is not None:
        evidence.append(quote(refused))
    elif went_on and view.answer is not None:
        evidence.append(f"STS did not complain of the ARN's form: {view.answer.code}")
    finding = found(
        "web-identity-role-arn-invalid",
        certainty=CERTAIN if certain else LIKELY,
        step=STEP if fault is not None else "web-identity.assume-role",
        summary=f"{view.told_by} is not the ARN of a role. {fault.sentence}"
        if fault is not None
        else f"STS does not take {view.told_by} as the ARN of a role.",
        evidence=evidence,
        becomes_certain_with="The answer of STS to this ARN.",
        remedies=annotate_role(view),
    )
    yield replace(finding, severity=Severity.WARNING) if went_on else finding


def _place(fault: ArnFault) -> str:
    if fault.position is None:
        return f"found {fault.found}; expected {fault.expected}"
    return f"at character {fault.position + 1}: found {fault.found}; expected {fault.expected}"


def partition_mismatch(case: Case) -> Iterator[Finding]:
    """The role is of one partition and the region of another."""
    view = WebIdentityView(case)
    if not view.partitions_differ or view.partitions is None or view.endpoint is None:
        return
    of_role, of_region = view.partitions
    endpoint = view.endpoint
    region = endpoint.meant_region or endpoint.region
    configured = endpoint.region_from in {"AWS_REGION", "AWS_DEFAULT_REGION", "the profile"}
    evidence = [
        f"{view.told_by} is of partition {of_role}",
        f"region {region} ({endpoint.region_from}) is of partition {of_region}",
        f"STS is asked at {endpoint.host} ({endpoint.host_from})",
    ]
    if view.answer is not None and view.answer.code is not None:
        evidence.append(quote(view.answer))
    yield found(
        "web-identity-partition-mismatch",
        certainty=CERTAIN if endpoint.host_from in {"regional", "global"} and configured else LIKELY,
        step=STEP,
        summary=f"The role belongs to partition {of_role} and region {region} to {of_region}: "
        "in one, the other does not exist.",
        evidence=evidence,
        becomes_certain_with="The same walk with a region that is configured, and without an endpoint override.",
        remedies=_partition_remedies(view, of_role),
    )


def _partition_remedies(view: WebIdentityView, of_role: str) -> tuple[Remedy, ...]:
    return (
        *annotate_role(view)[1:],
        Remedy(
            text=f"Or, if the role is right: set AWS_REGION and AWS_DEFAULT_REGION to a region of {of_role}, and "
            "AWS_STS_REGIONAL_ENDPOINTS=regional.",
        ),
    )


RULES = (partial, role_arn_invalid, partition_mismatch)
