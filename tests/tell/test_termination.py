"""The termination message."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.report import Verdict
from probe.tell.termination import line_of, termination_message, write_message
from tests.tell import samples

ANYTHING = st.text(st.characters(), max_size=3000) | st.text('é😀"\\\x00', max_size=3000)


def test_it_is_one_json_line_cause_first() -> None:
    line = termination_message(samples.broken())
    assert line.count(b"\n") == 1
    assert list(json.loads(line)) == ["code", "exit_code", "certainty", "summary", "source", "step"]
    assert json.loads(line) == {
        "code": "imds-hop-limit",
        "exit_code": 54,
        "certainty": "certain",
        "summary": samples.HOP_LIMIT.summary,
        "source": "imds",
        "step": "imds.token",
    }


def test_a_good_verdict_has_no_code_and_no_step() -> None:
    told = json.loads(termination_message(samples.good()))
    assert (told["code"], told["exit_code"], told["step"]) == (None, 0, None)


@settings(max_examples=100)
@given(summary=ANYTHING, word=ANYTHING)
def test_it_stays_under_a_kibibyte_and_whole_whatever_the_values(summary: str, word: str) -> None:
    fields = {"code": word, "exit_code": 54, "certainty": word, "summary": summary, "source": word, "step": word}
    line = line_of(fields)
    assert len(line) < 1024
    told = json.loads(line.decode("utf-8"))
    assert told["exit_code"] == 54
    kept = summary.encode("utf-8", "replace").decode()
    assert told["summary"] == kept or kept.startswith(told["summary"].removesuffix("…"))


@settings(max_examples=100)
@given(st.text('é😀"', min_size=1000, max_size=3000))
def test_a_long_summary_is_cut_no_more_than_needed(summary: str) -> None:
    assert len(termination_message(replace(samples.broken(), verdict=verdict_with(summary)))) > 900


def verdict_with(summary: str) -> Verdict:
    return replace(samples.broken().verdict, summary=summary)


def test_a_file_that_the_kubelet_made_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "termination-log"
    path.write_bytes(b"x" * 5000)
    assert write_message(str(path), b"{}\n") is None
    assert path.read_bytes() == b"{}\n"


def test_where_there_is_no_file_none_is_made(tmp_path: Path) -> None:
    path = tmp_path / "termination-log"
    assert write_message(str(path), b"{}\n") is None
    assert not path.exists()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert write_message(str(path), b"{}\n") is None


@pytest.mark.parametrize("path", ["\0", "x" * 5000])
def test_a_file_that_cannot_be_written_is_named_not_raised(path: str) -> None:
    assert write_message(path, b"{}\n") in {"ValueError", "OSError"}


def test_a_full_disk_is_named_not_raised() -> None:
    # /dev/full is not a regular file, so it is left alone like every device.
    assert write_message("/dev/full", b"{}\n") is None
