"""Chromium of the distribution, one for each worker, and a watch over everything that a page complains about."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.page.served import Served, serving
from tests.page.states import NOW

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}


@dataclass
class Look:
    """A page that is open, and what happened in it."""

    page: Page
    served: Served
    troubles: list[str] = field(default_factory=list)
    """What the console and uncaught errors said; a test takes out what it expects."""
    asked: list[str] = field(default_factory=list)
    """Every address that the browser was about to ask."""

    def again(self) -> None:
        """Let time pass in the page until it asks once more."""
        before = len(self.asked)
        for _ in range(100):
            self.page.clock.run_for(1000)
            if len(self.asked) > before:
                return
        raise AssertionError("the page asks no more")


Open = Callable[..., Look]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Browser) -> Iterator[Open]:
    """Open the page over a state document. Afterwards: no complaint, and nobody asked but the page's own server."""
    with ExitStack() as stack:
        looks: list[Look] = []

        def opened(document: dict[str, Any], *, policy: str | None = None, **options: Any) -> Look:  # noqa: ANN401 - Playwright's options
            served = stack.enter_context(serving(document))
            served.policy = policy or served.policy
            defaults = {"viewport": DESKTOP, "timezone_id": "Europe/Berlin", "locale": "en-GB"}
            context = chromium.new_context(**{**defaults, **options})
            stack.callback(context.close)
            page = context.new_page()
            seen = Look(page, served)
            looks.append(seen)
            _watch(seen)
            page.clock.install(time=NOW)
            page.goto(served.url)
            return seen

        yield opened
        for seen in looks:
            assert seen.troubles == []
            assert [url for url in seen.asked if not url.startswith(seen.served.url)] == []
            assert seen.served.paths() <= {"/", "/state.json", "/walk"}


def _watch(seen: Look) -> None:
    def said(message: ConsoleMessage) -> None:
        seen.troubles.append(message.text)

    def failed(error: object) -> None:
        seen.troubles.append(str(error))

    def requested(request: Request) -> None:
        seen.asked.append(request.url)

    seen.page.on("console", said)
    seen.page.on("pageerror", failed)
    seen.page.on("request", requested)
    seen.page.set_default_timeout(5000)
