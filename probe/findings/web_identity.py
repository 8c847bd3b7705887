"""Every web identity rule, in the order in which STS and the SDKs come to it."""

from probe.findings import web_identity_answer, web_identity_token, web_identity_trust, web_identity_variables
from probe.findings.case import Rule

RULES: tuple[Rule, ...] = (
    *web_identity_variables.RULES,
    *web_identity_token.RULES,
    *web_identity_answer.RULES,
    *web_identity_trust.RULES,
)
