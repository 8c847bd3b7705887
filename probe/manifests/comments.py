"""A manifest as text: what it is, how it is used and what was decided, in comments; then the manifest."""

import textwrap
from collections.abc import Iterator

from probe import __version__
from probe.manifests.note import Kind
from probe.manifests.request import Manifest
from probe.manifests.yaml import write_yaml
from probe.secret import printable

_WIDTH = 110
_LONGEST_NOTE = 1500
"""Characters. Names from the workload stand in notes, and nobody bounds how many there are."""


def written(manifest: Manifest) -> str:
    """Return the document."""
    return "".join(f"# {line}".rstrip() + "\n" for line in _comments(manifest)) + write_yaml(manifest.fields)


def _comments(manifest: Manifest) -> Iterator[str]:
    yield _clean(f"{manifest.title}, by aws-credential-probe {__version__}")
    yield ""
    for command in manifest.commands:
        yield f"{command.purpose}:"
        yield f"  {command.line}"
    for kind in Kind:
        texts = list(dict.fromkeys(note.text for note in manifest.notes if note.kind is kind))
        if texts:
            yield ""
            yield f"{kind}:"
        for text in texts:
            yield from textwrap.wrap(
                _clean(text),
                _WIDTH,
                initial_indent="- ",
                subsequent_indent="  ",
                break_long_words=False,
                break_on_hyphens=False,
            )


def _clean(text: str) -> str:
    """Return one line without anything that could end a comment or hide in it."""
    return printable(text, _LONGEST_NOTE)
