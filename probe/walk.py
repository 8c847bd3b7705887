"""Runs every source's steps concurrently under one deadline, and records what happened."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from functools import cached_property, partial
from typing import Any, Generic, Protocol, TypeVar

from probe.aside import Aside
from probe.credentials import Credentials
from probe.evidence import CHAIN_ORDER, OPTIONAL, Evidence, Facts, Outcome, Source, Step, Wanted, timed_out
from probe.records import dataclass
from probe.secret import Redactor, Secret
from probe.shared_configuration import SharedConfiguration, read_shared_configuration
from probe.surroundings import Surroundings, given
from probe.wire.deadline import Deadline
from probe.wire.network import Network

DEFAULT_DEADLINE = 15.0
GRACE = 0.5
"""Seconds that a source may take beyond the deadline to return from a system call that it cannot interrupt."""

SKIPPABLE = frozenset(
    {
        "web-identity.tls",
        "web-identity.assume-role",
        "container.credentials",
        "imds.credentials",
        "imds.metadata",
        *(f"identity.{source}" for source in Source),
    }
)
"""Steps that a walk can be asked to leave out: what costs a call of AWS, brings keys, or only fills in remedies."""
SKIPPED = "--skip"
"""Why such a step was skipped."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Done(Generic[T]):
    """What a step came to, and the live value that the next step needs, which is never recorded."""

    outcome: Outcome
    facts: Facts | None = None
    reason: str | None = None
    value: T | None = field(default=None, repr=False)


class Listener(Protocol):
    """Somebody who wants to hear of steps while they run: the progress line, the log."""

    def step_started(self, step_id: str) -> None:
        """Hear that a step began."""

    def step_finished(self, step: Step) -> None:
        """Hear what it came to."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user asked of the walk."""

    deadline_seconds: float = DEFAULT_DEADLINE
    sts_allowed: bool = True
    skipped: frozenset[str] = frozenset()
    """Of `SKIPPABLE`, the steps that are not to be taken."""
    wanted: Wanted = field(default_factory=Wanted)
    external_id: Secret[str] | None = None
    """What is given with the role of `wanted.assume_role_arn`."""


