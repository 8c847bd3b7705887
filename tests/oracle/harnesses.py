"""Every harness there is. A family is one folder with a `harness.py` that has `HARNESSES`, and one line here."""

from importlib import import_module
from pathlib import Path

from tests.oracle.harness import Harness

HERE = Path(__file__).parent
FAMILIES = ("botocore", "js_v3", "go_v1", "go_v2", "java_v2", "rust")


def harnesses() -> tuple[Harness, ...]:
    """Return all harnesses, in the order of the table."""
    return tuple(
        harness
        for family in FAMILIES
        if (HERE / family / "harness.py").is_file()
        for harness in import_module(f"{__package__}.{family}.harness").HARNESSES
    )
