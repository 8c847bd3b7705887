"""The parts of the page: commands to copy, facts to open, SDKs, findings, history, times."""

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from probe.serve.state import Span
from probe.tell.state_document import state_document
from tests.page.conftest import Look, Open
from tests.page.states import HOUR, NOW, state
from tests.tell import samples

pytestmark = pytest.mark.page


def broken() -> dict[str, Any]:
    return state_document(state(samples.broken()))


def copied(seen: Look) -> str:
    text: str = seen.page.evaluate("navigator.clipboard.readText()")
    return text


@pytest.mark.parametrize(("at", "command"), [(0, samples.COMMAND), (1, samples.STATEMENT)])
def test_the_copy_button_puts_exactly_the_command_on_the_clipboard(look: Open, at: int, command: str) -> None:
    seen = look(broken(), permissions=["clipboard-read", "clipboard-write"])
    box = seen.page.locator("#todo .command").nth(at)
    box.get_by_role("button", name="Copy").click()
    expect(box.get_by_role("status")).to_have_text("Copied")
    assert copied(seen) == command


def test_without_a_clipboard_the_command_is_selected_for_the_reader(look: Open) -> None:
    seen = look(broken())
    seen.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    box = seen.page.locator("#todo .command").first
    box.get_by_role("button", name="Copy").click()
    expect(box.get_by_role("status")).to_contain_text("Selected: copy it with Ctrl+C")
    assert seen.page.evaluate("getSelection().toString()") == samples.COMMAND


def test_a_step_is_opened_for_its_facts_without_what_was_not_observed(look: Open) -> None:
    page = look(broken()).page
    page.locator("details[data-key='imds.token'] > summary").click()
    facts = page.locator(".step details[open] .facts")
    first = facts.locator("dd > ol > li").first
    expect(first.locator("dt")).to_have_text(["method", "url", "ending", "body bytes", "request acknowledged"])
    expect(first.locator("dd")).to_have_text(
        ["PUT", "http://169.254.169.254/latest/api/token", "no-answer", "0", "yes"]
    )


def test_a_moment_among_the_facts_is_a_time_and_no_number(look: Open) -> None:
    page = look(state_document(state(samples.good()))).page
    page.locator("summary", has_text="web-identity.token").click()
    expect(page.locator(".step details[open] .facts time")).to_have_attribute("title", "2026-01-01 23:00:00 UTC")


def test_sdks_are_a_table_with_what_each_would_print_and_why(look: Open) -> None:
    page = look(broken()).page
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["SDK", "Would do", "Because"])
    expect(table.get_by_role("rowheader")).to_have_text(["botocore", "go-v2 >=1.16", "go-v1", "rust"])
    row = table.get_by_role("row", name="botocore")
    expect(row).to_contain_text("no credentials: Unable to locate credentials")
    expect(row).to_contain_text("IMDS gave no token.")


def test_other_findings_are_folded_and_the_one_of_the_verdict_is_not_repeated(look: Open) -> None:
    section = look(broken()).page.get_by_role("region", name="Other findings")
    expect(section.locator("summary .code")).to_have_text(["endpoint-override"])
    expect(section.get_by_text("Certain with: The Deployment's own environment.")).to_be_hidden()
    section.locator("summary").click()
    expect(section.get_by_text("Certain with: The Deployment's own environment.")).to_be_visible()


def test_how_long_applications_have_got_stands_under_the_verdict(look: Open) -> None:
    runway = look(broken()).page.locator(".runway")
    expect(runway.get_by_role("heading")).to_have_text("How long have we got")
    expect(runway).to_contain_text("Applications may still hold credentials until 17:14 UTC at the latest")
    expect(runway.get_by_role("listitem")).to_contain_text(["from 14:38:11, in 36 min", "at 18:14:11, in 4 h"])


def test_times_are_told_in_the_readers_zone_with_utc_in_the_title(look: Open) -> None:
    times = look(broken(), timezone_id="Asia/Tokyo").page.locator("#times time")
    expect(times).to_have_text("22:02:04")
    expect(times).to_have_attribute("title", "2025-11-21 13:02:04 UTC")


def test_a_clock_that_is_wrong_in_the_browser_does_not_shift_what_is_due(look: Open) -> None:
    seen = look(broken())
    seen.page.clock.set_fixed_time(NOW + 9 * HOUR)
    seen.page.reload()
    expect(seen.page.locator("#times")).to_have_text("Walked 14:02:04, next in 23 s")


def test_the_strip_says_in_words_how_the_day_was(look: Open) -> None:
    page = look(broken()).page
    expect(page.locator("#history").get_by_role("img")).to_have_attribute(
        "aria-label",
        "In the last 24 hours: OK 21 h, COULD NOT FIND OUT 24 min, BROKEN 2 h. The list below has every span.",
    )
    page.get_by_text("As a list (6)").click()
    expect(page.locator(".spans strong")).to_have_text(["BROKEN", "OK", "BROKEN", "OK", "COULD NOT FIND OUT", "OK"])


def test_a_span_that_began_before_the_strip_begins_at_its_edge(look: Open) -> None:
    span = Span(begun=NOW - 25 * HOUR, ended=NOW - 12 * HOUR, standing="OK", code=None, summary="It works.")
    page = look(state_document(replace(state(samples.good()), history=(span,)))).page
    strip, segment = page.locator(".strip"), page.locator(".strip span")
    expect(segment).to_be_visible()
    outer, inner = strip.bounding_box(), segment.bounding_box()
    assert outer is not None
    assert inner is not None
    assert inner["x"] == pytest.approx(outer["x"], abs=1)
    assert inner["width"] == pytest.approx(outer["width"] / 2, rel=0.01)


def test_why_the_last_whole_walk_was_made_is_said(look: Open) -> None:
    page = look(broken()).page
    expect(page.locator("#sidecar")).to_contain_text("13:59:07, 3 min ago, because a step had changed")
    expect(page.locator("#sidecar")).to_contain_text("27 GetCallerIdentity answered")


def test_the_chain_at_a_glance_leads_to_its_stations(look: Open) -> None:
    page = look(broken()).page
    link = page.get_by_role("navigation", name="The chain at a glance").get_by_role("link", name="IMDS")
    link.click()
    expect(page.locator("#lane-imds")).to_be_in_viewport()
    expect(link).to_contain_text("breaks here")
