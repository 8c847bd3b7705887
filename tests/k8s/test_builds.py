import subprocess
from pathlib import Path
from typing import Any

import pytest

from probe import __version__
from probe.lab.servers.kubernetes import READS
from tests.k8s.built import (
    ALONE,
    COMPONENTS,
    HOOKS,
    K8S,
    NEWEST,
    ON_THE_HOST,
    WORKLOAD,
    Object,
    SchemaError,
    built,
    check_schema,
    containers,
    kustomized,
    needs_kubectl,
    objects,
    ours,
    pod_spec,
    with_components,
)
from tests.k8s.pod_security import violations
from tools import kubectl

pytestmark = needs_kubectl

RELEASES = ("1.29", "1.34", NEWEST)
"""The first with native sidecars, the one of tools/apiserver.py, and the newest whose schemas are here."""
FORMS = [name for name in ALONE if name != "rbac"]
FLUX = "kustomize.toolkit.fluxcd.io/v1"
"""No Kubernetes schema knows it; its fields were read in fluxcd/kustomize-controller:docs/spec/v1/kustomizations.md."""


def all_specs(name: str) -> list[Object]:
    return [spec for thing in built(name) if (spec := pod_spec(thing))]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", ALONE)
def test_what_is_built_keeps_the_schema_of_kubernetes_to_the_last_field(name: str, release: str) -> None:
    for thing in built(name):
        check_schema(thing, release)


@pytest.mark.parametrize("components", [*((name,) for name in COMPONENTS), COMPONENTS])
def test_a_workload_with_components_keeps_the_schema(components: tuple[str, ...], tmp_path: Path) -> None:
    for thing in with_components(tmp_path, *components):
        check_schema(thing, "1.29")


def test_a_field_that_kubernetes_does_not_know_would_be_found() -> None:
    (job,) = built("job")
    with pytest.raises(SchemaError):
        check_schema({**job, "spec": {**job["spec"], "retries": 0}}, "1.34")


@pytest.mark.parametrize("name", [name for name in FORMS if name not in ON_THE_HOST])
def test_pod_security_restricted_admits_it(name: str) -> None:
    specs = all_specs(name)
    assert specs
    assert [violation for spec in specs for violation in violations(spec)] == []


@pytest.mark.parametrize("name", ON_THE_HOST)
def test_on_the_host_network_that_alone_breaks_restricted(name: str) -> None:
    assert [violations(spec) for spec in all_specs(name)] == [["hostNetwork"]]


@pytest.mark.parametrize("components", [*((name,) for name in COMPONENTS), COMPONENTS])
def test_a_component_takes_restricted_away_from_no_workload(components: tuple[str, ...], tmp_path: Path) -> None:
    things = with_components(tmp_path, *components)
    assert [violation for thing in things for violation in violations(pod_spec(thing) or {})] == []


def test_pod_security_restricted_is_really_looked_at() -> None:
    (spec,) = all_specs("job")
    (probe,) = spec["containers"]
    weak = {**spec, "hostPID": True, "containers": [{**probe, "securityContext": {"privileged": True}}]}
    assert {told.rpartition(": ")[2] for told in violations(weak)} == {
        "hostPID",
        "privileged",
        "allowPrivilegeEscalation",
        "capabilities.drop",
        "runAsNonRoot",
        "seccompProfile",
    }


@pytest.mark.parametrize("components", [*((name,) for name in COMPONENTS), COMPONENTS])
def test_a_component_changes_nothing_but_the_init_containers(components: tuple[str, ...], tmp_path: Path) -> None:
    before = {thing["kind"]: thing for thing in objects(kustomized(WORKLOAD))}
    for thing in with_components(tmp_path, *components):
        spec = pod_spec(thing) or {}
        added = [container["name"] for container in ours(spec)]
        assert len(added) == len(components)
        spec["initContainers"] = [one for one in spec["initContainers"] if one["name"] not in added]
        assert thing == before[thing["kind"]]


@pytest.mark.parametrize("components", [*((name,) for name in COMPONENTS), COMPONENTS])
def test_the_probe_starts_before_the_workloads_own_init_containers(components: tuple[str, ...], tmp_path: Path) -> None:
    for thing in with_components(tmp_path, *components):
        assert (pod_spec(thing) or {})["initContainers"][-1]["name"] == "migrate"


def test_the_sidecar_cannot_take_the_workload_out_of_its_services(tmp_path: Path) -> None:
    for thing in with_components(tmp_path, "sidecar"):
        (sidecar,) = ours(pod_spec(thing) or {})
        assert sidecar["restartPolicy"] == "Always"
        assert "readinessProbe" not in sidecar
        assert "startupProbe" not in sidecar


def test_no_port_of_the_sidecar_draws_a_service_away_from_the_workload(tmp_path: Path) -> None:
    for thing in with_components(tmp_path, "sidecar"):
        names = [port["name"] for one in containers(pod_spec(thing) or {}) for port in one.get("ports", ())]
        assert len(names) == 2
        assert len(set(names)) == 2


@pytest.mark.parametrize("name", ["job", "cronjob", "examples/aws-load-balancer-controller", "examples/karpenter"])
def test_nothing_routes_to_a_job_even_if_it_wears_the_controllers_labels(name: str) -> None:
    (spec,) = all_specs(name)
    assert spec["readinessGates"] == [{"conditionType": "aws-credential-probe/never-ready"}]
    assert spec["containers"][0]["readinessProbe"]["initialDelaySeconds"] > 10 * 364 * 86_400
    assert spec["restartPolicy"] == "Never"


