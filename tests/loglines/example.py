"""A log as it is really printed, and what the reader must make of it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Example:
    log: str
    sdk: str | None
    code: str
    """The first code of the only match."""
    certainty: str


def certain(sdk: str | None, code: str, log: str) -> Example:
    return Example(log=log, sdk=sdk, code=code, certainty="certain")


def likely(sdk: str | None, code: str, log: str) -> Example:
    return Example(log=log, sdk=sdk, code=code, certainty="likely")
