"""Which controller a workload is, by its image, and which of its flags the probe should know."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from probe.arguments import LONGEST_ARGUMENT
from probe.controllers import CONTROLLERS, Arguments, Chosen, Profile
from probe.controllers.profile import PlaceKind, Setting
from probe.manifests.images import read_image
from probe.manifests.part import Part
from probe.manifests.place import Place
from probe.secret import without_key_shapes

_IN_FLAGS = frozenset({PlaceKind.FLAG, PlaceKind.TAGS})


def recognised(reference: str) -> Chosen | None:
    """Return the controller that an image is, or None. Its version is known where the image's tag is the version."""
    image = read_image(reference)
    for profile in CONTROLLERS:
        if any(fnmatchcase(f"/{image.repository}", f"*/{end}") for end in profile.images):
            return Chosen(profile=profile, version=image.release if profile.tag_is_version else None)
    return None


def controller_words(place: Place) -> tuple[str, ...]:
    """Return what `probe run` is told of the workload's controller; nothing where the image is none of a controller."""
    controller = recognised(place.container.text("image") or "")
    if controller is None:
        return ()
    if controller.version is None:
        controller = Chosen(profile=controller.profile, version=_version_beside(controller.profile, place))
    flags = (f"--controller-argument={flag}" for flag in _flags(controller.profile, place))
    return ("--controller", controller.title, *flags)


def _version_beside(profile: Profile, place: Place) -> str | None:
    """Return the version that another image in the pod tells: plugins are copied from init containers."""
    others = (*place.spec.parts("initContainers"), *place.spec.parts("containers"))
    images = (read_image(part.text("image") or "") for part in others if profile.version_image)
    return next((one.release for one in images if f"/{one.repository}".endswith(f"/{profile.version_image}")), None)


def _flags(profile: Profile, place: Place) -> Iterator[str]:
    """Yield the flags that say something about AWS, as far as they can be known here and are no secret."""
    arguments = Arguments((*_words(place.container, "command"), *_words(place.container, "args")))
    variables = {setting.flag: setting.variable for setting in _settings(profile) if setting.flag and setting.variable}
    for flag in sorted(_told_by(profile)):
        value = arguments.value(flag)
        if value is None and flag in variables:
            value = place.values.get(variables[flag]) or None
        if value is not None and _may_be_shown(value):
            yield f"{flag}={value}" if value else flag


def _told_by(profile: Profile) -> frozenset[str]:
    """Return the names of the flags that a check may look at."""
    places = (*profile.region_order, *profile.vpc_order)
    texts = (
        *(one.name for one in places if one.kind in _IN_FLAGS),
        *(instead for need in profile.metadata for instead in need.replaced_by),
        *(text for call in profile.endpoints for text in (call.optional_flag, call.only_with)),
        *(text for call in profile.reads for text in (call.optional_flag, call.only_with)),
        *(setting.flag for setting in _settings(profile)),
        *(text for feature in profile.features for text in (*feature.arguments, feature.lifted_by)),
        *profile.flags,
    )
    return frozenset(text.partition("=")[0] for text in texts if text is not None and text.startswith("--"))


def _settings(profile: Profile) -> Iterator[Setting]:
    return (value for read in profile.reads for value in read.parameters.values() if isinstance(value, Setting))


def _words(container: Part, name: str) -> tuple[str, ...]:
    words = container.value(name)
    return tuple(word for word in words if isinstance(word, str)) if isinstance(words, list) else ()


def _may_be_shown(value: str) -> bool:
    """Whether it is plain text: no reference that only the workload's own container can resolve, and no key."""
    is_plain = value.isprintable() and "$(" not in value and len(value) < LONGEST_ARGUMENT // 2
    return is_plain and without_key_shapes(value) == value
