"""How a chain of sources is walked: each step gives keys, stops the chain, passes on, or cannot be judged."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType

from probe.evidence import Evidence, Source
from probe.records import dataclass
from probe.report import Prediction
from probe.sdks.identity import identity_of
from probe.sdks.versions import by_range
from probe.sdks.view import View
from probe.secret import printable, without_key_shapes

FOR_EVER = "would wait for ever"
"""What stands in the place of an error text where no timeout ever ends the waiting."""
NOTHING_KEPT: Mapping[Source, str] = MappingProxyType({})
LONGEST_TEXT = 1000
"""Characters of an error text, or of a reason."""


class Kind(StrEnum):
    """What a step of a chain comes to."""

    KEYS = "credentials"
    STOPS = "error"
    """The SDK raises; nothing after this step is tried."""
    EXHAUSTED = "none"
    """Nothing is left to try: the SDK says that it found no credentials."""
    UNSEEN = "unknown"
    """The evidence does not show what would happen."""
    PASSES = "passes"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a step, or a whole chain, comes to."""

    kind: Kind
    source: Source | None = None
    hint: str | None = None
    text: str | None = None
    """The pattern of the error text; `…` stands for what varies."""
    because: str = ""
    """The beginning or the middle of a sentence, without a full stop; empty for a source that is not configured."""
    identity: str | None = None
    """Whom the keys belong to, where the model knows better than `identity_of`."""
    seconds: float | None = 0.0
    """How long this took: `math.inf` for ever, None where nobody knows."""
    slips: bool = False
    """Of a step: it passes over an identity that is configured. Of a chain: that happened, and IMDS was asked then."""
    asks_imds: bool = False
    """Whether the node role would be taken from here on, if IMDS gave it."""
    caches: str | None = None
    proxied: str | None = None


Step = Callable[[View], Answer]


def gives(source: Source, because: str, hint: str | None = None) -> Answer:
    """Keys come from this source, and the chain ends."""
    return Answer(kind=Kind.KEYS, source=source, because=because, hint=hint)


def stops(text: str, because: str) -> Answer:
    """The SDK raises this text."""
    return Answer(kind=Kind.STOPS, text=text, because=because)


def passes(because: str = "") -> Answer:
    """The next step is tried; without a reason because there is nothing configured here."""
    return Answer(kind=Kind.PASSES, because=because)


def slips(because: str, seconds: float | None = 0.0) -> Answer:
    """The next step is tried although an identity is configured here: it is broken, and the SDK passes over that."""
    return Answer(kind=Kind.PASSES, because=because, slips=True, seconds=seconds)


def unseen(because: str, *, proxied: str | None = None) -> Answer:
    """Nobody can tell from this evidence."""
    return Answer(kind=Kind.UNSEEN, because=because, proxied=proxied)


def ends(text: str, because: str) -> Answer:
    """The last step failed: the SDK's own text for no credentials."""
    return Answer(kind=Kind.EXHAUSTED, text=text, because=because)


def waited(answer: Answer, seconds: float | None) -> Answer:
    """Add to an answer how long it took to come to it."""
    return replace(answer, seconds=together([answer.seconds, seconds]))


def follow(view: View, steps: Iterable[Step], exhausted: str) -> Answer:
    """Take the steps in order until one does not pass; `exhausted` is what the SDK says at the end."""
    taken: list[Answer] = []
    for step in steps:
        answer = step(view)
        if answer.kind is not Kind.PASSES:
            return _after(taken, answer)
        taken.append(answer)
    reason = "" if any(answer.because for answer in taken) else "no source is configured"
    return _after(taken, ends(exhausted, reason))


def _after(taken: Sequence[Answer], last: Answer) -> Answer:
    """Return the answer of a chain: its last step's, with the reasons, the time and the slips of those before it."""
    every = [*taken, last]
    asks_imds = last.source is Source.IMDS or any(answer.asks_imds for answer in every)
    return replace(
        last,
        because="; ".join(answer.because for answer in every if answer.because),
        seconds=together(answer.seconds for answer in every) if last.kind is not Kind.UNSEEN else None,
        asks_imds=asks_imds,
        slips=asks_imds and any(answer.slips for answer in taken),
        proxied=next((answer.proxied for answer in reversed(every) if answer.proxied), None),
    )


def together(waits: Iterable[float | None]) -> float | None:
    """Add up times of which some may be unknown: for ever is for ever, whatever else is not known."""
    told = list(waits)
    if math.inf in told:
        return math.inf
    return None if None in told else sum(one for one in told if one is not None)


def predictions(
    sdk: str,
    evidence: Evidence,
    changes: Sequence[str],
    chain: Callable[[View], Answer],
    *,
    caches: Mapping[Source, str] = NOTHING_KEPT,
    proven: bool = True,
) -> tuple[Prediction, ...]:
    """Ask a model's chain about every range of versions in which it may behave differently.

    `caches` says of each source what the SDK keeps of its keys, where an answer does not say it itself.
    """
    answers = by_range(changes, lambda release: _finished(View(evidence=evidence, release=release), chain, caches))
    return tuple(_prediction(sdk, versions, answer, proven=proven) for versions, answer in answers)


def _finished(view: View, chain: Callable[[View], Answer], caches: Mapping[Source, str]) -> Answer:
    """Add to a chain's answer what is the same for every SDK."""
    answer = chain(view)
    if answer.text == FOR_EVER:
        answer = replace(answer, seconds=math.inf)
    if answer.source is None:
        return answer
    return replace(
        answer,
        identity=answer.identity or identity_of(view, answer.source, answer.hint),
        caches=answer.caches or caches.get(answer.source),
    )


def _prediction(sdk: str, versions: str, answer: Answer, *, proven: bool) -> Prediction:
    known = answer.kind is not Kind.UNSEEN
    for_ever = known and answer.seconds == math.inf
    return Prediction(
        sdk=sdk,
        versions=versions,
        outcome=answer.kind,
        source=answer.source,
        access_key_hint=answer.hint,
        error=None if answer.text is None else _shown(answer.text),
        because=_shown(f"{answer.because[:1].upper()}{answer.because[1:]}."),
        identity=None if answer.identity is None else _shown(answer.identity),
        falls_through=known and answer.slips,
        wait_seconds=None if for_ever or not known or answer.seconds is None else round(answer.seconds, 1),
        waits_for_ever=for_ever,
        caches=answer.caches,
        proxied=None if answer.proxied is None else _shown(answer.proxied),
        proven=proven,
    )


def _shown(text: str) -> str:
    """Make text safe to show: names of profiles and hosts in it are whatever somebody put into a variable or a file."""
    text = without_key_shapes(text)
    return text if text.isprintable() and len(text) <= LONGEST_TEXT else printable(text, LONGEST_TEXT)
