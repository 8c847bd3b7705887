"""What is generated is as the code says now."""

import re
import subprocess
import sys

from probe.findings.catalogue import CATALOGUE
from tools import generate_docs


def test_no_generated_file_is_stale() -> None:
    child = subprocess.run(
        [sys.executable, "-m", "tools.generate_docs", "--check"],
        cwd=generate_docs.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")


def test_a_changed_page_is_found_stale() -> None:
    files = generate_docs.generated()
    page = generate_docs.DOCS / "exit-codes.md"
    assert generate_docs.stale({**files, page: "edited by hand"}) == [page]


def test_the_page_of_a_finding_that_is_gone_is_found_stale() -> None:
    files = generate_docs.generated()
    page = generate_docs.DOCS / "findings" / "imds-hop-limit.md"
    assert generate_docs.stale({path: text for path, text in files.items() if path != page}) == [page]


def test_every_page_says_that_it_is_generated_and_from_what() -> None:
    pages = {path: text for path, text in generate_docs.generated().items() if path.suffix == ".md"}
    assert len(pages) == len(CATALOGUE) + 6
    first_lines = {text.splitlines()[0] for text in pages.values()}
    assert [line for line in first_lines if not re.match(r"<!-- Generated from probe/\S+", line)] == []


def test_every_link_between_findings_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([a-z0-9-]+)\.md\)", "".join(generate_docs.generated().values()))
    assert len(targets) > len(CATALOGUE)
    assert [target for target in targets if target not in CATALOGUE] == []


def test_every_anchor_of_the_schema_page_leads_somewhere() -> None:
    page = generate_docs.generated()[generate_docs.DOCS / "report-schema.md"]
    headings = re.findall(r"^#+ (.*)$", page, flags=re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert [target for target in re.findall(r"\]\(#([^)]+)\)", page) if target not in anchors] == []
    assert len(anchors) == len(headings)
