"""Every harness there is. A family is one folder with a `harness.py` that has `HARNESSES`, and one line here."""

from importlib import import_module
from importlib.util import find_spec

from tests.oracle.harness import Harness

FAMILIES = ("botocore", "js_v3", "go_v1", "go_v2", "java_v2", "rust")


def harnesses() -> tuple[Harness, ...]:
    """Return all harnesses, in the order of the table."""
    return tuple(
        harness
        for family in FAMILIES
        if find_spec(f"{__package__}.{family}.harness") is not None
        for harness in import_module(f"{__package__}.{family}.harness").HARNESSES
    )
