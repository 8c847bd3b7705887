"""Where IMDS is asked, and whether the SDKs may ask: variables first, then the profile."""

from probe.evidence import ImdsVariables, Outcome
from probe.parse.endpoint import ImdsEndpoint, UriProblem, UriProblemKind, read_imds_endpoint
from probe.walk import Done, Walk

ENDPOINT, MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"


def read_imds_variables(walk: Walk) -> Done[None]:
    """Do `imds.variables`."""
    get, shared = walk.surroundings.get, walk.shared.setting
    endpoint = get(ENDPOINT) or shared(ENDPOINT.removeprefix("AWS_").lower())
    mode = get(MODE) or shared(MODE.removeprefix("AWS_").lower())
    read = read_imds_endpoint(endpoint, mode)
    problem = read if isinstance(read, UriProblem) else None
    disabled = get("AWS_EC2_METADATA_DISABLED")
    facts = ImdsVariables(
        endpoint=_url(read),
        host=read.address.host if isinstance(read, ImdsEndpoint) else "",
        port=read.address.port if isinstance(read, ImdsEndpoint) else 0,
        problem=problem.sentence if problem else None,
        problem_kind=problem.kind if problem else None,
        named_by=_named_by(walk, endpoint, problem),
        mode_misspelled=isinstance(read, ImdsEndpoint) and not read.mode_spelled_exactly,
        disabled=(disabled or "").lower() == "true",
        disabled_value=disabled,
        version_1_disabled=(get("AWS_EC2_METADATA_V1_DISABLED") or "").lower() == "true",
    )
    worst = Outcome.FAIL if facts.problem else Outcome.WARN if facts.disabled else Outcome.OK
    return Done(outcome=worst, facts=facts)


def _url(read: ImdsEndpoint | UriProblem) -> str:
    if isinstance(read, UriProblem):
        return ""
    return f"{read.address.scheme}://{read.address.authority}{read.address.path.rstrip('/')}"


def _named_by(walk: Walk, endpoint: str | None, problem: UriProblem | None) -> str | None:
    is_mode = problem is not None and problem.kind is UriProblemKind.BAD_MODE
    variable = MODE if is_mode else ENDPOINT
    if not is_mode and not endpoint:
        return None
    return variable if walk.surroundings.get(variable) else "the profile"
