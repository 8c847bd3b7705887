"""Tests that share what one of them has played run in one worker: pytest and pytest-xdist must agree on that."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

GROUPED = """
import os
import pytest

GROUPS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in "abcdefgh"]

@pytest.mark.parametrize("name", GROUPS)
def test_one(name):
    print(f"group {name} in {os.getpid()}")

@pytest.mark.parametrize("name", GROUPS)
def test_another(name):
    print(f"group {name} in {os.getpid()}")
"""


def test_tests_of_one_group_run_in_one_worker(tmp_path: Path) -> None:
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    options = ["-p", "no:cacheprovider", "-n", "2", "--dist=loadgroup", "-rP", "-c", os.devnull, "--rootdir=."]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "test_grouped.py"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    workers: dict[str, list[str]] = defaultdict(list)
    for line in ran.stdout.splitlines():
        if line.startswith("group "):
            _, name, _, worker = line.split()
            workers[name].append(worker)
    assert [len(each) for each in workers.values()] == [2] * 8, ran.stdout
    assert [len(set(each)) for each in workers.values()] == [1] * 8
