"""Every rule about the environment: static keys, and the settings that steer every source."""

from probe.findings import environment_keys, environment_settings
from probe.findings.case import Rule

RULES: tuple[Rule, ...] = (*environment_keys.RULES, *environment_settings.RULES)
