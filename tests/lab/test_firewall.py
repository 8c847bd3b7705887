"""Rules become nftables text; what is no rule never does."""

import pytest

from probe.lab.firewall import ruleset
from probe.lab.scenario import Rule

IMDS = "169.254.169.254"


def test_a_rule_stands_wherever_a_packet_may_cross_the_namespace() -> None:
    told = ruleset([Rule(to=IMDS, action="drop")])
    assert told.count(f"ip daddr {IMDS} drop") == 3
    for hook in ("forward", "input", "output"):
        assert f"type filter hook {hook} priority 0; policy accept;" in told


def test_an_ipv6_address_is_matched_as_one() -> None:
    assert "ip6 daddr fd00:ec2::254 tcp dport 80 drop" in ruleset([Rule(to="fd00:ec2::254", port=80, action="drop")])


def test_a_rule_for_replies_looks_at_where_packets_come_from() -> None:
    told = ruleset([Rule(to=IMDS, port=80, action="longer-than", size=300, replies=True)])
    assert f"ip saddr {IMDS} tcp sport 80 meta length > 300 drop" in told


def test_names_are_still_resolved_when_every_address_is_dropped() -> None:
    told = ruleset([Rule(to="*", action="drop")])
    assert "meta l4proto tcp drop" in told
    assert "udp" not in told


def test_a_diverting_rule_leads_to_the_node_of_the_same_family() -> None:
    four, six = ruleset([Rule(to=IMDS, action="divert")]), ruleset([Rule(to="fd00:ec2::254", action="divert")])
    assert "dnat ip to 10.0.0.1:8181" in four
    assert "dnat ip6 to [fd10::1]:8181" in six


@pytest.mark.parametrize(
    "rule",
    [
        Rule(to="169.254.169.254; flush ruleset", action="drop"),
        Rule(to="sts.amazonaws.com", action="drop"),
        Rule(to=IMDS, action="accept; flush ruleset"),
        Rule(to=IMDS, action="drop", method="PUT\nflush"),
        Rule(to=IMDS, action="drop", port="80; flush ruleset"),  # type: ignore[arg-type]  # wrong on purpose
        Rule(to=IMDS, action="loss", percent="1 drop; flush ruleset"),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_what_is_no_address_port_or_action_never_becomes_a_rule(rule: Rule) -> None:
    with pytest.raises(ValueError, match=r"flush|amazonaws"):
        ruleset([rule])
