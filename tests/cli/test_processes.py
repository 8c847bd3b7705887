"""The command as a process of its own: what it imports, and how it ends when somebody ends it."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ENDLESS = textwrap.dedent(
    """
    import signal, sys
    from probe import signals
    from probe.cli import main
    from probe.lab.network import LabNetwork
    from probe.surroundings import Files, Surroundings

    signal.signal(signal.SIGTERM, signals.terminate)
    closed = Surroundings(environment={}, files=Files(root=sys.argv[1]))
    sys.exit(main(["run", "--wait", "600", "--termination-message", sys.argv[1] + "/none"],
                  surroundings=closed, network=LabNetwork()))
    """
)
"""A run in a closed world that never becomes good."""


def python(*arguments: str, **options: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # passed on
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def imported_by(code: str) -> set[str]:
    child = python("-c", f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)")
    _, modules = child.communicate(timeout=60)
    return set(modules.split())


def test_explaining_imports_nothing_that_a_walk_needs() -> None:
    modules = imported_by("from probe.cli import main; main(['explain', 'imds-hop-limit'])")
    assert "probe.tell.explained" in modules
    assert not modules & {"botocore", "httpx", "httpcore", "structlog", "dacite", "ssl", "asyncio", "probe.walk"}


def test_explaining_a_log_imports_nothing_that_a_walk_needs(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("NoCredentialProviders: no valid providers in chain\n")
    modules = imported_by(f"from probe.cli import main; main(['explain', '--log', {str(log)!r}])")
    assert not modules & {"botocore", "httpx", "httpcore", "structlog", "dacite", "ssl", "asyncio", "probe.walk"}


def test_a_run_without_events_never_imports_structlog(tmp_path: Path) -> None:
    closed = ENDLESS.replace('"--wait", "600", ', "").replace("sys.argv[1]", repr(str(tmp_path)))
    modules = imported_by(closed.replace("sys.exit(main(", "(main("))
    assert "probe.walk" in modules
    assert "structlog" not in modules


def test_a_run_that_names_no_controller_imports_nothing_about_any(tmp_path: Path) -> None:
    closed = ENDLESS.replace('"--wait", "600", ', "").replace("sys.argv[1]", repr(str(tmp_path)))
    modules = imported_by(closed.replace("sys.exit(main(", "(main("))
    beside = ("probe.controllers", "probe.sources.needs", "probe.sources.kubernetes", "probe.wire.aws")
    assert "probe.judge" in modules
    assert [name for name in sorted(modules) if name.startswith(beside)] == []


def test_explaining_a_controller_imports_nothing_that_a_walk_needs() -> None:
    modules = imported_by("from probe.cli import main; main(['explain', '--controller', 'karpenter@1.0'])")
    assert "probe.controllers.karpenter" in modules
    assert not modules & {"botocore", "httpx", "httpcore", "structlog", "dacite", "ssl", "asyncio", "probe.walk"}


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_quietly(tmp_path: Path, number: signal.Signals, exit_code: int) -> None:
    child = python("-c", ENDLESS, str(tmp_path))
    assert child.stderr is not None
    assert child.stderr.readline().startswith("probe: not yet: ")
    child.send_signal(number)
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout) == (exit_code, "")
    assert "Traceback" not in stderr


def test_a_reader_that_leaves_early_is_no_failure() -> None:
    reading, writing = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-m", "probe", "explain"], stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    os.close(reading)
    _, stderr = child.communicate(timeout=60)
    assert (child.returncode, stderr) == (0, "")


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        child = subprocess.run(
            [sys.executable, "-m", "probe", "explain"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (child.returncode, child.stderr) == (0, "probe: the output could not be written: OSError\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_failure(closed: str) -> None:
    child = subprocess.run(
        ["sh", "-c", f'"$1" -m probe explain imds-hop-limit {closed}', "sh", sys.executable],
        capture_output=True,
        check=False,
    )
    assert (child.returncode, child.stderr) == (0, b"")


def test_a_stream_that_takes_only_ascii_is_enough() -> None:
    child = python("-m", "probe", "explain", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stderr) == (0, "")
    assert stdout.isascii()


def test_the_module_answers_like_the_command() -> None:
    child = python("-m", "probe", "--version")
    stdout, _ = child.communicate(timeout=60)
    assert stdout.startswith("probe ")
