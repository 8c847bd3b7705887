"""What a person sees of pods in the lab's worlds."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from probe.tell.state_document import state_document
from tests.page.conftest import Open
from tests.page.states import document, state
from tests.tell import samples

pytestmark = pytest.mark.page

BROKEN = [
    ("karpenter-v1-hop-limit", "imds-hop-limit", "imds.token", "Breaks here"),
    ("irsa-trust-denied", "web-identity-trust-denied", "web-identity.assume-role", "Breaks here"),
    ("pod-identity-agent-refused", "agent-refused", "container.connect", "Breaks here"),
    ("unexpected-node-role", "unexpected-source", "identity.imds", "The trouble is here"),
]


@pytest.mark.parametrize(("scenario", "code", "step", "words"), BROKEN)
def test_a_broken_chain_is_marked_where_it_breaks_and_says_what_to_do(
    look: Open, scenario: str, code: str, step: str, words: str
) -> None:
    told = document(scenario)
    page = look(told).page
    expect(page.get_by_role("heading", level=1)).to_have_text("BROKEN")
    readout = page.get_by_role("region", name="BROKEN")
    expect(readout).to_contain_text(code)
    expect(readout).to_contain_text(f"exit code {told['report']['verdict']['exit_code']}")
    expect(page.locator("#chain .flag")).to_have_text(words)
    expect(page.locator("#chain .step", has=page.locator(".flag")).locator("code.name")).to_have_text(step)
    expect(page).to_have_title(re.compile(f"^BROKEN: {code}"))
    assert_remedies(page, told)


def assert_remedies(page: Page, told: dict[str, Any]) -> None:
    """Every remedy of the verdict stands in its order with its command, and says what it changes."""
    at = told["told"]["decisive"]
    remedies = told["told"]["findings"][at]["remedies"]
    section = page.get_by_role("region", name="What to do")
    texts = section.locator(".remedies > li > p > bdi")
    expect(texts).to_have_text([one["text"] for one in told["report"]["findings"][at]["remedies"]])
    assert section.locator("pre").all_text_contents() == [one["command"] for one in remedies if one["command"]]
    expect(section.locator(".changes")).to_have_text([one["changes"] for one in remedies if one["changes"]])


def test_a_pod_without_any_source_has_its_trouble_at_the_first_station(look: Open) -> None:
    page = look(document("imds-blocked")).page
    expect(page.get_by_role("heading", level=1)).to_have_text("BROKEN")
    expect(page.locator("#readout .code")).to_have_text("nothing-configured")
    expect(page.locator(".lane", has=page.locator(".flag")).locator("h3")).to_have_text("Environment keys")


def test_a_healthy_pod_shows_where_its_credentials_come_from_and_no_remedies(look: Open) -> None:
    page = look(document("pod-identity-healthy")).page
    expect(page.get_by_role("heading", level=1)).to_have_text("OK")
    expect(page.locator(".flag")).to_have_text("Credentials come from here")
    expect(page.locator(".lane", has=page.locator(".flag")).locator("h3")).to_contain_text("Container credentials")
    expect(page.get_by_role("region", name="What to do")).to_be_hidden()
    expect(page.locator(".runway")).to_have_count(0)


def test_a_walk_that_was_cut_is_undecided_and_not_broken(look: Open) -> None:
    page = look(document("sts-mute-cut-short")).page
    expect(page.get_by_role("heading", level=1)).to_have_text("COULD NOT FIND OUT")
    expect(page.locator(".flag")).to_have_text("Undecided here")
    expect(page.locator(".breaking code.name")).to_have_text("web-identity.assume-role")


def test_every_line_of_the_walk_reads_as_the_state_document_tells_it(look: Open) -> None:
    told = state_document(state(samples.good()))
    page = look(told).page
    lines = [line["text"] for lane in told["told"]["lanes"] for line in lane["lines"]]
    expect(page.locator(".telling > bdi")).to_have_text(lines)


def test_each_state_of_a_step_has_a_sign_and_a_word(look: Open) -> None:
    page = look(state_document(state(samples.broken()))).page
    expect(page.locator(".step.fail .sign").first).to_have_text("✗failed: ")
    expect(page.locator(".step.ok .sign").first).to_have_text("✓went well: ")
    expect(page.locator(".step.skipped .sign").first).to_have_text("left out: ")


def test_what_the_controller_needs_stands_in_a_section_of_its_own(look: Open) -> None:
    told = document("controller-sdk-new-enough")
    section = look(told).page.get_by_role("region", name="What aws-load-balancer-controller@2.7.0 needs")
    expect(section.locator(".telling bdi")).to_have_text([row["text"] for row in told["told"]["needs"]["rows"]])
    expect(section.locator(".name").first).to_have_text("region")


def test_what_kubernetes_says_stands_below_the_chain(look: Open) -> None:
    told = document("kubernetes-not-injected")
    section = look(told).page.get_by_role("region", name="What Kubernetes says")
    names = [line["name"] for line in told["told"]["kubernetes"]]
    assert "kubernetes.service-account" in names
    expect(section.locator("code.name")).to_have_text(names)


def test_without_a_controller_nothing_is_said_of_needs(look: Open) -> None:
    page = look(document("pod-identity-healthy")).page
    expect(page.locator("#needs")).to_be_hidden()
