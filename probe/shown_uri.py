"""How a container credential URI may be shown: on ECS its path is as good as a password, elsewhere nobody knows."""

import re

from probe.secret import MASK, without_key_shapes

_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,15}://)?(?P<authority>[^/?#]*)(?P<path>.*)", re.DOTALL)
_PLAIN_PATHS = frozenset({"", "/", "/v1/credentials"})
_ECS_PREFIX = "/v2/credentials/"
_ORDINARY = re.compile(r"""[!#-&(-~]+""")
"""Runs of printable ASCII without blanks and quotes: what may be masked without hiding what is wrong with a URI."""
_LONGEST_BARE_NAME = 20


def shown_uri(text: str) -> str:
    """Return a URI with its secrets masked: a login, the query, and of the path all but what anybody may know.

    What makes a text an invalid URI (blanks, quotes, a missing scheme or bracket) stays in it.
    """
    match = _URI.fullmatch(text)
    if match is None:
        return MASK
    _, at, place = match["authority"].rpartition("@")
    scheme = match["scheme"] or ""
    return f"{scheme}{f'{MASK}@' if at else ''}{_shown_place(place, bare=not scheme)}{_shown_path(match['path'])}"


def _shown_place(place: str, *, bare: bool) -> str:
    """Return host and port; without a scheme, a long word that no host name is may be a secret in the wrong place."""
    if bare and len(place) > _LONGEST_BARE_NAME and "." not in place and ":" not in place:
        return _ORDINARY.sub(MASK, place)
    return without_key_shapes(place)


def _shown_path(path: str) -> str:
    if path in _PLAIN_PATHS:
        return path
    start = next((known for known in (_ECS_PREFIX, "/", "?", "#") if path.startswith(known)), "")
    return start + _ORDINARY.sub(MASK, path[len(start) :])
