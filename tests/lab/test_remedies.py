"""What a report tells people to type, their names already in it, is what the tools take."""

from typing import Any

import pytest

from probe.lab.scenario import names
from probe.report import Tool
from tests.k8s.built import needs_kubectl
from tests.lab.played import IN_ONE_PLACE, played
from tests.remedies.shell import simple_commands
from tests.remedies.told import mistakes

RUN_BY_ITS_NAME = set(Tool) - {Tool.SHELL, Tool.TEXT}


def commands(name: str) -> list[dict[str, Any]]:
    """Return the remedies of a scenario's report that have a command, and not only a text to paste."""
    remedies = [remedy for finding in played(name).ran.report["findings"] for remedy in finding["remedies"]]
    return [remedy for remedy in remedies if remedy["command"] and remedy["tool"] != Tool.TEXT]


@pytest.mark.lab
@needs_kubectl
@pytest.mark.parametrize("name", [pytest.param(name, marks=IN_ONE_PLACE(name)) for name in names()])
def test_the_tools_take_every_command_of_a_report(name: str) -> None:
    told = commands(name)
    assert {remedy["command"]: found for remedy in told if (found := mistakes(remedy["command"]))} == {}
    for remedy in told:
        *_, first = [words[0] for words in simple_commands(remedy["command"].partition("|")[0])]
        assert (first in RUN_BY_ITS_NAME) == (remedy["tool"] in RUN_BY_ITS_NAME), remedy
        assert remedy["tool"] in {first, Tool.SHELL, None}, remedy
