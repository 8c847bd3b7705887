"""`needs.associations`: whether this ServiceAccount has an EKS Pod Identity association."""

from probe.controllers.arguments import Arguments
from probe.evidence import CredentialsAnswer, Outcome, PodIdentityAssociations, Source
from probe.sources.needs.keys import KeysOf, any_keys
from probe.sources.needs.reads import NO_KEYS, aws_read
from probe.walk import Done, Walk

STEP = "needs.associations"
ACTION = "eks:ListPodIdentityAssociations"
FLAGS = ("--cluster-name", "--eks-cluster-name", "--cluster")
VARIABLES = ("CLUSTER_NAME", "EKS_CLUSTER_NAME", "CLUSTER_ID", "AWS_CLUSTER_NAME")


def walk_associations(walk: Walk) -> None:
    """Walk the step where Pod Identity is expected and gave nothing."""
    if not _is_in_doubt(walk):
        return
    pod, cluster, keys = walk.given.pod, cluster_of(walk), any_keys(walk)
    if cluster is None:
        walk.skip("the cluster's name is not known: --controller-argument=--cluster-name=NAME tells it", STEP)
    elif not pod.namespace or not pod.service_account:
        walk.skip("the pod's ServiceAccount is not known", STEP)
    elif keys is None:
        walk.skip(f"{NO_KEYS}; {ACTION} takes some, such as the node role's", STEP)
    else:
        name, place = cluster
        selection = {"clusterName": name, "namespace": pod.namespace, "serviceAccount": pod.service_account}
        walk.step(STEP, lambda: _associations(walk, selection, place, keys))


def _is_in_doubt(walk: Walk) -> bool:
    answer = walk.facts("container.credentials")
    if isinstance(answer, CredentialsAnswer) and answer.code == "ResourceNotFoundException":
        return True
    configured = walk.facts("container.variables") is not None
    wanted = walk.options.wanted.source
    return not configured and wanted in {None, Source.CONTAINER} and _has_no_identity(walk)


def _has_no_identity(walk: Walk) -> bool:
    """Whether nothing was injected and nothing is configured, so that Pod Identity may have been meant."""
    nothing = ("web-identity.variables", "environment.keys")
    return all(walk.offered(source) is None for source in (Source.ENVIRONMENT, Source.SHARED_CONFIG)) and all(
        walk.outcome(step_id) == Outcome.ABSENT for step_id in nothing
    )


def cluster_of(walk: Walk) -> tuple[str, str] | None:
    """Return the cluster's name and who told it."""
    arguments = Arguments(walk.options.wanted.controller_arguments)
    told = [(arguments.value(flag), flag) for flag in FLAGS]
    told += [(walk.surroundings.get(name), name) for name in VARIABLES]
    return next(((value, place) for value, place in told if value), None)


def _associations(walk: Walk, selection: dict[str, str], place: str, keys: KeysOf) -> Done[None]:
    read, result = aws_read(walk, "eks", "ListPodIdentityAssociations", selection, keys=keys)
    cluster = walk.redactor.clean(selection["clusterName"], 100)
    facts = PodIdentityAssociations(read=read, cluster=cluster, cluster_from=place)
    listed = (result or {}).get("associations")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason=read.reason or "EKS' answer holds no list")
    if not listed and (result or {}).get("nextToken"):
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason="EKS' list goes on, on another page")
    found = next((one.get("associationId") for one in listed), None)
    facts = PodIdentityAssociations(
        read=read,
        cluster=cluster,
        cluster_from=place,
        exists=bool(listed),
        association_id=walk.redactor.clean(found, 60) if isinstance(found, str) else None,
    )
    return Done(outcome=Outcome.OK if listed else Outcome.FAIL, facts=facts)
