"""Asks the real botocore in a world, and holds our prediction against what it did."""

import json
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version

from probe.lab.world import USER, World
from probe.records import dataclass
from probe.report import Prediction
from probe.sdks import botocore
from probe.sdks.versions import covers

DEADLINE = 15.0
"""Seconds after which the witness is cut; botocore waits for minutes where STS is a black hole."""
GRACE = 20.0
"""Seconds that the process may take beyond that to start and to end on a busy machine."""
_GAP = "…"


@dataclass(frozen=True, kw_only=True)
class WitnessResult:
    """What the real SDK did."""

    outcome: str
    """`credentials`, `error`, `none`, or `waiting` when it was cut."""
    source: str | None
    access_key_hint: str | None
    error: str | None
    seconds: float
    version: str


def witness(world: World, deadline: float = DEADLINE) -> WitnessResult:
    """Run botocore in a started world. Raises ValueError when the process broke instead of telling."""
    child = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "probe.lab.witness.botocore_process"],
        input=json.dumps(
            {
                "environment": world.environment,
                "root": str(world.root),
                "dial": world.dial,
                "names": world.names,
                "certificates": world.certificates,
                "user": USER,
                "deadline": deadline,
            }
        ),
        capture_output=True,
        text=True,
        timeout=deadline + GRACE,
        check=False,
    )
    if child.returncode != 0:
        raise ValueError(f"the witness broke: {child.stderr[-800:]}")
    return WitnessResult(**json.loads(child.stdout))


def prediction_for(predictions: Iterable[Prediction], result: WitnessResult) -> Prediction:
    """Return the prediction for the version that the witness has. Raises StopIteration if no range covers it."""
    return next(one for one in predictions if one.sdk == botocore.SDK and covers(one.versions, result.version))


def agrees(prediction: Prediction, result: WitnessResult) -> str | None:
    """Return None when the witness did what was predicted, else what was different."""
    if prediction.outcome == "unknown":
        return None
    if result.outcome == "waiting":
        # None is for ever, or as long as nobody knows.
        ended = prediction.wait_seconds is not None and prediction.wait_seconds * 2 < result.seconds
        still = f"predicted {_told(prediction)}, but it was still waiting after {result.seconds:.0f} s"
        return still if ended else None
    wrong = (
        prediction.outcome != result.outcome
        or prediction.source != result.source
        or prediction.access_key_hint not in {None, result.access_key_hint}
        or not fits(prediction.error, result.error)
    )
    return f"predicted {_told(prediction)}, but it was {_told(result)}" if wrong else None


def fits(pattern: str | None, text: str | None) -> bool:
    """Whether the pieces between a pattern's gaps stand in a text, in their order. White space counts as one blank."""
    if pattern is None or text is None:
        return pattern is None
    place, told = 0, " ".join(text.split())
    for piece in (" ".join(piece.split()) for piece in pattern.split(_GAP)):
        found = told.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def installed_version() -> str:
    """Return the version of the botocore that a witness would run."""
    return version("botocore")


def _told(one: Prediction | WitnessResult) -> str:
    parts = (one.outcome, one.source, one.access_key_hint, one.error)
    return " ".join(f"{part}" for part in parts if part)
