"""The token as it lies in the file: not there, not readable, not a token, too old, made for somebody else."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import Claims, FileFacts, FileState, TokenFile
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.clock import Clock
from probe.findings.web_identity_remedies import file_system_group, look_at_pod, project_token
from probe.findings.web_identity_view import AFTER_AUDIENCE, STS_AUDIENCE, WebIdentityView, quote
from probe.findings.words import lasting, runs_as, when
from probe.parse.token import TokenProblem
from probe.report import Finding

STEP = "web-identity.token"
POD_IDENTITY_AUDIENCE = "pods.eks.amazonaws.com"
_NOWHERE = {
    FileState.MISSING: "there is no such file",
    FileState.DIRECTORY: "it is a directory",
    FileState.LINK_LOOP: "its symbolic links lead in a circle",
    FileState.NOT_REGULAR: "it is a pipe, socket or device, which the probe does not open",
}
_WORDS = {
    TokenProblem.EMPTY: "holds white space only",
    TokenProblem.SURROUNDING_WHITESPACE: "has white space around the token",
    TokenProblem.INNER_WHITESPACE: "has white space inside the token",
    TokenProblem.TRAILING_NEWLINE: "ends in a line break, which no SDK removes",
    TokenProblem.CARRIAGE_RETURN: "has a carriage return in it",
    TokenProblem.NOT_ASCII: "has bytes in it that are not ASCII",
    TokenProblem.NOT_THREE_SEGMENTS: "is not three parts separated by dots",
    TokenProblem.NOT_BASE64URL: "has parts that are not base64url",
    TokenProblem.HEADER_NOT_JSON: "has a header that is not JSON",
    TokenProblem.PAYLOAD_NOT_JSON: "has claims that are not JSON",
    TokenProblem.NUL_BYTE: "has a NUL byte in it",
    TokenProblem.TOO_LONG: "is longer than the 20,000 characters that STS takes",
    TokenProblem.BEARER_PREFIX: "begins with `Bearer`, which belongs to HTTP",
    TokenProblem.QUOTED: "has quotes around the token",
    TokenProblem.TRAILING_TEXT: "has other text behind the token",
    TokenProblem.CLAIM_MALFORMED: "has a claim whose value cannot be",
}
_HARMLESS_ALONE = frozenset({TokenProblem.CLAIM_MALFORMED})


def missing(case: Case) -> Iterator[Finding]:
    """Nothing that could be read as a file is at that path."""
    view = WebIdentityView(case)
    file = view.token.file if view.token else None
    if file is None:
        return
    empty = file.state is FileState.READ and file.size == 0
    if not empty and file.state not in _NOWHERE:
        return
    what = "the file is empty" if empty else _NOWHERE[file.state]
    yield found(
        "web-identity-token-missing",
        certainty=LIKELY if file.state is FileState.NOT_REGULAR else CERTAIN,
        step=STEP,
        summary=f"{view.token_variable} names {file.path}, and {what}.",
        evidence=[
            _about(file),
            "Go, botocore, JS, Rust and .NET stop with an error; Java v2, C++ and CRT go on to the next source",
        ],
        becomes_certain_with="Reading it as the application does: a pipe may have somebody who writes to it.",
        remedies=project_token(case),
    )


def unreadable(case: Case) -> Iterator[Finding]:
    """The file is there, and this process may not read it."""
    view = WebIdentityView(case)
    file = view.token.file if view.token else None
    if file is None or file.state not in {FileState.UNREADABLE, FileState.FAILED}:
        return
    process = case.given.process
    yield found(
        "web-identity-token-unreadable",
        certainty=CERTAIN,
        step=STEP,
        summary=f"This process (user {process.user}) may not read the token file {file.path}."
        if file.state is FileState.UNREADABLE
        else f"The token file {file.path} cannot be read: {file.error_name}.",
        evidence=[_about(file), f"the process runs as {runs_as(process)}"],
        remedies=file_system_group(view)
        if file.state is FileState.UNREADABLE
        else (look_at_pod(case, "Look at the volume behind that path."),),
    )


def _about(file: FileFacts) -> str:
    told = [f"{file.path}: {file.state.replace('-', ' ')}"]
    if file.error_name:
        told.append(file.error_name)
    if file.mode is not None:
        told.append(f"mode {file.mode}, owner {file.owner}:{file.group}, {file.size} bytes")
    return ", ".join(told)


def malformed(case: Case) -> Iterator[Finding]:
    """The file has bytes, and they are not a bare token."""
    view = WebIdentityView(case)
    token = view.token
    if token is None or token.file is None or not token.file.size:
        return
    problems = _problems(token)
    if not problems:
        return
    passed = view.accepted or (view.answer is not None and _is_past_parsing(view))
    finding = found(
        "web-identity-token-malformed",
        certainty=LIKELY if passed or set(problems) <= _HARMLESS_ALONE else CERTAIN,
        step=STEP,
        summary=f"The token file {_WORDS[problems[0]]}: {token.file.path}.",
        evidence=[*(f"the file {_WORDS[problem]}" for problem in problems), _about(token.file), *_answered(view)],
        becomes_certain_with="The answer of STS to exactly this content.",
        remedies=project_token(case),
    )
    # STS has the last word: what it takes, or refuses for another reason, is no reason to stop here.
    yield replace(finding, severity=Severity.WARNING) if passed else finding


def _problems(token: TokenFile) -> list[TokenProblem]:
    if token.file is not None and token.file.state is FileState.TOO_LARGE:
        return [TokenProblem.TOO_LONG]
    return [TokenProblem(problem) for problem in token.problems]


def _is_past_parsing(view: WebIdentityView) -> bool:
    """Whether STS has looked at the claims, which it can only do once it has read the token."""
    code = view.answer.code if view.answer else None
    named = any(view.sts_said("InvalidIdentityToken", words) for words in ("No OpenIDConnect provider", "audience"))
    return code in AFTER_AUDIENCE or named


def _answered(view: WebIdentityView) -> Iterator[str]:
    if view.accepted:
        yield "STS accepted it all the same, this time"
    elif view.answer is not None and view.answer.code is not None:
        yield quote(view.answer)


def expired(case: Case) -> Iterator[Finding]:
    """The token is past its end, by a clock that somebody else confirms or by STS' own word."""
    view, clock = WebIdentityView(case), Clock(case)
    claims = view.claims
    if claims is None or view.accepted:
        return
    refused = view.sts_said("ExpiredTokenException")
    by_clock = claims.expires is not None and claims.expires <= clock.now
    if refused is None and not by_clock:
        return
    if clock.skew is not None and not clock.is_right and not _is_over_both(claims, case, clock):
        return  # the clock is the fault, and has a finding of its own
    expires = claims.expires or 0
    evidence = [f"the token expires {when(expires)}, the local clock says {when(case.given.clock)}"]
    evidence += [quote(refused)] if refused else []
    evidence += ["an answer of AWS confirms the local clock"] if clock.is_right else []
    yield found(
        "web-identity-token-expired",
        certainty=CERTAIN if refused or (clock.is_right and clock.is_known) else LIKELY,
        step=STEP,
        summary=f"The token in the file expired {lasting(clock.now - expires)} ago{_renewal(view, expires)}."
        if by_clock
        else "STS says that the token in the file has expired.",
        evidence=[*evidence, *_file_age(case, view)],
        remedies=project_token(case),
    )


