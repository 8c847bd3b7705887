"""Whatever IMDS did: a judgement comes, it does not contradict itself, and it is never surer than the evidence."""

from hypothesis import given, settings
from hypothesis import strategies as st

from probe.evidence import (
    Attempts,
    Connection,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Evidence,
    Exchange,
    Facts,
    ImdsVariables,
    InstanceMetadata,
    KeysInEnvironment,
    Outcome,
    Phases,
    RoleListing,
    Route,
    Router,
    SelectedProfile,
    Step,
    WebIdentityVariables,
)
from probe.findings.catalogue.entry import Severity
from probe.judge import judge
from probe.parse.endpoint import UriProblemKind
from probe.report import Certainty, Report
from tests.findings.imds_building import ADDRESS, NOW, pod

EXCLUSIVE = frozenset(
    {
        "imds-hop-limit",
        "imds-hop-limit-v1-allowed",
        "imds-stalled",
        "imds-unavailable",
        "imds-blocked",
        "imds-refused",
        "imds-no-route",
        "imds-disabled",
        "imds-reset",
        "imds-forwarded",
        "imds-impostor",
        "imds-endpoint-invalid",
    }
)
HOP_LIMIT = frozenset({"imds-hop-limit", "imds-hop-limit-v1-allowed"})

milliseconds = st.none() | st.floats(0.0, 20_000.0)
servers = st.sampled_from(["EC2ws", "EC2ws", "EC2ws", None, "nginx", "EC2ws\u200b", ""])
statuses = st.sampled_from([200, 200, 401, 401, 400, 403, 404, 405, 302, 417, 429, 500, 503, 100, 999])
endings = st.sampled_from(list(Ending))


@st.composite
def exchanges(draw: st.DrawFn, method: str) -> Exchange:
    """An exchange, often of the kinds that the hop limit is made of."""
    ending = draw(st.sampled_from([Ending.NO_ANSWER, Ending.NO_ANSWER, Ending.ANSWERED, Ending.ANSWERED]) | endings)
    has_status = ending in {Ending.ANSWERED, Ending.TOO_LARGE} or (ending is Ending.INCOMPLETE and draw(st.booleans()))
    return Exchange(
        method=method,
        url=f"http://{ADDRESS}/latest/",
        ending=ending,
        status=draw(statuses) if has_status else None,
        server=draw(servers) if has_status else None,
        content_type=draw(st.sampled_from([None, "text/plain", "text/html"])),
        body_bytes=draw(st.integers(0, 70_000)),
        clock_skew_seconds=draw(st.none() | st.floats(-1e6, 1e6)),
        request_acknowledged=draw(st.sampled_from([True, True, False, None])),
        end_acknowledged=draw(st.sampled_from([None, None, False, True])),
        phases=Phases(connected=draw(milliseconds), first_byte=draw(milliseconds), complete=draw(milliseconds)),
    )


def conversations(method: str) -> st.SearchStrategy[Attempts]:
    return st.builds(
        Attempts,
        exchanges=st.lists(exchanges(method), min_size=1, max_size=3).map(tuple),
        ttl_repeated=st.sampled_from([None, True, False]),
    )


