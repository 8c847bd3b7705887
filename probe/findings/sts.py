"""Every rule about STS: the way to it, and the trouble that it has or makes."""

from probe.findings import sts_answer, sts_path, sts_proxy, sts_tls
from probe.findings.case import Rule

RULES: tuple[Rule, ...] = (*sts_path.RULES, *sts_proxy.RULES, *sts_tls.RULES, *sts_answer.RULES)
