"""Who owns the annotation of a ServiceAccount decides where the role has to be written."""

from dataclasses import replace

import pytest

from probe.evidence import Pod
from probe.findings.add_on_remedies import add_on_remedies
from probe.findings.identity_remedies import identity_remedies
from tests.findings.building import POD, pod

ROLE = "arn:aws:iam::111122223333:role/vpc-cni"
AWS_NODE = replace(POD, service_account="aws-node")


def test_aws_node_gets_its_role_from_the_add_on_and_is_restarted_as_a_daemon_set() -> None:
    commands = [remedy.command for remedy in add_on_remedies(pod(here=AWS_NODE), ROLE)]
    assert commands[0] == (
        f"aws eks update-addon --cluster-name CLUSTER --addon-name vpc-cni --service-account-role-arn {ROLE}"
    )
    assert commands[-1] == "kubectl -n kube-system rollout restart daemonset aws-node"


def test_only_aws_node_is_told_to_be_there_before_the_nodes() -> None:
    assert "before_compute" in "".join(remedy.text for remedy in add_on_remedies(pod(here=AWS_NODE), ROLE))
    driver = replace(POD, service_account="ebs-csi-controller-sa")
    assert "before_compute" not in "".join(remedy.text for remedy in add_on_remedies(pod(here=driver), ROLE))


@pytest.mark.parametrize("here", [POD, replace(AWS_NODE, namespace="default"), replace(POD, service_account=None)])
def test_other_service_accounts_belong_to_no_add_on(here: Pod) -> None:
    assert add_on_remedies(pod(here=here), ROLE) == ()


def test_the_add_on_comes_before_an_annotation_by_hand() -> None:
    commands = [remedy.command or "" for remedy in identity_remedies(pod(here=AWS_NODE))]
    assert "update-addon" in commands[0]
