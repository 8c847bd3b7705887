"""AWS CLI, version 2: a copy of botocore of its own, which reads some variables in another way (aws/aws-cli).

AWS_PROFILE comes before AWS_DEFAULT_PROFILE and AWS_REGION before AWS_DEFAULT_REGION, STS is always the regional one,
and calls are repeated in the mode `standard`. Newer releases write `aws: [ERROR]: ` before what they say.
"""

from collections.abc import Mapping
from dataclasses import replace

from probe.evidence import Evidence
from probe.parse.endpoint import ContainerUri
from probe.report import Prediction
from probe.sdks import botocore, container
from probe.sdks.chain import Answer, follow, predictions, unseen
from probe.sdks.container import AGENT, ECS, LOOPBACK
from probe.sdks.versions import Release
from probe.sdks.view import View

SDK = "cli-v2"
NEWEST = "2.36.7"
AGENT_KNOWN = "2.15.0"
"""The Pod Identity agent's addresses and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE."""
CHANGES = (AGENT_KNOWN,)
LIKE_BOTOCORE = {None: "1.31.0", AGENT_KNOWN: "1.43.67"}
"""The botocore that each release is like, but for what stands here."""
_FIRST = (("AWS_PROFILE", "AWS_DEFAULT_PROFILE"), ("AWS_REGION", "AWS_DEFAULT_REGION"))


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what the CLI would do. No real one was held against this."""
    variables = as_botocore_reads(evidence.given.variables)
    seen = replace(evidence, given=replace(evidence.given, variables=variables))
    return predictions(SDK, seen, CHANGES, _chain, caches=botocore.CACHES, proven=False)


def as_botocore_reads(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with which botocore does what the CLI does with these."""
    told = dict(variables)
    for before, name in _FIRST:
        if before in told:
            told[name] = told.pop(before)
    return {**told, "AWS_STS_REGIONAL_ENDPOINTS": "regional", "AWS_RETRY_MODE": "standard"}


def container_role(view: View) -> Answer:
    """Ask the container endpoint."""
    followed = container.target(view, empty_counts=True)
    uri = followed.uri if followed else None
    if isinstance(uri, ContainerUri) and uri.scheme == "https" and uri.host_class not in LOOPBACK | ECS | AGENT:
        return unseen(
            "whether it takes any host over https, as newer releases of botocore do, has not been established"
        )
    return botocore.container_role(view)


STEPS = tuple(container_role if step is botocore.container_role else step for step in botocore.STEPS)


def _chain(view: View) -> Answer:
    like = Release(first=LIKE_BOTOCORE[view.release.first])
    return follow(replace(view, release=like), STEPS, botocore.NOTHING)
