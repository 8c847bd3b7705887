"""Every rule, one area a file. A rule is a pure function from a case to findings."""

from probe.findings import (
    chained,
    container,
    controller,
    discovery,
    endpoints,
    environment,
    identity,
    imds,
    kubernetes,
    nothing,
    permissions,
    shared_config,
    sts,
    web_identity,
)
from probe.findings.case import Rule

RULES: tuple[Rule, ...] = (
    *kubernetes.RULES,
    *nothing.RULES,
    *environment.RULES,
    *shared_config.RULES,
    *web_identity.RULES,
    *sts.RULES,
    *container.RULES,
    *imds.RULES,
    *identity.RULES,
    *controller.RULES,
    *discovery.RULES,
    *endpoints.RULES,
    *permissions.RULES,
    *chained.RULES,
)
