"""One walk of the sidecar after another: what each adds to what is known, and to what is to be walked next."""

import gc
import time
from dataclasses import replace

from probe.evidence import Evidence, Source
from probe.judge import judge
from probe.report import Report
from probe.serve.calls import is_throttled
from probe.serve.changes import TOKENS, changed_sources, changed_steps
from probe.serve.clock import Clock
from probe.serve.ends import ends_in
from probe.serve.identities import Identities
from probe.serve.known import counted_in, is_transition, judged, moved
from probe.serve.light import LightWalks
from probe.serve.log import ServeLog
from probe.serve.outlook import Held, witnessed
from probe.serve.renewal import NOT_YET, STALE, TOO_LONG_AGO, left_out_of, renewed, run_out, unasked
from probe.serve.schedule import Because, Result, Schedule
from probe.serve.state import Depth, State
from probe.serve.walked import Walked
from probe.serve.whole import WholeWalks

KEPT_INTERVALS, KEPT_SECONDS = 3.0, 900.0
"""Deep intervals, and at least seconds, after which what the last whole walk saw is not told as present any more: each
one since has failed or was killed, and what only they can see may be otherwise by now."""


class Rounds:
    """Makes walks and keeps the state. Used by one thread; whoever reads `state` gets a whole one."""

    def __init__(self, light: LightWalks, whole: WholeWalks, schedule: Schedule, log: ServeLog) -> None:
        self._light, self._whole, self._schedule, self._log = light, whole, schedule, log
        self._clock, now = Clock(), time.time()
        self.state = State(
            begun=now, now=now, interval_seconds=schedule.interval, deep_interval_seconds=schedule.deep_interval
        )
        self._base: Evidence | None = None
        """The last whole walk, with the identities that were not asked for again."""
        self._based, self._why_unasked = time.monotonic(), NOT_YET
        self._unjudged: Walked | None = None
        """A light walk that saw a change, while the whole walk that is to judge it is made."""
        self._held = Held()
        self._identities = Identities()

    def want_identities(self) -> None:
        """Ask for every identity with the next whole walk."""
        self._identities.want(tuple(Source))

    def light(self) -> None:
        """Walk what costs nothing. Where that shows a change and a whole walk may be made at once, it judges it."""
        self._notice_jump()
        begun = time.monotonic()
        self._forget_what_is_too_old(begun)
        walked = self._light.walk()
        now = time.monotonic()
        self._schedule.light_walked(begun, now)
        self._counted(walked, None)
        if walked.evidence is None:
            return
        self._notice_changes(walked.evidence, now)
        due = self._schedule.due(now)
        if due is not None and due.depth is Depth.WHOLE:
            self._unjudged = walked
        else:
            self._judge(walked, self._completed(walked.evidence))

    def whole(self, because: Because) -> None:
        """Walk everything in a process of its own; without a report from there, what is known stands."""
        self._notice_jump()
        begun = time.monotonic()
        unjudged, self._unjudged = self._unjudged, None
        walked = self._whole.walk(self._left_out(begun))
        if walked is None:
            return
        self._counted(walked, because)
        self.state = replace(self.state, because=because)
        if walked.evidence is None:
            self._schedule.whole_walked(begun, time.monotonic(), because, Result(good=False))
            if unjudged is not None and unjudged.evidence is not None:
                self._judge(unjudged, self._completed(unjudged.evidence))
        else:
            try:
                self._learn(begun, because, walked, walked.evidence)
            except Exception:
                # A bug of ours would come with the next report as well, and each of them has cost calls of AWS.
                self._schedule.whole_walked(begun, time.monotonic(), because, Result(good=False))
                raise
        # The report passed through JSON: what that took is given back now rather than when the next one comes.
        gc.collect()

    def _learn(self, begun: float, because: Because, walked: Walked, fresh: Evidence) -> None:
        """Take a whole walk as what later light walks are seen against."""
        self._base, self._based = self._completed(fresh), time.monotonic()
        self._identities.learn(fresh, time.monotonic())
        report = self._judge(walked, self._base)
        if report.verdict.is_good:
            self._held = witnessed(self._held, report)
        else:
            self._identities.want(tuple(Source))
        now = time.monotonic()
        result = Result(good=report.verdict.is_good, throttled=is_throttled(fresh))
        self._schedule.whole_walked(begun, now, because, result)
        self._schedule.learnt_ends(ends_in(self._base, time.time()), now)
        self._ask_whose_new_keys_are(report, now)

    def _ask_whose_new_keys_are(self, report: Report, now: float) -> None:
        """Ask for the identity that the verdict rests on, where other keys came than those that it was asked of."""
        step = report.evidence.step(f"identity.{report.verdict.source}")
        if step is not None and step.source is not None and step.reason == STALE:
            self._identities.want({step.source})
            self._schedule.changed(now)

    def _notice_jump(self) -> None:
        """Notice that the clock was set or the machine slept: what was asked before then may be otherwise by now.

        AWS refuses requests whose clock is wrong, so identities are asked for again as well.
        """
        jump = self._clock.jump()
        if jump is None:
            return
        now = time.time()
        self._log.clock_jumped(jump)
        self.state = moved(self.state, jump.set_by, self._held, now)
        self.want_identities()
        self._schedule.jumped({} if self._base is None else ends_in(self._base, now), time.monotonic())

    def _forget_what_is_too_old(self, now: float) -> None:
        kept = max(KEPT_INTERVALS * self._schedule.deep_interval, KEPT_SECONDS)
        if self._base is not None and now - self._based > kept:
            self._base, self._why_unasked = None, TOO_LONG_AGO
            self.want_identities()

    def _notice_changes(self, fresh: Evidence, now: float) -> None:
        if self._base is None:
            return
        left_out = left_out_of(fresh)
        sources, ended = changed_sources(self._base, fresh, left_out), run_out(self._base, fresh)
        tokens = changed_steps(self._base, fresh, left_out) & TOKENS
        self._identities.want(sources | ended)
        if sources:
            self._schedule.changed(now, Because.TOKEN_CHANGED if tokens else Because.CHANGED)
        elif ended:
            self._schedule.changed(now, Because.EXPIRY)

    def _completed(self, fresh: Evidence) -> Evidence:
        return unasked(fresh, self._why_unasked) if self._base is None else renewed(self._base, fresh)

    def _counted(self, walked: Walked, because: Because | None) -> None:
        self._log.walked(walked, because)
        self.state = replace(self.state, counts=counted_in(self.state.counts, walked))

    def _judge(self, walked: Walked, evidence: Evidence) -> Report:
        report, before = judge(evidence), self.state.report
        self.state = judged(self.state, walked, report, self._held, time.time())
        if is_transition(before, report.verdict):
            self._log.verdict_changed(before, report, self.state.outlook)
        return report

    def _left_out(self, now: float) -> frozenset[str]:
        """Return the identities that are not asked for again; the needs ask as somebody, and so for all of them."""
        asks_more = self._base is not None and self._base.wanted.asks_more
        return frozenset() if asks_more else self._identities.left_out(now, self._depended_on())

    def _depended_on(self) -> str | None:
        return self.state.report.verdict.source if self.state.report is not None else None