def _renewal(view: WebIdentityView, expires: float) -> str:
    """End the sentence. A file that was written after its token's end is renewed, and with what was old already."""
    modified = view.token.file.modified if view.token and view.token.file else None
    is_late = modified is not None and modified > expires
    return ", though the file was written since" if is_late else ": nothing renews the file any more"


def _is_over_both(claims: Claims, case: Case, clock: Clock) -> bool:
    """Whether the token is past its end by the local clock as well as by AWS'."""
    return claims.expires is not None and claims.expires <= min(case.given.clock, clock.now)


def _file_age(case: Case, view: WebIdentityView) -> Iterator[str]:
    file = view.token.file if view.token else None
    if file is not None and file.modified is not None:
        yield f"the file was last written {lasting(case.given.clock - file.modified)} ago"


def wrong_token(case: Case) -> Iterator[Finding]:
    """The token is one, and was made for somebody else."""
    view = WebIdentityView(case)
    claims = view.claims
    if claims is None or view.accepted or STS_AUDIENCE in claims.audiences:
        return
    foreign = _foreign(claims)
    refused = view.sts_said("InvalidIdentityToken", "audience")
    passed = view.answer is not None and view.answer.code in AFTER_AUDIENCE
    meant = ", ".join(claims.audiences) or "nobody"
    evidence = [f"audience {meant}; STS wants {STS_AUDIENCE}", f"subject {claims.subject}"]
    if view.answer is not None and view.answer.code is not None:
        evidence.append(quote(view.answer))
    finding = found(
        "web-identity-wrong-token",
        certainty=CERTAIN if refused or (not claims.audiences and not passed) else LIKELY,
        step=STEP,
        summary=f"The token file holds {foreign or f'a token for {meant}'}, not a token for STS.",
        evidence=evidence,
        remedies=project_token(case),
    )
    # STS came to a later check, so this audience is listed: what it says there is the thing to mend.
    yield replace(finding, severity=Severity.WARNING) if passed else finding


def _foreign(claims: Claims) -> str | None:
    """Say whose token it is where the audience leaves no doubt."""
    if POD_IDENTITY_AUDIENCE in claims.audiences:
        return "the Pod Identity token"
    if not claims.audiences:
        return "a token without an audience"
    kubernetes = ("https://kubernetes.default", "kubernetes.default", claims.issuer or "https://kubernetes.default")
    if all(audience.startswith(kubernetes) for audience in claims.audiences):
        return "the pod's default ServiceAccount token, which is for the Kubernetes API server"
    return None


RULES = (missing, unreadable, malformed, expired, wrong_token)
