"""How a scenario's data is put together: presets below, the scenario's own words on top."""

from pathlib import Path

import pytest

from probe.lab import scenario as scenarios
from probe.lab.scenario import Scenario, load, names

OWN = """
use = ["pod"]
title = "A title"
story = "A story of a pod."
"""
EXPECT = """
[expect]
exit_code = 0
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where scenarios and presets of this test are kept."""
    presets = tmp_path / "presets"
    presets.mkdir()
    (presets / "pod.toml").write_text(
        '[pod.environment]\nHOME = "/home/app"\n[pod.files.token]\npath = "/token"\ntext = "preset"\nmode = "0600"\n'
    )
    monkeypatch.setattr(scenarios, "PRESETS", presets)
    return tmp_path


def loaded(folder: Path, text: str) -> Scenario:
    (folder / "made-up").mkdir(exist_ok=True)
    (folder / "made-up" / "scenario.toml").write_text(text)
    return load("made-up", folder)


def test_a_preset_lies_below_the_scenarios_own_words(folder: Path) -> None:
    own = '[pod.environment]\nAWS_REGION = "eu-central-1"\n[pod.files.token]\ntext = "own"\n'
    scenario = loaded(folder, OWN + own + EXPECT)
    assert scenario.pod.environment == {"HOME": "/home/app", "AWS_REGION": "eu-central-1"}
    token = scenario.pod.files["token"]
    assert (token.path, token.text, token.mode) == ("/token", "own", "0600")


def test_what_a_preset_brought_can_be_removed(folder: Path) -> None:
    scenario = loaded(folder, 'remove = ["pod/files/token", "pod/environment/HOME"]' + OWN + EXPECT)
    assert scenario.pod.files == {}
    assert scenario.pod.environment == {}


def test_whole_numbers_do_where_a_time_is_wanted(folder: Path) -> None:
    scenario = loaded(folder, OWN + "[tokens.irsa]\nexpires_in = 60\n" + EXPECT)
    assert scenario.tokens["irsa"].expires_in == 60.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OWN + EXPECT + 'surprise = "x"\n', "surprise"),
        (OWN, "expect"),
        (OWN + '[expect]\nexit_code = "many"\n', "exit_code"),
        ('remove = ["pod/files/other"]' + OWN + EXPECT, "there is no pod/files/other to remove"),
        ('remove = ["nowhere/at/all"]' + OWN + EXPECT, "there is no nowhere/at/all to remove"),
        (OWN.replace('"pod"', '"imaginary"') + EXPECT, "there is no preset imaginary"),
        ("title = ", "Invalid value"),
    ],
)
def test_data_that_cannot_be_is_an_error_with_its_place(folder: Path, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^scenario made-up: .*{told}"):
        loaded(folder, text)


def test_a_name_that_nobody_has_is_an_error(folder: Path) -> None:
    with pytest.raises(KeyError, match="imaginary"):
        load("imaginary", folder)


def test_names_are_the_folders_that_hold_a_scenario(folder: Path) -> None:
    loaded(folder, OWN + EXPECT)
    (folder / "empty").mkdir()
    assert names(folder) == ["made-up"]
