"""A log of any size and any content is read in bounded space and time."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.loglines import read_log
from probe.loglines.reader import LONGEST_EXCERPT, MOST_MATCHES
from probe.loglines.record import LONGEST_LINE, MOST_CHARACTERS, MOST_LINES, records_of
from probe.loglines.texts import SIGNATURES

KNOWN = "Unable to locate credentials"
ANCHORS = sorted({signature.anchor for signature in SIGNATURES})
TEXTS = sorted({signature.text.replace("…", " 401 x ") for signature in SIGNATURES})


def test_what_stands_behind_the_last_line_that_is_read_is_not_seen() -> None:
    assert len(read_log("\n" * (MOST_LINES - 1) + KNOWN)) == 1
    assert read_log("\n" * MOST_LINES + KNOWN) == ()


def test_what_stands_behind_the_last_character_that_is_read_is_not_seen() -> None:
    filler = "x\n" * 1000 + "y" * 4000
    assert read_log(filler + "z" * (MOST_CHARACTERS - len(filler)) + "\n" + KNOWN) == ()


def test_what_stands_behind_the_end_of_a_cut_line_is_not_seen() -> None:
    assert len(read_log("x " * (LONGEST_LINE // 2 - len(KNOWN)) + KNOWN)) == 1
    assert read_log("x " * (LONGEST_LINE // 2) + KNOWN) == ()


def test_the_line_after_a_cut_line_is_seen_with_its_number() -> None:
    [match] = read_log("x" * (3 * LONGEST_LINE) + "\n" + KNOWN)

    assert match.line == 2


def test_no_more_than_fifty_matches_are_given() -> None:
    log = "\n".join(f"failed to get shared config profile, {letters}" for letters in string.ascii_letters * 2)
    log += "\n" + "\n".join(f"failed to get shared config profile, {letter}{letter}" for letter in string.ascii_letters)

    assert len(read_log(log)) == MOST_MATCHES


@pytest.mark.parametrize(
    "junk",
    ["\\", "\x1b[", "\x1b]", "#0", "[", " ", "\t", "caused by: ", "<", "eyJ", "AKIA", "://", "="],
)
def test_long_lines_of_one_thing_are_read(junk: str) -> None:
    line = junk * (LONGEST_LINE // len(junk) + 1)

    assert read_log((line + "\n") * 50) == ()


def test_four_megabytes_of_the_worst_line_are_read() -> None:
    line = "EC2MetadataError: " * (LONGEST_LINE // 18)

    assert read_log("\n".join(f"{line}{number}" for number in range(600))) == ()


def test_lines_full_of_beginnings_are_read() -> None:
    for anchor in ANCHORS:
        line = anchor * (LONGEST_LINE // len(anchor))
        assert len(read_log(f"{line}\n{line} {line[:200]}")) <= 4


@given(st.text())
def test_any_text_gives_matches_or_none(text: str) -> None:
    for match in read_log(text):
        assert match.codes


@given(st.binary().map(lambda junk: junk.decode("utf-8", "surrogateescape")), st.sampled_from(TEXTS))
def test_a_known_text_is_printable_whatever_stands_around_it(junk: str, known: str) -> None:
    for match in read_log(f"{junk}{known}{junk}\n{junk} {known}"):
        assert match.excerpt.isprintable()
        assert match.excerpt.encode()
        assert len(match.excerpt) <= LONGEST_EXCERPT


@given(st.lists(st.sampled_from([*TEXTS, "", "  indented", "caused by: x", '{"a":"b"}', "\x1b[0m"]), max_size=30))
def test_a_match_names_a_line_that_is_there(lines: list[str]) -> None:
    for match in read_log("\n".join(lines)):
        assert 1 <= match.line <= len(lines)


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=10))
def test_matches_come_in_the_order_of_their_lines(lines: list[str]) -> None:
    numbers = [match.line for match in read_log("\n".join(lines))]

    assert numbers == sorted(numbers)


@given(st.text(alphabet=" \tac\n<:[]\\u001b\"'eusdby0169.", max_size=400))
def test_no_character_of_a_record_is_a_line_break_or_invisible(text: str) -> None:
    for record in records_of(text):
        assert record.text.isprintable()
        assert "  " not in record.text
