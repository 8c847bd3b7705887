"""A policy's clauses in words, cut short: whoever writes a policy decides how long they are."""

from collections.abc import Iterable, Mapping

from probe.evidence.policy import PolicyPrincipal, PolicyTest

_MOST_SHOWN = 4
"""Values, principals or actions of one clause that are put into words."""
_LONGEST_SHOWN = 256


def shown(test: PolicyTest) -> str:
    """Put a line of a condition on one line."""
    values = some_of(test.values, " or ") if not test.hidden else "(not shown)"
    return f"{_cut(test.operator)} {_cut(test.key)} = {values}"


def named_by(principal: PolicyPrincipal) -> str:
    """Put a principal as `Federated: arn…`."""
    return f"{principal.kind}: {_cut(principal.value)}"


def some_of(parts: Iterable[str], between: str = ", ") -> str:
    """Join the first few parts; a policy may hold a hundred."""
    listed = [_cut(part) for part in parts]
    more = [f"{len(listed) - _MOST_SHOWN} more"] if len(listed) > _MOST_SHOWN else []
    return between.join((*listed[:_MOST_SHOWN], *more))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def wanted_in(test: PolicyTest, known: Mapping[str, str | None]) -> str:
    """Say what the line would have to say: this request's own value, or the key that the claim really has."""
    if test.key in known:
        return f"{test.key} = {known[test.key]}"
    suffix = test.key[test.key.rfind(":") :]
    real = next((key for key in known if key.endswith(suffix)), None)
    return f"{real} = {known[real]}" if real else f"a request that has the key {test.key}"
