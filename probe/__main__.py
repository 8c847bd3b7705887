"""`python -m probe`, and what the `probe` command runs."""

import signal
import sys

from probe.short_life import short_life
from probe.signals import ENDING, Terminated, code_of, held_back, terminate


def main() -> int:
    """Run the command line of this process; return its exit code."""
    signal.signal(signal.SIGTERM, terminate)
    try:
        with held_back():
            from probe.cli import main as run_command_line  # noqa: PLC0415 - it takes longer than all so far

        with short_life():
            return run_command_line()
    except (KeyboardInterrupt, Terminated) as end:
        return code_of(end, sys.argv[1:])
    finally:
        # What has ended keeps its exit code, however often somebody asks.
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
