"""The Job stands where the workload stands, and takes no part in its work."""

import json

import pytest

from tests.manifests.conftest import LINUX, OPTIONS, WORKLOADS, Make, Print, container_of, variables_of
from tests.remedies.probe import probe_mistakes


@pytest.mark.parametrize("workload", LINUX)
@pytest.mark.parametrize("form", ["job", "cronjob", "daemonset"])
def test_no_service_and_no_controller_can_take_the_pod_for_one_of_the_workload(
    made: Make, workload: str, form: str
) -> None:
    spec = made(form, workload, *OPTIONS.get(workload, ()))["spec"]
    template = spec["jobTemplate"]["spec"]["template"] if form == "cronjob" else spec["template"]
    (container,) = template["spec"]["containers"]
    assert container["name"] == "aws-credential-probe"
    assert template["spec"]["readinessGates"] == [{"conditionType": "aws-credential-probe/never-ready"}]
    assert container["readinessProbe"]["initialDelaySeconds"] > 10**8
    assert not {"pod-template-hash", "controller-revision-hash"} & set(template["metadata"]["labels"])
    assert "ownerReferences" not in template["metadata"]
    assert "topologySpreadConstraints" not in template["spec"]


@pytest.mark.parametrize("workload", LINUX)
@pytest.mark.parametrize("form", ["job", "daemonset"])
def test_the_probe_understands_what_its_containers_tell_it(made: Make, workload: str, form: str) -> None:
    spec = made(form, workload, *OPTIONS.get(workload, ()))["spec"]["template"]["spec"]
    told = [container["args"] for container in (*spec.get("initContainers", ()), *spec["containers"])]
    assert [probe_mistakes(["probe", *arguments]) for arguments in told] == [[]] * len(told)


@pytest.mark.parametrize("workload", LINUX)
def test_the_container_is_as_restricted_as_its_user_allows(made: Make, workload: str) -> None:
    context = container_of(made("job", workload, *OPTIONS.get(workload, ())))["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["readOnlyRootFilesystem"] is True
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert context["runAsNonRoot"] is (workload != "aws_node.yaml")


def test_the_load_balancer_controllers_labels_are_kept_and_its_serving_certificate_is_not(made: Make) -> None:
    job = made("job", "load_balancer_controller.yaml")
    template = job["spec"]["template"]
    assert job["metadata"]["namespace"] == "kube-system"
    assert template["metadata"]["labels"] == {
        "app.kubernetes.io/instance": "aws-load-balancer-controller",
        "app.kubernetes.io/name": "aws-load-balancer-controller",
        "aws-credential-probe/form": "job",
    }
    assert "annotations" not in template["metadata"]
    assert template["spec"]["serviceAccountName"] == "aws-load-balancer-controller"
    assert template["spec"]["securityContext"]["fsGroup"] == 65534
    assert template["spec"]["priorityClassName"] == "system-cluster-critical"
    assert "volumes" not in template["spec"]
    assert "affinity" not in template["spec"]


def test_the_image_tells_the_controller_and_its_flags_go_with_it(made: Make) -> None:
    job = made("job", "load_balancer_controller.yaml")
    assert container_of(job)["args"] == [
        "run",
        "--controller",
        "aws-load-balancer-controller@2.7.1",
        "--controller-argument=--cluster-name=example",
    ]
    assert job["metadata"]["annotations"]["aws-credential-probe/controller"] == "aws-load-balancer-controller@2.7.1"


def test_an_sdk_that_is_asked_for_is_not_contradicted(made: Make) -> None:
    job = made("job", "load_balancer_controller.yaml", "--", "--sdk", "botocore", "--no-sts")
    assert container_of(job)["args"][-3:] == ["--sdk", "botocore", "--no-sts"]


def test_a_controller_that_is_asked_for_is_not_contradicted(made: Make) -> None:
    job = made("job", "load_balancer_controller.yaml", "--", "--controller=karpenter", "--no-sts")
    assert container_of(job)["args"] == ["run", "--controller=karpenter", "--no-sts"]


def test_the_name_of_the_cluster_is_taken_from_a_variable_where_no_flag_tells_it(made: Make) -> None:
    job = made("job", "karpenter.yaml")
    assert container_of(job)["args"] == [
        "run",
        "--controller",
        "karpenter@1.0.6",
        "--controller-argument=--cluster-name=example",
    ]


def test_flags_that_say_nothing_about_aws_stay_where_they_are(made: Make) -> None:
    assert "ingress-class" not in str(container_of(made("job", "load_balancer_controller.yaml"))["args"])


@pytest.mark.parametrize(
    "flag",
    [
        "--aws-region=AKIAEXAMPLEEXAMPLE7A",
        "--aws-region=$(SECRET)",
        "--aws-region=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzIn0.c2ln",
        f"--aws-region={'x' * 600}",
    ],
)
def test_a_flag_that_could_hold_a_secret_or_a_reference_is_not_copied(print_manifest: Print, flag: str) -> None:
    text = (WORKLOADS / "load_balancer_controller.yaml").read_text()
    ran = print_manifest("job", text.replace("--ingress-class=alb", flag).encode())
    assert (ran.exit_code, "--aws-region" in ran.stdout) == (0, False)


def test_the_version_of_velero_is_that_of_the_plugin_in_an_init_container(made: Make) -> None:
    pod = {
        "initContainers": [{"name": "aws", "image": "docker.io/velero/velero-plugin-for-aws:v1.8.2"}],
        "containers": [{"name": "velero", "image": "docker.io/velero/velero:v1.13.0", "args": ["server"]}],
    }
    workload = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "velero", "namespace": "velero"}, "spec": pod}
    assert container_of(made("job", json.dumps(workload).encode()))["args"] == ["run", "--controller", "velero@1.8.2"]


