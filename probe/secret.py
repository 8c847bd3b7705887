"""Secrets: a type that hides itself, and a cleaner for text that may quote one."""

import hmac
import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from typing import AnyStr, Generic, NoReturn, final
from urllib.parse import quote

MASK = "***"
_SHORTEST_SECRET = 8
"""Characters. Anything shorter would blank out ordinary words."""
_SHORTEST_KEY_ID = 16
"""IAM's own minimum for an access key id; of anything shorter four characters would be too much."""
_MOST_CHARACTERS = 65_536
"""What `Redactor.clean` reads of a text; the rest is dropped before it is looked at."""

_TERMINAL_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]")
_JSON_WEB_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)*")
_ACCESS_KEY_ID = re.compile(r"A[KS]IA[A-Z0-9]{12,124}")
_PERCENT_CODE = re.compile(r"%[0-9A-F]{2}")


@final
class Secret(Generic[AnyStr]):
    """A secret text or byte string. Only `reveal` gives it back; printing, pickling and copying do not."""

    __slots__ = ("_value",)
    _value: AnyStr

    def __init__(self, value: AnyStr) -> None:
        object.__setattr__(self, "_value", value)

    def reveal(self) -> AnyStr:
        """Return the secret itself. Every call is a place to look at in a review."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, format_spec: str) -> str:
        # The specification is ignored: padding or cutting the mask would help nobody.
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._bytes(), other._bytes())

    def __hash__(self) -> int:
        return hash((Secret, self._bytes()))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret cannot be changed")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        # copy, deepcopy (so dataclasses.asdict) and pickle all come through here.
        raise TypeError("a Secret cannot be copied or pickled")

    def _bytes(self) -> bytes:
        return _as_bytes(self._value)


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def hint(access_key_id: str) -> str:
    """Return `…` and the last four characters, or `…` alone when the id is too short or ends in something odd."""
    tail = access_key_id[-4:]
    plain = len(access_key_id) >= _SHORTEST_KEY_ID and tail.isascii() and tail.isalnum()
    return f"…{tail}" if plain else "…"


def printable(text: str, limit: int = 512) -> str:
    """Return one line of at most `limit` characters without control, invisible or direction-changing characters.

    It knows no secrets: for anything received from the network use `Redactor.clean`.
    """
    return _cut(_one_line(text[:_MOST_CHARACTERS]), limit)


def without_key_shapes(text: str) -> str:
    """Mask whatever looks like a JSON web token or an access key id, known or not."""
    text = _JSON_WEB_TOKEN.sub(MASK, text)
    return _ACCESS_KEY_ID.sub(lambda match: hint(match.group()), text)


class Redactor:
    """The secrets of one run, and the only way from received text to shown text. Safe to use from threads."""

    def __init__(self, secrets: Iterable[Secret[str] | Secret[bytes]] = ()) -> None:
        self._lock = threading.Lock()
        self._needles: tuple[str, ...] = ()
        for secret in secrets:
            self.add(secret)

    def __repr__(self) -> str:
        return "Redactor()"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Redactor cannot be copied or pickled")

    def add(self, secret: Secret[str] | Secret[bytes]) -> None:
        """Remember a secret, the segments of a JSON web token, and the ways they are spelled in URLs and JSON."""
        value = secret.reveal()
        texts = (value,) if isinstance(value, str) else (value.decode("utf-8", "replace"), value.decode("latin-1"))
        spellings = {spelling for text in texts for piece in _pieces(text) for spelling in _spellings(piece)}
        compact = {_one_line(spelling).replace(" ", "") for spelling in spellings}
        found = {needle for needle in compact if len(needle) >= _SHORTEST_SECRET}
        with self._lock:
            self._needles = tuple({*self._needles, *found})

    def clean(self, text: str, limit: int = 300) -> str:
        """Return one printable line of at most `limit` characters in which no known or likely secret stands.

        Secrets are found even where line breaks, blanks or terminal codes were put inside, and where the text
        ends in the middle of one.
        """
        line = _one_line(text[:_MOST_CHARACTERS])
        return _cut(without_key_shapes(_masked(line, self._needles)), limit)


def _pieces(text: str) -> Iterator[str]:
    yield text
    segments = text.strip().split(".")
    if len(segments) == 3:
        yield from segments
    # A token file with other text behind the token: the long words alone, since short ones are ordinary language.
    yield from (word for word in text.split() if len(word) >= 2 * _SHORTEST_SECRET)


def _spellings(text: str) -> Iterator[str]:
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text)[1:-1].replace("/", "\\/")
    for safe in ("", "/"):
        encoded = quote(_as_bytes(text), safe=safe)
        yield encoded
        yield _PERCENT_CODE.sub(lambda match: match.group().lower(), encoded)


def _one_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(map(_visible, _TERMINAL_SEQUENCE.sub("", text)))
    return " ".join(text.split())


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    # C*: control, format (zero width, direction), surrogate, private, unassigned. The separators are spaces above.
    return "" if unicodedata.category(character)[0] == "C" else character


def _masked(line: str, needles: Iterable[str]) -> str:
    """Mask the needles, which hold no blanks, in a line that may have blanks anywhere."""
    places = [place for place, character in enumerate(line) if character != " "]
    compact = line.replace(" ", "")
    shown, done = [], 0
    for start, end in sorted(span for needle in needles for span in _spans(compact, needle)):
        first, last = places[start], places[end - 1] + 1
        if first >= done:
            shown += [line[done:first], MASK]
        done = max(done, last)
    return "".join([*shown, line[done:]])


def _spans(text: str, needle: str) -> Iterator[tuple[int, int]]:
    start = text.find(needle)
    while start >= 0:
        yield start, start + len(needle)
        start = text.find(needle, start + 1)
    # A body that was cut at its bound may end in the middle of the secret.
    beginning = needle[:_SHORTEST_SECRET]
    start = text.find(beginning, max(0, len(text) - len(needle)))
    while start >= 0:
        if needle.startswith(text[start:]):
            yield start, len(text)
            return
        start = text.find(beginning, start + 1)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"[:limit]
