"""Every field failure is played by a scenario, or is told to be out of a pod's sight."""

import re

import pytest

from tools.coverage import coverage_page, not_played, played, rows


def test_every_row_is_there_once() -> None:
    known = rows()
    numbers = sorted((*known.seen, *known.unseen))
    assert numbers == [f"F{number:03}" for number in range(1, 111)]


def test_scenarios_name_rows_that_exist_and_can_be_seen() -> None:
    assert played().keys() <= rows().seen.keys()


@pytest.mark.parametrize("row", sorted(rows().seen))
def test_a_row_has_a_title_of_its_own_without_a_full_stop(row: str) -> None:
    titles = rows().seen
    assert re.fullmatch(r"[A-Za-z].{10,99}[^.]", titles[row])
    assert [one for one, title in titles.items() if title == titles[row]] == [row]


def test_the_page_tells_each_row_with_each_of_its_scenarios() -> None:
    page = coverage_page()
    for row, those in played().items():
        assert f"| {row} | {rows().seen[row]} |" in page
        assert all(f"[{one.name}](" in page for one in those)


def test_rows_out_of_sight_say_why() -> None:
    page = coverage_page()
    for row, one in rows().unseen.items():
        assert f"| {row} | {one.title} | {one.why} |" in page


def test_every_row_that_can_be_seen_has_a_scenario() -> None:
    assert not_played() == []
