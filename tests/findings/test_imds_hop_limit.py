"""A token PUT that stalls: when it is the hop limit, when that is certain, and what only resembles it."""

from dataclasses import replace

import pytest

from probe.evidence import (
    AwsRead,
    Ending,
    Evidence,
    Exchange,
    ImdsVariables,
    InstanceOptions,
    Outcome,
    Phases,
    Route,
    Router,
    Step,
)
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty
from tests.findings.imds_building import (
    ANSWERED,
    POD,
    STALLED,
    TWO_HOPS,
    found,
    get,
    imds_steps,
    keys,
    listing,
    pod,
    put,
    unanswered,
    verdicts,
)

CERTAIN, LIKELY = Certainty.CERTAIN, Certainty.LIKELY


def test_two_silent_puts_beside_gets_that_get_401_are_the_hop_limit_for_certain() -> None:
    assert verdicts(pod(*imds_steps(puts=STALLED, gets=ANSWERED))) == {"imds-hop-limit": CERTAIN}


def test_two_silent_puts_beside_gets_that_get_200_are_the_hop_limit_with_version_1_allowed() -> None:
    evidence = pod(*imds_steps(puts=STALLED, gets=(get(200), get(200)), role=listing(with_token=False)))
    assert verdicts(evidence) == {"imds-hop-limit-v1-allowed": CERTAIN}


def test_the_measured_distance_is_the_number_to_set() -> None:
    finding = found(pod(*imds_steps(puts=STALLED, gets=ANSWERED, route=replace(TWO_HOPS, hops=3))))["imds-hop-limit"]
    assert "3 are needed" in finding.summary
    commands = [remedy.command for remedy in finding.remedies if remedy.command]
    assert any("--http-put-response-hop-limit 3" in command for command in commands)
    assert any('"httpPutResponseHopLimit":3' in command for command in commands)


def test_without_a_measured_distance_the_text_says_what_is_usual() -> None:
    finding = found(pod(*imds_steps(puts=STALLED, gets=ANSWERED)))["imds-hop-limit"]
    assert "at least 2 are needed, 3 with an overlay network" in finding.summary


def test_a_distance_with_a_silent_router_is_told_as_an_upper_bound() -> None:
    silent = Route(address="169.254.169.254", hops=3, routers=(Router(distance=1, address="10.0.0.1"),))
    lines = found(pod(*imds_steps(puts=STALLED, gets=ANSWERED, route=silent)))["imds-hop-limit"].evidence
    assert any(line.startswith("IMDS is at most 3 hops away") for line in lines)


def test_an_identity_comes_before_the_hop_limit_where_nothing_is_configured() -> None:
    remedies = found(pod(*imds_steps(puts=STALLED, gets=ANSWERED)))["imds-hop-limit"].remedies
    raising = next(n for n, one in enumerate(remedies) if "hop-limit" in (one.command or ""))
    assert raising > 0
    assert "Only if this pod is meant to use the node role" in remedies[raising].text


def test_the_hop_limit_comes_first_where_the_user_expects_imds() -> None:
    remedies = found(pod(*imds_steps(puts=STALLED, gets=ANSWERED), wanted="imds"))["imds-hop-limit"].remedies
    assert "--http-put-response-hop-limit 2" in (remedies[0].command or "")
    assert remedies[0].text.startswith("Raise the hop limit to 2")


def test_the_instance_is_looked_up_by_the_nodes_name() -> None:
    remedies = found(pod(*imds_steps(puts=STALLED, gets=ANSWERED), wanted="imds"))["imds-hop-limit"].remedies
    assert f"Name=private-dns-name,Values={POD.node}" in (remedies[0].command or "")


def test_a_hostile_node_name_stays_one_word_of_the_command() -> None:
    here = replace(POD, node="x; rm -rf /")
    remedies = found(pod(*imds_steps(puts=STALLED, gets=ANSWERED), wanted="imds", here=here))["imds-hop-limit"].remedies
    assert "Values='x; rm -rf /'" in (remedies[0].command or "")


