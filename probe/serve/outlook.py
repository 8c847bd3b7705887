"""How long applications can live on credentials that they may still hold, while no new ones are to be had.

What the probe can know of this depends on where credentials come from:

- IMDS and the agents of Pod Identity and ECS keep credentials and hand the same set to everybody who asks meanwhile.
  So nobody holds a set that ends later than the last one that the probe saw, unless one was handed out after it.
- A session of web identity is each client's own. The probe's lasts 15 minutes and says nothing of others: theirs last
  an hour unless they ask for another length (STS API reference, AssumeRoleWithWebIdentity, DurationSeconds), counted
  from a moment that is known only to lie before the failure.
- Static keys have no end. But if AWS refuses them now, it refuses whoever holds them.
"""

import time

from probe.evidence import CredentialsAnswer, Outcome, Source
from probe.findings.words import lasting
from probe.records import dataclass
from probe.report import Report, Verdict
from probe.serve.state import Outlook
from probe.tell.words import UNKNOWN, decisive, standing

USUAL_SESSION = 3600.0
"""Seconds of a web identity session whose client asks for no other length."""
EARLIEST_REFRESH = 600.0
"""Seconds before the end at which the first SDK stops using what it cannot renew: botocore's mandatory refresh
(boto/botocore:botocore/credentials.py, RefreshableCredentials). The others use it up to its end."""
MOST_SETS = 32
"""Sets of keys whose ends are remembered; more than one that is still valid is already rare."""
_SHARED = {Source.CONTAINER: "container.credentials", Source.IMDS: "imds.credentials"}
_NOT_A_LACK = frozenset({"unexpected-role", "unexpected-source", "static-keys-shadow", "profile-shadow"})
"""Credentials come, but of the wrong kind: nothing runs out."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What applications may hold: what was handed out while the verdict was good."""

    source: str | None = None
    """Of the last good verdict; None where there was none, or where no credentials are meant to be here."""
    ends: tuple[float, ...] = ()
    """Unix times at which the sets that were seen end, soonest first. Of a shared source only."""


def witnessed(held: Held, report: Report) -> Held:
    """Return what applications may hold after one more good verdict."""
    source = report.verdict.source
    known = held.ends if held.source == source else ()
    step = _SHARED.get(Source(source)) if source is not None else None
    answer = report.evidence.facts(step, CredentialsAnswer) if step is not None else None
    fresh = {answer.expires} if answer is not None and answer.expires is not None else set()
    ends = sorted(end for end in {*known, *fresh} if end > report.started)
    return Held(source=source, ends=tuple(ends[-MOST_SETS:]))


def outlook(held: Held, report: Report, failing_since: float, now: float) -> Outlook | None:
    """Return how long applications can go on; None while the verdict is good, or where nothing runs out.

    Times are unix times; `failing_since` is when the verdict was first found not good.
    """
    verdict = report.verdict
    if verdict.is_good or verdict.code in _NOT_A_LACK or _still_works(report):
        return None
    if held.source is None:
        return _nothing("No walk has found working credentials yet, so it is not known whether applications hold any.")
    if _refuses_keys(report):
        return _nothing("AWS refuses the keys themselves, so what applications still hold may be refused as well.")
    if held.source == Source.WEB_IDENTITY:
        return _of_sessions(verdict, failing_since, now)
    if held.source in _SHARED:
        return _of_shared(held, verdict, failing_since, now)
    return _nothing("Static keys have no end that the probe could see: applications go on with what they have read.")


def _still_works(report: Report) -> bool:
    """Whether the credentials themselves work, so that the verdict is about something else: a need, a release."""
    source = report.verdict.expected.source
    return report.evidence.outcome(f"identity.{source}") is Outcome.OK


def _refuses_keys(report: Report) -> bool:
    cause = decisive(report)
    return cause is not None and (cause.step or "").startswith("identity.")


def _of_sessions(verdict: Verdict, failing_since: float, now: float) -> Outlook:
    latest = failing_since + USUAL_SESSION
    rests_on = (
        f"Sessions of the usual hour, begun before {_clock(failing_since, now)}; the probe cannot see when each began, "
        "so some may have ended."
    )
    return Outlook(earliest=failing_since, latest=latest, sentence=_sentence(verdict, latest, now, rests_on))


def _of_shared(held: Held, verdict: Verdict, failing_since: float, now: float) -> Outlook:
    """The first to be without are those who hold the oldest set that has not ended before the failure."""
    if not held.ends:
        return _nothing("The credentials that were handed out told no end, so it is not known how long they last.")
    latest = held.ends[-1]
    soonest = next((end for end in held.ends if end > failing_since), latest)
    rests_on = "That is the end of the last credentials that the probe saw handed out; who starts now gets none."
    return Outlook(
        earliest=max(soonest - EARLIEST_REFRESH, failing_since),
        latest=latest,
        sentence=_sentence(verdict, latest, now, rests_on),
    )


def _sentence(verdict: Verdict, latest: float, now: float, rests_on: str) -> str:
    doubt = "If no new ones can be had, applications" if standing(verdict) == UNKNOWN else "Applications"
    if latest <= now:
        return f"{doubt} hold no credentials that are still valid: they ended by {_clock(latest, now)}. {rests_on}"
    return (
        f"{doubt} may still hold credentials until {_clock(latest, now)} at the latest (in {lasting(latest - now)}); "
        f"after that their calls fail. {rests_on}"
    )


def _nothing(sentence: str) -> Outlook:
    return Outlook(earliest=None, latest=None, sentence=sentence)


def _clock(moment: float, now: float) -> str:
    """Return a time of day, with its date where that is not today's."""
    then, today = time.gmtime(moment), time.gmtime(now)
    form = "%H:%M UTC" if then[:3] == today[:3] else "%Y-%m-%d %H:%M UTC"
    return time.strftime(form, then)
