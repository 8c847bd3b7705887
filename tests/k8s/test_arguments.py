"""The command lines and the exit codes in k8s/ are those of the probe."""

import pytest

from probe.findings.catalogue import CATALOGUE
from probe.manifests.job import lasting_codes
from tests.k8s.built import K8S, ROOT, containers, objects, pod_spec
from tests.remedies.probe import probe_mistakes

FILES = ["job/job.yaml", "cronjob/cronjob.yaml", "daemonset/daemonset.yaml", "sidecar/sidecar.yaml"]
FILES += ["init-gate/init-gate.yaml", "examples/hooks/argocd.yaml", "examples/hooks/helm-test.yaml"]
CODES = {entry.exit_code for entry in CATALOGUE.values()} | {9, 64}


def command_lines() -> list[list[str]]:
    things = [thing for file in FILES for thing in objects((K8S / file).read_text())]
    return [one["args"] for thing in things for one in containers(pod_spec(thing) or {})]


@pytest.mark.parametrize("arguments", command_lines(), ids=" ".join)
def test_the_probe_understands_its_arguments(arguments: list[str]) -> None:
    assert probe_mistakes(["probe", *arguments]) == []


@pytest.mark.parametrize("mistake", ["--expect=irsa", "--expext=imds", "--wait=soon"])
def test_a_mistake_in_them_would_be_found(mistake: str) -> None:
    assert probe_mistakes(["probe", "run", mistake])


@pytest.mark.parametrize("file", ["job/job.yaml", "cronjob/cronjob.yaml"])
def test_the_job_gives_up_on_the_same_exit_codes_as_a_made_one(file: str) -> None:
    (thing,) = objects((K8S / file).read_text())
    spec = thing["spec"]["jobTemplate"]["spec"] if thing["kind"] == "CronJob" else thing["spec"]
    evicted, lasting = spec["podFailurePolicy"]["rules"]
    assert evicted["action"] == "Ignore"
    assert lasting["onExitCodes"]["containerName"] == "aws-credential-probe"
    assert lasting["onExitCodes"]["values"] == lasting_codes()


@pytest.mark.parametrize("code", lasting_codes())
def test_every_named_exit_code_is_documented(code: int) -> None:
    assert code in CODES
    assert f"\n| {code} | " in (ROOT / "docs" / "exit-codes.md").read_text()
