"""What was handed over, as a tree of plain values: YAML or JSON, hostile until proven otherwise."""

import json

from probe.console import UsageError
from probe.manifests.part import Fields, Part

LARGEST_INPUT = 2 * 1024 * 1024
"""Bytes. etcd keeps no object of more than about 1.5 MiB."""
LARGEST_YAML = 512 * 1024
"""Bytes. Reading YAML takes about a second for this much."""


def read_document(data: bytes) -> Part:
    """Return the one object in a file. Raises UsageError, with one line, for whatever is not exactly that."""
    text = _text(data)
    try:
        tree = json.loads(text) if text.startswith("{") else _yaml(text)
        # Whatever JSON cannot hold (a set, bytes, NaN, half a character) could not have come from an API server.
        plain = json.dumps(tree, ensure_ascii=False, allow_nan=False)
        plain.encode()
    except RecursionError:
        raise UsageError("the workload is nested too deeply to be one") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"the workload is not JSON: {error.msg} (line {error.lineno})") from None
    except (TypeError, ValueError):
        raise UsageError("the workload holds values that Kubernetes objects do not have") from None
    fields = json.loads(plain)
    if not isinstance(fields, dict):
        raise UsageError("what came in is not a Kubernetes object; give the output of kubectl get KIND NAME -o yaml")
    return Part(fields=fields, path="")


def _text(data: bytes) -> str:
    if len(data) > LARGEST_INPUT:
        raise UsageError(f"the workload is larger than {LARGEST_INPUT >> 20} MiB")
    try:
        text = data.decode("utf-8-sig").strip(" \r\n")
    except UnicodeDecodeError:
        raise UsageError("the workload is not UTF-8 text") from None
    if not text.strip():
        raise UsageError("nothing came in; pipe the output of kubectl get KIND NAME -o yaml, or name its file")
    return text


def _yaml(text: str) -> Fields:
    if len(text) > LARGEST_YAML:
        raise UsageError(f"YAML of more than {LARGEST_YAML >> 10} KiB is not read; kubectl get -o json gives JSON")
    from probe.manifests.yaml import read_yaml  # noqa: PLC0415 - costs 30 ms that JSON does not need

    return read_yaml(text)
