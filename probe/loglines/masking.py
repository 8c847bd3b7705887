"""Takes secrets out of log text before any of it is shown."""

import re

from probe.secret import MASK, without_key_shapes

_NAMES = (
    r"x-amz-security-token|x-amz-signature|x-aws-ec2-metadata-token|secret[_-]?access[_-]?key"
    r"|aws[_.-]?secret[_.-]?(?:access[_.-]?)?key|(?:session|security|identity|authorization)[_-]?token"
    r"|authorization|signature|password|token"
)
_SEPARATOR = r"[\"']?\s?[:=]\s?"
_NAMED = re.compile(
    rf"(?i)(?<![a-z/])((?:{_NAMES}){_SEPARATOR}[\"']?(?:(?:bearer|basic|aws4-hmac-sha256)\s)?)"
    rf"(?!(?:{_NAMES}){_SEPARATOR})([^\s\"',;&<>]{{6,}})",
)
"""A telling name, a separator and a value; the value is what is masked."""
_USER_OF_A_URL = re.compile(r"://[^/\s@\"']{1,300}@")
_LONG_WORD = re.compile(r"(?<![A-Za-z0-9+/_=:-])[A-Za-z0-9+/_=-]{40,}+")
"""Not after a colon: there stand the resource parts of ARNs, which are long and no secret."""
_LONGEST_NAME = 20
"""Characters between hyphens from which a mix of capitals, small letters and digits is no longer taken for a name."""


def masked(text: str) -> str:
    """Return one-line text without tokens, keys, signatures and passwords; access key ids keep four characters."""
    text = _USER_OF_A_URL.sub(f"://{MASK}@", without_key_shapes(text))
    return _LONG_WORD.sub(_mask_if_random, _NAMED.sub(_mask_value, text))


def _mask_value(match: re.Match[str]) -> str:
    name, value = match.groups()
    # `failed fetching WebIdentity token: open /var/run/…` names no secret, and the path is what the reader needs.
    prose = name.endswith(": ") and not any(word in name.lower() for word in ("secret", "pass"))
    return match.group() if prose and (value.isalpha() or value.startswith("/")) else f"{name}{MASK}"


def _mask_if_random(match: re.Match[str]) -> str:
    """Mask a long word that mixes capitals, small letters and digits as keys do, and names and paths do not."""
    word = match.group()
    names = re.split(r"[-_]", word)
    random = any(_is_mixed(name) and (len(name) >= _LONGEST_NAME or len(names) == 1) for name in names)
    return MASK if random and "/id/" not in word else word


def _is_mixed(word: str) -> bool:
    return any(map(str.isupper, word)) and any(map(str.islower, word)) and any(map(str.isdigit, word))
