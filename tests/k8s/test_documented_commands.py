"""What docs/kubernetes.md tells people to type: it parses, names what is there, and its pods are allowed anywhere."""

import json
import re
import shlex
import subprocess

import pytest

from tests.k8s.built import ROOT, check_schema, kustomized, needs_kubectl, objects
from tests.k8s.documented import IMAGE, PAGE, commands, kustomizations, overrides
from tests.k8s.pod_security import violations
from tests.remedies.probe import probe_mistakes
from tools import kubectl

TOOLS = {"kubectl", "probe", "docker"}
JSONPATHS = re.compile(r"-o jsonpath='([^']+)'")
ENDED = {
    "name": "aws-credential-probe",
    "state": {"terminated": {"exitCode": 54, "message": '{"code":"imds-hop-limit"}'}},
}


def one_off_pods() -> list[str]:
    return [command for command in commands() if overrides(command) is not None]


@pytest.mark.parametrize("command", commands())
def test_a_command_is_whole_and_of_a_tool_that_is_expected(command: str) -> None:
    words = shlex.split(command)
    assert words[0] in TOOLS or words == [words[0]]
    assert "IMAGE" not in words


@pytest.mark.parametrize("command", one_off_pods())
def test_a_one_off_pod_keeps_the_schema_and_restricted(command: str) -> None:
    words = shlex.split(command)
    spec = (overrides(command) or {})["spec"]
    name = words[words.index("run") + 1]
    (container,) = spec["containers"]
    assert container["name"] == name, "kubectl merges by name, and attaches to the container of the pod's name"
    merged = {**spec, "restartPolicy": "Never", "containers": [{**container, "image": IMAGE}]}
    check_schema({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": merged}, "1.34")
    assert violations(merged) == []
    asked = {"-i", "--rm", "--quiet", "--restart=Never", "--override-type=strategic", f"--image={IMAGE}"}
    assert asked <= set(words), "a JSON merge, kubectl's default, would take standard input away from the container"


@pytest.mark.parametrize("command", [command for command in commands() if " -- " in command])
def test_the_probe_understands_what_a_documented_pod_tells_it(command: str) -> None:
    words = shlex.split(command)
    assert probe_mistakes(["probe", *words[words.index("--") + 1 :]]) == []


@pytest.mark.parametrize("command", [command for command in commands() if " -k " in command])
def test_a_directory_that_is_applied_is_there(command: str) -> None:
    assert (ROOT / shlex.split(command)[-1] / "kustomization.yaml").is_file()


@needs_kubectl
@pytest.mark.parametrize("command", [command for command in commands() if command.startswith("kubectl")])
def test_kubectl_knows_every_option(command: str) -> None:
    words = shlex.split(command)
    words = words[1 : words.index("--") if "--" in words else None]
    told = subprocess.run([kubectl.program("kubectl"), *words, "--help"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


@needs_kubectl
@pytest.mark.parametrize("path", JSONPATHS.findall(PAGE.read_text()))
def test_a_jsonpath_finds_what_it_is_for(path: str) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "status": {"containerStatuses": [ENDED]}}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "a"},
        "spec": {"template": {"spec": {"serviceAccountName": "controller"}}},
        "status": {"conditions": [{"type": "Failed", "reason": "PodFailurePolicy"}]},
    }
    # `--local` takes one object, so a path into a list begins at its first one.
    thing, own_path = (pod, path.replace(".items[0]", "")) if ".items[0]" in path else (job, path)
    local = ["patch", "--local", "--type=merge", "--patch={}", "--filename=-", f"--output=jsonpath={own_path}"]
    command = [str(kubectl.program("kubectl")), *local]
    told = subprocess.run(command, input=json.dumps(thing), capture_output=True, text=True, check=True).stdout
    assert told in {"54", '{"code":"imds-hop-limit"}', "PodFailurePolicy", "controller"}


@pytest.mark.parametrize("text", kustomizations())
def test_a_documented_kustomization_is_yaml(text: str) -> None:
    assert {"resources", "patches"} & set(objects(text)[0])


@needs_kubectl
def test_the_documented_patches_of_the_rights_move_them_to_another_workload(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    (text,) = [text for text in kustomizations() if "k8s/rbac" in text]
    beside = tmp_path_factory.mktemp("beside")
    (beside / "aws-credential-probe").symlink_to(ROOT)
    own = beside / "own"
    own.mkdir()
    (own / "kustomization.yaml").write_text(text)
    things = objects(kustomized(own))
    bindings = [thing for thing in things if thing["kind"].endswith("Binding")]
    assert {(one["subjects"][0]["name"], one["subjects"][0]["namespace"]) for one in bindings} == {
        ("karpenter", "karpenter")
    }
