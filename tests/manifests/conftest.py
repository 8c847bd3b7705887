"""Manifests made from workloads on file, read back the way an API server would."""

import io
import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # another reader than the one that is tested; it reads as kubectl does
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from probe.cli import main
from tests.cli.conftest import Ran

WORKLOADS = Path(__file__).parent / "workloads"
SCHEMAS = files("kubernetes_validate") / "kubernetes-json-schema" / "v1.37.0-local-strict"
OPTIONS = {"aws_node.yaml": ("--container", "aws-node"), "ebs_csi_controller.yaml": ("--container", "ebs-plugin")}
LINUX = sorted(path.name for path in WORKLOADS.iterdir() if path.name != "windows.yaml")

Make = Callable[..., Any]
Print = Callable[..., Ran]


@pytest.fixture
def print_manifest(tmp_path: Path) -> Print:
    """Run `probe manifest` on a workload, by its file's name or by its text."""

    def run(form: str, workload: str | bytes, *options: str) -> Ran:
        path = tmp_path / "workload"
        path.write_bytes(workload if isinstance(workload, bytes) else (WORKLOADS / workload).read_bytes())
        stdout, stderr = io.StringIO(), io.StringIO()
        exit_code = main(["manifest", form, "--from", str(path), *options], stdout=stdout, stderr=stderr)
        return Ran(exit_code=exit_code, stdout=stdout.getvalue(), stderr=stderr.getvalue())

    return run


@pytest.fixture
def made(print_manifest: Print) -> Make:
    """Return the object that `probe manifest` prints, valid by the Kubernetes schemas."""

    def make(form: str, workload: str | bytes, *options: str) -> Any:  # noqa: ANN401 - an object of any kind
        ran = print_manifest(form, workload, *options)
        assert (ran.exit_code, ran.stderr) == (0, "")
        read = yaml.safe_load(ran.stdout)
        if form in {"job", "cronjob", "daemonset"}:
            assert_valid(read)
        return read

    return make


def assert_valid(thing: Any) -> None:  # noqa: ANN401 - an object of any kind
    """Hold an object to the strict Kubernetes schema, in which an unknown field is an error."""
    group = thing["apiVersion"].replace("/", "-")
    _validator(f"{thing['kind'].lower()}-{group}.json").validate(thing)


@cache
def _validator(name: str) -> Draft202012Validator:
    # kubernetes_validate.validate reads 3 MB of definitions for every object.
    schema = json.loads((SCHEMAS / name).read_text())
    definitions = Resource.from_contents(json.loads((SCHEMAS / "_definitions.json").read_text()))
    registry: Registry[Any] = definitions @ (Resource.from_contents(schema) @ Registry())
    return Draft202012Validator(schema, registry=registry)


def container_of(manifest: Any) -> Any:  # noqa: ANN401 - as above
    """Return the probe's container of a Job."""
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    return container


def variables_of(container: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return the container's variables by name."""
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in container["env"]}