class Walk:
    """One walk under way: what the sources share, and the record they write to. Thread-safe."""

    def __init__(
        self, surroundings: Surroundings, network: Network, options: Options, listeners: Sequence[Listener] = ()
    ) -> None:
        self.surroundings = surroundings
        self.network = network
        self.options = options
        self.deadline = Deadline.after(options.deadline_seconds)
        self.redactor = Redactor()
        self.given = given(surroundings)
        self._listeners = listeners
        self._started = time.monotonic()
        self._steps: dict[str, Step] = {}
        self._open: dict[str, float] = {}
        self._offered: dict[str, Credentials] = {}
        self._lock = threading.Lock()
        self._closed = False

    def step(self, step_id: str, work: Callable[[], Done[T]]) -> Done[T]:
        """Run one step and record it. One that would start after the deadline is skipped, as is one left out."""
        if step_id in self.options.skipped:
            return self.settle(step_id, Done(outcome=Outcome.SKIPPED, reason=SKIPPED))
        begun = self._elapsed()
        with self._lock:
            is_late = self._closed or self.deadline.passed()
            if not is_late:
                self._open[step_id] = begun
        if is_late:
            return self.settle(step_id, Done(outcome=Outcome.SKIPPED, reason=self._out_of_time()))
        for listener in self._listeners:
            listener.step_started(step_id)
        done = self._unless_cut(work())
        self._record(step_id, done, begun, self._elapsed() - begun)
        return done

    def _unless_cut(self, done: Done[T]) -> Done[T]:
        """Drop what the deadline cut: silence that nobody had the time to wait for is evidence of nothing."""
        if done.outcome is not Outcome.FAIL or not self.deadline.passed() or not timed_out(done.facts):
            return done
        reason = f"cut: there was no answer yet at the deadline of {self.options.deadline_seconds:g} s"
        return Done(outcome=Outcome.SKIPPED, reason=reason)

    def settle(self, step_id: str, done: Done[T]) -> Done[T]:
        """Record a step that there was nothing to do for: absent or skipped."""
        self._record(step_id, done, None, None)
        return done

    def skip(self, reason: str, *step_ids: str) -> None:
        """Record steps that cannot be done, and why."""
        for step_id in step_ids:
            self.settle(step_id, Done(outcome=Outcome.SKIPPED, reason=reason))

    def absent(self, *step_ids: str, reason: str = "not configured") -> None:
        """Record steps that there is nothing configured for."""
        for step_id in step_ids:
            self.settle(step_id, Done(outcome=Outcome.ABSENT, reason=reason))

    def keep(self, value: str) -> Secret[str]:
        """Wrap a secret, and remember it for the redactor."""
        secret = Secret(value)
        self.redactor.add(secret)
        return secret

    def profile_region(self) -> str | None:
        """Return the region of the selected profile, where the files tell one."""
        return self.shared.setting("region")

    @cached_property
    def shared(self) -> SharedConfiguration:
        """The shared files, read once: they tell the profile, and settings that other sources follow."""
        return read_shared_configuration(self.surroundings)

    def close(self) -> tuple[Step, ...]:
        """End the record: what has not finished becomes a skipped step with its reason. Return all in chain order."""
        with self._lock:
            self._closed = True
            walked = [one for one in CHAIN_ORDER if one not in OPTIONAL or one in self._steps or one in self._open]
            for step_id in walked:
                if step_id not in self._steps:
                    begun = self._open.get(step_id)
                    reason = self._never_begun() if begun is None else "cut: still running at the deadline"
                    self._steps[step_id] = Step(id=step_id, outcome=Outcome.SKIPPED, reason=reason, started_ms=begun)
            return tuple(self._steps[step_id] for step_id in walked)

    def offer(self, source: str, keys: Credentials) -> None:
        """Hand on the keys that a source gave, for the steps after the chain. They are never recorded."""
        with self._lock:
            self._offered[source] = keys

    def offered(self, source: str) -> Credentials | None:
        """Return the keys that a source gave, if it has given any by now."""
        with self._lock:
            return self._offered.get(source)

    def outcome(self, step_id: str) -> Outcome | None:
        """Return what a step came to; None while it has not finished."""
        with self._lock:
            step = self._steps.get(step_id)
        return None if step is None else step.outcome

    def facts(self, step_id: str) -> Facts | None:
        """Return what a finished step left behind, for a later step that builds on it."""
        with self._lock:
            step = self._steps.get(step_id)
        return None if step is None else step.facts

    def elapsed_ms(self) -> float:
        """Return the milliseconds since the walk began."""
        return round(self._elapsed(), 1)

    def _record(self, step_id: str, done: Done[Any], begun: float | None, took: float | None) -> None:
        step = Step(
            id=step_id,
            outcome=done.outcome,
            reason=done.reason,
            started_ms=None if begun is None else round(begun, 1),
            duration_ms=None if took is None else round(took, 1),
            facts=done.facts,
        )
        with self._lock:
            if self._closed:
                return
            self._steps[step_id] = step
        for listener in self._listeners:
            listener.step_finished(step)

    def _elapsed(self) -> float:
        return (time.monotonic() - self._started) * 1000

    def _never_begun(self) -> str:
        return self._out_of_time() if self.deadline.passed() else "not walked"

    def _out_of_time(self) -> str:
        return f"the deadline of {self.options.deadline_seconds:g} s had passed"


class SourceWalker(Protocol):
    """What each module in `probe.sources` offers."""

    def __call__(self, walk: Walk, /) -> None:
        """Walk one source's steps, and its identity step if it gave keys."""


def walk(
    surroundings: Surroundings,
    network: Network,
    options: Options,
    *,
    sources: Iterable[tuple[Source, SourceWalker]] | None = None,
    beside: Sequence[tuple[str, SourceWalker]] = (),
    after: Sequence[SourceWalker] = (),
    listeners: Sequence[Listener] = (),
) -> tuple[Evidence, Redactor]:
    """Walk all sources and return the evidence. Raises only for a bug of the probe's own.

    `beside` is walked at the same time as the sources, `after` when they have ended, with the keys that they gave.
    """
    if sources is None:
        from probe.sources import SOURCES  # noqa: PLC0415 - the sources import this module for their types

        sources = SOURCES
    under_way = Walk(surroundings, network, options, listeners)
    end = Deadline(under_way.deadline.at + GRACE)
    walked = [Aside(partial(walker, under_way), source) for source, walker in sources]
    others = [Aside(partial(walker, under_way), name) for name, walker in beside]
    for one in walked:
        one.take(end)
    later = [Aside(partial(walker, under_way), "after") for walker in after]
    for one in (*others, *later):
        one.take(end)
    evidence = Evidence(
        given=under_way.given,
        wanted=options.wanted,
        steps=under_way.close(),
        deadline_seconds=options.deadline_seconds,
        duration_ms=under_way.elapsed_ms(),
        sts_allowed=options.sts_allowed,
    )
    return evidence, under_way.redactor
