"""A controller's own flags, as its container is given them."""

from collections.abc import Sequence

from probe.records import dataclass

_TRUTHS = {"1": "true", "t": "true", "0": "false", "f": "false"}
"""What Go takes for truth values besides the words."""


@dataclass(frozen=True)
class Arguments:
    """The flags that are known; those that are not are at their defaults, or unknown."""

    words: Sequence[str] = ()
    """`--flag=value`, or `--flag` and `value` one after the other, with one dash or two."""

    def value(self, flag: str) -> str | None:
        """Return what a flag was last given; empty for one that stands alone; None where it is not there."""
        found = None
        for position, word in enumerate(self.words):
            name, sign, value = word.partition("=")
            if name.lstrip("-") != flag.lstrip("-") or not word.startswith("-"):
                continue
            following = self.words[position + 1] if position + 1 < len(self.words) else ""
            found = value if sign else "" if following.startswith("-") else following
        return found

    def say(self, wanted: str) -> bool:
        """Whether the flags say `--enable-shield=false`, or one of several: `--feature-gates=EnableRGTAPI=true`."""
        flag, _, want = wanted.partition("=")
        value = self.value(flag)
        if value is None or not want:
            return value is not None
        # A Go flag that stands alone is true.
        said = [part.strip().lower() for part in (value or "true").split(",")]
        return want.lower() in {_TRUTHS.get(part, part) for part in said}
