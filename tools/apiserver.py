"""A real kube-apiserver, built from its Go module, that refuses what a cluster would refuse. Nothing runs in it.

`python -m tools.apiserver` builds it (about 4 minutes on two cores, once; Go 1.24 or newer) and tries every manifest on
it. It is apart from `make test` because of those minutes. What is checked is in tests/k8s/check_apiserver.py.
"""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tools import kubectl

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "tests" / "k8s" / "apiserver"
CHECKS = ROOT / "tests" / "k8s" / "check_apiserver.py"
CACHE = ROOT / ".cache" / "apiserver"
VERSION = "v1.34.2"
"""Of Kubernetes; go.mod names it too."""
PATIENCE = 60.0
"""Seconds from its start to its readiness; 5 is usual."""


def program() -> Path:
    """Return where the API server of this very source is, built or not."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(SOURCE.iterdir())))
    return CACHE / digest.hexdigest()[:16] / "apiserver"


def why_not() -> str | None:
    """Say in one sentence why it cannot be run; None if it can."""
    return None if program().is_file() else "the API server is not built: python -m tools.apiserver"


def build() -> str | None:
    """Build it if it is not there. Return why that was not possible, in one sentence."""
    if program().is_file():
        return None
    if shutil.which("go") is None:
        return "go is not installed (1.24 or newer)"
    program().parent.mkdir(parents=True, exist_ok=True)
    flags = f"-s -w -X k8s.io/component-base/version.gitVersion={VERSION}"
    # Unoptimised: it runs for seconds, and the build is a quarter shorter.
    command = ["go", "build", "-trimpath", "-gcflags=all=-N -l", f"-ldflags={flags}", "-o", str(program()), "."]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"go build failed: {done.stderr.strip().splitlines()[-1]}"


@contextlib.contextmanager
def running() -> Iterator[Path]:
    """Run it on loopback; give the kubeconfig of its administrator."""
    with tempfile.TemporaryDirectory(prefix="credential-probe-apiserver-") as name:
        place, port, token = Path(name), _free_port(), secrets.token_hex(16)
        (place / "tokens.csv").write_text(f'{token},admin,admin,"system:masters"\n')
        key = ["openssl", "genrsa", "-out", "accounts.key", "2048"]
        subprocess.run(key, cwd=place, check=True, capture_output=True)
        with (place / "log").open("wb") as log:
            server = subprocess.Popen([program(), *_flags(port)], cwd=place, stdout=log, stderr=log)
        try:
            config = _kubeconfig(place, port, token)
            _await(server, config, place / "log")
            yield config
        finally:
            server.kill()
            server.wait()


def _flags(port: int) -> list[str]:
    return [
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        "--cert-dir=certificates",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-issuer=https://issuer.example",
        "--service-account-key-file=accounts.key",
        "--service-account-signing-key-file=accounts.key",
        "--token-auth-file=tokens.csv",
        "--authorization-mode=RBAC",
        "--allow-privileged",
    ]


def _kubeconfig(place: Path, port: int, token: str) -> Path:
    cluster = {
        "server": f"https://127.0.0.1:{port}",
        # It signs its own certificate as it starts.
        "certificate-authority": str(place / "certificates" / "apiserver.crt"),
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "here", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "admin"}}],
    }
    path = place / "kubeconfig"
    path.write_text(json.dumps(config))
    return path


def _await(server: "subprocess.Popen[bytes]", config: Path, log: Path) -> None:
    ask = [str(kubectl.program("kubectl")), f"--kubeconfig={config}", "get", "--raw=/readyz"]
    end = time.monotonic() + PATIENCE
    while subprocess.run(ask, capture_output=True, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > end:
            told = log.read_text(errors="replace").splitlines()
            raise RuntimeError(f"the API server did not start: {told[-1] if told else 'no reason told'}")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def main() -> int:
    """Build it, and try every manifest on it, where nothing but loopback can be reached."""
    reason = kubectl.install() or build()
    if reason is not None:
        print(f"The API server: {reason}")
        return 1
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", str(CHECKS), *sys.argv[1:]]
    closed = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"'] if os.geteuid() == 0 else []
    return subprocess.run([*closed, *pytest], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
