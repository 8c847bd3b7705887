"""Everything in k8s/, and everything that `probe manifest` makes, told to a real API server.

Not collected by name: `python -m tools.apiserver` builds the server and runs this file.
"""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probe.evidence import AccountFacts, AgentFacts, NodeFacts, Outcome, PodFacts, PolicyList, Step
from probe.sources.kubernetes import AUTHORITY_FILE, READS, walk_kubernetes
from probe.surroundings import DEFAULT_TOKEN
from tests.k8s.built import (
    ALONE,
    COMPONENTS,
    HOOKS,
    K8S,
    ON_THE_HOST,
    ROOT,
    kustomized,
    objects,
    pod_spec,
    with_components,
)
from tests.k8s.documented import commands, overrides
from tests.sources.world import Pod
from tools import apiserver, kubectl

WORKLOADS = [path for path in sorted((ROOT / "tests" / "manifests" / "workloads").iterdir()) if path.stem != "windows"]
FORMS = ("job", "cronjob", "daemonset", "sidecar")
RESTRICTED, PRIVILEGED = "tools", "kube-system"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """Give a cluster with a restricted namespace, and the ServiceAccounts that the manifests name."""
    with apiserver.running() as config:
        told(config, "create", "namespace", RESTRICTED)
        told(config, "label", "namespace", RESTRICTED, "pod-security.kubernetes.io/enforce=restricted")
        told(config, "create", "namespace", PRIVILEGED, may_fail=True)
        for namespace in (RESTRICTED, PRIVILEGED):
            for account in ("default", "controller", "aws-load-balancer-controller", "karpenter", "aws-node"):
                told(config, "create", "serviceaccount", account, f"--namespace={namespace}")
        yield config


def told(config: Path, *words: str, stdin: str = "", may_fail: bool = False) -> str:
    """Run kubectl; return all it says. Warnings are errors: an administrator would see them."""
    command = [str(kubectl.program("kubectl")), f"--kubeconfig={config}", *words]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if not may_fail:
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def pod_of(text: str) -> str:
    """Return all templates as bare Pods: those Pod Security refuses, and workloads it only warns about."""
    specs = [spec for thing in objects(text) if (spec := pod_spec(thing))]
    pods = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"pod-{number}"}, "spec": spec}
        for number, spec in enumerate(specs)
    ]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": pods})


@pytest.mark.parametrize("name", ALONE)
def test_what_k8s_builds_is_accepted_without_a_warning(cluster: Path, name: str) -> None:
    said = told(cluster, "create", "--dry-run=server", "--namespace=kube-system", "-f-", stdin=kustomized(K8S / name))
    assert "created (server dry run)" in said


@pytest.mark.parametrize("name", [name for name in ALONE if name != "rbac" and name not in ON_THE_HOST])
def test_its_pods_are_admitted_where_pod_security_enforces_restricted(cluster: Path, name: str) -> None:
    pods = pod_of(kustomized(K8S / name))
    assert "created" in told(cluster, "create", "--dry-run=server", f"-n{RESTRICTED}", "-f-", stdin=pods)


@pytest.mark.parametrize("name", ON_THE_HOST)
def test_on_the_host_network_only_the_host_network_breaks_restricted(cluster: Path, name: str) -> None:
    pods = pod_of(kustomized(K8S / name))
    said = told(cluster, "create", "--dry-run=server", f"-n{RESTRICTED}", "-f-", stdin=pods, may_fail=True)
    assert "host namespaces (hostNetwork=true)" in said
    others = ("allowPrivilegeEscalation", "unrestricted capabilities", "runAsNonRoot", "seccompProfile")
    assert [rule for rule in others if rule in said] == []


@pytest.mark.parametrize("components", [*((name,) for name in COMPONENTS), COMPONENTS])
def test_a_workload_with_components_is_admitted_where_restricted_is_enforced(
    cluster: Path, components: tuple[str, ...], tmp_path: Path
) -> None:
    things = with_components(tmp_path, *components)
    workloads = json.dumps({"apiVersion": "v1", "kind": "List", "items": things})
    told(cluster, "create", "--dry-run=server", "-f-", stdin=workloads)
    pods = pod_of("---\n".join(json.dumps(thing) + "\n" for thing in things))
    assert "created" in told(cluster, "create", "--dry-run=server", f"-n{RESTRICTED}", "-f-", stdin=pods)


def test_the_hooks_are_accepted(cluster: Path) -> None:
    job = (HOOKS / "argocd.yaml").read_text()
    test = (HOOKS / "helm-test.yaml").read_text()
    for name, value in {
        "{{ .Release.Name }}": "release",
        "{{ .Release.Namespace }}": RESTRICTED,
        "{{ .Values.serviceAccount.name }}": "controller",
    }.items():
        test = test.replace(name, value)
    for hook in (job, test):
        assert "created" in told(cluster, "create", "--dry-run=server", f"-n{RESTRICTED}", "-f-", stdin=hook)


