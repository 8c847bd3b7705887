"""Readable in light and dark, on a phone, magnified, by keyboard, by ear, and on paper."""

import re
from itertools import pairwise
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from probe.report import Report
from probe.tell.state_document import state_document
from tests.page.conftest import PHONE, Open
from tests.page.states import NOW, state
from tests.tell import samples

pytestmark = pytest.mark.page

REPORTS = [samples.broken(), samples.good(), samples.undecided(), None]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NAMES = ["broken", "good", "undecided", "waiting"]
CONTRASTS = """
() => {
  const parse = (colour) => {
    const [, kind, inside] = colour.match(/^(\\w+)\\((.*)\\)$/);
    const numbers = inside.match(/-?[\\d.]+(e-?\\d+)?/g).map(Number);
    const scale = kind === "color" ? 255 : 1;
    return [...numbers.slice(0, 3).map((one) => one * scale), numbers[3] ?? 1];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const backdrop = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.push(parse(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((below, above) => over(above, below), [255, 255, 255, 1]);
  };
  const light = ([r, g, b]) => {
    const parts = [r, g, b].map((one) => one / 255);
    const [x, y, z] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const parent = walker.currentNode.parentElement;
    if (!text || !parent.checkVisibility() || parent.closest(".heard, script, noscript")) continue;
    const style = getComputedStyle(parent);
    const behind = backdrop(parent);
    const [one, two] = [light(over(parse(style.color), behind)), light(behind)];
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    found.push({ text: text.slice(0, 40), ratio, enough: ratio >= (large ? 3 : 4.5) });
  }
  return found;
}
"""


def document(report: Report | None) -> dict[str, Any]:
    return state_document(state(report))


def opened(page: Page) -> None:
    """Open all that can be opened, once there is something."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_every_text_has_the_contrast_of_wcag_aa_in_light_and_in_dark(look: Open, report: Report | None) -> None:
    page = look(document(report)).page
    opened(page)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(CONTRASTS)
        assert len(found) > 10
        assert [one for one in found if not one["enough"]] == []


def test_a_stale_page_keeps_its_contrast(look: Open) -> None:
    stuck = document(samples.broken())
    stuck["serve"]["walked"] = NOW - 900
    page = look(stuck).page
    expect(page.get_by_role("alert")).to_be_visible()
    assert [one for one in page.evaluate(CONTRASTS) if not one["enough"]] == []


def test_dark_is_dark_and_light_is_light(look: Open) -> None:
    backgrounds = {}
    page = look(document(samples.good())).page
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        backgrounds[scheme] = [int(part) for part in colour[4:-1].split(",")]
    assert min(backgrounds["light"]) > 200
    assert max(backgrounds["dark"]) < 50


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_a_phone_never_scrolls_sideways_and_commands_scroll_in_their_own_box(look: Open, report: Report | None) -> None:
    page = look(document(report), viewport=PHONE).page
    opened(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    boxes = page.locator("pre:visible").evaluate_all("all => all.map((one) => [one.scrollWidth, one.clientWidth])")
    assert any(inner > outer for inner, outer in boxes) is (report is not None and bool(report.findings))


def test_at_twice_the_size_nothing_is_cut_off(look: Open) -> None:
    page = look(document(samples.broken()), viewport={"width": 640, "height": 450}, device_scale_factor=2).page
    opened(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_larger_text_alone_does_not_break_a_phone(look: Open) -> None:
    page = look(document(samples.broken()), viewport=PHONE).page
    opened(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_keyboard_reaches_everything_in_the_order_in_which_it_is_read(look: Open) -> None:
    page = look(document(samples.broken())).page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    tops, names = [], []
    for _ in range(40):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "() => { const one = document.activeElement, top = one.getBoundingClientRect().top + scrollY;"
            "return one === document.body ? null : [top, one.textContent, getComputedStyle(one).outlineStyle] }"
        )
        if at is None:
            break
        tops.append(at[0])
        names.append(at[1])
        assert at[2] == "solid"
    assert names[0] == "Walk now"
    assert {"Copy", "Why the probe says so", "As a list (6)", "metrics"} <= set(names)
    assert [late for early, late in pairwise(tops) if late < early - 40] == []


def test_enter_opens_a_step_and_space_closes_it(look: Open) -> None:
    page = look(document(samples.broken())).page
    step = page.locator("details[data-key='imds.token'] > summary")
    step.press("Enter")
    expect(page.locator(".step details[open]")).to_have_count(1)
    step.press("Space")
    expect(page.locator(".step details[open]")).to_have_count(0)


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_headings_descend_without_a_gap(look: Open, report: Report | None) -> None:
    page = look(document(report)).page
    opened(page)
    levels = page.locator("h1, h2, h3, h4").evaluate_all(
        "all => all.filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [late for early, late in pairwise(levels) if late > early + 1] == []


def test_the_parts_of_the_page_have_roles_and_names(look: Open) -> None:
    page = look(document(samples.broken())).page
    expect(page.get_by_role("banner").get_by_role("button", name="Walk now")).to_be_visible()
    expect(page.get_by_role("contentinfo").get_by_role("link")).to_have_text(["report.json", "state.json", "metrics"])
    regions = page.get_by_role("main").get_by_role("region")
    named = ["BROKEN", "What to do", "The chain", "What each SDK would do here", "Other findings", "The last 24 hours"]
    expect(regions).to_have_count(len(named) + 1)
    for name in named:
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
    heard = page.locator("#chain").aria_snapshot()
    assert 'heading "IMDS (the node\'s role)" [level=3]' in heard
    assert re.search(r"failed:\W+code: imds\.token\s+- strong: Breaks here", heard)


def test_every_button_and_box_has_a_name(look: Open) -> None:
    page = look(document(samples.broken())).page
    opened(page)
    nameless = page.locator("button, a, summary, [tabindex]").evaluate_all(
        "all => all.filter((one) => !(one.textContent.trim() || one.ariaLabel)).length"
    )
    assert nameless == 0


@pytest.mark.parametrize(("motion", "name"), [("no-preference", "turn"), ("reduce", "none")])
def test_nothing_moves_for_who_wants_no_motion(look: Open, motion: str, name: str) -> None:
    page = look(document(None), reduced_motion=motion).page
    expect(page.locator(".lamp .mark")).to_have_css("animation-name", name)


def test_on_paper_the_display_is_black_on_white_and_buttons_are_gone(look: Open) -> None:
    page = look(document(samples.broken()), color_scheme="dark").page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator(".display")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.get_by_role("button")).to_have_count(0)
    assert [one for one in page.evaluate(CONTRASTS) if not one["enough"]] == []


def test_without_javascript_the_page_says_what_to_ask_instead(look: Open) -> None:
    seen = look(document(samples.broken()), java_script_enabled=False)
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("This page needs JavaScript")
    expect(seen.page.locator("noscript pre").first).to_have_text("curl -s http://127.0.0.1:9411/report.json")
