"""The forms that stand in the workload's own pod: a sidecar, and a look from inside."""

import copy
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # as in conftest

from tests.manifests.conftest import LINUX, OPTIONS, WORKLOADS, Make, Print, assert_valid, variables_of
from tests.remedies.probe import probe_mistakes
from tools import kubectl

TEMPLATES = [name for name in LINUX if "pod" not in name.partition(".")[0].split("_")]


def _pod_spec(workload: Any) -> Any:  # noqa: ANN401 - an object of any kind
    spec = workload["spec"]
    return (spec["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else spec)["template"]["spec"]


@pytest.mark.parametrize("workload", TEMPLATES)
@pytest.mark.parametrize("where", ["initContainers", "containers"])
def test_a_sidecar_patch_holds_one_container_and_nothing_else(made: Make, workload: str, where: str) -> None:
    options = ("--classic",) if where == "containers" else ()
    patch = made("sidecar", workload, *OPTIONS.get(workload, ()), *options)
    original = yaml.safe_load((WORKLOADS / workload).read_text())
    patched, added = copy.deepcopy(original), _pod_spec(patch)
    assert list(added) == [where]
    (container,) = added[where]
    _pod_spec(patched).setdefault(where, []).insert(0, container)
    assert_valid({**patched, "status": {}} if "status" in patched else patched)
    assert ("restartPolicy" in container) is (where == "initContainers")
    assert "readinessProbe" not in container
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    volumes = {volume["name"] for volume in _pod_spec(original).get("volumes", [])}
    assert {mount["name"] for mount in container.get("volumeMounts", [])} <= volumes


@pytest.mark.skipif(kubectl.why_not() is not None, reason=str(kubectl.why_not()))
@pytest.mark.parametrize("workload", TEMPLATES)
def test_kustomize_adds_the_sidecar_first_and_changes_nothing_else(
    print_manifest: Print, tmp_path: Path, workload: str
) -> None:
    original = yaml.safe_load((WORKLOADS / workload).read_text())
    ran = print_manifest("sidecar", workload, *OPTIONS.get(workload, ()))
    shutil.copy(WORKLOADS / workload, tmp_path / "base.yaml")
    (tmp_path / "sidecar.yaml").write_text(ran.stdout)
    (tmp_path / "kustomization.yaml").write_text("resources: [base.yaml]\npatches: [{path: sidecar.yaml}]\n")
    kustomize = [str(kubectl.program("kubectl")), "kustomize", str(tmp_path)]
    done = subprocess.run(kustomize, capture_output=True, text=True, check=True)
    built = yaml.safe_load(done.stdout)
    first, *others = _pod_spec(built)["initContainers"]
    assert first["name"] == "aws-credential-probe"
    before = _pod_spec(original).pop("initContainers", [])
    assert others == before
    _pod_spec(built).pop("initContainers")
    template = _pod_spec(built), _pod_spec(original)
    assert template[0] == template[1]


def test_a_sidecar_for_a_container_that_the_webhook_skips_is_skipped_too(made: Make) -> None:
    template = made("sidecar", "projected_token.yaml")["spec"]["jobTemplate"]["spec"]["template"]
    assert template["metadata"]["annotations"] == {"eks.amazonaws.com/skip-containers": "backup,aws-credential-probe"}


def test_a_running_pod_cannot_get_a_sidecar(print_manifest: Print) -> None:
    ran = print_manifest("sidecar", "istio_pod.yaml")
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert "It was made by ReplicaSet orders-7d4b9c6f5d." in ran.stderr


def test_what_another_object_would_undo_is_not_patched(print_manifest: Print) -> None:
    owned = (WORKLOADS / "ipv6.yaml").read_text().replace(
        "  namespace: shop",
        "  namespace: shop\n  ownerReferences: [{kind: Rollout, name: search, controller: true}]",
        1,
    )  # fmt: skip
    ran = print_manifest("sidecar", owned.encode())
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert "belongs to Rollout search" in ran.stderr


@pytest.mark.parametrize("form", ["sidecar", "daemonset"])
def test_ports_that_are_taken_on_the_node_can_be_others(print_manifest: Print, made: Make, form: str) -> None:
    usual = print_manifest(form, "aws_node.yaml", *OPTIONS.get("aws_node.yaml", ())).stdout
    assert "--listen" not in usual
    assert "9410 and 9411 are the node's" in usual
    options = (*OPTIONS.get("aws_node.yaml", ()), "--port", "9510")
    spec = _pod_spec(made(form, "aws_node.yaml", *options))
    (container,) = [one for one in [*spec["initContainers"], *spec.get("containers", ())] if "ports" in one]
    assert container["ports"] == [{"name": "probe-metrics", "containerPort": 9510}]
    assert container["livenessProbe"]["httpGet"]["port"] == "probe-metrics"
    assert container["args"][:3] == ["serve", "--listen=:9510", "--private-listen=127.0.0.1:9511"]
    assert probe_mistakes(["probe", *container["args"]]) == []
    assert "9510 and 9511 are the node's" in print_manifest(form, "aws_node.yaml", *options).stdout


def test_the_command_for_the_page_has_the_port_that_was_asked_for(print_manifest: Print) -> None:
    printed = print_manifest("sidecar", "ipv6.yaml", "--port", "9510").stdout
    assert re.search(r"port-forward \S+ 9511$", printed, re.MULTILINE)


@pytest.mark.parametrize(
    ("form", "words", "complaint"),
    [
        ("sidecar", ["--port", "80"], "'80' is not a port from 1024 to 65534"),
        ("sidecar", ["--port", "65535"], "is not a port"),
        ("sidecar", ["--port", "-1"], "is not a port"),
        ("sidecar", ["--port", "9" * 5000], "is not a port"),
        ("job", ["--port", "9510"], "--port is for sidecar and daemonset, not for job"),
        ("sidecar", ["--port", "9510", "--", "--listen=:9600"], "give one or the other"),
    ],
)
def test_a_port_that_cannot_be_is_refused(print_manifest: Print, form: str, words: list[str], complaint: str) -> None:
    ran = print_manifest(form, "ipv6.yaml", *words)
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert complaint in ran.stderr


def test_a_second_sidecar_is_refused(print_manifest: Print) -> None:
    text = (
        (WORKLOADS / "ipv6.yaml").read_text().replace("          name: search", "          name: aws-credential-probe")
    )
    ran = print_manifest("sidecar", text.encode(), "--container", "aws-credential-probe")
    assert ran.exit_code == 64
    assert "has a container aws-credential-probe already; if it is the probe, take it out first: kubectl " in ran.stderr


@pytest.mark.skipif(kubectl.why_not() is not None, reason=str(kubectl.why_not()))
@pytest.mark.parametrize("workload", TEMPLATES)
@pytest.mark.parametrize("options", [(), ("--classic",)])
def test_the_command_that_takes_it_out_leaves_what_was_there(
    print_manifest: Print, tmp_path: Path, workload: str, options: tuple[str, ...]
) -> None:
    printed = print_manifest("sidecar", workload, *OPTIONS.get(workload, ()), *options).stdout
    (removal,) = re.findall(r"^#   (kubectl \S* ?.*delete.*)$", printed, re.MULTILINE)
    original = (WORKLOADS / workload).read_text()
    (tmp_path / "sidecar.yaml").write_text(printed)
    patch = shlex.split(removal)[-1]
    changed = _patched(_patched(original, "--patch-file", str(tmp_path / "sidecar.yaml")), "--patch", patch)
    assert "aws-credential-probe" not in str(_pod_spec(yaml.safe_load(changed)))
    assert _pod_spec(yaml.safe_load(changed))["containers"] == _pod_spec(yaml.safe_load(original))["containers"]


def _patched(workload: str, *patch: str) -> str:
    command = [str(kubectl.program("kubectl")), "patch", "--local", "--type=strategic", "--filename=-", "--output=yaml"]
    return subprocess.run([*command, *patch], input=workload, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("workload", "variable", "volume"),
    [
        ("istio_pod.yaml", "AWS_WEB_IDENTITY_TOKEN_FILE", "aws-iam-token"),
        ("pod_identity_pod.json", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "eks-pod-identity-token"),
    ],
)
def test_a_look_from_inside_has_what_ephemeral_containers_are_never_given(
    made: Make, workload: str, variable: str, volume: str
) -> None:
    profile = made("debug", workload)
    assert variables_of(profile)[variable].startswith("/var/run/secrets/")
    names = [mount["name"] for mount in profile["volumeMounts"]]
    assert volume in names
    assert any(name.startswith("kube-api-access-") for name in names)
    assert not any("subPath" in mount for mount in profile["volumeMounts"])


def test_a_profile_holds_only_what_kubectl_takes_and_ephemeral_containers_may_have(made: Make) -> None:
    profile = made("debug", "istio_pod.yaml")
    assert set(profile) <= {"env", "envFrom", "volumeMounts", "securityContext", "imagePullPolicy"}
    pod = yaml.safe_load((WORKLOADS / "istio_pod.yaml").read_text())
    ephemeral = {"name": "aws-credential-probe", "image": "x", "targetContainerName": "app", **profile}
    pod["spec"]["ephemeralContainers"] = [ephemeral]
    assert_valid(pod)


def test_the_whole_command_stands_in_the_profile(print_manifest: Print) -> None:
    printed = print_manifest("debug", "istio_pod.yaml", "--", "--expect", "web-identity").stdout
    assert "kubectl -n shop debug orders-7d4b9c6f5d-x2x9k --image=" in printed
    assert "--target=app --profile=restricted --custom=FILE --arguments-only --attach -- run" in printed
    assert "--expect web-identity" in printed


def test_only_a_running_pod_can_be_looked_at_from_inside(print_manifest: Print) -> None:
    assert print_manifest("debug", "ipv6.yaml").exit_code == 64
    ended = (WORKLOADS / "istio_pod.yaml").read_bytes().replace(b"phase: Running", b"phase: Failed")
    assert "has ended" in print_manifest("debug", ended).stderr


def test_a_daemonset_from_one_nodes_pod_is_for_all_nodes(made: Make) -> None:
    pinned = (WORKLOADS / "istio_pod.yaml").read_text().replace(
        "spec:\n",
        "spec:\n  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
        "{matchFields: [{key: metadata.name, operator: In, values: [ip-10-0-1-17]}]}]}}}\n",
        1,
    )  # fmt: skip
    spec = made("daemonset", pinned.encode())["spec"]
    assert "affinity" not in spec["template"]["spec"]
    (first,) = spec["template"]["spec"]["initContainers"]
    assert first["args"][:2] == ["run", "--exit-zero"]
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()


def test_a_cronjob_walks_every_hour_or_when_it_is_told(made: Make) -> None:
    usual = made("cronjob", "ipv6.yaml")["spec"]
    assert usual["schedule"].endswith(" * * * *")
    assert usual["concurrencyPolicy"] == "Forbid"
    assert made("cronjob", "ipv6.yaml", "--schedule", "*/10 * * * *")["spec"]["schedule"] == "*/10 * * * *"