FACTS: dict[str, st.SearchStrategy[Facts]] = {
    "environment.keys": st.builds(KeysInEnvironment, has_access_key=st.booleans(), has_secret=st.booleans()),
    "shared-config.profile": st.builds(
        SelectedProfile, name=st.just("default"), kind=st.sampled_from(["static", "empty", "process", "missing"])
    ),
    "web-identity.variables": st.builds(WebIdentityVariables, role_arn=st.none() | st.just("arn")),
    "container.variables": st.builds(ContainerVariables, full_uri=st.just("http://169.254.170.23/v1/credentials")),
    "imds.variables": st.builds(
        ImdsVariables,
        endpoint=st.sampled_from(["http://169.254.169.254", "http://169.254.169.254/latest", "https://x", ""]),
        host=st.sampled_from([ADDRESS, ADDRESS, "fd00:ec2::254", "127.0.0.1", ""]),
        named_by=st.none() | st.just("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
        problem=st.none() | st.just("It is wrong."),
        problem_kind=st.none() | st.sampled_from(list(UriProblemKind)).map(str),
        disabled=st.booleans(),
        mode_misspelled=st.booleans(),
    ),
    "imds.route": st.builds(
        Route,
        address=st.just(ADDRESS),
        hops=st.none() | st.integers(1, 6),
        routers=st.lists(st.builds(Router, distance=st.integers(1, 6), address=st.just("10.0.0.1")), max_size=3).map(
            tuple
        ),
        rejected_by=st.none() | st.just("10.0.0.1"),
    ),
    "imds.connect": st.builds(
        Connection,
        host=st.just(ADDRESS),
        port=st.just(80),
        ending=st.sampled_from([Ending.CONNECTED, Ending.CONNECTED]) | endings,
        attempts=st.integers(1, 2),
        error_name=st.none() | st.just("ECONNREFUSED"),
    ),
    "imds.tokenless": conversations("GET"),
    "imds.token": conversations("PUT"),
    "imds.role": st.builds(
        RoleListing,
        exchange=exchanges("GET"),
        role=st.none() | st.just("node-role"),
        with_token=st.booleans(),
        info_code=st.sampled_from([None, "Success", "InstanceProfileNotFound"]),
    ),
    "imds.credentials": st.builds(
        CredentialsAnswer,
        exchange=exchanges("GET"),
        expires=st.none() | st.floats(0, 1e300) | st.just(NOW + 60),
        code=st.sampled_from([None, "Success", "AssumeRoleUnauthorizedAccess"]),
        not_json=st.booleans(),
        has_keys=st.booleans(),
        missing_fields=st.sampled_from([(), ("Token",), ("Code",)]),
    ),
    "imds.metadata": st.builds(
        InstanceMetadata, exchange=exchanges("GET"), instance_id=st.none() | st.just("i-0123456789EXAMPLE0")
    ),
}


@st.composite
def steps(draw: st.DrawFn, step_id: str) -> Step | None:
    """A step: done, cut, or not there; IMDS' own nearly always done."""
    kind = draw(st.sampled_from(["done"] * (8 if step_id.startswith("imds.") else 1) + ["cut", "not there"]))
    if kind == "not there":
        return None
    if kind == "cut":
        return Step(id=step_id, outcome=Outcome.SKIPPED, reason="cut: still running at the deadline")
    outcome = draw(st.sampled_from([Outcome.OK, Outcome.WARN, Outcome.FAIL, Outcome.FAIL, Outcome.FAIL]))
    took = draw(st.sampled_from([3.0, 1206.0, 1206.0]))
    return Step(id=step_id, outcome=outcome, facts=draw(FACTS[step_id]), duration_ms=took)


@st.composite
def walks(draw: st.DrawFn) -> Evidence:
    """Whatever a walk may leave behind at IMDS, and whether anything else is configured."""
    walked = [draw(steps(step_id)) for step_id in FACTS]
    sources = ["imds", "none", "web-identity", "container", "environment", "shared-config"]
    wanted = draw(st.none() | st.sampled_from(sources))
    variables = draw(
        st.dictionaries(
            st.sampled_from(["HTTP_PROXY", "NO_PROXY", "AWS_REGION", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]),
            st.sampled_from(["", "http://192.0.2.80:3128", "169.254.169.254", "eu-central-1"]),
        )
    )
    return pod(*(one for one in walked if one is not None), wanted=wanted, variables=variables)


def errors(report: Report) -> list[str]:
    return [finding.code for finding in report.findings if finding.severity is Severity.ERROR]


@settings(max_examples=100)
@given(walks())
def test_every_walk_is_judged_without_a_contradiction(evidence: Evidence) -> None:
    report = judge(evidence)
    at_imds = [code for code in errors(report) if code in EXCLUSIVE]
    assert len(at_imds) <= 1
    assert (report.verdict.exit_code == 0) == (not errors(report) and report.verdict.code is None)


@settings(max_examples=100)
@given(walks())
def test_the_hop_limit_is_never_certain_without_the_whole_picture(evidence: Evidence) -> None:
    said = [one for one in judge(evidence).findings if one.code in HOP_LIMIT and one.certainty is Certainty.CERTAIN]
    if not said:
        return
    puts, gets = (evidence.facts(step_id, Attempts) for step_id in ("imds.token", "imds.tokenless"))
    assert puts is not None
    assert len(puts.exchanges) >= 2
    assert all(put.ending is Ending.NO_ANSWER for put in puts.exchanges)
    assert gets is not None
    assert all(one.answered for one in gets.exchanges)


WHOLE = Phases(connected=1.0, sent=1.1, first_byte=4.0, complete=4.1)
STALLED = Exchange(method="PUT", url="http://x/", ending=Ending.NO_ANSWER, request_acknowledged=True)
REFUSED = Exchange(method="GET", url="http://x/", ending=Ending.ANSWERED, status=401, server="EC2ws", phases=WHOLE)


@settings(max_examples=100)
@given(st.lists(exchanges("PUT"), max_size=3), st.lists(exchanges("GET"), max_size=3))
def test_one_exchange_out_of_place_takes_the_certainty_away(puts: list[Exchange], gets: list[Exchange]) -> None:
    """Starting from the whole picture, so that the property above is not true for want of hop limits."""
    attempts = (
        Step(id="imds.tokenless", outcome=Outcome.OK, facts=Attempts(exchanges=(REFUSED, *gets, REFUSED))),
        Step(
            id="imds.token", outcome=Outcome.FAIL, duration_ms=1206, facts=Attempts(exchanges=(STALLED, *puts, STALLED))
        ),
    )
    findings = {finding.code: finding for finding in judge(pod(*attempts)).findings}
    in_place = all(put.ending is Ending.NO_ANSWER for put in puts) and all(get.answered for get in gets)
    said = findings.get("imds-hop-limit")
    if not puts and not gets:
        assert said is not None
        assert said.certainty is Certainty.CERTAIN
    if not in_place:
        assert said is None