def test_the_cronjob_makes_the_job_but_tries_once_more_and_keeps_what_it_made() -> None:
    (job,), (cronjob,) = built("job"), built("cronjob")
    once, hourly = dict(job["spec"]), dict(cronjob["spec"]["jobTemplate"]["spec"])
    assert (once.pop("backoffLimit"), hourly.pop("backoffLimit")) == (0, 1)
    assert once.pop("ttlSecondsAfterFinished") == 3600
    once["template"]["metadata"]["labels"]["aws-credential-probe/form"] = "cronjob"
    assert once == hourly


@pytest.mark.parametrize("name", FORMS)
def test_every_probe_container_is_called_as_the_alerts_and_policies_expect(name: str) -> None:
    names = [container["name"] for spec in all_specs(name) for container in ours(spec)]
    assert names[-1] == "aws-credential-probe"
    assert set(names) <= {"aws-credential-probe", "aws-credential-probe-once"}


def images() -> list[str]:
    files = [path for path in K8S.rglob("*.yaml") if "monitoring" not in path.parts]
    lines = [line for path in files for line in path.read_text().splitlines()]
    return [line.partition("image: ")[2] for line in lines if "image: " in line]


def test_every_file_names_this_version_of_the_image() -> None:
    assert len(images()) >= 7
    assert set(images()) == {f"ghcr.io/EXAMPLE/aws-credential-probe:{__version__}"}


def test_one_line_of_kustomize_sets_the_image_everywhere(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [daemonset.yaml]\n"
        "images: [{name: ghcr.io/EXAMPLE/aws-credential-probe, newName: registry.example.com/probe, newTag: '2'}]\n"
    )
    (tmp_path / "daemonset.yaml").write_text((K8S / "daemonset" / "daemonset.yaml").read_text())
    (thing,) = objects(kustomized(tmp_path))
    assert {one["image"] for one in containers(pod_spec(thing) or {})} == {"registry.example.com/probe:2"}


def test_two_daemonsets_of_ours_do_not_select_the_same_pods() -> None:
    selectors = [
        built(name)[0]["spec"]["selector"]["matchLabels"] for name in ("daemonset", "examples/vpc-cni/daemonset")
    ]
    assert selectors[0] != selectors[1]
    assert set(selectors[0]) == set(selectors[1])


@pytest.mark.parametrize("file", ["argocd.yaml", "helm-test.yaml"])
def test_the_hooks_keep_the_schema_and_restricted(file: str) -> None:
    (thing,) = objects((HOOKS / file).read_text())
    thing["metadata"].pop("namespace", None)
    thing["metadata"]["name"] = "hook"
    check_schema(thing, "1.34")
    assert violations(pod_spec(thing) or {}) == []


def test_helm_makes_a_test_of_it_in_an_ordinary_chart(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: controller\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("serviceAccount: {name: controller}\n")
    (tmp_path / "templates" / "test.yaml").write_text((HOOKS / "helm-test.yaml").read_text())
    helm = [str(kubectl.program("helm")), "template", "release", str(tmp_path), "--namespace=tools"]
    told = subprocess.run(helm, check=True, capture_output=True, text=True, env={"HOME": str(tmp_path)}).stdout
    (pod,) = objects(told)
    check_schema(pod, "1.34")
    assert (pod["metadata"]["namespace"], pod["spec"]["serviceAccountName"]) == ("tools", "controller")


def test_flux_waits_for_the_probe_before_it_touches_the_controller() -> None:
    first, then = objects((HOOKS / "flux.yaml").read_text())
    assert {first["apiVersion"], then["apiVersion"]} == {FLUX}
    assert then["spec"]["dependsOn"] == [{"name": first["metadata"]["name"]}]
    assert first["spec"]["wait"] is True
    assert first["spec"]["force"] is True


def roles() -> list[Any]:
    return [thing for thing in built("rbac") if thing["kind"].endswith("Role")]


def test_a_right_is_to_read_and_names_no_secret_and_no_wildcard() -> None:
    rules = [rule for role in roles() for rule in role["rules"]]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list"}
    assert not {name for rule in rules for name in (*rule["resources"], *rule["apiGroups"])} & {"secrets", "*"}


def test_every_right_is_given_to_the_one_service_account_and_every_file_has_its_question() -> None:
    files = [path for path in (K8S / "rbac").glob("*.yaml") if path.name != "kustomization.yaml"]
    assert len(files) == len(roles()) == 5
    assert all("?" in path.read_text().splitlines()[0] for path in files)
    bindings = [thing for thing in built("rbac") if thing["kind"].endswith("Binding")]
    for role, binding in zip(roles(), bindings, strict=True):
        assert binding["roleRef"]["name"] == role["metadata"]["name"]
        assert binding["subjects"] == bindings[0]["subjects"]


def test_the_rights_are_those_that_the_probe_reads_with_and_no_more() -> None:
    rules = [rule for role in roles() for rule in role["rules"]]
    granted = {f"{verb} {name}" for rule in rules for verb in rule["verbs"] for name in rule["resources"]}
    assert granted == set(READS)


def test_every_directory_of_k8s_is_looked_at_here() -> None:
    found = {str(path.parent.relative_to(K8S)) for path in K8S.rglob("kustomization.yaml")}
    assert found - {"monitoring"} == {*ALONE, *COMPONENTS}


def test_every_kustomization_is_of_the_kind_that_its_place_says() -> None:
    for name in COMPONENTS:
        assert objects((K8S / name / "kustomization.yaml").read_text())[0]["kind"] == "Component"
