"""The controller's own rules for finding subnets."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.evidence.subnet import Subnet
from probe.findings.subnet_discovery import Bar, Discovered, Resolver, Scheme, discover, resolver

PUBLIC, INTERNAL = Scheme.INTERNET_FACING, Scheme.INTERNAL
ROLE = {"kubernetes.io/role/elb": "1"}
OWN = {"kubernetes.io/cluster/shop": "shared"}
OTHER = {"kubernetes.io/cluster/bank": "owned"}
SHOP = ("--cluster-name=shop",)


def subnet(name: str, zone: str = "a", tags: Mapping[str, str] = ROLE, **changed: object) -> Subnet:
    whole: dict[str, object] = {"free_addresses": 200, "routes_to_internet": True, **changed}
    return Subnet(subnet_id=f"subnet-{name}", zone=f"eu-central-1{zone}", tags=tags, **whole)  # type: ignore[arg-type] # a test's own values


def found(*subnets: Subnet, version: str | None = "2.13.0", words: tuple[str, ...] = SHOP) -> Discovered:
    return discover(subnets, PUBLIC, resolver(version, words))


def test_two_tagged_subnets_in_two_zones_are_enough_for_an_alb() -> None:
    told = found(subnet("1"), subnet("2", "b"))
    assert (told.enough_for_alb, told.enough_for_nlb) == (True, True)
    assert told.chosen == ("subnet-1", "subnet-2")


def test_two_subnets_in_one_zone_are_enough_for_an_nlb_only() -> None:
    told = found(subnet("2"), subnet("1"))
    assert (told.enough_for_alb, told.enough_for_nlb) == (False, True)
    assert told.chosen == ("subnet-1",)


def test_the_single_subnet_gate_makes_one_enough() -> None:
    told = found(subnet("1"), words=(*SHOP, "--feature-gates=ALBSingleSubnet=true"))
    assert told.enough_for_alb is True


def test_in_a_zone_a_subnet_with_the_clusters_tag_is_taken_before_one_with_a_smaller_id() -> None:
    assert found(subnet("1"), subnet("2", tags={**ROLE, **OWN})).chosen == ("subnet-2",)


@pytest.mark.parametrize("value", ["", "1"])
def test_the_role_tag_may_be_1_or_empty(value: str) -> None:
    assert found(subnet("1", tags={"kubernetes.io/role/elb": value})).chosen == ("subnet-1",)


def test_another_value_of_the_role_tag_is_none() -> None:
    told = found(subnet("1", tags={"kubernetes.io/role/elb": "true"}), version="2.8.0")
    assert told.candidates == ()
    assert told.enough_for_nlb is False


def test_the_role_tag_of_the_other_scheme_does_not_count() -> None:
    assert discover([subnet("1")], INTERNAL, resolver("2.8.0", SHOP)).candidates == ()


def test_only_other_clusters_tags_bar_a_subnet() -> None:
    told = found(subnet("1", tags={**ROLE, **OTHER}), subnet("2", "b", tags={**ROLE, **OTHER, **OWN}))
    assert told.barred == (("subnet-1", Bar.OTHER_CLUSTER),)
    assert told.chosen == ("subnet-2",)


def test_the_check_of_cluster_tags_can_be_switched_off() -> None:
    words = (*SHOP, "--feature-gates=EnableRGTAPI=true,SubnetsClusterTagCheck=false")
    assert found(subnet("1", tags={**ROLE, **OTHER}), words=words).chosen == ("subnet-1",)


def test_without_the_clusters_name_other_clusters_tags_leave_the_question_open() -> None:
    told = found(subnet("1", tags={**ROLE, **OTHER}), subnet("2", "b", tags={**ROLE, **OTHER}), words=())
    assert (told.enough_for_alb, told.enough_for_nlb) == (None, None)


def test_without_the_clusters_name_subnets_that_have_no_clusters_tag_are_enough() -> None:
    assert found(subnet("1"), subnet("2", "b"), words=()).enough_for_alb is True


@pytest.mark.parametrize(("free", "taken"), [(7, False), (8, True)])
def test_eight_free_addresses_are_needed(free: int, *, taken: bool) -> None:
    assert bool(found(subnet("1", free_addresses=free)).chosen) is taken


def test_before_2_3_free_addresses_were_not_counted() -> None:
    assert found(subnet("1", free_addresses=1), version="2.2.4").chosen == ("subnet-1",)


def test_up_to_2_1_1_the_clusters_tag_had_to_be_there() -> None:
    told = found(subnet("1"), subnet("2", "b", tags={**ROLE, **OWN}), version="2.1.1")
    assert told.barred == (("subnet-1", Bar.NO_CLUSTER_TAG),)
    assert told.chosen == ("subnet-2",)


def test_since_2_12_1_routes_stand_in_where_no_subnet_has_the_role_tag() -> None:
    bare = [subnet("1", tags={}), subnet("2", "b", tags={}), subnet("3", "c", tags={}, routes_to_internet=False)]
    assert found(*bare).chosen == ("subnet-1", "subnet-2")
    assert found(*bare, version="2.12.0").chosen == ()
    off = (*SHOP, "--feature-gates=SubnetDiscoveryByReachability=false")
    assert found(*bare, words=off).chosen == ()


def test_one_role_tag_keeps_routes_from_being_looked_at() -> None:
    assert found(subnet("1"), subnet("2", "b", tags={})).enough_for_alb is False


def test_route_tables_that_were_not_read_leave_the_question_open() -> None:
    told = found(subnet("1", tags={}, routes_to_internet=None))
    assert (told.by_routes, told.enough_for_alb, told.enough_for_nlb) == (True, None, None)


def test_one_subnet_of_an_outpost_is_enough_and_not_beside_a_zone() -> None:
    assert found(subnet("1", on_outpost=True)).enough_for_alb is True
    assert found(subnet("1", on_outpost=True), subnet("2", "b")).enough_for_nlb is False


def test_a_zone_whose_name_is_not_an_ordinary_one_leaves_the_question_open() -> None:
    assert found(subnet("1", "-ham-1a")).enough_for_alb is None


subnets = st.lists(
    st.builds(
        lambda number, zone, tags, free: subnet(f"{number}", zone, tags, free_addresses=free),
        st.integers(0, 30),
        st.sampled_from("abc"),
        st.sampled_from([ROLE, OWN, OTHER, {**ROLE, **OWN}, {**ROLE, **OTHER}, {}]),
        st.integers(0, 20),
    ),
    max_size=6,
    unique_by=lambda one: one.subnet_id,
)


@given(subnets, st.sampled_from(["2.1.0", "2.2.0", "2.8.0", "2.13.0", None]), st.sampled_from([SHOP, ()]))
def test_a_zone_never_gives_two_and_the_chosen_are_free_of_bars(
    some: list[Subnet], version: str | None, words: tuple[str, ...]
) -> None:
    told = found(*some, version=version, words=words)
    assert len(set(told.zones)) == len(told.zones) == len(told.chosen)
    assert not set(told.chosen) & {name for name, _ in told.barred}
    assert told.enough_for_alb is not True or told.enough_for_nlb is True


@given(subnets)
def test_what_is_known_without_the_clusters_name_stays_true_with_it(some: list[Subnet]) -> None:
    without = found(*some, words=())
    for words in (SHOP, ("--cluster-name=bank",), ("--cluster-name=third",)):
        assert without.enough_for_alb in {None, found(*some, words=words).enough_for_alb}


def test_the_rules_of_the_newest_release_hold_where_the_version_is_not_known() -> None:
    assert resolver(None, ()) == Resolver()
