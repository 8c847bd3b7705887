"""How a chain of sources is walked: each step gives keys, stops the chain, passes on, or cannot be judged."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from probe.evidence import Evidence, Source
from probe.records import dataclass
from probe.report import Prediction
from probe.sdks.versions import by_range
from probe.sdks.view import View
from probe.secret import printable, without_key_shapes

FOR_EVER = "would wait for ever"
"""What stands in the place of an error text where no timeout ever ends the waiting."""
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


def unseen(because: str) -> Answer:
    """Nobody can tell from this evidence."""
    return Answer(kind=Kind.UNSEEN, because=because)


def ends(text: str, because: str) -> Answer:
    """The last step failed: the SDK's own text for no credentials."""
    return Answer(kind=Kind.EXHAUSTED, text=text, because=because)


def follow(view: View, steps: Iterable[Step], exhausted: str) -> Answer:
    """Take the steps in order until one does not pass; `exhausted` is what the SDK says at the end."""
    passed: list[str] = []
    for step in steps:
        answer = step(view)
        if answer.kind is not Kind.PASSES:
            return replace(answer, because="; ".join([*passed, answer.because]))
        if answer.because:
            passed.append(answer.because)
    return ends(exhausted, "; ".join(passed) or "no source is configured")


def predictions(
    sdk: str, evidence: Evidence, changes: Sequence[str], chain: Callable[[View], Answer]
) -> tuple[Prediction, ...]:
    """Ask a model's chain about every range of versions in which it may behave differently."""
    answers = by_range(changes, lambda release: chain(View(evidence=evidence, release=release)))
    return tuple(_prediction(sdk, versions, answer) for versions, answer in answers)


def _prediction(sdk: str, versions: str, answer: Answer) -> Prediction:
    return Prediction(
        sdk=sdk,
        versions=versions,
        outcome=answer.kind,
        source=answer.source,
        access_key_hint=answer.hint,
        error=None if answer.text is None else _shown(answer.text),
        because=_shown(f"{answer.because[:1].upper()}{answer.because[1:]}."),
    )


def _shown(text: str) -> str:
    """Make text safe to show: names of profiles and hosts in it are whatever somebody put into a variable or a file."""
    text = without_key_shapes(text)
    return text if text.isprintable() and len(text) <= LONGEST_TEXT else printable(text, LONGEST_TEXT)
