"""STS is reached: it does not answer, somebody else does, it has trouble of its own, or it refuses everybody."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from probe.evidence import NAME_FAILED, NO_PATH, TLS_BROKEN, Connection, Ending, Handshake, NameLookup
from probe.findings.case import CERTAIN, LIKELY, Case, found, told
from probe.findings.sts_path import connection_finding, name_finding
from probe.findings.sts_remedies import again, around_the_proxy, compare_paths
from probe.findings.sts_tls import handshake_finding, is_amazon
from probe.findings.sts_view import Asked, asked, once, weighed
from probe.findings.web_identity_view import WebIdentityView, quote
from probe.report import Certainty, Finding, Remedy

PATIENCE_MS = 4000.0
"""STS must have had this long after the request before its silence means anything."""
NO_ANSWER = frozenset({Ending.NO_ANSWER, Ending.CLOSED, Ending.RESET, Ending.INCOMPLETE})
THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
OF_WEB_IDENTITY = frozenset(
    {
        *("AccessDenied", "InvalidIdentityToken", "ExpiredTokenException", "ValidationError"),
        *("IDPCommunicationError", "IDPRejectedClaim", "RegionDisabledException"),
    }
)
OF_KEYS = frozenset({"InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException"})
OF_TIME = frozenset({"RequestExpired", "RequestTimeTooSkewed"})
KNOWN_INVALID_TOKEN = (
    "No OpenIDConnect provider",
    "audience",
    "verification key",
    "could not be validated",
    "thumbprint",
)
KNOWN_INVALID_INPUT = ("ARN is invalid", "roleArn", "DurationSeconds")


def trouble(case: Case) -> Iterator[Finding]:
    """Whatever goes wrong between this pod and STS itself, once for all the calls that met it."""
    yield from once(weighed(call, finding) for call in asked(case) for finding in _of_call(case, call))


def _of_call(case: Case, call: Asked) -> Iterator[Finding]:
    exchange = call.exchange
    nowhere = exchange.phases.connected is None and not exchange.answered
    if nowhere or exchange.ending in TLS_BROKEN | {Ending.PROXY_FAILED}:
        yield from _of_way(case, call)
    elif exchange.ending in NO_ANSWER:
        yield _no_answer(call)
    elif (exchange.status or 0) >= 500 and (call.answer.code or call.answer.request_id):
        yield _unavailable(call)
    elif not call.answer.recognised or exchange.ending in {Ending.NOT_HTTP, Ending.TOO_LARGE}:
        yield _impostor(case, call)
    elif call.answer.code is not None:
        yield from _of_code(case, call, call.answer.code)


def _of_way(case: Case, call: Asked) -> Iterator[Finding]:
    """A call that met no open way. Web identity has steps of its own for this; the other sources have only the call."""
    exchange, view = call.exchange, WebIdentityView(case)
    if not call.gives_keys and view.way_is_broken:
        return  # said by the rules about those steps
    host, lines = call.answer.endpoint, [told(exchange)]
    if exchange.ending in NAME_FAILED:
        lookup = NameLookup(host=host, error=exchange.ending, error_name=exchange.error_name)
        step = case.evidence.step(call.step)
        yield name_finding(case, view, lookup, step=call.step, evidence=lines, waited=step)
    elif exchange.ending in NO_PATH:
        connection = Connection(
            host=host, port=443, address=exchange.address, ending=exchange.ending, milliseconds=call.waited_ms
        )
        yield connection_finding(case, view, connection, step=call.step, evidence=lines)
    elif exchange.ending in TLS_BROKEN:
        shaken = Handshake(host=host, ending=exchange.ending, error=exchange.error_name)
        yield _at(call, handshake_finding(case, view, shaken))
    elif exchange.ending is Ending.PROXY_FAILED:
        yield found(
            "sts-proxy-failed",
            certainty=CERTAIN,
            step=call.step,
            summary=f"The proxy {exchange.via_proxy} does not lead to STS.",
            evidence=lines,
            remedies=around_the_proxy(case, view.endpoint, direct_works=False),
        )


def _at(call: Asked, finding: Finding) -> Finding:
    return replace(finding, step=call.step, source=call.step.removeprefix("identity."))


def _no_answer(call: Asked) -> Finding:
    exchange = call.exchange
    waited = (call.waited_ms or 0.0) - (exchange.phases.sent or exchange.phases.connected or 0.0)
    patient = exchange.ending is not Ending.NO_ANSWER or waited >= PATIENCE_MS
    evidence = [told(exchange)]
    if exchange.request_acknowledged is not None:
        heard = "has" if exchange.request_acknowledged else "has not"
        evidence.append(f"the other side's kernel {heard} acknowledged the whole request")
    return found(
        "sts-no-answer",
        certainty=CERTAIN if patient else LIKELY,
        step=call.step,
        summary=f"STS was reached and {_HOW[exchange.ending]} {call.what}.",
        evidence=evidence,
        becomes_certain_with="A longer deadline: STS was given too little time.",
        remedies=compare_paths(),
    )


_HOW = {
    Ending.NO_ANSWER: "never answered",
    Ending.CLOSED: "hung up without an answer to",
    Ending.RESET: "broke the connection off at",
    Ending.INCOMPLETE: "began, and did not finish in time, its answer to",
}


def _unavailable(call: Asked) -> Finding:
    return found(
        "sts-unavailable",
        certainty=CERTAIN,
        step=call.step,
        summary=f"STS answers with a server error (status {call.exchange.status}): nothing in this pod can mend that.",
        evidence=[quote(call.answer)],
        remedies=(again(), Remedy(text="See the AWS Health Dashboard for STS in this region.")),
    )


def _impostor(case: Case, call: Asked) -> Finding:
    exchange, view = call.exchange, WebIdentityView(case)
    issuer = view.handshake.issuer if view.handshake else None
    doubtful = _may_be_a_front_end(call, view)
    evidence = [told(exchange), f"content type {exchange.content_type or 'not told'}, {exchange.body_bytes} bytes"]
    evidence += [f"the certificate is issued by {issuer}"] if issuer else []
    evidence += [f"the request went through the proxy {exchange.via_proxy}"] if exchange.via_proxy else []
    return found(
        "sts-impostor",
        certainty=LIKELY if doubtful else CERTAIN,
        step=call.step,
        summary=f"What answers at {call.answer.endpoint} is not STS: its answer is none of the STS API.",
        evidence=evidence,
        becomes_certain_with="The same request from another network.",
        remedies=(
            Remedy(
                text=f"Look up {call.answer.endpoint} in the pod and compare the address ({exchange.address}) with "
                "that of the VPC endpoint or of public STS."
            ),
            *around_the_proxy(case, view.endpoint, direct_works=True)[: 1 if exchange.via_proxy else 0],
        ),
    )


def _may_be_a_front_end(call: Asked, view: WebIdentityView) -> bool:
    """Whether a load balancer of AWS in front of STS could have sent this: its error pages are none of STS' either."""
    status, shaken = call.exchange.status or 0, view.handshake
    if status >= 500 or (shaken is not None and is_amazon(shaken)):
        return True
    unknown = shaken is None or shaken.issuer is None
    return 300 <= status < 500 and unknown and call.exchange.url.startswith("https://")


