"""The page over time: the first walk, walks asked for, changes of the verdict, and a sidecar that is not heard."""

import copy
import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from probe.serve.state import Counts, Depth, Ending
from probe.tell.state_document import state_document
from tests.page.conftest import Look, Open
from tests.page.states import NOW, state
from tests.tell import samples

pytestmark = pytest.mark.page

GONE = ("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
"""What Chromium says of a server that is gone; the second of a connection that was open when it went."""


def broken() -> dict[str, Any]:
    return state_document(state(samples.broken()))


def good() -> dict[str, Any]:
    return state_document(state(samples.good()))


def silenced(seen: Look) -> None:
    """Stop the server, and let the page find out twice."""
    seen.served.stop.set()
    for _ in range(2):
        with seen.page.expect_event("requestfailed"):
            seen.again()


def forget_refused_connections(seen: Look) -> None:
    """Take out what Chromium itself says about a server that is gone; nothing else."""
    seen.troubles[:] = [one for one in seen.troubles if not one.endswith(GONE)]


def test_before_the_first_walk_the_page_waits_calmly(look: Open) -> None:
    page = look(state_document(state(None))).page
    expect(page.get_by_role("heading", level=1)).to_have_text("First walk under way")
    expect(page.locator("#readout")).to_contain_text("The sidecar started at 14:02:08")
    expect(page.locator("#times")).to_have_text("Not walked yet, walking now")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.get_by_role("region", name="The chain")).to_be_hidden()


def test_while_it_waits_the_page_counts_walks_that_did_not_finish(look: Open) -> None:
    counts = Counts(walks={(Depth.WHOLE, Ending.FAILED): 2, (Depth.WHOLE, Ending.CUT): 1})
    page = look(state_document(replace(state(None), counts=counts))).page
    expect(page.locator("#readout")).to_contain_text("Walks that did not finish so far: 3.")


def test_the_first_verdict_appears_by_itself_and_is_announced(look: Open) -> None:
    seen = look(state_document(state(None)))
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("First walk under way")
    seen.served.document = broken()
    seen.again()
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("BROKEN")
    expect(seen.page.locator("#announce")).to_contain_text("Now BROKEN: imds-hop-limit.")


def test_an_unchanged_verdict_is_not_announced_again(look: Open) -> None:
    seen = look(broken())
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("BROKEN")
    seen.served.document = broken()
    seen.served.document["serve"]["walked"] = NOW + 3
    seen.again()
    expect(seen.page.locator("#times")).to_contain_text("Walked 14:02:14")
    expect(seen.page.locator("#announce")).to_be_empty()


def test_what_is_open_and_where_the_keyboard_is_survive_a_new_walk(look: Open) -> None:
    seen = look(broken())
    summary = seen.page.locator("details[data-key='imds.token'] > summary")
    summary.press("Enter")
    later = broken()
    (token,) = [step for step in later["report"]["steps"] if step["id"] == "imds.token"]
    token["duration_ms"] = 1500.0
    (line,) = [one for one in later["told"]["lanes"][-1]["lines"] if one["steps"] == ["imds.token"]]
    line["took"] = "1.5 s"
    seen.served.document = later
    seen.again()
    expect(summary).to_contain_text("1.5 s")
    expect(seen.page.locator("details[open]")).to_have_count(1)
    expect(summary).to_be_focused()


def test_a_sidecar_that_is_gone_is_said_plainly_with_the_time_it_was_last_heard(look: Open) -> None:
    seen = look(broken())
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("BROKEN")
    expect(seen.page.get_by_role("alert")).to_be_hidden()
    silenced(seen)
    expect(seen.page.get_by_role("alert")).to_contain_text(
        re.compile(r"Not heard since 14:02:\d\d: it cannot be reached\. What stands below is from then\.")
    )
    expect(seen.page.locator("body")).to_have_class("stale")
    forget_refused_connections(seen)


def test_a_page_that_never_heard_the_sidecar_says_so(look: Open) -> None:
    seen = look(broken() | {"schema": 2})
    expect(seen.page.locator("#times")).to_be_empty()
    seen.again()
    alert = seen.page.get_by_role("alert")
    expect(alert).to_contain_text("another version than this page: load the page again")
    expect(seen.page.get_by_role("heading", level=1)).to_have_count(0)


def test_the_banner_goes_when_the_sidecar_is_heard_again(look: Open) -> None:
    seen = look(broken())
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("BROKEN")
    seen.served.state_status = 503
    for _ in range(2):
        with seen.page.expect_response("**/state.json"):
            seen.again()
    expect(seen.page.get_by_role("alert")).to_contain_text("it answers with status 503")
    seen.served.state_status = 200
    seen.again()
    expect(seen.page.get_by_role("alert")).to_be_hidden()
    seen.troubles[:] = [one for one in seen.troubles if "503" not in one]


def test_a_sidecar_that_answers_and_does_not_walk_is_marked_too(look: Open) -> None:
    stuck = broken()
    stuck["serve"]["walked"] = NOW - 600
    page = look(stuck).page
    expect(page.get_by_role("alert")).to_contain_text("No walk has ended since 13:52:11.")
    expect(page.locator("body")).to_have_class("stale")


@pytest.mark.parametrize(
    ("status", "words"),
    [(202, "A whole walk is on its way."), (409, "One is waiting already."), (403, "Refused with status 403.")],
)
def test_walk_now_asks_with_the_header_that_no_other_page_can_send(look: Open, status: int, words: str) -> None:
    seen = look(good())
    seen.served.walk_status = status
    seen.page.get_by_role("button", name="Walk now").click()
    expect(seen.page.locator("#asked")).to_have_text(words)
    assert ("POST", "/walk", "aws-credential-probe") in seen.served.requests
    # Chromium tells of 4xx answers itself.
    seen.troubles[:] = [one for one in seen.troubles if str(status) not in one]


def test_walk_now_waits_for_the_walk_and_says_when_it_was_made(look: Open) -> None:
    seen = look(good())
    button = seen.page.get_by_role("button", name="Walk now")
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    walked = copy.deepcopy(good())
    walked["serve"]["walked_whole"] = NOW + 2
    seen.served.document = walked
    seen.again()
    expect(seen.page.locator("#asked")).to_have_text("Walked.")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    assert [method for method, _, _ in seen.served.requests].count("POST") == 1


def test_walk_now_without_a_sidecar_says_that_it_cannot_be_reached(look: Open) -> None:
    seen = look(good())
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("OK")
    seen.served.stop.set()
    seen.page.wait_for_timeout(100)
    seen.page.get_by_role("button", name="Walk now").click()
    expect(seen.page.locator("#asked")).to_have_text("The sidecar cannot be reached.")
    forget_refused_connections(seen)
