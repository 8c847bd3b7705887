"""One running sidecar, seen from outside: what the kernel says of it, and what it says of itself."""

import contextlib
import http.client
import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.timing import FailedError

PATIENCE = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Used:
    """Processor time in seconds."""

    own: float
    children: float
    """Of walks in processes of their own that have ended."""


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """`probe serve` in a process of its own."""

    process: int
    port: int

    def resident_mebibytes(self) -> float:
        """Return what it has in memory now, shared pages of the interpreter and the C library included."""
        text = Path(f"/proc/{self.process}/smaps_rollup").read_text()
        line = next(line for line in text.splitlines() if line.startswith("Rss:"))
        return int(line.split()[1]) / 1024

    def used(self) -> Used:
        """Return the processor time that it has used."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        user, system, children_user, children_system = (int(ticks) / _TICKS for ticks in fields[11:15])
        return Used(own=user + system, children=children_user + children_system)

    def metrics(self) -> str:
        """Scrape it."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request("GET", "/metrics")
            response = connection.getresponse()
            return response.read().decode()

    def sample(self, beginning: str) -> float:
        """Return the sum of the samples that begin so, after the prefix that all of them have."""
        whole = f"aws_credential_probe_{beginning}"
        return sum(float(line.rpartition(" ")[2]) for line in self.metrics().splitlines() if line.startswith(whole))

    def walks(self, depth: str) -> float:
        """Return how many walks of a depth have ended by themselves."""
        return self.sample(f'walks_total{{depth="{depth}",ending="finished"}}')

    def wait_for_walks(self, depth: str, count: float, seconds: float) -> None:
        """Wait until there were so many; raises FailedError when the time is over."""
        deadline = time.monotonic() + seconds
        while self.walks(depth) < count:
            if time.monotonic() > deadline:
                raise FailedError(f"{self.walks(depth):g} {depth} walks in place of {count:g} after {seconds:g} s")
            time.sleep(1)


@contextlib.contextmanager
def sidecar(probe: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[Sidecar]:
    """Run one until the block ends; it must find that all is well, and end well itself."""
    listen = ("--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0")
    process = subprocess.Popen(
        [str(probe), "serve", *listen, *arguments], env=dict(environment), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        started = json.loads(process.stderr.readline())
        running = Sidecar(process=process.pid, port=int(started["listen"].rpartition(":")[2]))
        running.wait_for_walks("whole", 1, PATIENCE)
        if running.sample("success") != 1:
            raise FailedError("the sidecar found fault with the world")
        yield running
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    if process.returncode != 0:
        raise FailedError(f"the sidecar ended with {process.returncode}")
