"""A real `probe serve`, in a process of its own, in a lab world; its state and its log as they come."""

import contextlib
import json
import resource
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from probe.lab import scenario
from probe.lab.run import command, command_line_input
from probe.lab.world import World

PATIENCE = 40.0
"""Seconds to wait for what must come; the machine may be busy."""
QUICK = ("--interval", "0.3", "--deadline", "4")


def eventually(look: Callable[[], Any], log: Callable[[], str] = str) -> Any:  # noqa: ANN401 - whatever was looked for
    """Look again and again until something is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"it did not come; the log:\n{log()}")


@dataclass
class Serving:
    """One sidecar under test."""

    world: World
    process: "subprocess.Popen[str]"
    events: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Read the log until it ends."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            with contextlib.suppress(ValueError):
                self.events.append(json.loads(line))

    def event(self, name: str, after: int = 0, **fields: object) -> dict[str, Any]:
        """Wait for an event with these fields."""

        def found() -> dict[str, Any] | None:
            told = self.events[after:]
            return next((one for one in told if one["event"] == name and fields.items() <= one.items()), None)

        event: dict[str, Any] = self.wait_for(found)
        return event

    def wait_for(self, look: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever was looked for
        """Look again and again until something is there."""
        return eventually(look, lambda: "".join(self.lines))

    def get(self, path: str) -> bytes:
        """Ask the private listener."""
        address = self.event("serve.started")["private_listen"]
        with urllib.request.urlopen(f"http://{address}{path}", timeout=PATIENCE) as answer:
            body: bytes = answer.read()
        return body

    def state(self) -> dict[str, Any]:
        """The state document's part about the sidecar."""
        told: dict[str, Any] = json.loads(self.get("/state.json"))["serve"]
        return told

    def counter(self, sample: str) -> float:
        """One sample of /metrics."""
        lines = self.get("/metrics").decode().splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(sample))

    def end(self) -> tuple[int, float]:
        """Ask it to end; return its exit code and how long that took."""
        begun = time.monotonic()
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        return code, time.monotonic() - begun


@contextlib.contextmanager
def serving(name: str, *arguments: str, servers: Mapping[str, Mapping[str, Any]] | None = None) -> Iterator[Serving]:
    """Serve in a scenario's world, with changed tables of servers; whatever the test does, the process is ended.

    No file can grow below it: it is to write none, and a disk that is full would stop nothing.
    """
    listeners = ("--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0")
    told = scenario.load(name)
    tables = {kind: {**table, **(servers or {}).get(kind, {})} for kind, table in told.servers.items()}
    with World(replace(told, servers=tables)) as world:
        process = subprocess.Popen(
            command(world), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, 0))
        one = Serving(world=world, process=process)
        listening = threading.Thread(target=one.listen, daemon=True)
        listening.start()
        try:
            assert process.stdin is not None
            process.stdin.write(command_line_input(world, ["serve", *QUICK, *listeners, *arguments]))
            process.stdin.close()
            yield one
        finally:
            process.kill()
            process.wait(PATIENCE)
            listening.join(PATIENCE)
            assert process.stderr is not None
            process.stderr.close()
