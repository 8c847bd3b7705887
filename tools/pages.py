"""The generated pages of `docs/`: from the catalogue, the exit codes and the report's schema to Markdown."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from probe.findings.catalogue import CATALOGUE
from probe.findings.catalogue.entry import Entry
from probe.tell.exit_codes import FIXED, HOW, WHERE, codes_of_exit_codes
from probe.tell.explained import AREAS, standing_of

FINDINGS = "findings"


def generated_from(origin: str) -> str:
    """Return the line that keeps people from editing a page by hand."""
    return f"<!-- Generated from {origin} by `python -m tools.generate_docs`. Change it there. -->"


def finding_page(entry: Entry) -> str:
    """Return the page of one finding."""
    return _page(_finding(entry))


def findings_index() -> str:
    """Return the table of all findings."""
    return _page(_index())


def exit_codes_page() -> str:
    """Return the page about exit codes."""
    return _page(_exit_codes())


def schema_page(schema: Mapping[str, Any]) -> str:
    """Return the page about the JSON report."""
    return _page(_schema(schema))


def _finding(entry: Entry) -> Iterator[str]:
    yield from [generated_from("probe/findings/catalogue"), "", f"# `{entry.code}`", "", f"**{entry.title}.**", ""]
    yield from [standing_of(entry), "", entry.meaning]
    yield from _section("Seen elsewhere as", [f"- `{line}`" for line in entry.seen_as])
    yield from _section("Causes, most frequent first", [f"- {cause}" for cause in entry.causes])
    yield from _section("What it rests on", [entry.evidence])
    yield from _section(
        "Told apart from", [f"- {_linked(one.code)}: {one.separated_by}" for one in entry.told_apart_from]
    )
    if entry.becomes_certain_with:
        yield from _section("When only likely, certain with", [entry.becomes_certain_with])
    yield from _section("What to do", [f"{number}. {fix}" for number, fix in enumerate(entry.fixes, start=1)])
    yield from _section("References", [f"- {reference}" for reference in entry.references])


def _linked(code: str) -> str:
    return f"[`{code}`]({code}.md)" if code in CATALOGUE else code


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    body = list(lines)
    if body:
        yield from ["", f"## {title}", "", *body]


def _index() -> Iterator[str]:
    yield from [generated_from("probe/findings/catalogue"), "", "# Findings", ""]
    yield f"The probe can name {len(CATALOGUE)} findings. `probe explain CODE` prints the same pages offline."
    yield "Codes are a contract: none is renamed, and a retired one is never used again."
    for area, entries in AREAS.items():
        yield from ["", f"## {area}", "", "| code | exit | severity | what |", "|---|---|---|---|"]
        for entry in entries:
            number = "" if entry.exit_code is None else entry.exit_code
            yield f"| {_linked(entry.code)} | {number} | {entry.severity} | {entry.title} |"


def _exit_codes() -> Iterator[str]:
    yield from [generated_from("probe/tell/exit_codes.py and probe/findings/catalogue"), "", "# Exit codes", ""]
    yield "The exit code is the verdict's. `probe explain --exit-codes` prints this page offline."
    yield from ["", "| code | meaning |", "|---|---|", *(f"| {number} | {told} |" for number, told in FIXED.items())]
    yield from ["", "Every other code has two digits. The first says where, the second how.", ""]
    yield from ["| tens | where |", "|---|---|", *(f"| {digit}x | {where} |" for digit, where in WHERE.items())]
    yield from ["", "| units | how |", "|---|---|", *(f"| x{digit} | {how} |" for digit, how in HOW.items())]
    yield from ["", "| code | findings |", "|---|---|"]
    for number, codes in codes_of_exit_codes().items():
        yield f"| {number} | {', '.join(f'[`{code}`]({FINDINGS}/{code}.md)' for code in codes)} |"
    yield from ["", "With `--exit-zero` the code of a verdict is 0; 64 and 70 stay."]
    yield "With `--format npd` it is 0 for good, 1 for broken and 2 for unknown, as the node problem detector reads it."


def _schema(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from [generated_from("probe/tell/schema/report.schema.json"), "", "# The JSON report", ""]
    yield from [schema["description"], "", "`probe explain --schema` prints the JSON Schema (draft 2020-12)."]
    yield from _object("The report", schema)
    contract = {name: one for name, one in schema["$defs"].items() if name[0].islower()}
    for name, one in contract.items():
        yield from _object(f"`{name}`", one)
    yield from ["", "# What the steps leave behind", ""]
    yield "These types follow the probe's own and grow with them. Which one a step leaves:"
    yield from ["", "| step | evidence |", "|---|---|", *_facts_of_steps(contract["step"])]
    for name, one in schema["$defs"].items():
        if name not in contract:
            yield from _object(f"`{name}` (evidence)", one)


def _facts_of_steps(step: Mapping[str, Any]) -> Iterator[str]:
    for condition in step["allOf"]:
        kind = _type_of(condition["then"]["properties"]["evidence"]["anyOf"][0])
        yield f"| `{condition['if']['properties']['id']['const']}` | {kind} |"


def _object(title: str, one: Mapping[str, Any]) -> Iterator[str]:
    yield from ["", f"## {title}", ""]
    if title != "The report":
        yield from [one["description"], ""]
    yield from ["| field | type | what |", "|---|---|---|"]
    for name, member in one["properties"].items():
        yield f"| `{name}` | {_type_of(member)} | {member['description'].replace('|', '&#124;')} |"


def _type_of(member: Mapping[str, Any]) -> str:
    if "$ref" in member:
        name = member["$ref"].rpartition("/")[2]
        # Types of evidence begin with a capital; their headings carry a word that keeps the anchors apart.
        return f"[{name}](#{name})" if name[0].islower() else f"[{name}](#{name.lower()}-evidence)"
    if "anyOf" in member:
        return " or ".join(_type_of(one) for one in member["anyOf"])
    if "enum" in member:
        return ", ".join("null" if one is None else f"`{one}`" for one in member["enum"])
    if "const" in member:
        return f"`{member['const']}`"
    kind = member.get("type", "by step")
    if kind == "array":
        return f"list of {_type_of(member['items'])}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
