"""The command itself, in a process of its own, in a world that leads to one port of loopback and nowhere else."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

RUN, SERVE = ("run",), ("serve", "--listen", "127.0.0.1:0", "--private-listen", "127.0.0.1:0")


@contextlib.contextmanager
def command(
    *words: str, port: int = 1, options: tuple[str, ...] = (), log: int = subprocess.PIPE
) -> Iterator["subprocess.Popen[str]"]:
    """Start it with these words; `log` is where its standard error leads. When the block is left it has ended."""
    nowhere = f"http://127.0.0.1:{port}"
    closed = {
        "HOME": "/nonexistent",
        "AWS_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": nowhere,
        "AWS_ENDPOINT_URL_STS": nowhere,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{nowhere}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "EXAMPLE",
    }
    started = [sys.executable, *options, "-m", "probe", *words]
    process = subprocess.Popen(started, env=closed, stdout=subprocess.PIPE, stderr=log, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()
