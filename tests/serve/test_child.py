"""A child that does what no child should, and the light walk that hangs."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from probe.again import Again
from probe.serve import child as children
from probe.serve.light import LightWalks
from probe.serve.state import Ending
from probe.serve.whole import WholeWalks
from tests.tell import samples

PRINTS_AND_ENDS = "import sys; sys.stdout.write({!r}); sys.stdout.flush(); sys.exit({})"


def whole(code: str, deadline: float = 30.0) -> WholeWalks:
    return WholeWalks(Again(command=(sys.executable, "-c", code)), (), deadline)


@pytest.mark.parametrize(
    ("printed", "code", "problem"),
    [
        ("", 0, "it printed nothing"),
        ("Segmentation fault", 0, "cannot be read: it is not JSON"),
        ('{"schema": 1}', 0, "cannot be read: it holds no evidence"),
        ("", 3, "it ended with exit code 3"),
        ("nonsense", 70, "it ended with exit code 70"),
        ('{"verdict": {"summary": "The probe itself failed: TypeError in probe.x:3"}}', 70, "TypeError in probe.x:3"),
        ('{"verdict": {"summary": "AKIAIOSFODNN7EXAMPLE\\u001b[31m"}}', 70, "…MPLE"),
    ],
)
def test_what_a_failed_child_leaves_is_told_in_a_line(printed: str, code: int, problem: str) -> None:
    walked = whole(PRINTS_AND_ENDS.format(printed, code)).walk(())
    assert walked is not None
    assert (walked.ending, walked.evidence) == (Ending.FAILED, None)
    assert problem in (walked.problem or "")
    assert "AKIA" not in (walked.problem or "")
    assert (walked.problem or "").isprintable()


def test_a_child_that_is_killed_for_want_of_memory_is_told_as_such() -> None:
    walked = whole("import os, signal; os.kill(os.getpid(), signal.SIGKILL)").walk(())
    assert walked is not None
    assert walked.problem == "it was killed from outside (SIGKILL), most likely for want of memory"


def test_a_child_that_prints_without_end_is_cut_off() -> None:
    walked = whole("import sys\nwhile True: sys.stdout.write('x' * 65536)").walk(())
    assert walked is not None
    assert walked.problem == "it printed more than 1024 KiB and was killed"


def test_a_child_that_overruns_is_killed_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("probe.serve.whole.SLACK", 4.0)
    note = tmp_path / "pid"
    code = (
        "import os, subprocess, sys, time\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'w').write(str(inner.pid))\n"
        "time.sleep(600)"
    )
    walked = whole(code, deadline=1.0).walk(())
    assert walked is not None
    assert walked.ending is Ending.CUT
    state = Path(f"/proc/{note.read_text()}/stat")
    end = time.monotonic() + 10
    while state.exists() and state.read_text().split(") ")[1][0] not in "ZX" and time.monotonic() < end:
        time.sleep(0.02)  # it was killed, and dies when it gets a processor
    assert not state.exists() or state.read_text().split(") ")[1][0] in "ZX"


def test_whoever_ends_it_from_another_thread_leaves_no_zombie() -> None:
    walks = whole("import time; time.sleep(600)")
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(walks.walk(())))
    thread.start()
    while walks._child._process is None:
        thread.join(0.01)
    pid = walks._child._process.pid
    walks.end()
    thread.join(20)
    assert results == [None]
    assert not Path(f"/proc/{pid}").exists()
    assert walks.walk(()) is None


def test_a_program_that_is_not_there_is_a_failed_walk() -> None:
    walked = WholeWalks(Again(command=("/nonexistent/python",)), (), 1.0).walk(())
    assert walked is not None
    assert walked.problem == "no process could be started (FileNotFoundError)"


def test_the_largest_output_is_far_beyond_an_ordinary_report() -> None:
    assert children.LARGEST_OUTPUT == 1024 * 1024


def test_the_child_is_told_what_the_sidecar_was_told(tmp_path: Path) -> None:
    note = tmp_path / "words"
    code = f"import sys; open({str(note)!r}, 'w').write(' '.join(sys.argv[1:]))"
    WholeWalks(Again(command=(sys.executable, "-c", code)), ("--expect", "imds"), 15.0).walk({"identity.imds"})
    assert note.read_text() == (
        "run --format json --exit-zero --termination-message /dev/null --expect imds --deadline 15 --skip identity.imds"
    )


def test_a_light_walk_that_hangs_is_cut_and_no_second_one_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.serve.light.SLACK", 0.0)
    release, begun = threading.Event(), []

    def hang() -> object:
        begun.append(1)
        release.wait(60)
        return samples.good().evidence

    walks = LightWalks(hang, 0.05)  # type: ignore[arg-type]  # an untyped result
    assert (walks.walk().ending, walks.walk().ending, len(begun)) == (Ending.CUT, Ending.CUT, 1)
    release.set()
    hanging = walks._hanging
    assert hanging is not None
    hanging.result()
    assert walks.walk().ending is Ending.FINISHED


def test_a_light_walk_that_raises_is_told_by_type_and_place_only() -> None:
    def fail() -> object:
        raise ValueError("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

    walked = LightWalks(fail, 5.0).walk()  # type: ignore[arg-type]  # an untyped result
    assert walked.ending is Ending.FAILED
    assert walked.problem is not None
    assert "ValueError" in walked.problem
    assert "EXAMPLEKEY" not in walked.problem


def test_serving_imports_no_botocore() -> None:
    code = "import sys, probe.commands.serve, probe.sources; print('botocore' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