def _of_code(case: Case, call: Asked, code: str) -> Iterator[Finding]:
    if code in THROTTLED:
        yield _plain(
            call,
            "sts-throttled",
            CERTAIN,
            "STS throttles the requests of this account and region: the configuration is not at fault.",
            again(),
            Remedy(text="Reuse one client per process: SDKs then keep the session. Spread start-ups out with jitter."),
        )
    elif code == "RegionDisabledException":
        yield _plain(
            call,
            "sts-region-disabled",
            CERTAIN,
            f"STS is switched off for this account in region {call.answer.region}.",
            Remedy(
                text="Activate it: IAM console, Account settings, Security Token Service, in the role's account.",
                privileged=True,
            ),
        )
    elif not _has_a_rule(case, call, code):
        yield _plain(
            call,
            "sts-rejected",
            LIKELY,
            f"STS refuses {call.what} with {code}, which the probe has no finding for.",
            Remedy(text="Look the code up in the STS API reference (Common Errors), or in CloudTrail by request id."),
        )


def _has_a_rule(case: Case, call: Asked, code: str) -> bool:
    """Whether another rule speaks of this answer."""
    message = call.answer.message or ""
    if not call.gives_keys:
        return code in OF_KEYS | OF_TIME
    view = WebIdentityView(case)
    damaged = bool(view.token and view.token.problems)
    rules: dict[str, Callable[[], bool]] = {
        "AccessDenied": lambda: "sts:AssumeRoleWithWebIdentity" in message,
        "InvalidIdentityToken": lambda: damaged or any(words in message for words in KNOWN_INVALID_TOKEN),
        "ValidationError": lambda: any(words in message for words in KNOWN_INVALID_INPUT),
    }
    return code in OF_WEB_IDENTITY and rules.get(code, lambda: True)()


def _plain(call: Asked, code: str, certainty: Certainty, summary: str, *remedies: Remedy) -> Finding:
    return found(
        code, certainty=certainty, step=call.step, summary=summary, evidence=[quote(call.answer)], remedies=remedies
    )


RULES = (trouble,)
