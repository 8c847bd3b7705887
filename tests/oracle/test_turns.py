"""How the oracle shares the processors: who has a turn, and what counts as waiting."""

import contextlib
import sys
from pathlib import Path

import pytest

from tests.oracle import turns
from tests.oracle.patience import Thread, run

COMPUTE = "import time\nwhile time.process_time() < 1.0: pass\nprint('computed')"


def is_free(place: int) -> bool:
    with contextlib.ExitStack() as kept:
        return turns._locked(place, kept)


def test_a_turn_is_taken_from_everybody_else_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PLACES", tmp_path / "turns")
    with turns.turn():
        assert [is_free(place) for place in range(turns.AT_ONCE)].count(True) == turns.AT_ONCE - 1
    assert all(is_free(place) for place in range(turns.AT_ONCE))


def test_a_turn_ends_with_what_raises_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PLACES", tmp_path / "turns")
    with pytest.raises(ValueError, match="broken"), turns.turn():
        raise ValueError("broken")
    assert all(is_free(place) for place in range(turns.AT_ONCE))


def test_a_program_that_ends_tells_all_that_it_has_told() -> None:
    ended = run(["/bin/sh", "-c", "echo told; echo complained >&2; exit 3"], {}, patience=60.0)
    assert ended is not None
    assert (ended.exit_code, ended.output, ended.complaints) == (3, b"told\n", b"complained\n")


def test_a_program_that_waits_for_too_long_is_ended() -> None:
    assert run(["/bin/sleep", "60"], {}, patience=0.3) is None


def test_computing_is_not_waiting() -> None:
    ended = run([sys.executable, "-c", COMPUTE], {}, patience=0.5)
    assert ended is not None
    assert ended.output == b"computed\n"
    assert ended.computed >= 1.0


def test_a_thread_that_computes_wants_a_processor() -> None:
    assert Thread.read(Path("/proc/thread-self")).wants_a_processor


@pytest.mark.parametrize(("counted", "queued"), [("5000000000 1500000000 7\n", 1.5), (None, 0.0)])
def test_a_kernel_may_count_the_time_in_the_queue(tmp_path: Path, counted: str | None, queued: float) -> None:
    (tmp_path / "stat").write_text("7 (a name with ) in it) S 1 7 7 0\n")
    if counted is not None:
        (tmp_path / "schedstat").write_text(counted)
    assert Thread.read(tmp_path) == Thread(wants_a_processor=False, queued=queued)