FAST, SLOW = get(401), get(401, ms=700.0)
MUTE_REQUEST = unanswered("PUT", acknowledged=False)
UNKNOWN_REQUEST = unanswered("PUT", acknowledged=None)
END_HEARD = replace(put(), end_acknowledged=True)


@pytest.mark.parametrize(
    ("puts", "gets", "waited_ms"),
    [
        pytest.param((put(),), ANSWERED, 1206.0, id="only one PUT"),
        pytest.param(STALLED, (get(401),), 1206.0, id="only one GET"),
        pytest.param(STALLED, ANSWERED, 600.0, id="the PUTs had too little time"),
        pytest.param(STALLED, (FAST, SLOW), 1206.0, id="a GET was slow"),
        pytest.param(STALLED, (replace(FAST, phases=Phases()), FAST), 1206.0, id="a GET's time is not known"),
        pytest.param(STALLED, (get(401, server=None), get(401)), 1206.0, id="a GET without Server"),
        pytest.param(STALLED, (get(401, server="envoy"), get(401, server="envoy")), 1206.0, id="another server"),
        pytest.param(STALLED, (get(200), get(401)), 1206.0, id="one GET 200, one 401"),
        pytest.param((put(), MUTE_REQUEST), ANSWERED, 1206.0, id="a PUT was not acknowledged"),
        pytest.param((UNKNOWN_REQUEST, UNKNOWN_REQUEST), ANSWERED, 1206.0, id="nobody knows of acknowledgement"),
        pytest.param((put(), END_HEARD), ANSWERED, 1206.0, id="small packets come back"),
    ],
)
def test_with_a_piece_of_the_picture_missing_it_is_only_likely(
    puts: tuple[Exchange, ...], gets: tuple[Exchange, ...], waited_ms: float
) -> None:
    finding = found(pod(*imds_steps(puts=puts, gets=gets, waited_ms=waited_ms)))["imds-hop-limit"]
    assert finding.certainty is LIKELY
    assert finding.becomes_certain_with


def test_at_an_overridden_address_it_is_only_likely() -> None:
    elsewhere = ImdsVariables(endpoint="http://192.0.2.7", host="192.0.2.7", named_by="the profile")
    evidence = pod(*imds_steps(puts=STALLED, gets=ANSWERED, variables=elsewhere))
    assert verdicts(evidence) == {"imds-hop-limit": LIKELY}


def test_silence_to_everything_is_a_stall_and_not_the_hop_limit() -> None:
    evidence = pod(*imds_steps(puts=STALLED, gets=(get(), get())))
    assert verdicts(evidence) == {"imds-stalled": CERTAIN}


def test_silence_that_was_not_waited_for_is_a_likely_stall() -> None:
    evidence = pod(*imds_steps(puts=STALLED, gets=(get(), get()), waited_ms=500.0))
    assert verdicts(evidence) == {"imds-stalled": LIKELY}


def test_silence_to_everything_leaves_open_who_accepted_the_connections() -> None:
    (finding,) = found(pod(*imds_steps(puts=STALLED, gets=(get(), get())))).values()
    assert (finding.code, finding.certainty) == ("imds-stalled", CERTAIN)
    assert finding.becomes_certain_with is not None


def test_one_hop_away_no_hop_limit_is_too_low() -> None:
    near = Route(address="169.254.169.254", hops=1)
    assert verdicts(pod(*imds_steps(puts=STALLED, gets=ANSWERED, route=near))) == {"imds-stalled": LIKELY}


def test_gets_that_are_answered_only_sometimes_leave_open_whether_it_is_the_hop_limit() -> None:
    (finding,) = found(pod(*imds_steps(puts=STALLED, gets=(get(), get(401))))).values()
    assert (finding.code, finding.certainty) == ("imds-unavailable", LIKELY)
    assert finding.becomes_certain_with is not None
    assert "low hop limit" in finding.becomes_certain_with


@pytest.mark.parametrize("status", [500, 503])
def test_gets_that_get_server_errors_say_nothing_of_a_hop_limit(status: int) -> None:
    evidence = pod(*imds_steps(puts=STALLED, gets=(get(status), get(401))))
    assert verdicts(evidence) == {"imds-unavailable": CERTAIN}


