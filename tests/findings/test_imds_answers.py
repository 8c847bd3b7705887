"""IMDS answers, or somebody in its place: the table of what PUT and GET meet, row by row."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from probe.evidence import Attempts, Ending, Evidence, Exchange, ImdsVariables, Outcome
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty
from tests.findings.imds_building import (
    ANSWERED,
    CONNECTED,
    STALLED,
    found,
    get,
    imds_steps,
    keys,
    listing,
    pod,
    put,
    step,
    unanswered,
    verdicts,
)

CERTAIN, LIKELY = Certainty.CERTAIN, Certainty.LIKELY


def conversation(puts: tuple[Exchange, ...], gets: tuple[Exchange, ...]) -> Evidence:
    return pod(*imds_steps(puts=puts, gets=gets))


TABLE: Mapping[str, tuple[Evidence, dict[str, Certainty]]] = {
    "1: PUT stalls, GET 401": (conversation(STALLED, ANSWERED), {"imds-hop-limit": CERTAIN}),
    "2: PUT stalls, GET 200": (conversation(STALLED, (get(200), get(200))), {"imds-hop-limit-v1-allowed": CERTAIN}),
    "3: both stall": (conversation(STALLED, (get(), get())), {"imds-stalled": CERTAIN}),
    "4: connect timeout": (
        pod(*imds_steps(connection=replace(CONNECTED, ending=Ending.CONNECT_TIMEOUT, attempts=2))),
        {"imds-blocked": CERTAIN},
    ),
    "5: refused": (
        pod(*imds_steps(connection=replace(CONNECTED, ending=Ending.REFUSED, attempts=2))),
        {"imds-refused": CERTAIN},
    ),
    "6: no route": (
        pod(*imds_steps(connection=replace(CONNECTED, ending=Ending.UNREACHABLE, error_name="EHOSTUNREACH"))),
        {"imds-no-route": CERTAIN},
    ),
    "7: PUT 403, GET 403": (conversation((put(403),), (get(403),)), {"imds-disabled": CERTAIN}),
    "8a: PUT 403, GET 401": (conversation((put(403),), (get(401),)), {"imds-forwarded": CERTAIN}),
    "8b: PUT 403, GET 200": (conversation((put(403),), (get(200),)), {"imds-forwarded": CERTAIN}),
    "9: PUT 400": (conversation((put(400),), (get(401),)), {"imds-token-rejected": CERTAIN}),
    "10a: PUT 404 by another server": (
        conversation((put(404, server="nginx"),), (get(404, server="nginx"),)),
        {"imds-impostor": CERTAIN},
    ),
    "10b: PUT 405 by another server": (
        conversation((put(405, server=None),), (get(200, server=None),)),
        {"imds-impostor": CERTAIN},
    ),
    "10c: PUT 200 with a page": (
        conversation((put(200, server="nginx"),), (get(200, server="nginx"),)),
        {"imds-impostor": CERTAIN},
    ),
    "11: PUT 200, GET 401": (
        pod(*imds_steps(puts=(put(200),), gets=(get(401),), token=True, role=listing(), credentials=keys())),
        {},
    ),
    "12: PUT 200, GET 200": (
        pod(*imds_steps(puts=(put(200),), gets=(get(200),), token=True, role=listing(), credentials=keys())),
        {},
    ),
    "13: PUT 503": (conversation((put(503), put(503)), (get(401),)), {"imds-unavailable": CERTAIN}),
    "14: PUT 417": (conversation((put(417),), (get(401),)), {"imds-token-rejected": LIKELY}),
}


@pytest.mark.parametrize("row", TABLE)
def test_each_row_of_the_table_has_its_one_finding(row: str) -> None:
    evidence, expected = TABLE[row]
    assert verdicts(evidence) == expected


LOOK_ALIKES: Mapping[str, tuple[tuple[Exchange, ...], tuple[Exchange, ...], dict[str, Certainty]]] = {
    "403 to both without a Server header": (
        (put(403, server=None),),
        (get(403, server=None),),
        {"imds-disabled": LIKELY},
    ),
    "403 to both by a server with a name": (
        (put(403, server="squid"),),
        (get(403, server="squid"),),
        {"imds-impostor": LIKELY},
    ),
    "403 to the PUT without a Server header": ((put(403, server=None),), (get(401),), {"imds-forwarded": LIKELY}),
    "403 to the PUT by EC2, and a GET that never ended": ((put(403),), (get(),), {"imds-token-rejected": LIKELY}),
    "400 without a Server header": ((put(400, server=None),), (get(401),), {"imds-token-rejected": LIKELY}),
    "400 by a server with a name": ((put(400, server="Jetty"),), (get(401),), {"imds-impostor": LIKELY}),
    "404 by something that calls itself EC2": ((put(404),), (get(404),), {"imds-impostor": LIKELY}),
    "403 by EC2, and a foreign 404 to the listing": (
        (put(403),),
        (get(404, server=None),),
        {"imds-impostor": CERTAIN},
    ),
    "a redirect": ((put(302, server=None),), (get(302, server=None),), {"imds-impostor": CERTAIN}),
    "200 from EC2 without a token": ((put(200, size=0),), (get(401),), {"imds-impostor": LIKELY}),
    "503 by a mesh": (
        (put(503, server="istio-envoy"),) * 2,
        (get(503, server="istio-envoy"),),
        {"imds-impostor": LIKELY},
    ),
    "503 without a Server header": ((put(503, server=None),) * 2, (get(401),), {"imds-unavailable": CERTAIN}),
    "no HTTP at all": (
        (unanswered("PUT", Ending.NOT_HTTP),) * 2,
        (unanswered("GET", Ending.NOT_HTTP),) * 2,
        {"imds-impostor": CERTAIN},
    ),
    "no HTTP to the PUT, and EC2 to the GET": (
        (unanswered("PUT", Ending.NOT_HTTP),) * 2,
        (get(401),),
        {"imds-impostor": LIKELY},
    ),
    "everything broken off": (
        (unanswered("PUT", Ending.RESET),) * 2,
        (unanswered("GET", Ending.CLOSED),) * 2,
        {"imds-reset": CERTAIN},
    ),
    "only the PUT broken off": ((unanswered("PUT", Ending.RESET),) * 2, (get(401),), {"imds-reset": LIKELY}),
    "a PUT broken off, and one that stalls": (
        (unanswered("PUT", Ending.RESET), put()),
        ANSWERED,
        {"imds-unavailable": LIKELY},
    ),
    "answers that do not end": (
        (unanswered("PUT", Ending.INCOMPLETE),) * 2,
        (unanswered("GET", Ending.INCOMPLETE),) * 2,
        {"imds-unavailable": CERTAIN},
    ),
    "PUTs that no longer connect": (
        (unanswered("PUT", Ending.CONNECT_TIMEOUT),) * 2,
        (get(401),),
        {"imds-unavailable": LIKELY},
    ),
    "a mesh's error to the GETs, and silence to the PUTs": (
        (put(), put()),
        (get(503, server="envoy"),) * 2,
        {"imds-impostor": LIKELY},
    ),
    "PUTs that stall, and one GET that got lost": ((put(), put()), (get(401), get()), {"imds-unavailable": LIKELY}),
    "a server error, then a refusal": (
        (put(503), put(400)),
        (get(401),),
        {"imds-token-rejected": CERTAIN},
    ),
}


@pytest.mark.parametrize("what", LOOK_ALIKES)
def test_what_resembles_a_row_is_told_apart(what: str) -> None:
    puts, gets, expected = LOOK_ALIKES[what]
    assert verdicts(conversation(puts, gets)) == expected


def test_answers_that_never_end_are_not_called_server_errors() -> None:
    one = unanswered("PUT", Ending.INCOMPLETE)
    summary = found(conversation((one, one), (one,)))["imds-unavailable"].summary
    assert summary == "IMDS gives no whole answer: 3 of 3 requests failed."


def test_server_errors_are_named() -> None:
    summary = found(conversation((put(503), put(500)), (get(401),)))["imds-unavailable"].summary
    assert summary == "IMDS answers with server errors (500, 503): 2 of 3 requests failed."


def healthy(puts: tuple[Exchange, ...] = (put(200),), gets: tuple[Exchange, ...] = (get(401),)) -> Evidence:
    return pod(*imds_steps(puts=puts, gets=gets, token=True, role=listing(), credentials=keys()))


def test_an_error_that_passed_at_the_second_try_is_a_warning() -> None:
    finding = found(healthy(puts=(put(503), put(200))))["imds-unavailable"]
    assert finding.severity is Severity.WARNING


def test_a_get_that_got_lost_beside_a_good_token_is_a_warning() -> None:
    finding = found(healthy(gets=(get(), get(401))))["imds-unavailable"]
    assert finding.severity is Severity.WARNING


def test_a_token_that_the_kernel_had_early_was_not_slow_but_read_late() -> None:
    assert found(healthy(puts=(replace(put(200, ms=800.0), kernel_wait_ms=4.0),))) == {}


def test_a_slow_token_is_a_warning_for_the_sdk_that_does_not_wait() -> None:
    finding = found(healthy(puts=(put(200, ms=800.0),)))["imds-slow"]
    assert (finding.severity, finding.certainty, finding.sdks) == (Severity.WARNING, CERTAIN, ("go-v2",))


def test_a_very_slow_token_concerns_every_sdk() -> None:
    finding = found(healthy(puts=(put(200, ms=1100.0),)))["imds-slow"]
    assert finding.sdks == ()
    assert "most SDKs wait a second" in finding.summary


def test_a_quick_token_is_no_finding() -> None:
    assert verdicts(healthy(puts=(put(200, ms=300.0),))) == {}


def test_a_token_like_no_other_comes_from_an_impostor() -> None:
    strange = imds_steps(
        puts=(put(200, server=None),),
        gets=(get(200, server=None),),
        token=True,
        ttl_repeated=False,
        role=listing(200, None),
    )
    assert verdicts(pod(*strange)) == {"imds-impostor": LIKELY}


def test_a_token_without_its_time_to_live_from_ec2_is_no_finding() -> None:
    fine = imds_steps(
        puts=(put(200),), gets=(get(401),), token=True, ttl_repeated=False, role=listing(), credentials=keys()
    )
    assert verdicts(pod(*fine)) == {}


def test_an_impostor_that_hands_out_keys_is_a_warning_since_sdks_take_them() -> None:
    steps = imds_steps(
        puts=(put(404, server=None),),
        gets=(get(404, server=None),),
        role=listing(200, "pod-role", with_token=False),
        credentials=keys(),
    )
    finding = found(pod(*steps))["imds-impostor"]
    assert (finding.severity, finding.certainty) == (Severity.WARNING, CERTAIN)


def test_a_conversation_that_the_deadline_cut_is_no_finding() -> None:
    cut = [
        step("imds.connect", CONNECTED, Outcome.OK),
        step("imds.tokenless", Attempts(exchanges=(get(401),)), Outcome.OK),
        step("imds.token", None, Outcome.SKIPPED, reason="cut: there was no answer yet at the deadline of 0.5 s"),
    ]
    assert verdicts(pod(*cut)) == {}


OVERRIDE = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
BELOW = ImdsVariables(endpoint="http://169.254.169.254/latest", host="169.254.169.254", named_by=OVERRIDE)


@pytest.mark.parametrize(
    ("puts", "gets", "expected"),
    [
        ((put(403),), (get(404),), {"imds-endpoint-invalid": CERTAIN}),
        ((put(405),), (get(401),), {"imds-endpoint-invalid": LIKELY}),
        ((put(404, server="nginx"),), (get(404, server="nginx"),), {"imds-impostor": CERTAIN}),
    ],
)
def test_an_endpoint_with_a_path_is_told_from_an_impostor(
    puts: tuple[Exchange, ...], gets: tuple[Exchange, ...], expected: dict[str, Certainty]
) -> None:
    assert verdicts(pod(*imds_steps(puts=puts, gets=gets, variables=BELOW))) == expected
