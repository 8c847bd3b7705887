"""Every world of the loopback lab, and those of the kernel that the image could fail in, walked by the image."""

from collections.abc import Sequence

import pytest

from probe.lab import namespaces
from probe.lab.run import differences, world_of
from probe.lab.scenario import NETWORK_SCENARIOS, SCENARIOS, Scenario, load, names
from tests.calm import calmly
from tests.image.container import Image
from tests.image.worlds import run_in_image

OF_THE_KERNEL = ("agent-healthy", "hop-limit", "hop-limit-enough", "imds-rejected-by-reset", "sts-healthy")


def played(image: Image, scenario: Scenario, arguments: Sequence[str]) -> tuple[str, ...]:
    """Say in what the image's probe differs from what a world expects."""

    def once() -> tuple[str, ...]:
        with world_of(scenario) as world:
            ran = run_in_image(image, world, arguments)
        return tuple(differences(scenario, ran))

    return calmly(once, bool, scenario.name)


@pytest.mark.parametrize("name", names())
def test_the_image_says_of_a_world_what_is_true_of_it(image: Image, name: str) -> None:
    assert played(image, load(name, SCENARIOS), ["--format", "json", "-vv", "--log-events"]) == ()


@pytest.mark.skipif(namespaces.why_not() is not None, reason=str(namespaces.why_not()))
@pytest.mark.parametrize("name", OF_THE_KERNEL)
def test_the_image_says_of_a_network_what_is_true_of_it(image: Image, name: str) -> None:
    assert played(image, load(name, NETWORK_SCENARIOS), ["--format", "json"]) == ()
