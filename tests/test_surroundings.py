"""What the process was given: hostile files, odd variables, tokens of other pods; and no secret in what is kept."""

import ctypes
import dataclasses
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from probe.evidence import FileState, Given
from probe.lab.servers import BoundTo, Canaries, mint_token
from probe.surroundings import VALUE_LIMIT, Files, Surroundings, given, real_surroundings

T = TypeVar("T")
DEFAULT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"
NAMESPACE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"
IRSA_TOKEN = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
POD_IDENTITY_TOKEN = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
NOBODY = 65534
CANARY = "CANARY7SECRET"


def write(root: Path, path: str, content: str | bytes, mode: int = 0o644) -> Path:
    where = root / path.lstrip("/")
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes(content.encode() if isinstance(content, str) else content)
    where.chmod(mode)
    return where


def token(
    account: str = "aws-load-balancer-controller",
    *,
    pod: str | None = "aws-load-balancer-controller-7d4f8",
    node: str | None = "ip-10-0-1-23.eu-central-1.compute.internal",
    issuer: str = ISSUER,
) -> str:
    bound = BoundTo(namespace="kube-system", serviceaccount=account, pod=pod or "", node=node)
    subject = f"system:serviceaccount:kube-system:{account}"
    return mint_token(
        Canaries(), issuer=issuer, subject=subject, audience=("sts.amazonaws.com",), expires_in=3600, kubernetes=bound
    )


def seen(root: Path, **environment: str) -> Given:
    return given(Surroundings(environment=environment, files=Files(root=str(root))))


def as_nobody(work: Callable[[], T]) -> T:
    """Read as an ordinary user would: setfsuid(2) holds for the calling thread alone, and takes root's rights away."""
    results: list[T] = []

    def unprivileged() -> None:
        if os.geteuid() == 0:
            library = ctypes.CDLL(None)
            library.setfsgid(NOBODY)
            library.setfsuid(NOBODY)
        results.append(work())

    thread = threading.Thread(target=unprivileged)
    thread.start()
    thread.join()
    return results[0]


def test_a_file_is_read_with_what_stat_says_of_it(tmp_path: Path) -> None:
    where = write(tmp_path, "token", "content", 0o640)
    facts, content = Files().read(str(where), 100)
    assert (facts.state, content) == (FileState.READ, b"content")
    assert (facts.path, facts.size, facts.mode, facts.owner) == (str(where), 7, "0640", where.stat().st_uid)
    assert facts.error_name is None


def test_a_file_that_is_replaced_just_then_is_told_as_the_one_that_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, fresh = tmp_path / "token", tmp_path / "fresh"
    token.write_bytes(b"the old one")
    fresh.write_bytes(b"the new one, which is longer")

    def replaced_before(path: str, flags: int) -> int:
        fresh.replace(token)
        return os.open(path, flags)

    monkeypatch.setattr("probe.files._open_without_waiting", replaced_before)
    facts, content = Files().read(str(token), 100)
    assert (content, facts.size) == (b"the new one, which is longer", len(content))
    assert facts.modified == token.stat().st_mtime


@pytest.mark.parametrize(("size", "state"), [(99, FileState.READ), (100, FileState.READ), (101, FileState.TOO_LARGE)])
def test_no_more_than_the_limit_is_read(tmp_path: Path, size: int, state: FileState) -> None:
    where = write(tmp_path, "big", b"x" * size)
    facts, content = Files().read(str(where), 100)
    assert (facts.state, facts.size, len(content)) == (state, size, min(size, 100))


def test_a_file_without_end_is_cut() -> None:
    facts, content = Files().read("/proc/self/environ", 1)
    assert facts.state is FileState.TOO_LARGE
    assert len(content) == 1


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    facts, content = Files().read(str(tmp_path / "pipe"), 100)
    assert (facts.state, content) == (FileState.NOT_REGULAR, b"")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/stdin"])
def test_a_device_is_never_opened(path: str) -> None:
    facts, content = Files().read(path, 100)
    assert facts.state in {FileState.NOT_REGULAR, FileState.DIRECTORY}
    assert content == b""


