"""The JSON Schema of the report, kept beside the code that writes it."""

from importlib.resources import files


def schema_text() -> str:
    """Return the schema as it lies in the package."""
    return (files(__name__) / "report.schema.json").read_text(encoding="utf-8")
