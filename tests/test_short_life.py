"""One run collects no garbage; the collector is as it was for whoever imports the probe."""

import subprocess
import sys

CODE = """
import gc, weakref
from probe.short_life import short_life

class Node:
    pass

def leave_a_cycle():
    node = Node()
    node.self = node
    return weakref.ref(node)

print(gc.isenabled())
with short_life():
    left = leave_a_cycle()
    print(gc.isenabled(), left() is not None)
gc.collect()
print(left() is not None)
"""


def test_garbage_is_left_alone_during_the_run_and_at_its_end() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["True", "False", "True", "True"]


def test_importing_the_command_line_leaves_the_collector_on() -> None:
    code = "import gc, probe.__main__, probe.commands.run; print(gc.isenabled())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "True\n"
