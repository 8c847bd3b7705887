"""The page of the sidecar: one document that brings all it needs and asks only for `./state.json` and `./walk`."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from probe.records import dataclass

_STYLES = ("instrument.css", "chain.css", "parts.css", "media.css")
_SCRIPTS = ("elements.js", "times.js", "readout.js", "chain.js", "needs.js", "findings.js", "history.js", "live.js")
"""In this order; together they are one script, so that a later file can use what an earlier one defines."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What `GET /` answers with."""

    html: bytes
    policy: str
    """The value of the header Content-Security-Policy. The hashes in it let this document's own style and script
    run and nothing else; Trusted Types forbid the script to make markup out of text."""


@cache
def page() -> Page:
    """Return the page, put together from the files beside this one."""
    style = "\n".join(_text(f"css/{name}") for name in _STYLES)
    # In a block, so that no name of ours becomes a property of the window.
    script = "\n".join(['"use strict";', "{", *(_text(f"js/{name}") for name in _SCRIPTS), "}"])
    html = _text("page.html").replace("{{style}}", style).replace("{{script}}", script)
    return Page(html=html.encode(), policy=_policy(style, script))


def _text(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    rules = (
        "default-src 'none'",
        f"script-src '{_digest(script)}'",
        f"style-src '{_digest(style)}'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return "; ".join(rules)


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
