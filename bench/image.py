"""Measure how soon the image's process takes its first step, as root where an image is built: `python -m bench.image`.

The container's runtime is part of the figure; what it takes by itself is told beside it.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.timing import Spread
from tests.image import container
from tests.image.container import MOUNT_POINTS, PYTHON, Image
from tools.image.built import find
from tools.image.inputs import gathered

GOAL = 0.35
NOBODY = "AWS_EC2_METADATA_DISABLED=true"
"""With it, and with nothing else set, a run asks nobody."""


def main() -> int:
    """Measure, print; the exit code is 0 whatever was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.image", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="starts (default: %(default)s)")
    rounds = parser.parse_args().rounds
    reason = container.why_not() or (None if find(gathered()) else "no image of this tree is built: make image")
    if reason is not None:
        print(f"The image: not measured, {reason}")
        return 0
    with _image() as image:
        print(f"The image, {rounds} starts")
        for line in _figures(image, rounds):
            print(line)
    return 0


def _figures(image: Image, rounds: int) -> Iterator[str]:
    runs = {
        "runtime and bare interpreter, to its exit": (None, (*PYTHON, "-S", "-c", "")),
        f"to the first step (goal {GOAL:.2f} s)": (("run", "--log-events"), ()),
        "`probe --version`, to its exit": (("--version",), ()),
    }
    for name, (arguments, own) in runs.items():
        took = [_until_it_says_something(image, arguments, own) for _ in range(rounds + 1)][1:]
        spread = Spread.of(took)
        yield f"  {name}: {spread.median * 1000:.0f} ms ({spread.low * 1000:.0f} to {spread.high * 1000:.0f})"


def _until_it_says_something(image: Image, arguments: Sequence[str] | None, own: Sequence[str]) -> float:
    """Return the seconds from the runtime's start to the first line on standard error, or to its end."""
    with image.command(arguments, own=own) as command:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert child.stderr is not None
        child.stderr.readline()
        took = time.perf_counter() - begun
        child.communicate()
    return took


@contextmanager
def _image() -> Iterator[Image]:
    built = find(gathered())
    assert built is not None
    with TemporaryDirectory(dir=built.folder) as folder:
        root = Path(folder, "root")
        shutil.copytree(built.root, root, symlinks=True)
        for name in MOUNT_POINTS:
            (root / name).mkdir()
        config = built.layout.configuration["config"]
        yield Image(root=root, configuration={"config": {**config, "Env": [*config["Env"], NOBODY]}})


if __name__ == "__main__":
    sys.exit(main())
