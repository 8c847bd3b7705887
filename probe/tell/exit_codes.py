"""The exit codes: the tens digit says where it breaks, the units digit how."""

from collections.abc import Iterator

from probe.findings.catalogue import CATALOGUE
from probe.tell.layout import Style, text_of

WHERE = {
    1: "environment keys",
    2: "shared config and credentials files",
    3: "web identity (IRSA)",
    4: "container credentials (Pod Identity, ECS)",
    5: "IMDS",
    8: "identity: credentials came, but not these",
    9: "needs: region, VPC, endpoints, permissions",
}
HOW = {
    1: "configuration: missing, partial or invalid",
    2: "local token or file: missing, unreadable or malformed",
    3: "no path: name, route, refused, connect timeout",
    4: "connected, but no answer, or TLS is broken",
    5: "rejected: the token or the keys are not accepted",
    6: "denied: trust, association or policy",
    7: "unavailable: throttled or server error",
    8: "an impostor, or a malformed answer",
    9: "expired, stale, or a clock is wrong",
}
FIXED = {
    0: "The expected credentials work (or --exit-zero was given).",
    8: "Could not find out: the walk was cut or a step could not be made.",
    9: "Nothing is configured anywhere.",
    64: "Bad usage: the command line, or a file named on it.",
    70: "The probe itself failed: a bug.",
    130: "Interrupted (Ctrl-C).",
    143: "Ended by SIGTERM.",
}
"""Codes that are not made of the two digits. With --format npd it is 0, 1 or 2 as the node problem detector wants."""


def codes_of_exit_codes() -> dict[int, list[str]]:
    """Return each exit code of a verdict with the findings behind it, in rising order."""
    table: dict[int, list[str]] = {}
    for entry in CATALOGUE.values():
        if entry.exit_code is not None:
            table.setdefault(entry.exit_code, []).append(entry.code)
    return dict(sorted(table.items()))


def in_words(exit_code: int) -> str:
    """Return what an exit code says by itself."""
    if exit_code in FIXED:
        return FIXED[exit_code]
    where, how = WHERE.get(exit_code // 10), HOW.get(exit_code % 10)
    return (
        f"{exit_code // 10}x: {where}; x{exit_code % 10}: {how}" if where and how else "not an exit code of the probe"
    )


def tell_exit_codes(style: Style) -> str:
    """Return the table for a person."""
    return text_of(_lines(style))


def _lines(style: Style) -> Iterator[str]:
    yield style.paint("Exit codes", "bold")
    for number, meaning in FIXED.items():
        yield from style.wrap(meaning, f"  {number:>3}  ")
    yield from ["", "Otherwise two digits. The first says where:"]
    yield from (f"  {digit}x   {where}" for digit, where in WHERE.items())
    yield from ["", "The second says how:"]
    yield from (f"  x{digit}   {how}" for digit, how in HOW.items())
    yield from ["", "Each one and its findings (probe explain CODE tells more):"]
    for number, codes in codes_of_exit_codes().items():
        yield from style.wrap(", ".join(codes), f"  {number:>3}  ")
