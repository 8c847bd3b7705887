"""Names of Kubernetes objects: read strictly, made within their bounds."""

import hashlib
import re

from probe.console import UsageError
from probe.secret import printable

PROBE = "aws-credential-probe"
"""The name of our container in every form, and the prefix of our own labels, annotations and conditions."""
FORM_LABEL = f"{PROBE}/form"
SOURCE_ANNOTATION = f"{PROBE}/source"
CONTROLLER_ANNOTATION = f"{PROBE}/controller"
NAME_LABEL = {"app.kubernetes.io/name": PROBE}
"""For objects of ours; never for pods, which wear the workload's own `app.kubernetes.io/name` for its policies."""

LONGEST_JOB = 63
"""Characters: a Job's name becomes a label value of its pods."""
LONGEST_CRONJOB = 52
"""Characters: a CronJob adds eleven for each of its Jobs."""
_SUFFIX = "-credential-probe"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}")


def label_name(text: str, what: str) -> str:
    """Return a name of at most 63 characters, as containers and namespaces have. Raises UsageError."""
    if _LABEL.fullmatch(text) is None:
        raise UsageError(f"{what} {printable(text, 80)!r} is not a name that Kubernetes allows")
    return text


def object_name(text: str, what: str) -> str:
    """Return a name that may have dots, as workloads and nodes have. Raises UsageError."""
    if _SUBDOMAIN.fullmatch(text) is None:
        raise UsageError(f"{what} {printable(text, 80)!r} is not a name that Kubernetes allows")
    return text


def image_reference(text: str) -> str:
    """Return an image reference. Raises UsageError."""
    if _IMAGE.fullmatch(text) is None:
        raise UsageError(f"--image {printable(text, 80)!r} is not an image reference")
    return text


def derived_name(workload: str, longest: int) -> str:
    """Return the name of what is made for a workload: readable, within its bound, and different for each workload."""
    plain = workload.replace(".", "-") + _SUFFIX
    if plain == workload + _SUFFIX and len(plain) <= longest:
        return plain
    mark = "-" + hashlib.sha256(workload.encode()).hexdigest()[:8]
    return plain[: longest - len(_SUFFIX) - len(mark)].removesuffix(_SUFFIX).rstrip("-") + mark + _SUFFIX
