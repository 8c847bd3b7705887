"""Every rule, one area a file. A rule is a pure function from a case to findings."""

from probe.findings import (
    container,
    controller,
    discovery,
    environment,
    identity,
    imds,
    kubernetes,
    needs,
    nothing,
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
    *needs.RULES,
)
