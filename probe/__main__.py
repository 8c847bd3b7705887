"""`python -m probe`, and what the `probe` command runs."""

import signal
import sys
from types import FrameType
from typing import NoReturn

from probe.cli import main as run_command_line
from probe.console import Terminated
from probe.short_life import short_life


def main() -> int:
    """Run the command line of this process; return its exit code."""
    # As process 1 of a container there is no default action: without a handler SIGTERM would be ignored.
    signal.signal(signal.SIGTERM, _terminate)
    with short_life():
        return run_command_line()


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise Terminated


if __name__ == "__main__":
    sys.exit(main())
