"""A policy, statement by statement, as far as it may be kept."""

from probe.records import dataclass


@dataclass(frozen=True, kw_only=True)
class PolicyPrincipal:
    """One principal that a statement names."""

    kind: str
    """`Federated`, `Service`, `AWS`, `CanonicalUser`, or `*` for everybody."""
    value: str


@dataclass(frozen=True, kw_only=True)
class PolicyTest:
    """One line of a statement's condition: an operator, a key, and the values of which one must match."""

    operator: str
    key: str
    values: tuple[str, ...] = ()
    hidden: bool = False
    """Whether values are missing here: they looked like secrets, or were not text."""


@dataclass(frozen=True, kw_only=True)
class PolicyStatement:
    """One statement of a trust policy."""

    effect: str
    principals: tuple[PolicyPrincipal, ...] = ()
    spares_principals: bool = False
    """Whether `principals` are those of NotPrincipal."""
    actions: tuple[str, ...] = ()
    spares_actions: bool = False
    """Whether `actions` are those of NotAction."""
    tests: tuple[PolicyTest, ...] = ()
    complete: bool = True
    """False when something of the statement was not understood; it then decides nothing."""
