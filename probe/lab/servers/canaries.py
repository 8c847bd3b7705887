"""Canaries: every secret of a lab world is recognisable, so that a test can search every output for it."""

import secrets
import threading

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
BASE64 = BASE64URL.replace("-", "+").replace("_", "/")
WORD_NOISE = 10


class Canaries:
    """The secrets of one run, and the word that most of them contain. Safe to use from several threads."""

    def __init__(self, word: str | None = None) -> None:
        self.word = word or "CANARY" + noise(WORD_NOISE, BASE32)
        """Letters A to Z and digits 2 to 7 only, so that it survives base64url, URLs and XML unchanged."""
        self._values: dict[str, None] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Canaries({len(self._values)} kept)"

    def keep(self, value: str) -> str:
        """Register a secret, and give it back."""
        with self._lock:
            self._values[value] = None
        return value

    def secret(self, length: int, *, prefix: str = "", suffix: str = "", alphabet: str = BASE64) -> str:
        """Mint and register a secret of this length: the prefix, the word, noise, the suffix."""
        start = prefix + self.word
        return self.keep(start + noise(length - len(start) - len(suffix), alphabet) + suffix)

    def values(self) -> tuple[str, ...]:
        """List every secret minted so far, oldest first. None of them may appear in any output."""
        with self._lock:
            return tuple(self._values)


def noise(length: int, alphabet: str) -> str:
    """Draw random characters."""
    return "".join(secrets.choice(alphabet) for _ in range(length))
