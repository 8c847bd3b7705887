"""Every rule about the identity that credentials give, and about what a walk leaves open."""

from probe.findings import clock, closing, identity_expected, identity_keys
from probe.findings.case import Rule

RULES: tuple[Rule, ...] = (
    *clock.RULES,
    *identity_keys.RULES,
    *identity_expected.RULES,
    *closing.RULES,
)
