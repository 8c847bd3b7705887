"""Every world of the loopback lab, and those of the kernel that the image could fail in, walked by the image."""

import pytest

from probe.lab import namespaces
from probe.lab.run import differences, world_of
from probe.lab.scenario import NETWORK_SCENARIOS, SCENARIOS, load, names
from tests.image.container import Image
from tests.image.worlds import run_in_image

OF_THE_KERNEL = ("agent-healthy", "hop-limit", "hop-limit-enough", "imds-rejected-by-reset", "sts-healthy")


@pytest.mark.parametrize("name", names())
def test_the_image_says_of_a_world_what_is_true_of_it(image: Image, name: str) -> None:
    scenario = load(name, SCENARIOS)
    with world_of(scenario) as world:
        ran = run_in_image(image, world, ["--format", "json", "-vv", "--log-events"])
    assert tuple(differences(scenario, ran)) == ()


@pytest.mark.skipif(namespaces.why_not() is not None, reason=str(namespaces.why_not()))
@pytest.mark.parametrize("name", OF_THE_KERNEL)
def test_the_image_says_of_a_network_what_is_true_of_it(image: Image, name: str) -> None:
    scenario = load(name, NETWORK_SCENARIOS)
    with world_of(scenario) as world:
        ran = run_in_image(image, world)
    assert tuple(differences(scenario, ran)) == ()
