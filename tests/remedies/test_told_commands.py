"""A remedy with a misspelt option at three in the morning is a broken promise: every command that is told is tried."""

from itertools import chain

import pytest

from tests.k8s.built import needs_kubectl
from tests.remedies.shell import SUBSTITUTED, simple_commands
from tests.remedies.told import in_source, mistakes, on_pages

TOLD = sorted({command: place for place, command in chain(on_pages(), in_source())}.items())
ON_SUBNETS = "aws ec2 create-tags --resources SUBNET --tags Key=a,Value=b"


@needs_kubectl
@pytest.mark.parametrize("tool", ["aws", "kubectl", "probe"])
def test_the_tools_take_every_command_that_is_told(tool: str) -> None:
    asked = [(place, command) for command, place in TOLD if f"{tool} " in command]
    assert len(asked) > 10
    assert {(place, command): found for place, command in asked if (found := mistakes(command))} == {}


@pytest.mark.parametrize(
    ("command", "mistake"),
    [
        ("aws iamm get-role", "aws: no service 'iamm'"),
        ("aws iam get-rol --role-name R", "aws: iam has no operation 'get-rol'"),
        ("aws iam get-role --role R", "aws: no option --role"),
        ("aws iam get-role", "aws: --role-name is required"),
        ("aws iam get-role --role-name R --role-name S", "aws: --role-name is there twice"),
        ("aws iam get-role --role-name R --query Role.Polcy", "aws: --query: the answer has no 'Polcy'"),
        ("aws iam get-role --role-name R S", "aws: --role-name: 'S' is one word too many"),
        ("aws ec2 modify-instance-metadata-options --instance-id i --http-tokens yes", "'yes' is none of optional"),
        ("aws ec2 modify-instance-metadata-options --instance-id i --http-put-response-hop-limit two", "is no number"),
        (ON_SUBNETS.replace("Key", "Name"), "aws: --tags: no member 'Name'"),
        ("echo $(aws sts get-caller-identity --querry Arn)", "aws: no option --querry"),
        ("aws sts get-caller-identity | kubectl rollout restrt deployment/a", "kubectl: no verb 'rollout restrt'"),
        ("kubectl get pods --field-selecto x", "kubectl: error: unknown flag: --field-selecto"),
        ("kubectl get serviceacount a", "kubectl: unknown kind 'serviceacount'"),
        ("kubectl get pods,ciliumnetworkpolicies", "kubectl: not every cluster has ciliumnetworkpolicies"),
        ("kubectl get pod a -o jsonpath='{.spec'", "kubectl: error: error parsing jsonpath {.spec, unclosed action"),
        ("kubectl -n None get pod a", "kubectl: a value is missing"),
        ("probe run --expext imds", "probe: unrecognized arguments: --expext imds"),
    ],
)
@needs_kubectl
def test_a_mistake_in_a_command_would_be_found(command: str, mistake: str) -> None:
    found = mistakes(command)
    assert len([one for one in found if mistake in one]) == 1, found


def test_a_pipe_is_several_commands_and_a_substitution_is_one_of_its_own() -> None:
    line = """a "$(b 'x | y' --c "$(d)")" | e '$(f)' > g; h"""
    assert list(simple_commands(line)) == [
        ["d"],
        ["b", "x | y", "--c", SUBSTITUTED],
        ["a", SUBSTITUTED],
        ["e", "$(f)"],
        ["h"],
    ]