def test_the_documented_one_off_pods_are_admitted_where_restricted_is_enforced(cluster: Path) -> None:
    documented = [command for command in commands() if overrides(command) is not None]
    assert documented
    for command in documented:
        words = [word for word in shlex.split(command) if word not in {"-i", "--rm"}]
        namespace = words.index("-n") + 1
        words[namespace] = RESTRICTED
        end = words.index("--") if "--" in words else len(words)
        said = told(cluster, *words[1:end], "--dry-run=server", *words[end:])
        assert "created (server dry run)" in said


def test_the_roles_let_their_service_account_read_what_they_say_and_no_more(cluster: Path) -> None:
    told(cluster, "apply", "-f-", stdin=kustomized(K8S / "rbac"))
    who = "--as=system:serviceaccount:kube-system:aws-load-balancer-controller"

    def may(*words: str) -> bool:
        return told(cluster, "auth", "can-i", *words, who, may_fail=True).splitlines()[0] == "yes"

    assert may("get", "serviceaccounts/aws-load-balancer-controller", "-nkube-system")
    assert may("get", "mutatingwebhookconfigurations/pod-identity-webhook")
    assert may("get", "nodes/ip-10-0-1-23")
    assert may("list", "pods", "-nkube-system")
    assert may("list", "networkpolicies", "-nkube-system")
    assert may("get", "daemonsets/eks-pod-identity-agent", "-nkube-system")
    assert may("get", "mutatingwebhookconfigurations/vpc-resource-mutating-webhook")
    assert not may("get", "serviceaccounts/karpenter", "-nkube-system")
    assert not may("get", "mutatingwebhookconfigurations/other")
    assert not may("list", "nodes")
    assert not may("list", "pods", f"-n{RESTRICTED}")
    assert not may("get", "secrets", "-nkube-system")


def test_the_probe_reads_a_real_api_server_as_it_reads_the_labs(cluster: Path, tmp_path: Path) -> None:
    told(cluster, "apply", "-f-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": OBJECTS}))
    told(cluster, "annotate", "-nkube-system", "serviceaccount", ACCOUNT, f"eks.amazonaws.com/role-arn={ROLE}")
    told(cluster, "delete", "-f-", "--ignore-not-found", stdin=kustomized(K8S / "rbac"))
    forbidden = walked(cluster, tmp_path)
    assert {one for one in READS if "k8s/rbac/" in (forbidden[one].reason or "")} == {*READS} - {"kubernetes.agent"}
    assert {forbidden[one].outcome for one in READS} == {Outcome.SKIPPED, Outcome.ABSENT}

    told(cluster, "apply", "-f-", stdin=kustomized(K8S / "rbac"))
    steps = walked(cluster, tmp_path)
    account, pod = steps["kubernetes.service-account"].facts, steps["kubernetes.pod"].facts
    assert isinstance(account, AccountFacts)
    assert account.role_arn == ROLE
    assert account.created is not None
    assert isinstance(pod, PodFacts)
    assert (pod.node, pod.service_account, [one.name for one in pod.containers]) == (NODE, ACCOUNT, ["controller"])
    with_uri = walked(cluster, tmp_path, AWS_CONTAINER_CREDENTIALS_FULL_URI="http://169.254.170.23/v1/credentials")
    node, agent = steps["kubernetes.node"].facts, with_uri["kubernetes.agent"].facts
    assert isinstance(node, NodeFacts)
    assert (node.instance_id, node.labels) == ("i-0123456789EXAMPLE0", {"karpenter.sh/nodepool": "general"})
    assert isinstance(agent, AgentFacts)
    assert [one.name for one in agent.pods] == ["eks-pod-identity-agent-k7x2q"]
    webhook, policies = steps["kubernetes.webhook"], steps["kubernetes.network-policies"].facts
    assert webhook.outcome is Outcome.WARN  # this cluster has none
    assert isinstance(policies, PolicyList)
    assert ([one.name for one in policies.policies], policies.complete) == (["default-deny"], True)


ACCOUNT, NODE, POD = "aws-load-balancer-controller", "node-1", "aws-load-balancer-controller-5c6b9-x2v9k"
ROLE = "arn:aws:iam::111122223333:role/load-balancer-controller"
OBJECTS: tuple[dict[str, Any], ...] = (
    {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": NODE, "labels": {"karpenter.sh/nodepool": "general"}},
        "spec": {"providerID": "aws:///eu-central-1a/i-0123456789EXAMPLE0"},
    },
    *(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "kube-system", "labels": {"app.kubernetes.io/name": label}},
            "spec": {
                "nodeName": NODE,
                "serviceAccountName": ACCOUNT,
                "containers": [{"name": "controller", "image": "registry.example.com/controller:1"}],
            },
        }
        for name, label in ((POD, ACCOUNT), ("eks-pod-identity-agent-k7x2q", "eks-pod-identity-agent"))
    ),
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny", "namespace": "kube-system"},
        "spec": {"podSelector": {}, "policyTypes": ["Egress"]},
    },
)