def test_a_directory_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    facts, _ = Files().read(str(tmp_path), 100)
    assert (facts.state, facts.mode is not None) == (FileState.DIRECTORY, True)


def test_links_that_lead_in_a_circle_are_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    facts, _ = Files().read(str(tmp_path / "a"), 100)
    assert (facts.state, facts.error_name) == (FileState.LINK_LOOP, "ELOOP")


@pytest.mark.parametrize(
    ("path", "state", "name"),
    [
        ("/nonexistent/token", FileState.MISSING, "ENOENT"),
        ("/proc/self/status/token", FileState.MISSING, "ENOTDIR"),
        ("/" + "x" * 5000, FileState.FAILED, "ENAMETOOLONG"),
        ("null\0byte", FileState.FAILED, "ValueError"),
        ("", FileState.MISSING, "ENOENT"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_the_kernels_word(path: str, state: FileState, name: str) -> None:
    facts, content = Files().read(path, 100)
    assert (facts.state, facts.error_name, content) == (state, name, b"")


def test_a_link_to_nothing_is_missing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("gone")
    assert Files().read(str(tmp_path / "link"), 100)[0].state is FileState.MISSING


def test_a_file_of_another_user_is_unreadable_and_its_mode_says_why(tmp_path: Path) -> None:
    where = write(tmp_path, "token", CANARY, 0o600 if os.geteuid() == 0 else 0)
    for folder in (tmp_path, *tmp_path.parents):
        if os.geteuid() == 0 and folder.stat().st_uid == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    facts, content = as_nobody(lambda: Files().read(str(where), 100))
    assert (facts.state, facts.error_name, content) == (FileState.UNREADABLE, "EACCES", b"")
    assert facts.mode == ("0600" if os.geteuid() == 0 else "0000")
    assert facts.owner == where.stat().st_uid


def test_nothing_above_the_root_can_be_named(tmp_path: Path) -> None:
    root = tmp_path / "pod"
    root.mkdir()
    write(tmp_path, "outside", "x")
    files = Files(root=str(root))
    for path in ("../outside", "/../outside", "/a/../../outside", "//../outside"):
        assert files.read(path, 100)[0].state is FileState.MISSING


def test_a_relative_path_is_read_below_the_root(tmp_path: Path) -> None:
    write(tmp_path, "/folder/file", "x")
    assert Files(root=str(tmp_path)).read("folder/file", 100)[1] == b"x"


def test_secret_variables_are_known_by_their_presence_alone(tmp_path: Path) -> None:
    told = seen(
        tmp_path,
        AWS_ACCESS_KEY_ID=f"AKIA{CANARY}",
        AWS_SECRET_ACCESS_KEY=CANARY,
        AWS_SESSION_TOKEN="",
        AWS_CONTAINER_AUTHORIZATION_TOKEN=CANARY,
        AWS_SECURITY_TOKEN=CANARY,
        SOMETHING_ELSE=CANARY,
    )
    assert told.hidden_variables == {
        "AWS_ACCESS_KEY_ID": "set",
        "AWS_SECRET_ACCESS_KEY": "set",
        "AWS_SESSION_TOKEN": "empty",
        "AWS_SECURITY_TOKEN": "set",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "set",
    }
    assert (told.is_set("AWS_SESSION_TOKEN"), told.is_present("AWS_SESSION_TOKEN")) == (False, True)
    assert CANARY not in repr(told)
    assert CANARY not in str(dataclasses.asdict(told))


def test_neither_token_nor_key_is_in_what_is_kept_or_shown(tmp_path: Path) -> None:
    minted = token()
    for path in (DEFAULT_TOKEN, IRSA_TOKEN):
        write(tmp_path, path, minted)
    surroundings = Surroundings(
        environment={"AWS_WEB_IDENTITY_TOKEN_FILE": IRSA_TOKEN, "AWS_SECRET_ACCESS_KEY": CANARY},
        files=Files(root=str(tmp_path)),
    )
    for shown in (repr(surroundings), repr(given(surroundings)), str(dataclasses.asdict(given(surroundings)))):
        assert CANARY not in shown
        assert minted.split(".")[2] not in shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("HTTP_PROXY", f"http://user:{CANARY}@proxy.example.com:3128", "http://***@proxy.example.com:3128"),
        ("https_proxy", f"user:{CANARY}@proxy.example.com:3128", "***@proxy.example.com:3128"),
        ("HTTPS_PROXY", f"http://user:a/b@{CANARY}@proxy.example.com:3128", "http://***@proxy.example.com:3128"),
        ("AWS_ENDPOINT_URL_STS", f"https://{CANARY}@sts.example.com/path", "https://***@sts.example.com"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://a:{CANARY}@10.0.0.1/", "http://***@10.0.0.1"),
        ("HTTP_PROXY", "http://proxy.example.com:3128", "http://proxy.example.com:3128"),
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/a@b", "arn:aws:iam::111122223333:role/a@b"),
        ("AWS_ROLE_SESSION_NAME", "someone@example.com", "someone@example.com"),
        ("AWS_PROFILE", "me@work", "me@work"),
    ],
)
def test_passwords_in_urls_are_masked_and_nothing_else_is(tmp_path: Path, name: str, value: str, shown: str) -> None:
    assert seen(tmp_path, **{name: value}).variables[name] == shown


def test_a_password_that_is_longer_than_the_limit_is_masked_whole(tmp_path: Path) -> None:
    value = f"http://user:{CANARY}{'x' * VALUE_LIMIT}@proxy.example.com:3128"
    assert seen(tmp_path, HTTP_PROXY=value).variables["HTTP_PROXY"] == "http://***@proxy.example.com:3128"


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    assert len(seen(tmp_path, NO_PROXY="a," * VALUE_LIMIT).variables["NO_PROXY"]) == VALUE_LIMIT


def test_a_variable_that_is_no_text_is_named_and_can_be_written_down(tmp_path: Path) -> None:
    odd = b"eu-central-1\xff".decode("utf-8", "surrogateescape")
    told = seen(tmp_path, AWS_REGION=odd, AWS_SECRET_ACCESS_KEY=odd, HOSTNAME=odd, POD_NAMESPACE=odd)
    assert told.undecodable_variables == ("AWS_REGION", "HOSTNAME", "POD_NAMESPACE", "AWS_SECRET_ACCESS_KEY")
    assert told.variables["AWS_REGION"] == "eu-central-1\N{REPLACEMENT CHARACTER}"
    assert told.pod.name == "eu-central-1"
    str(dataclasses.asdict(told)).encode()


def test_an_empty_variable_is_present_and_not_set(tmp_path: Path) -> None:
    told = seen(tmp_path, AWS_PROFILE="")
    assert (told.is_set("AWS_PROFILE"), told.is_present("AWS_PROFILE"), told.is_present("AWS_REGION")) == (
        False,
        True,
        False,
    )


def test_the_pod_knows_itself_by_its_own_token(tmp_path: Path) -> None:
    write(tmp_path, DEFAULT_TOKEN, token())
    pod = seen(tmp_path, HOSTNAME="something-else").pod
    assert (pod.namespace, pod.service_account) == ("kube-system", "aws-load-balancer-controller")
    assert (pod.name, pod.node) == (
        "aws-load-balancer-controller-7d4f8",
        "ip-10-0-1-23.eu-central-1.compute.internal",
    )
    assert (pod.issuer, pod.learnt_from) == (ISSUER, (DEFAULT_TOKEN,))


def test_a_token_copied_from_another_pod_does_not_say_who_this_pod_is(tmp_path: Path) -> None:
    write(tmp_path, DEFAULT_TOKEN, token())
    write(tmp_path, IRSA_TOKEN, token("cluster-autoscaler", pod="cluster-autoscaler-1", node="another-node"))
    pod = seen(tmp_path, AWS_WEB_IDENTITY_TOKEN_FILE=IRSA_TOKEN).pod
    assert pod.service_account == "aws-load-balancer-controller"
    assert pod.learnt_from == (DEFAULT_TOKEN,)


def test_without_its_own_token_the_pod_knows_itself_by_an_injected_one(tmp_path: Path) -> None:
    write(tmp_path, POD_IDENTITY_TOKEN, token())
    pod = seen(tmp_path, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=POD_IDENTITY_TOKEN).pod
    assert (pod.service_account, pod.learnt_from) == ("aws-load-balancer-controller", (POD_IDENTITY_TOKEN,))


def test_another_token_of_the_same_account_fills_in_the_node(tmp_path: Path) -> None:
    write(tmp_path, DEFAULT_TOKEN, token(node=None))
    write(tmp_path, IRSA_TOKEN, token(node="ip-10-0-1-24.eu-central-1.compute.internal"))
    pod = seen(tmp_path, AWS_WEB_IDENTITY_TOKEN_FILE=IRSA_TOKEN).pod
    assert pod.node == "ip-10-0-1-24.eu-central-1.compute.internal"
    assert pod.learnt_from == (DEFAULT_TOKEN, IRSA_TOKEN)


@pytest.mark.parametrize("content", ["", "no token", "a.b.c", "x" * 100_000])
def test_a_token_that_is_none_says_nothing(tmp_path: Path, content: str) -> None:
    write(tmp_path, DEFAULT_TOKEN, content)
    pod = seen(tmp_path).pod
    assert (pod.namespace, pod.service_account, pod.name, pod.learnt_from) == (None, None, None, ())


def test_without_any_token_the_mounted_namespace_and_the_variables_tell(tmp_path: Path) -> None:
    write(tmp_path, NAMESPACE, "kube-system\n")
    pod = seen(tmp_path, HOSTNAME="controller-7d4f8", NODE_NAME="ip-10-0-1-23").pod
    assert (pod.namespace, pod.name, pod.node, pod.service_account) == (
        "kube-system",
        "controller-7d4f8",
        "ip-10-0-1-23",
        None,
    )


@pytest.mark.parametrize(
    ("environment", "hints"),
    [
        ({"NODE_NAME": "fargate-ip-10-0-1-23.compute.internal"}, 1),
        ({"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"}, 1),
        ({"NODE_NAME": "ip-10-0-1-23.compute.internal"}, 0),
        ({}, 0),
    ],
)
def test_fargate_leaves_hints(tmp_path: Path, environment: dict[str, str], hints: int) -> None:
    assert len(seen(tmp_path, **environment).pod.fargate_hints) == hints


IPV6_TABLE = """00000000000000000000000000000001 01 80 10 80       lo
{address} 02 40 {scope} 80     eth0
"""
IPV4_TABLE = """Main:
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
{own}"""
OWN = "           |-- 10.0.1.45\n              /32 host LOCAL\n"


@pytest.mark.parametrize(
    ("own", "scope", "families"),
    [
        (OWN, "20", ("ipv4",)),
        ("", "00", ("ipv6",)),
        (OWN, "00", ("ipv4", "ipv6")),
        ("", "20", ()),
    ],
)
def test_the_pods_own_addresses_tell_its_families(
    tmp_path: Path, own: str, scope: str, families: tuple[str, ...]
) -> None:
    write(tmp_path, "/proc/net/fib_trie", IPV4_TABLE.format(own=own))
    write(tmp_path, "/proc/net/if_inet6", IPV6_TABLE.format(address="fd000000000000000000000000000001", scope=scope))
    assert seen(tmp_path).pod.address_families == families


def test_without_the_kernels_tables_the_families_are_unknown(tmp_path: Path) -> None:
    assert seen(tmp_path).pod.address_families == ()


def test_what_this_very_process_was_given_can_be_looked_at() -> None:
    told = given(real_surroundings())
    assert told.process.user == os.geteuid()
    assert told.lab is None
