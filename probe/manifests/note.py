"""What a manifest says of itself in its comments."""

from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum

from probe.manifests.part import Fields
from probe.records import dataclass


class Kind(StrEnum):
    """The headings of the comments, in their order."""

    MIND = "Mind"
    COPIED = "Copied from the workload"
    ADDED = "Added"
    LEFT_OUT = "Left out"


@dataclass(frozen=True, kw_only=True)
class Note:
    """One sentence or less for the reader. It may quote the workload: whoever writes it into YAML cleans it."""

    kind: Kind
    text: str


def mind(text: str) -> Note:
    """Something that the reader must know before the answer is believed."""
    return Note(kind=Kind.MIND, text=text)


def copied(text: str) -> Note:
    """Something taken over."""
    return Note(kind=Kind.COPIED, text=text)


def added(text: str) -> Note:
    """Something that the workload does not have, and why."""
    return Note(kind=Kind.ADDED, text=text)


def left_out(text: str) -> Note:
    """Something that the workload has, and why it is not here."""
    return Note(kind=Kind.LEFT_OUT, text=text)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some fields of a pod or container, and what is to be said of them."""

    fields: Fields = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def joined(pieces: Iterable[Piece]) -> Piece:
    """Return all fields and all notes, in order."""
    pieces = tuple(pieces)
    return Piece(
        fields={name: value for piece in pieces for name, value in piece.fields.items()},
        notes=tuple(note for piece in pieces for note in piece.notes),
    )