def test_a_flag_in_two_words_is_copied_as_one(made: Make) -> None:
    text = (WORKLOADS / "load_balancer_controller.yaml").read_text()
    given = text.replace("- --ingress-class=alb", "- --aws-vpc-id\n            - vpc-0aaaaaaaaaaaaaaaa")
    assert (
        "--controller-argument=--aws-vpc-id=vpc-0aaaaaaaaaaaaaaaa" in container_of(made("job", given.encode()))["args"]
    )


def test_where_the_tag_is_not_the_version_only_the_name_is_told(made: Make) -> None:
    text = (WORKLOADS / "load_balancer_controller.yaml").read_text()
    image = "public.ecr.aws/eks/aws-load-balancer-controller:v2.7.1"
    given = text.replace(image, "public.ecr.aws/aws-controllers-k8s/s3-controller:1.0.17")
    assert container_of(made("job", given.encode()))["args"] == ["run", "--controller", "ack"]


def test_a_job_ends_after_one_try_and_says_which_exit_codes_no_second_try_would_cure(made: Make) -> None:
    spec = made("job", "load_balancer_controller.yaml")["spec"]
    assert (spec["backoffLimit"], spec["template"]["spec"]["restartPolicy"]) == (0, "Never")
    assert spec["activeDeadlineSeconds"] > 0
    assert spec["ttlSecondsAfterFinished"] > 0
    ignored, failed = spec["podFailurePolicy"]["rules"]
    assert (ignored["action"], ignored["onPodConditions"][0]["type"]) == ("Ignore", "DisruptionTarget")
    values = failed["onExitCodes"]["values"]
    assert {9, 31, 36, 54, 64} <= set(values)
    assert not {0, 33, 37, 44, 47, 57, 70} & set(values)
    assert values == sorted(values)


def test_aws_node_stands_on_the_host_network_as_root_without_capabilities(made: Make) -> None:
    spec = made("job", "aws_node.yaml", "--container", "aws-node")["spec"]["template"]["spec"]
    assert spec["hostNetwork"] is True
    assert spec["securityContext"]["runAsUser"] == 0
    assert {"operator": "Exists"} in spec["tolerations"]
    added = {toleration.get("key") for toleration in spec["tolerations"]}
    assert {"node.kubernetes.io/unschedulable", "node.kubernetes.io/network-unavailable"} <= added
    assert "volumes" not in spec


def test_a_node_is_named_by_affinity_in_every_alternative(made: Make) -> None:
    spec = made("job", "aws_node.yaml", "--container", "aws-node", "--node", "ip-10-0-1-2")["spec"]["template"]["spec"]
    required = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (term,) = required["nodeSelectorTerms"]
    assert term["matchFields"] == [{"key": "metadata.name", "operator": "In", "values": ["ip-10-0-1-2"]}]
    assert len(term["matchExpressions"]) == 2
    assert "nodeName" not in spec


def test_where_the_scheduler_would_keep_it_from_the_workloads_node_the_node_is_set(made: Make) -> None:
    spec = made("job", "karpenter.yaml", "--node", "ip-10-0-1-2")["spec"]["template"]["spec"]
    assert spec["nodeName"] == "ip-10-0-1-2"
    assert "podAntiAffinity" not in spec["affinity"]


def test_karpenters_repulsion_of_its_own_kind_is_told(print_manifest: Print) -> None:
    assert "refuse neighbours with these labels" in print_manifest("job", "karpenter.yaml").stdout


def test_keys_stay_references_to_their_secret(made: Make) -> None:
    container = container_of(made("job", "external_dns.yaml"))
    variables = variables_of(container)
    assert variables["AWS_SECRET_ACCESS_KEY"] == {"secretKeyRef": {"key": "secret", "name": "route53-keys"}}
    assert "EXTERNAL_DNS_LOG_LEVEL" not in variables
    assert container["envFrom"] == [{"configMapRef": {"name": "external-dns-settings", "optional": True}}]


def test_pull_secrets_are_for_their_own_registry_only(made: Make) -> None:
    elsewhere = made("job", "external_dns.yaml")["spec"]["template"]["spec"]
    mirrored = made("job", "external_dns.yaml", "--image", "registry.k8s.io/mirror/probe:1")["spec"]["template"]["spec"]
    assert "imagePullSecrets" not in elsewhere
    assert mirrored["imagePullSecrets"] == [{"name": "mirror"}]


