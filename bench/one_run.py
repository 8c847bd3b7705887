"""Run one program and tell on a pipe what it took: `python one_run.py DESCRIPTOR PROGRAM [ARGUMENT …]`.

Whoever starts a program must be small himself: until it is executed it has its parent's memory, and the kernel counts
that to its peak (getrusage(2), ru_maxrss). The bench with a world of the lab is larger than what it measures.
"""

import os
import sys
import time


def main() -> int:
    """Write the seconds from start to exit, the peak in KiB and the exit code."""
    told, command = int(sys.argv[1]), sys.argv[2:]
    os.set_inheritable(told, False)
    begun = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    took = time.perf_counter() - begun
    os.write(told, f"{took} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}".encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
