"""Which SDKs a report tells of: `--sdk NAME` for all versions, `--sdk NAME@VERSION` for the one in the image."""

import re

from probe.console import UsageError
from probe.records import dataclass
from probe.report import Prediction
from probe.sdks import MODELS
from probe.sdks.versions import covers
from probe.secret import printable

_VERSION = re.compile(r"v?[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}")


@dataclass(frozen=True, kw_only=True)
class ChosenSdk:
    """One `--sdk`."""

    name: str
    version: str | None = None

    def concerns(self, prediction: Prediction) -> bool:
        """Whether a prediction is about this SDK, in this version if one was named."""
        return prediction.sdk == self.name and (self.version is None or covers(prediction.versions, self.version))


def read_chosen_sdk(text: str) -> ChosenSdk:
    """Read `NAME` or `NAME@VERSION`. Raises UsageError for an unknown name and for what is no version."""
    name, at, version = text.partition("@")
    known = [model.SDK for model in MODELS]
    if name not in known:
        raise UsageError(f"--sdk: {printable(name, 40)!r} is not known; known are {', '.join(known)}")
    if at and not _VERSION.fullmatch(version):
        raise UsageError(f"--sdk: {printable(version, 40)!r} is not a version such as 1.47.11")
    return ChosenSdk(name=name, version=version or None)
