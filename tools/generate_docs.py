"""Write what is generated: pages on findings, exit codes, controllers, metrics, the report and coverage; the schema.

Run in the repository: `python -m tools.generate_docs`. With --check it writes nothing and fails where a file is stale.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from probe.findings.catalogue import CATALOGUE
from tools.controllers_page import controllers_page
from tools.coverage import coverage_page
from tools.evidence_schema import definitions, facts_by_step
from tools.metrics_page import metrics_page
from tools.pages import FINDINGS, exit_codes_page, finding_page, findings_index, schema_page
from tools.prometheus_rule import MANIFEST, prometheus_rule

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SCHEMA = ROOT / "probe" / "tell" / "schema" / "report.schema.json"


def generated() -> dict[Path, str]:
    """Return every generated file with its content."""
    schema = report_schema()
    findings = DOCS / FINDINGS
    return {
        SCHEMA: json.dumps(schema, indent=2) + "\n",
        DOCS / "coverage.md": coverage_page(),
        DOCS / "controllers.md": controllers_page(),
        DOCS / "exit-codes.md": exit_codes_page(),
        DOCS / "metrics.md": metrics_page(),
        DOCS / "report-schema.md": schema_page(schema),
        MANIFEST: prometheus_rule(),
        findings / "README.md": findings_index(),
        **{findings / f"{code}.md": finding_page(entry) for code, entry in CATALOGUE.items()},
    }


def report_schema() -> dict[str, Any]:
    """Return the report's schema: what is written by hand, with the evidence types as they are in the code now.

    The definitions whose names begin with a capital are generated; all else in the file is the contract.
    """
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    contract = {name: one for name, one in schema["$defs"].items() if name[0].islower()}
    contract["step"]["allOf"] = facts_by_step("evidence")
    schema["$defs"] = {**contract, **definitions()}
    return schema


def stale(files: dict[Path, str]) -> list[Path]:
    """Return the files that differ from what is generated, and pages of findings that are gone."""
    differing = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    return sorted([*differing, *(path for path in (DOCS / FINDINGS).glob("*.md") if path not in files)])


def main() -> int:
    """Write, or check; the exit code is 1 when something is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    check = parser.parse_args().check
    files = generated()
    outdated = stale(files)
    for path in outdated:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            _write(path, files.get(path))
    return 1 if check and outdated else 0


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
