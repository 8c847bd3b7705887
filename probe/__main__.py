"""`python -m probe`, and what the `probe` command runs."""

import os
import signal
import sys

from probe.short_life import short_life
from probe.signals import ENDING, Terminated, code_of, held_back, terminate, was_signalled


def main() -> int:
    """Run the command line of this process; return its exit code."""
    signal.signal(signal.SIGTERM, terminate)
    try:
        with held_back():
            from probe.cli import main as run_command_line  # noqa: PLC0415 - it takes longer than all so far

        with short_life():
            code = run_command_line()
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # what has ended keeps its exit code
    except (KeyboardInterrupt, Terminated) as end:
        code = code_of(end, sys.argv[1:])
    if was_signalled(code, sys.argv[1:]):
        # Threads of a walk go on, and one that logs just now would make the interpreter's own end abort: it holds the
        # lock of a stream that is to be flushed. All that was said has been flushed.
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
