"""The commands that docs/kubernetes.md tells people to type."""

import json
import re
import shlex
from functools import cache
from typing import Any

from tests.k8s.built import ROOT

PAGE = ROOT / "docs" / "kubernetes.md"
IMAGE = "registry.example.com/aws-credential-probe:0.1.0"


@cache
def commands() -> tuple[str, ...]:
    """Return every simple command of the shell blocks; a pipe is several."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return tuple(part.strip().replace("IMAGE", IMAGE) for line in lines for part in re.split(r" \| | > ", line))


@cache
def kustomizations() -> tuple[str, ...]:
    """Return the blocks of YAML."""
    return tuple(re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL))


def overrides(command: str) -> dict[str, Any] | None:
    """Return what a `kubectl run` lays over its pod."""
    told = [word.removeprefix("--overrides=") for word in shlex.split(command) if word.startswith("--overrides=")]
    return json.loads(told[0]) if told else None