def walked(cluster: Path, root: Path, **variables: str) -> dict[str, Step]:
    """Walk the Kubernetes steps as the pod would, with a token that the server itself made for it."""
    server = json.loads(cluster.read_text())["clusters"][0]["cluster"]
    token = told(
        cluster, "create", "token", "-nkube-system", ACCOUNT, "--bound-object-kind=Pod", f"--bound-object-name={POD}"
    )
    pod = Pod(
        root=root,
        # Of the service range: the server's certificate names it.
        environment={"KUBERNETES_SERVICE_HOST": "10.0.0.1", **variables},
        dial={"10.0.0.1:443": server["server"].rpartition(":")[2]},
    )
    pod.write(DEFAULT_TOKEN, token)
    pod.write(AUTHORITY_FILE, Path(server["certificate-authority"]).read_bytes())
    return pod.walked(walk_kubernetes)


def test_the_server_does_check_the_failure_policy(cluster: Path) -> None:
    job = json.dumps(objects(kustomized(K8S / "job"))[0]).replace('"values": [9,', '"values": [0,')
    said = told(cluster, "create", "--dry-run=server", f"-n{RESTRICTED}", "-f-", stdin=job, may_fail=True)
    assert "must not be 0" in said


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda path: path.stem)
def test_what_probe_manifest_makes_of_a_workload_is_accepted(cluster: Path, form: str, workload: Path) -> None:
    thing = objects(workload.read_text())[0]
    made = made_of(thing, form, workload)
    if thing["kind"] == "Pod" and form == "sidecar":
        assert (made.returncode, made.stdout) == (64, "")
        return
    assert made.returncode == 0, made.stderr
    namespace = thing["metadata"].get("namespace", "default")
    told(cluster, "create", "namespace", namespace, may_fail=True)
    if form == "sidecar":
        told(cluster, "apply", "-f", str(workload))
        patch = ["--type=strategic", "--dry-run=server", f"--patch={made.stdout}"]
        told(cluster, "patch", "-f", str(workload), *patch)
    else:
        assert "created" in told(cluster, "create", "--dry-run=server", "-f-", stdin=made.stdout)


def made_of(thing: dict[str, Any], form: str, workload: Path) -> "subprocess.CompletedProcess[str]":
    """Run `probe manifest` for the workload's first container."""
    container = (pod_spec(thing) or {})["containers"][0]["name"]
    probe = [sys.executable, "-m", "probe", "manifest", form, "--from", str(workload), "--container", container]
    return subprocess.run(probe, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "workload",
    [path for path in WORKLOADS if objects(path.read_text())[0]["kind"] == "Pod"],
    ids=lambda path: path.stem,
)
def test_kubectl_debug_takes_the_profile_that_probe_manifest_makes(
    cluster: Path, workload: Path, tmp_path: Path
) -> None:
    thing = objects(workload.read_text())[0]
    name, namespace = thing["metadata"]["name"], thing["metadata"].get("namespace", "default")
    told(cluster, "create", "namespace", namespace, may_fail=True)
    account = thing["spec"].get("serviceAccountName", "default")
    told(cluster, "create", "serviceaccount", account, f"-n{namespace}", may_fail=True)
    for status in ("status", "uid", "resourceVersion", "ownerReferences"):
        thing.pop(status, None)
        thing["metadata"].pop(status, None)
    for priority in ("priority", "priorityClassName"):
        thing["spec"].pop(priority, None)
    told(cluster, "create", "-f-", stdin=json.dumps(thing), may_fail=True)
    made = made_of(thing, "debug", workload)
    (tmp_path / "profile.yaml").write_text(made.stdout)
    target = thing["spec"]["containers"][0]["name"]
    where = [f"-n{namespace}", "debug", name, "--image=probe", "--container=aws-credential-probe", f"--target={target}"]
    profile = ["--profile=restricted", f"--custom={tmp_path / 'profile.yaml'}", "--arguments-only", "--", "run"]
    told(cluster, *where, *profile, may_fail=True)
    pod = json.loads(told(cluster, "get", "pod", name, f"-n{namespace}", "-ojson"))
    (container,) = pod["spec"]["ephemeralContainers"]
    assert container["args"] == ["run"]
    assert {mount["name"] for mount in container["volumeMounts"]} <= {one["name"] for one in pod["spec"]["volumes"]}
