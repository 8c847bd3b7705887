"""Every IMDS rule."""

from probe.findings import imds_answers, imds_hop_limit, imds_path, imds_proxy, imds_role
from probe.findings.case import Rule

RULES: tuple[Rule, ...] = (
    *imds_path.RULES,
    *imds_hop_limit.RULES,
    *imds_answers.RULES,
    *imds_role.RULES,
    *imds_proxy.RULES,
)
