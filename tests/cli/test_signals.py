"""SIGTERM and SIGINT end the command soon, whatever it is doing, and with the exit code that was promised."""

import contextlib
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from probe.aside import Aside
from probe.signals import ENDING
from tests.cli.closed import RUN, SERVE, command

PATIENCE = 60.0
DEADLINE = 8.0
"""Seconds; the walks of these tests stall until then, and tests that see one end know that it was not ended before."""


def wait_for_line(process: "subprocess.Popen[str]", part: str) -> None:
    """Read its log until a line has this in it."""
    assert process.stderr is not None
    assert any(part in line for line in process.stderr), f"it ended before it told of {part}"


def blocked_in_threads(process: int) -> dict[int, set[signal.Signals]]:
    """Which of the two signals the kernel will not give to a thread, by the thread's id."""
    masks = {}
    for thread in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            status = (thread / "status").read_text()
            mask = int(next(line for line in status.splitlines() if line.startswith("SigBlk:")).split()[1], 16)
            masks[int(thread.name)] = {number for number in ENDING if mask & 1 << number - 1}
    return masks


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_only_the_main_thread_of_a_walk_that_stalls_can_be_interrupted_and_it_ends_at_once(
    number: signal.Signals, exit_code: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        words = (*RUN, "--deadline", f"{DEADLINE}", "-vv", "--termination-message", "/nonexistent")
        with command(*words, port=port) as process:
            waiting, _ = mute.accept()
            with waiting:
                masks = blocked_in_threads(process.pid)
                while masks[process.pid]:  # it still starts threads
                    masks = blocked_in_threads(process.pid)
                del masks[process.pid]
                process.send_signal(number)
                stdout, stderr = process.communicate(timeout=PATIENCE)
    assert masks
    assert all(mask == set(ENDING) for mask in masks.values())
    assert (process.returncode, stdout) == (exit_code, "")
    assert "Traceback" not in stderr
    assert "verdict.reached" not in stderr


def test_whoever_starts_work_aside_can_be_interrupted_as_before_and_the_work_cannot() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    inside = Aside(lambda: signal.pthread_sigmask(signal.SIG_BLOCK, ()), "inside").result()
    assert set(ENDING) <= inside
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize(
    ("words", "imported", "exit_code"),
    [
        (RUN, "argparse", None),
        (RUN, "probe.evidence", None),
        (SERVE, "argparse", 0),
        (SERVE, "probe.serve.schedule", 0),
        (SERVE, "uvicorn.config", 0),
        (SERVE, "probe.serve.http.server", 0),
    ],
)
def test_a_signal_while_it_starts_is_neither_lost_nor_taken_for_a_failure(
    words: tuple[str, ...], imported: str, exit_code: int | None, number: signal.Signals
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # a run that has begun goes on until it is ended
        port = mute.getsockname()[1]
        with command(*words, port=port, options=("-X", "importtime")) as process:
            wait_for_line(process, f" {imported}\n")
            process.send_signal(number)
            stdout, stderr = process.communicate(timeout=PATIENCE)
    assert (process.returncode, stdout) == (128 + number if exit_code is None else exit_code, "")
    assert "Traceback" not in stderr
    assert "probe: " not in stderr


@pytest.mark.parametrize(("words", "exit_code"), [((*RUN, "--wait", "600"), 143), (SERVE, 0)])
def test_whoever_asks_again_and_again_gets_the_same_end(words: tuple[str, ...], exit_code: int) -> None:
    with command(*words) as process:
        wait_for_line(process, "not yet: " if words[0] == "run" else "serve.started")
        while process.poll() is None:
            process.terminate()
        _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == exit_code
    assert "Traceback" not in stderr


def fill(pipe: int) -> None:
    """Write into a pipe until it takes nothing more; whoever else writes into it waits then."""
    own = os.open(f"/proc/self/fd/{pipe}", os.O_WRONLY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(own, b"x")
    os.close(own)


def test_a_sidecar_whose_log_nobody_takes_ends_all_the_same() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as log, command(*SERVE, "-v", log=writing) as process:
        assert "serve.started" in log.readline()
        fill(writing)
        os.close(writing)
        process.terminate()
        assert process.wait(PATIENCE) == 0
