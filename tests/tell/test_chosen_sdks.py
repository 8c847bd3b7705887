"""`--sdk NAME[@VERSION]`: which predictions a report tells of."""

from dataclasses import replace

import pytest

from probe.console import UsageError
from probe.report import Prediction
from probe.sdks import MODELS, go_v1
from probe.tell.chosen_sdks import predictions_of, read_chosen_sdk

OLD = Prediction(sdk="go-v1", versions="<1.47.11", outcome="error", because="It is too old.")
NEW = Prediction(sdk="go-v1", versions=">=1.47.11", outcome="credentials", source="container", because="It works.")
OTHER = Prediction(sdk="rust", versions="all", outcome="error", because="It is another one.")


def told(*words: str) -> tuple[Prediction, ...]:
    return predictions_of(map(read_chosen_sdk, words), (OLD, NEW, OTHER))


def test_a_name_alone_chooses_every_range() -> None:
    assert told("go-v1") == (OLD, NEW)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.44.294", OLD), ("v1.44.294", OLD), ("1.47", OLD), ("1.47.11", NEW), ("1.55.8", NEW), ("1.55.8.0", NEW)],
)
def test_a_version_chooses_its_range(version: str, expected: Prediction) -> None:
    assert told(f"go-v1@{version}") == (expected,)


def test_several_are_told_in_the_order_of_the_report_and_once() -> None:
    assert told("rust", "go-v1@1.47.11", "go-v1@1.55.0") == (NEW, OTHER)


def test_a_version_that_is_newer_than_known_is_predicted_as_the_newest_and_the_row_says_so() -> None:
    (one,) = told("go-v1@1.99.0")
    assert one == replace(
        NEW, because=f"It works. 1.99.0 is newer than {go_v1.NEWEST}, the newest that this probe knows."
    )


@pytest.mark.parametrize("words", ["go-v3", "", "@1.2", "Go-v1", "go-v1 ", "\x1b[31m"])
def test_an_unknown_name_is_refused_with_the_list_of_known_ones(words: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_chosen_sdk(words)
    assert all(model.SDK in str(refused.value) for model in MODELS)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("version", ["", "newest", "1.x", "1..2", "-1", "1.2.3.4.5", ">=1.2", "1.2-rc1", "9" * 50])
def test_what_is_no_version_is_refused_with_the_list_of_known_sdks(version: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_chosen_sdk(f"go-v1@{version}")
    assert f"go-v1@{go_v1.NEWEST}" in str(refused.value)
    assert all(model.SDK in str(refused.value) for model in MODELS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.SDK))
def test_the_newest_version_that_a_model_knows_is_after_its_last_change(model: object) -> None:
    newest, changes, sdk = (getattr(model, name) for name in ("NEWEST", "CHANGES", "SDK"))
    rows = [Prediction(sdk=sdk, versions=f">={change}", outcome="error", because="x") for change in changes]
    assert predictions_of([read_chosen_sdk(f"{sdk}@{newest}")], rows) == tuple(rows)
