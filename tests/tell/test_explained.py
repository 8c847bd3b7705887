"""What `probe explain` prints."""

import re

import pytest

from probe.findings.catalogue import CATALOGUE
from probe.tell.exit_codes import FIXED, HOW, WHERE, codes_of_exit_codes, in_words, tell_exit_codes
from probe.tell.explained import AREAS, tell_entry, tell_index
from probe.tell.layout import Style

PLAIN = Style()


def test_the_index_names_every_finding_once() -> None:
    listed = re.findall(r"^  [ \d]{2}  ([a-z0-9-]+)", tell_index(PLAIN), flags=re.MULTILINE)
    assert listed == list(CATALOGUE)


def test_the_areas_hold_the_whole_catalogue() -> None:
    assert [entry.code for entries in AREAS.values() for entry in entries] == list(CATALOGUE)


@pytest.mark.parametrize("code", list(CATALOGUE))
def test_an_entry_is_told_completely_and_in_80_columns(code: str) -> None:
    entry = CATALOGUE[code]
    told = tell_entry(entry, PLAIN)
    flat = " ".join(told.split())
    assert told.startswith(f"{code}\n")
    parts = (entry.meaning, entry.evidence, *entry.causes, *entry.fixes, *entry.seen_as, *entry.references)
    assert [part for part in parts if " ".join(part.split()) not in flat] == []
    assert [line for line in told.splitlines() if len(line) > 80 and " " in line.strip(" -")] == []


def test_the_table_of_exit_codes_names_every_code() -> None:
    told = tell_exit_codes(PLAIN)
    numbers = {*codes_of_exit_codes(), *FIXED}
    assert [number for number in numbers if not re.search(rf"^ +{number}  ", told, flags=re.MULTILINE)] == []


def test_every_exit_code_of_the_catalogue_has_words() -> None:
    assert {number for number in codes_of_exit_codes() if "not an exit code" in in_words(number)} == set()


def test_exit_codes_keep_clear_of_shells_and_the_kubelet() -> None:
    # 1 and 2 are Python's and the shells', 126 and above say that something could not be run or was ended.
    assert set(codes_of_exit_codes()) & {0, 1, 2, 64, 70, *range(126, 256)} == set()


def test_an_exit_code_is_put_together_from_its_digits() -> None:
    assert in_words(54) == f"5x: {WHERE[5]}; x4: {HOW[4]}"