def test_a_value_brings_the_variables_that_it_is_made_of_and_the_mount_that_it_points_into(made: Make) -> None:
    job = made("job", "cert_manager.yaml")
    container = container_of(job)
    variables = variables_of(container)
    assert variables["PROXY_HOST"] == "proxy.example.internal"
    assert list(variables).index("PROXY_HOST") < list(variables).index("HTTPS_PROXY")
    assert container["volumeMounts"] == [{"name": "company-ca", "mountPath": "/opt/company/ca", "readOnly": True}]
    assert job["spec"]["template"]["spec"]["volumes"] == [{"name": "company-ca", "configMap": {"name": "company-ca"}}]
    assert "namespace" not in job["metadata"]


def test_what_the_webhook_gave_a_running_pod_is_given_anew(made: Make) -> None:
    job = made("job", "istio_pod.yaml")
    container = container_of(job)
    assert not {"AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"} & set(variables_of(container))
    assert variables_of(container)["AWS_REGION"] == "eu-west-1"
    assert "volumes" not in job["spec"]["template"]["spec"]


def test_as_injected_copies_what_the_running_pod_has_and_keeps_the_webhook_out(made: Make) -> None:
    job = made("job", "istio_pod.yaml", "--as-injected")
    template = job["spec"]["template"]
    container = container_of(job)
    assert variables_of(container)["AWS_ROLE_ARN"] == "arn:aws:iam::111122223333:role/orders"
    assert [volume["name"] for volume in template["spec"]["volumes"]] == ["aws-iam-token"]
    assert template["metadata"]["annotations"]["eks.amazonaws.com/skip-containers"] == "aws-credential-probe"


def test_half_a_pair_in_a_running_pod_is_the_workloads_own(made: Make) -> None:
    text = (WORKLOADS / "istio_pod.yaml").read_text().replace("name: AWS_WEB_IDENTITY_TOKEN_FILE", "name: OTHER")
    assert "AWS_ROLE_ARN" in variables_of(container_of(made("job", text.encode())))


def test_a_mesh_gets_a_pod_to_inject_and_time_to_do_it(made: Make) -> None:
    job = made("job", "istio_pod.yaml")
    template = job["spec"]["template"]
    assert template["metadata"]["annotations"] == {"proxy.istio.io/config": '{"concurrency": 1}'}
    assert template["metadata"]["labels"] == {"app": "orders", "aws-credential-probe/form": "job"}
    assert container_of(job)["args"] == ["run", "--wait", "30"]


def test_a_running_statefulset_pod_loses_its_own_identity_and_keeps_its_security_groups(made: Make) -> None:
    job = made("job", "pod_identity_pod.json")
    template = job["spec"]["template"]
    assert template["metadata"] == {
        "labels": {"app": "billing", "security-group": "billing", "aws-credential-probe/form": "job"}
    }
    assert [volume["name"] for volume in template["spec"]["volumes"]] == ["settings"]
    assert "resources" in container_of(job)
    assert "vpc.amazonaws.com/pod-eni" not in json.dumps(job)


def test_names_hosts_and_labels_are_those_of_the_workload(made: Make) -> None:
    template = made("job", "security_group_pods.yaml")["spec"]["template"]
    assert template["metadata"]["labels"]["role"] == "database-client"
    assert template["spec"]["hostAliases"] == [{"hostnames": ["sts.eu-west-1.amazonaws.com"], "ip": "10.0.9.9"}]
    assert template["spec"]["dnsPolicy"] == "None"
    assert template["spec"]["dnsConfig"]["nameservers"] == ["10.100.0.10"]


def test_a_projected_token_and_shared_files_come_along_and_data_does_not(made: Make) -> None:
    template = made("job", "projected_token.yaml")["spec"]["template"]
    assert [volume["name"] for volume in template["spec"]["volumes"]] == ["token", "aws-config"]
    assert template["spec"]["runtimeClassName"] == "gvisor"
    assert template["metadata"]["annotations"]["eks.amazonaws.com/skip-containers"] == "aws-credential-probe"


def test_variables_about_ipv6_are_kept(made: Make) -> None:
    variables = variables_of(container_of(made("job", "ipv6.yaml")))
    assert variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] == "IPv6"
    assert variables["no_proxy"] == "fd00:ec2::254,fd00:ec2::23"


@pytest.mark.parametrize("form", ["job", "cronjob"])
def test_the_longest_name_still_fits_and_stays_its_own(made: Make, form: str) -> None:
    text = (WORKLOADS / "ipv6.yaml").read_text()
    names = set()
    for name in ("a" * 63 + "b", "a" * 63 + "c", "a.b", "a-b"):
        workload = text.replace("metadata:\n  name: search", f"metadata:\n  name: {name}", 1)
        names.add(made(form, workload.encode())["metadata"]["name"])
    assert len(names) == 4
    assert all(len(name) <= (52 if form == "cronjob" else 63) for name in names)
