"""Whatever a page points at is there: files, headings, and the places of the repository that prose names."""

import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest

from tools.prometheus_rule import RUNBOOKS

ROOT = Path(__file__).resolve().parent.parent
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PLACE = re.compile(r"`((?:bench|docs|image|k8s|probe|tests|tools)/[\w./-]+|\w+\.md)`")
"""A path of this repository in prose; `owner/repo:path` is somebody else's."""


@cache
def pages() -> tuple[Path, ...]:
    """Return all Markdown of the repository; folders with a dot hold what can be made again."""
    tops = [top for top in ROOT.iterdir() if not top.name.startswith(".")]
    return tuple(sorted(page for top in tops for page in ([top] if top.suffix == ".md" else top.rglob("*.md"))))


@cache
def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return what GitHub calls the headings of a page; the second of a name gets a number."""
    found: list[str] = []
    for heading in re.findall(r"^#{1,6} +(.+?) *$", prose(page), re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        again = sum(one == name or re.fullmatch(re.escape(name) + r"-\d+", one) is not None for one in found)
        found.append(f"{name}-{again}" if again else name)
    return frozenset(found)


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere; those that leave the repository are not followed."""
    links = LINK.findall(CODE.sub("", prose(page)))
    return [link for link in links if not re.match(r"[a-z]+:", link) and not leads_somewhere(page, link)]


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_anchors_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_and_a_broken_anchor_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One `two`, three\n[a](#one-two-three) [b](#one) [c](gone.md) [d](page.md#gone) [e](https://x.test)\n"
    )
    assert broken(page) == ["#one", "gone.md", "page.md#gone"]


def test_places_of_the_repository_that_are_named_are_there() -> None:
    named = {(page, place) for page in pages() for place in PLACE.findall(prose(page))}
    assert {place for _, place in named} > {"k8s/rbac", "probe/judge.py"}
    gone = [(str(page.relative_to(ROOT)), place) for page, place in named if not is_there(page, place)]
    assert gone == []


def is_there(page: Path, place: str) -> bool:
    return (ROOT / place).exists() or (page.parent / place).exists()


def test_the_address_of_the_runbooks_is_their_folder() -> None:
    *_, folder = RUNBOOKS.rstrip("/").partition("/main/")
    assert list((ROOT / folder).glob("AWS*.md"))


def test_make_targets_and_modules_that_are_named_are_there() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages())
    targets = set(re.findall(r"(?:`| {4}|^)make ([a-z]+)", text, re.MULTILINE))
    modules = set(re.findall(r"python -m ((?:bench|probe|tests|tools)[\w.]*)", text))
    assert {"demo", "test"} <= targets
    assert "tools.generate_docs" in modules
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []
