"""The page as it is sent."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

from probe.tell.page import page

HTML = page().html.decode()
RULES = dict(rule.split(" ", 1) for rule in page().policy.split("; "))


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.found[-1][0] if self.found else "", []).append(data)


def parsed() -> _Elements:
    elements = _Elements()
    elements.feed(HTML)
    return elements


def digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_policy_lets_nothing_run_but_what_the_document_brings() -> None:
    texts = parsed().texts
    assert RULES["script-src"] == digest(texts["script"][0])
    assert RULES["style-src"] == digest(texts["style"][0])


def test_the_policy_forbids_everything_else() -> None:
    assert RULES["default-src"] == "'none'"
    assert RULES["connect-src"] == "'self'"
    forbidden = {"base-uri", "form-action", "frame-ancestors"}
    assert {name for name in forbidden if RULES[name] == "'none'"} == forbidden
    assert (RULES["require-trusted-types-for"], RULES["trusted-types"]) == ("'script'", "'none'")


def test_the_document_loads_nothing_and_links_only_to_its_own_server() -> None:
    attributes = [(tag, name, value) for tag, those in parsed().found for name, value in those.items()]
    assert [one for one in attributes if one[1] in {"src", "srcset", "data", "action", "style"}] == []
    assert {str(value)[:2] for _, name, value in attributes if name == "href"} == {"./"}
    assert re.findall(r"@import|url\(", HTML) == []


def test_nothing_in_the_script_makes_markup_out_of_text() -> None:
    script = parsed().texts["script"][0]
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(", script) == []


def test_no_placeholder_is_left() -> None:
    assert "{{" not in HTML


def test_the_whole_document_stays_under_60_kilobytes() -> None:
    assert len(page().html) <= 60_000


def test_without_javascript_the_page_says_what_to_ask_instead() -> None:
    without = HTML.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "curl -s http://127.0.0.1:9411/report.json" in without
    assert "curl -X POST -H 'X-Requested-With: aws-credential-probe' http://127.0.0.1:9411/walk" in without
