"""Every network scenario, held against what it expects."""

import pytest

from probe.lab.run import check
from probe.lab.scenario import NETWORK_SCENARIOS, load, names
from tests.calm import calmly

ALL = names(NETWORK_SCENARIOS)


@pytest.mark.parametrize("name", ALL)
def test_the_probe_says_of_a_network_what_is_true_of_it(name: str) -> None:
    checked = calmly(lambda: check(load(name, NETWORK_SCENARIOS)), lambda one: bool(one.differences), name)
    assert checked.differences == (), checked.ran.stdout


@pytest.mark.parametrize("name", ALL)
def test_a_network_scenario_names_what_it_must_not_be_mistaken_for(name: str) -> None:
    scenario = load(name, NETWORK_SCENARIOS)
    assert scenario.network is not None
    assert scenario.look_alike_of
    assert not {*scenario.look_alike_of} & {found.partition(" ")[0] for found in scenario.expect.findings}