def test_a_get_that_gets_403_is_imds_switched_off_whose_refusal_of_the_put_dies_on_the_way() -> None:
    finding = found(pod(*imds_steps(puts=STALLED, gets=(get(403), get(403)))))
    assert {code: one.certainty for code, one in finding.items()} == {"imds-disabled": LIKELY}
    assert any("swallows refusals" in line for line in finding["imds-disabled"].evidence)


@pytest.mark.parametrize(
    "one",
    [
        get(404, server="nginx"),
        get(302, server=None),
        get(200, server="nginx", content_type="text/html; charset=utf-8"),
        get(404),
    ],
)
def test_a_get_that_imds_would_answer_otherwise_comes_from_an_impostor(one: Exchange) -> None:
    assert verdicts(pod(*imds_steps(puts=STALLED, gets=(one, one)))) == {"imds-impostor": LIKELY}


def test_puts_without_any_get_beside_them_are_half_a_picture_and_no_finding() -> None:
    assert verdicts(pod(*imds_steps(puts=STALLED))) == {}


def test_a_second_put_that_brings_a_token_excludes_the_hop_limit() -> None:
    evidence = pod(*imds_steps(puts=(put(), put(200)), gets=ANSWERED, token=True, role=listing(), credentials=keys()))
    findings = found(evidence)
    assert {code: one.severity for code, one in findings.items()} == {"imds-unavailable": Severity.WARNING}
    assert "1 of 4 requests failed" in findings["imds-unavailable"].summary


def test_a_get_that_is_reset_beside_silent_puts_is_a_stall() -> None:
    broken = unanswered("GET", Ending.RESET)
    assert verdicts(pod(*imds_steps(puts=STALLED, gets=(broken, broken)))) == {"imds-stalled": CERTAIN}


def test_behind_version_1_only_what_the_role_shows_is_added() -> None:
    gets = (get(200), get(200))
    no_role = pod(*imds_steps(puts=STALLED, gets=gets, role=listing(404, None, with_token=False)))
    assert verdicts(no_role) == {"imds-hop-limit-v1-allowed": CERTAIN, "imds-no-role": CERTAIN}
    stalled = pod(*imds_steps(puts=STALLED, gets=gets, role=replace(listing(503, None), with_token=False)))
    assert verdicts(stalled) == {"imds-hop-limit-v1-allowed": CERTAIN}


def told_by_ec2(limit: int) -> Step:
    """What EC2 says of the instance, where it was asked."""
    read = AwsRead(action="ec2:DescribeInstances", keys_of="web-identity")
    facts = InstanceOptions(read=read, instance_id="i-0123456789abcdef0", hop_limit=limit, tokens="required")
    return Step(id="needs.instance", outcome=Outcome.OK, facts=facts)


def with_ec2(limit: int, route: Route | None = TWO_HOPS, puts: tuple[Exchange, ...] = STALLED[:1]) -> Evidence:
    """A single stalled PUT, which alone is not certain, and EC2's own number."""
    evidence = pod(*imds_steps(puts=puts, gets=ANSWERED, route=route))
    return replace(evidence, steps=(*evidence.steps, told_by_ec2(limit)))


def test_ec2s_number_below_the_measured_distance_makes_it_certain() -> None:
    finding = found(with_ec2(1))["imds-hop-limit"]
    assert finding.certainty is CERTAIN
    assert "EC2: i-0123456789abcdef0 has HttpPutResponseHopLimit=1, HttpTokens=required" in finding.evidence


def test_ec2s_number_that_is_enough_takes_the_certainty_away() -> None:
    finding = found(with_ec2(2, puts=STALLED))["imds-hop-limit"]
    assert finding.certainty is LIKELY
    assert any("enough for the measured distance" in line for line in finding.evidence)


def test_ec2s_number_below_an_upper_bound_proves_nothing() -> None:
    silent = Route(address="169.254.169.254", hops=3, routers=(Router(distance=1, address="10.0.0.1"),))
    assert found(with_ec2(2, silent))["imds-hop-limit"].certainty is LIKELY
