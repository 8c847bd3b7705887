"""The lab's worlds, with the image in the place of the pod: the servers run from the checkout, the probe does not."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from probe.lab.network_world import NetworkWorld
from probe.lab.run import Ran, pod_input
from probe.lab.world import World
from tests.image.container import PYTHON, Image

POD = (*PYTHON, "-m", "probe.lab.pod")
RESOLVER = Path("/etc/resolv.conf")
"""`ip netns exec` puts the namespace's own there."""


def run_in_image(image: Image, world: World, arguments: Sequence[str] = ("--format", "json")) -> Ran:
    """Run the image's probe in a started world and collect everything that it puts out."""
    given = pod_input(world, arguments)
    message = world.root / "dev" / "termination-log"
    message.chmod(0o666)  # as the kubelet makes it
    shared = [world.root]
    if isinstance(world, NetworkWorld):
        shared.append(RESOLVER)
    begun = time.monotonic()
    with image.command(own=POD, shared=shared) as container:
        command = container
        if isinstance(world, NetworkWorld):
            command = world.spaces.command(world.probe_role, *container)
        child = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)
    return Ran(
        exit_code=child.returncode,
        stdout=child.stdout,
        stderr=child.stderr,
        termination_message=message.read_text(),
        canaries=world.canaries.values(),
        seconds=time.monotonic() - begun,
    )
