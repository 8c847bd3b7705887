"""What a witness may do: reach what the lab lists, open the pod's files, and nothing else."""

import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from probe.lab.servers import silent_port

pytestmark = pytest.mark.lab

PREAMBLE = """
import json, os, socket, subprocess, sys
from probe.lab.witness.closed import ClosedFiles, ClosedNetwork
world = json.load(sys.stdin)
ClosedFiles(root=world["root"], user=world.get("user")).install()
ClosedNetwork(dial=world.get("dial", {}), names=world.get("names", {})).install()

def attempt():
    BODY

try:
    print(json.dumps({"value": attempt()}))
except BaseException as error:
    print(json.dumps({"error": type(error).__name__, "errno": getattr(error, "errno", None)}))
"""


def inside(tmp_path: Path, body: str, **world: object) -> Mapping[str, Any]:
    """Run a piece of a program in a closed world; return its value, or the error that came of it."""
    script = PREAMBLE.replace("BODY", textwrap.indent(textwrap.dedent(body).strip(), "    ").strip())
    child = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps({"root": str(tmp_path), **world}),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    told: Mapping[str, Any] = json.loads(child.stdout)
    return told


ESCAPES = {
    "an address that is not listed": "return socket.create_connection(('192.0.2.1', 80), 1)",
    "a name that is not listed": "return socket.create_connection(('example.com', 80), 1)",
    "a datagram": "return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "the layer below Python's own": "import _socket; return _socket.socket().connect(('192.0.2.1', 80))",
    "the resolver below": "import _socket; return _socket.getaddrinfo('example.com', 80)",
    "a local socket": "return socket.socket(socket.AF_UNIX).connect('/run/nscd/socket')",
    "another program": "return subprocess.run(['/bin/true'])",
    "a shell": "return os.system('true')",
    "a child": "return os.fork()",
    "a file of this machine": "return open('/etc/passwd').read()",
}


@pytest.mark.parametrize("how", list(ESCAPES))
def test_nothing_leads_out_of_the_lab(how: str, tmp_path: Path) -> None:
    assert inside(tmp_path, ESCAPES[how])["error"] in {
        "OSError",
        "gaierror",
        "PermissionError",
        "FileNotFoundError",
        "ValueError",
        "IndexError",
    }


@pytest.mark.parametrize(
    ("target", "number"),
    [
        ("unreachable", errno.ENETUNREACH),
        ("no-host", errno.EHOSTUNREACH),
        ("prohibited", errno.EACCES),
        (None, errno.ENETUNREACH),
    ],
)
def test_what_loopback_cannot_do_is_an_error_at_once(target: str | None, number: int, tmp_path: Path) -> None:
    dial = {"192.0.2.1:80": target} if target else {}
    assert inside(tmp_path, "socket.create_connection(('192.0.2.1', 80), 1)", dial=dial)["errno"] == number
    told = inside(tmp_path, "return socket.socket().connect_ex(('192.0.2.1', 80))", dial=dial)
    assert told["value"] == number


@pytest.mark.parametrize("place", ["192.0.2.1", "[2001:db8::1]"])
def test_a_listed_address_leads_to_its_loopback_port_whatever_its_family(place: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        body = f"return socket.create_connection(({place.strip('[]')!r}, 80), 2).getpeername()[1]"
        assert inside(tmp_path, body, dial={f"{place}:80": str(port)})["value"] == port


def test_a_name_leads_to_its_addresses_in_their_order(tmp_path: Path) -> None:
    told = inside(
        tmp_path,
        "return [one[4][0] for one in socket.getaddrinfo('sts.example.com', 443)]",
        names={"sts.example.com": ["192.0.2.1", "192.0.2.2"]},
    )
    assert told["value"] == ["192.0.2.1", "192.0.2.2"]


@pytest.mark.parametrize(
    ("says", "number"),
    [("nxdomain", socket.EAI_NONAME), ("servfail", socket.EAI_AGAIN), ("silent", socket.EAI_AGAIN)],
)
def test_a_resolver_that_fails_fails_as_the_real_one_does(says: str, number: int, tmp_path: Path) -> None:
    told = inside(tmp_path, "socket.getaddrinfo('sts.example.com', 443)", names={"sts.example.com": says})
    assert told == {"error": "gaierror", "errno": number}


def test_a_connect_that_is_not_answered_ends_with_the_timeout_of_the_socket(tmp_path: Path) -> None:
    with silent_port() as port:
        told = inside(
            tmp_path,
            "socket.create_connection(('192.0.2.1', 80), 0.3)",
            dial={"192.0.2.1:80": str(port)},
        )
    assert told["error"] == "TimeoutError"


def test_a_socket_that_does_not_wait_says_that_it_is_in_progress(tmp_path: Path) -> None:
    with silent_port() as port:
        body = """
        one = socket.socket()
        one.setblocking(False)
        return one.connect_ex(("192.0.2.1", 80))
        """
        assert inside(tmp_path, body, dial={"192.0.2.1:80": str(port)})["value"] == errno.EINPROGRESS


def test_a_path_of_the_pod_is_opened_below_the_root(tmp_path: Path) -> None:
    path = tmp_path / "var" / "token"
    path.parent.mkdir()
    path.write_text("from the pod")
    assert inside(tmp_path, "return open('/var/token').read()")["value"] == "from the pod"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_rights_of_the_pods_user_decide() -> None:
    # pytest's own folders are closed to other users.
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        path = root / "token"
        path.write_text("x")
        path.chmod(0o600)
        assert inside(root, "return open('/token').read()", user=65532)["error"] == "PermissionError"
        path.chmod(0o644)
        assert inside(root, "return open('/token').read()", user=65532)["value"] == "x"


def test_python_itself_still_works(tmp_path: Path) -> None:
    assert inside(tmp_path, "import email.mime.text, xml.dom.minidom; return 'fine'")["value"] == "fine"
