"""Strings that want to be more than text: whatever is in the state, the page shows it and does nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from probe.tell.page import page as the_page
from probe.tell.state_document import state_document
from tests.page.conftest import PHONE, Open
from tests.page.states import state
from tests.tell import samples

pytestmark = pytest.mark.page

MARKUP = '</script><script>hacked = 1</script><img src="x" onerror="hacked = 1"><b style="color:red">bold</b>'
BIDI = "safe\u202eexe.daer\u2066 \u200f\u05d0\u05d1\x1b[31m\x00end"
LONG = "w" * 3000
STRUCTURE = {"standing", "outcome", "source", "id", "steps", "breaks_at", "gives", "severity"}
"""What the page looks things up with. The rest is words."""


def replaced(value: Any, change: Callable[[str], str], name: str = "") -> Any:  # noqa: ANN401 - any JSON
    """Return a document in which every text is another one."""
    if isinstance(value, str):
        return value if name in STRUCTURE else change(value)
    if isinstance(value, list | tuple):
        return [replaced(one, change, "" if name != "steps" else name) for one in value]
    if isinstance(value, dict):
        return {key: replaced(one, change, key) for key, one in value.items()}
    return value


def hostile(text: str) -> dict[str, Any]:
    document: dict[str, Any] = replaced(state_document(state(samples.broken())), lambda _: text)
    return document


@pytest.mark.parametrize("text", [MARKUP, BIDI, LONG], ids=["markup", "bidi", "long"])
def test_a_hostile_string_in_every_place_stays_text_and_inside_the_page(look: Open, text: str) -> None:
    page = look(hostile(text), viewport=PHONE).page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("typeof hacked") == "undefined"
    expect(page.locator("main :is(script, img, b)")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator(".summary").text_content() == page.locator(".brief").text_content()


def test_markup_is_shown_letter_by_letter(look: Open) -> None:
    page = look(hostile(MARKUP)).page
    for place in (
        ".summary",
        ".telling bdi >> nth=0",
        "#todo pre >> nth=0",
        ".sdks td bdi >> nth=0",
        "#about dd >> nth=0",
    ):
        expect(page.locator(place)).to_have_text(MARKUP)


def test_invisible_characters_are_made_visible_and_never_copied(look: Open) -> None:
    page = look(hostile(BIDI)).page
    text = page.locator("#todo pre").first.text_content()
    assert text == "safe\ufffdexe.daer\ufffd \ufffd\u05d0\u05d1\ufffd[31m\ufffdend"


def test_right_to_left_words_do_not_turn_the_words_beside_them_around(look: Open) -> None:
    page = look(hostile("\u05d0\u05d1\u05d2")).page
    expect(page.locator("#readout .summary bdi")).to_have_css("unicode-bidi", "isolate")
    texts = page.locator(".telling, #readout .summary, .finding > summary, #about dd, .sdks td, .remedies > li > p")
    assert texts.count() > 10
    assert texts.evaluate_all("all => all.filter((one) => !one.querySelector('bdi')).length") == 0


def test_words_where_the_page_looks_things_up_do_not_stop_it(look: Open) -> None:
    strange = state_document(state(samples.broken()))
    for lane in strange["told"]["lanes"]:
        lane["source"] = MARKUP
        for line in lane["lines"]:
            line["outcome"] = "unheard-of"
    strange["told"]["standing"] = MARKUP
    page = look(strange).page
    expect(page.get_by_role("heading", level=1)).to_have_text(MARKUP)
    expect(page.get_by_role("alert")).to_be_hidden()
    assert page.evaluate("typeof hacked") == "undefined"


def test_the_watch_would_notice_a_script_that_the_policy_does_not_allow(look: Open) -> None:
    """Without this, the other tests' silence would prove nothing."""
    other = the_page().policy.replace("script-src 'sha256-", "script-src 'sha256-AAAA")
    seen = look(hostile("a"), policy=other)
    expect(seen.page.locator("#readout")).to_be_hidden()
    assert any("Content Security Policy" in one for one in seen.troubles)
    seen.troubles.clear()


def test_the_policy_keeps_even_the_page_itself_from_making_markup(look: Open) -> None:
    seen = look(hostile("a"))
    refused = seen.page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return ''; } catch (error) { return error.message; } }"
    )
    assert "TrustedHTML" in refused
    assert seen.troubles
    seen.troubles.clear()
