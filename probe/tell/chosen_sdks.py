"""Which SDKs a report tells of: `--sdk NAME` for all versions, `--sdk NAME@VERSION` for the one in the image."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from probe.arguments import nearest
from probe.console import UsageError
from probe.evidence import Wanted
from probe.records import dataclass
from probe.report import Prediction
from probe.sdks import MODELS
from probe.sdks.versions import covers, is_newer
from probe.secret import printable

_VERSION = re.compile(r"v?[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}")
_NEWEST = {model.SDK: model.NEWEST for model in MODELS}


@dataclass(frozen=True, kw_only=True)
class ChosenSdk:
    """One `--sdk`."""

    name: str
    version: str | None = None

    def concerns(self, prediction: Prediction) -> bool:
        """Whether a prediction is about this SDK, in this version if one was named."""
        return prediction.sdk == self.name and (self.version is None or covers(prediction.versions, self.version))

    def told(self, prediction: Prediction) -> Prediction:
        """Return a prediction that says so where it is about a later version than the models know."""
        newest = _NEWEST[self.name]
        if self.version is None or not is_newer(self.version, newest):
            return prediction
        because = f"{prediction.because} {self.version} is newer than {newest}, the newest that this probe knows."
        return replace(prediction, because=because)


def sdk_of_controller(wanted: Wanted) -> ChosenSdk | None:
    """Return the SDK in the controller that the user named, in its release; None where it is not known."""
    if wanted.controller is None:
        return None
    from probe.controllers import chosen  # noqa: PLC0415 - the profiles are for runs that name a controller

    controller = chosen(wanted.controller, wanted.controller_version)
    built_with = controller.sdk if controller else None
    if built_with is None or built_with.sdk is None:
        return None
    return ChosenSdk(name=built_with.sdk, version=built_with.sdk_version)


def predictions_of(chosen: Iterable[ChosenSdk], predictions: Iterable[Prediction]) -> tuple[Prediction, ...]:
    """Return the predictions about the chosen SDKs, each once, in the order of the report."""
    wanted = tuple(chosen)
    return tuple(_told(wanted, predictions))


def _told(wanted: tuple[ChosenSdk, ...], predictions: Iterable[Prediction]) -> Iterator[Prediction]:
    for prediction in predictions:
        choice = next((one for one in wanted if one.concerns(prediction)), None)
        if choice is not None:
            yield choice.told(prediction)


def read_chosen_sdk(text: str) -> ChosenSdk:
    """Read `NAME` or `NAME@VERSION`. Raises UsageError for an unknown name and for what is no version."""
    name, at, version = text.partition("@")
    known = f"known are {', '.join(_NEWEST)}"
    if name not in _NEWEST:
        raise UsageError(f"--sdk: {printable(name, 40)!r} is not known; {known}{nearest(name, _NEWEST)}")
    if at and not _VERSION.fullmatch(version):
        such_as = f"{name}@{_NEWEST[name]}"
        raise UsageError(f"--sdk: {printable(version, 40)!r} is not a version, as in {such_as}; {known}")
    return ChosenSdk(name=name, version=version or None)
