"""Starts servers that somebody else wrote, on loopback, and puts them where a world's IMDS and STS would be."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import trustme

from tools.third_party import place

PATIENCE = 60.0
"""Seconds that a server may take to listen: moto imports much, and the machine may be busy."""
_KEYS = "/latest/meta-data/iam/security-credentials/role-name"
"""It calls every role so."""


@contextlib.contextmanager
def moto(folder: Path, *, certificate: trustme.LeafCert | None = None) -> Iterator[int]:
    """Run moto's server and give its port; with a certificate it speaks TLS. `folder` gets its log."""
    tls: tuple[str, ...] = ()
    if certificate is not None:
        chain, key = folder / "chain.pem", folder / "key.pem"
        certificate.cert_chain_pems[0].write_to_path(str(chain))
        certificate.private_key_pem.write_to_path(str(key))
        tls = ("--ssl-cert", str(chain), "--ssl-key", str(key))
    with _server("moto.server", folder / "moto.log", {}, *tls) as port:
        yield port


@contextlib.contextmanager
def ectou_metadata(folder: Path, *, role_arn: str, sts: str) -> Iterator[int]:
    """Run the mock, which gets its role's keys of the STS at this URL, and give its port.

    It gets them when it is asked for them first, which takes seconds on a busy machine: so it is asked before.
    """
    own = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
    environment = {**own, "AWS_DEFAULT_REGION": "eu-central-1", "AWS_ENDPOINT_URL_STS": sts}
    with _server("ectou_metadata.service", folder / "ectou.log", environment, "--role-arn", role_arn) as port:
        httpx.get(f"http://127.0.0.1:{port}{_KEYS}", trust_env=False, timeout=PATIENCE).raise_for_status()
        yield port


@contextlib.contextmanager
def _server(module: str, log: Path, environment: Mapping[str, str], *arguments: str) -> Iterator[int]:
    port = _free_port()
    where = ("--host", "127.0.0.1", "--port", str(port))
    with log.open("wb") as told:
        child = subprocess.Popen(
            [sys.executable, "-m", module, *where, *arguments],
            cwd=log.parent,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(place()), "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_it_listens(child, port, log)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=PATIENCE)


def _free_port() -> int:
    """Neither server can be told to choose one itself and say which."""
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        port: int = chosen.getsockname()[1]
        return port


def _wait_until_it_listens(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"it does not listen: {log.read_text(errors='replace')[-400:]}")
