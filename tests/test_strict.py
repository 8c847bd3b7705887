"""The plugin that lets nothing be skipped where nothing may be missing, seen from outside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SKIPPED_TEST = "import pytest\n\ndef test_one():\n    pytest.skip('no kernel')\n"
SKIPPED_FILE = "import pytest\n\npytest.skip('no kernel', allow_module_level=True)\n"
EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_one():\n    assert False\n"
PASSING = "def test_one():\n    assert True\n"


@pytest.mark.parametrize("workers", ["0", "1"], ids=["alone", "with a worker"])
@pytest.mark.parametrize("skipping", [SKIPPED_TEST, SKIPPED_FILE], ids=["a test", "a file"])
def test_a_skip_fails_a_strict_run_and_is_named(tmp_path: Path, skipping: str, workers: str) -> None:
    ran = _run(tmp_path, {"test_skipping": skipping, "test_passing": PASSING}, workers, strict="1")
    assert ran.returncode == pytest.ExitCode.TESTS_FAILED
    assert "SKIPPED test_skipping.py" in ran.stdout


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert _run(tmp_path, {"test_expected": EXPECTED_FAILURE}, strict="1").returncode == pytest.ExitCode.OK


@pytest.mark.parametrize("strict", ["", "0"])
def test_a_skip_is_allowed_where_nobody_is_strict(tmp_path: Path, strict: str) -> None:
    files = {"test_skipping": SKIPPED_TEST, "test_passing": PASSING}
    assert _run(tmp_path, files, strict=strict).returncode == pytest.ExitCode.OK


def _run(place: Path, files: dict[str, str], workers: str = "0", *, strict: str) -> subprocess.CompletedProcess[str]:
    # A folder with fixtures of its own makes pytest treat plugins differently.
    (place / "inner").mkdir()
    for name, text in {**files, "inner/conftest": "", "inner/test_inner": PASSING}.items():
        (place / f"{name}.py").write_text(text)
    (place / "pytest.ini").write_text("[pytest]\n")
    options = ["-p", "tests.strict", "-p", "no:cacheprovider", "-n", workers, "-c", "pytest.ini"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=place,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "STRICT": strict},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
