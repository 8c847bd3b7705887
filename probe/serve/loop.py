"""The loop: one thread that makes walks when they are due. Never two at once."""

import threading
import time
from dataclasses import replace

from probe.serve.log import ServeLog
from probe.serve.rounds import Rounds
from probe.serve.schedule import Because, Schedule
from probe.serve.state import Depth, State
from probe.tell.crash import crash_summary

ALIVE_SLACK = 15.0
"""Seconds that a turn of the loop may take beyond its walk and its pause."""
JOIN_SECONDS = 1.0
PAUSE_AFTER_FAILURE = 1.0


class Loop:
    """What `probe.serve.sidecar.Sidecar` asks for. `longest_walk` is in seconds."""

    def __init__(self, rounds: Rounds, schedule: Schedule, log: ServeLog, longest_walk: float) -> None:
        self._rounds, self._schedule, self._log = rounds, schedule, log
        self._longest_turn = longest_walk + schedule.interval + ALIVE_SLACK
        self._lock = threading.Lock()
        self._asked = self._walks_whole = False
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._times: tuple[float, float] | None = None
        """When the next light and the next whole walk are due; None while one is under way."""
        self._turned = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="loop", daemon=True)

    def start(self) -> None:
        """Begin, with a whole walk."""
        self._thread.start()

    def stop(self) -> None:
        """End the loop, within a second. Whoever calls this has ended the whole walk that may be under way.

        Its process is waited for, so that none is left behind. A light walk has nothing that would outlive this one.
        """
        self._stopping.set()
        self._wake.set()
        with self._lock:
            has_process = self._walks_whole
        if has_process:
            self._thread.join(JOIN_SECONDS)

    def state(self) -> State:
        """See `Sidecar`. When walks are due is kept in monotonic time, and told in the wall clock's as it is now."""
        now, at = time.time(), time.monotonic()
        times = self._times
        return replace(
            self._rounds.state,
            now=now,
            next_walk=None if times is None else now + max(min(times) - at, 0.0),
            next_whole_walk=None if times is None else now + max(times[1] - at, 0.0),
        )

    def is_alive(self) -> bool:
        """See `Sidecar`."""
        return self._thread.is_alive() and time.monotonic() - self._turned < self._longest_turn

    def walk_now(self) -> bool:
        """See `Sidecar`."""
        with self._lock:
            if self._asked or self._walks_whole:
                return False
            self._asked = True
        self._wake.set()
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._turned = time.monotonic()
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 - a bug must not end the sidecar; it is told by type and place
                self._log.failed(crash_summary(error))
                self._stopping.wait(PAUSE_AFTER_FAILURE)

    def _turn(self) -> None:
        """Make the walk that is due, or wait until one is."""
        self._wake.clear()
        self._take_wishes(time.monotonic())
        due = self._schedule.due(time.monotonic())
        if due is None:
            self._times = self._schedule.light_at, self._schedule.whole_at
            self._wake.wait(self._schedule.seconds_until_due(time.monotonic()))
            self._times = None
        elif due.depth is Depth.LIGHT:
            self._rounds.light()
        else:
            self._walk_whole(due.because or Because.INTERVAL)

    def _walk_whole(self, because: Because) -> None:
        with self._lock:
            self._walks_whole = True
        try:
            self._rounds.whole(because)
        finally:
            with self._lock:
                self._walks_whole = False

    def _take_wishes(self, now: float) -> None:
        """Take what a person asked for."""
        with self._lock:
            asked, self._asked = self._asked, False
        if asked:
            self._rounds.want_identities()
            self._schedule.asked(now)
