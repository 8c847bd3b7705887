"""What is no workload, or a hostile one: one line and exit 64, or a manifest in which it stays text."""

import json

import pytest
import yaml  # type: ignore[import-untyped]  # as in conftest

from tests.manifests.conftest import WORKLOADS, Make, Print, container_of, variables_of

GOOD = (WORKLOADS / "ipv6.yaml").read_text()
SECRET = "EXAMPLEsecretEXAMPLEsecret"


def _with_variable(name: str, value: str) -> bytes:
    workload = yaml.safe_load(GOOD)
    workload["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": name, "value": value})
    return json.dumps(workload).encode()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"", "nothing came in"),
        (b" \n\n", "nothing came in"),
        (b"# only a comment\n", "not a Kubernetes object"),
        (b"apiVersion: v1\nkind: List\nitems: []\n", "a List came in; name one workload"),
        (b"apiVersion: v1\nkind: PodList\nitems: []\n", "a PodList came in"),
        (b"apiVersion: v1\nkind: Service\nmetadata: {name: x}\n", "a Service is no workload that is known"),
        (b"apiVersion: extensions/v1beta1\nkind: Deployment\n", "Deployment of extensions/v1beta1 is not known"),
        (b"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n", "Of another give one of its pods"),
        (b"metadata: {}\n", "an object without a kind"),
        (b"- 1\n", "not a Kubernetes object"),
        (b"kind: Pod\n\tmetadata: x\n", "holds a tab"),
        (GOOD.encode() + b"---\nkind: Pod\n", "a second one begins at line"),
        (b"a: &a [x, x]\nb: [*a, *a]\n", "aliases"),
        (b"a: 1\na: 2\n", "something that kubectl never prints stands at line 2"),
        (b"a: !!python/object/apply:os.system [id]\n", "something that kubectl never prints"),
        (b"a: !!set {x}\n", "holds values that Kubernetes objects do not have"),
        (b"a: " + b"9" * 5000 + b"\n", "holds values that Kubernetes objects do not have"),
        (b"[" * 5000, "nested too deeply"),
        (b'{"a":' * 50_000, "nested too deeply"),
        (b'{"kind": ', "is not JSON: Expecting value (line 1)"),
        (b'{"kind": "\\ud800"}', "holds values that Kubernetes objects do not have"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a: \x01\n", "characters that YAML does not allow"),
        (b"a: x\n" * 150_000, "YAML of more than 512 KiB"),
        (b'{"a": "' + b"x" * 2_200_000 + b'"}', "larger than 2 MiB"),
        (GOOD.replace("name: search", "name: 'x\\n- y'").encode(), "is not a name that Kubernetes allows"),
        (GOOD.replace("namespace: shop", "namespace: 'a/b'").encode(), "is not a name that Kubernetes allows"),
        (GOOD.replace("containers:", "containerz:").encode(), "has no containers"),
        (GOOD.replace("        app: search\n    spec", "        app: [search]\n    spec").encode(), "is not text"),
    ],
)
def test_what_is_no_workload_is_told_in_one_line(print_manifest: Print, text: bytes, complaint: str) -> None:
    ran = print_manifest("job", text)
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert complaint in ran.stderr
    assert ran.stderr.startswith("probe: ")
    assert ran.stderr.removesuffix("\n").isprintable()


def test_windows_is_refused(print_manifest: Print) -> None:
    ran = print_manifest("job", "windows.yaml")
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert "runs on Windows" in ran.stderr


def test_several_containers_need_a_choice(print_manifest: Print) -> None:
    ran = print_manifest("job", "aws_node.yaml")
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert "has 2 containers; choose one with --container: aws-node, aws-eks-nodeagent" in ran.stderr


def test_a_container_that_is_not_there_is_told_with_those_that_are(print_manifest: Print) -> None:
    ran = print_manifest("job", "aws_node.yaml", "--container", "x\ny")
    assert ran.exit_code == 64
    assert "it has aws-node, aws-eks-nodeagent, aws-vpc-cni-init" in ran.stderr


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--node", "a b"), "--node 'a b' is not a name"),
        (("--name", "a" * 64), "--name"),
        (("--image", "x; rm -rf /"), "is not an image reference"),
        (("--schedule", "0 0 * * *"), "--schedule is for cronjob, not for job"),
        (("--classic",), "--classic is for sidecar, not for job"),
        (("--", "a\nb"), "cannot be printed"),
    ],
)
def test_a_wrong_option_is_told(print_manifest: Print, options: tuple[str, ...], complaint: str) -> None:
    ran = print_manifest("job", "ipv6.yaml", *options)
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert complaint in ran.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("AWS_SECRET_ACCESS_KEY", SECRET), ("HTTPS_PROXY", f"http://me:{SECRET}@proxy:3128")],
)
def test_a_secret_in_plain_text_is_not_printed_unless_that_is_asked_for(
    print_manifest: Print, made: Make, name: str, value: str
) -> None:
    workload = _with_variable(name, value)
    ran = print_manifest("job", workload)
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert SECRET not in ran.stderr
    assert variables_of(container_of(made("job", workload, "--with-secrets")))[name] == value


@pytest.mark.parametrize(
    "value", ["on", "y", "0644", "1e3", "null", "~", "a: b", "x\n- y: z", "#", "\u2028", "'", '"', ""]
)
def test_a_value_stays_the_text_that_it_is(made: Make, value: str) -> None:
    assert variables_of(container_of(made("job", _with_variable("AWS_PROFILE", value))))["AWS_PROFILE"] == value


@pytest.mark.parametrize("evil", ["x\nkind: Evil", "x\r\nkind: Evil", "x\u2028kind: Evil", "x\x85kind: Evil"])
def test_nothing_in_a_name_ends_a_comment(made: Make, print_manifest: Print, evil: str) -> None:
    workload = yaml.safe_load(GOOD)
    template = workload["spec"]["template"]
    template["metadata"]["annotations"] = {evil: evil}
    template["metadata"]["labels"][evil] = evil
    template["spec"]["containers"][0]["env"].append({"name": f"AWS_{evil}", "value": evil})
    text = json.dumps(workload).encode()
    assert made("job", text)["kind"] == "Job"
    comments, _, rest = print_manifest("job", text).stdout.partition("apiVersion: batch/v1\n")
    assert all(line.startswith("#") for line in comments.split("\n")[:-1])
    assert rest.isascii()


def test_octal_modes_are_read_as_kubectl_reads_them(made: Make) -> None:
    text = (WORKLOADS / "projected_token.yaml").read_text()
    text = text.replace(
        "name: aws-config\n              name:",
        "name: aws-config\n                defaultMode: 0440\n              name:",
    )
    volumes = made("job", text.encode())["spec"]["template"]["spec"]["volumes"]
    assert volumes[1]["configMap"] == {"name": "aws-config", "defaultMode": 0o440}
