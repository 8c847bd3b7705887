"""A network that has nothing but loopback."""

import os
import shutil
import subprocess


def closed_network() -> list[str]:
    """Return what to put before a command so that it sees a loopback interface and no other, where that is allowed.

    Elsewhere the endpoint variables must do; no program is started without all of them (`bench.worlds.closed`).
    """
    enter = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"']
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        return []
    return enter if subprocess.run([*enter, "true"], check=False, capture_output=True).returncode == 0 else []
