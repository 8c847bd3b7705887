"""What is in the image, and what is not: read from its layers, not from what was meant."""

import json
import re
import tarfile
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import probe
from tests.image.container import Image
from tools.image.built import Built
from tools.image.inputs import ROOT

PROGRAMS = {"usr/bin/probe", "usr/bin/python3.13"}
LEFT_OUT = tomllib.loads((ROOT / "image" / "contents.toml").read_text())["standard_library"]["left_out"]
IMPORT_EVERYTHING = (Path(__file__).parent / "import_everything.py").read_text()


@pytest.fixture(scope="module")
def members(built: Built) -> Iterator[list[tarfile.TarInfo]]:
    with built.layout.layers() as layers:
        yield [member for layer in layers for member in layer]


@pytest.fixture(scope="module")
def bill(built: Built) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(built.bill.read_bytes())
    return told


def test_nothing_can_be_executed_but_the_probe_and_its_interpreter(members: list[tarfile.TarInfo]) -> None:
    executable = {member.name for member in members if member.isfile() and member.mode & 0o111}
    assert {name for name in executable if ".so" not in name} == PROGRAMS


def test_there_is_no_shell_no_package_manager_and_no_pip(members: list[tarfile.TarInfo]) -> None:
    last = {member.name.rpartition("/")[2] for member in members if not member.isdir()}
    assert not last & {"sh", "bash", "dash", "busybox", "apt", "apt-get", "dpkg", "pip", "ensurepip", "setuptools"}


def test_nothing_changes_its_user_and_nobody_but_root_may_write_anything(members: list[tarfile.TarInfo]) -> None:
    assert [member.name for member in members if member.mode & 0o7000] == []
    assert [member.name for member in members if not member.issym() and member.mode & 0o022] == []
    assert {(member.uid, member.gid) for member in members} == {(0, 0)}


def test_there_are_files_folders_and_links_and_nothing_else(members: list[tarfile.TarInfo]) -> None:
    assert [member.name for member in members if not (member.isfile() or member.isdir() or member.issym())] == []


def test_everything_is_of_the_same_age_as_the_last_commit(built: Built, members: list[tarfile.TarInfo]) -> None:
    labels = built.layout.configuration["config"]["Labels"]
    assert len({member.mtime for member in members}) == 1
    assert labels["org.opencontainers.image.created"] == built.layout.configuration["created"]


def test_nothing_was_left_of_the_build(members: list[tarfile.TarInfo]) -> None:
    tops = {member.name.partition("/")[0] for member in members}
    assert tops <= {"", ".", "etc", "home", "lib", "lib64", "usr", "var"}
    assert not [member.name for member in members if member.name.endswith((".py", "/RECORD", "direct_url.json"))]


def test_machine_code_is_of_debian_only(members: list[tarfile.TarInfo]) -> None:
    objects = [member.name for member in members if ".so" in member.name.rpartition("/")[2]]
    assert objects
    assert [name for name in objects if "dist-packages" in name] == []


def test_of_botocore_there_is_no_service_but_of_the_probe_there_are_models(members: list[tarfile.TarInfo]) -> None:
    names = [member.name for member in members]
    assert [name for name in names if "/botocore/data/" in name] == []
    assert {"sts.json", "ec2.json"} <= {name.partition("/probe/wire/models/")[2] for name in names}


def test_it_says_what_it_is_and_runs_as_nobody_in_particular(built: Built) -> None:
    config = built.layout.configuration["config"]
    labels = {name.rpartition(".")[2]: value for name, value in config["Labels"].items()}
    assert config["User"] == "65532:65532"
    assert config["Env"] == ["PATH=/usr/bin"]
    assert labels["version"] == probe.__version__
    assert {"title", "description", "licenses", "revision", "created"} <= set(labels)


def test_every_module_can_be_imported_but_for_what_is_not_shipped(image: Image) -> None:
    ran = image.python(IMPORT_EVERYTHING)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["imported"] > 1000
    assert {"probe.commands.run", "probe.lab.pod", "probe.wire.sts"} <= set(told["own"])
    assert told["failed"] == {}


def test_what_was_left_out_is_not_there(image: Image) -> None:
    names = [name for names in LEFT_OUT.values() for name in names if not set("*._") & set(name)]
    code = f"import importlib.util; print([name for name in {names} if importlib.util.find_spec(name)])"
    assert (names != [], image.python(code).stdout) == (True, "[]\n")


def test_the_bill_names_every_locked_package_with_its_hash(bill: dict[str, Any]) -> None:
    lock = (ROOT / "requirements" / "runtime.txt").read_text()
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock, re.MULTILINE))
    python = [one for one in bill["components"] if one["purl"].startswith("pkg:pypi/")]
    assert {one["purl"].partition("pypi/")[2].partition("@")[0]: one["version"] for one in python} == pinned
    assert [one["name"] for one in python if one["hashes"][0]["content"] not in lock] == []


def test_the_bill_names_every_debian_package_that_has_a_record_in_the_image(
    bill: dict[str, Any], members: list[tarfile.TarInfo]
) -> None:
    debian = {one["name"] for one in bill["components"] if one["purl"].startswith("pkg:deb/")}
    records = {member.name.rpartition("/")[2] for member in members if "status.d/" in member.name}
    assert {"libc6", "libssl3t64", "ca-certificates", "python3.13-minimal", "libpython3.13-stdlib"} <= debian
    assert debian == records


def test_the_bill_says_what_needs_what(bill: dict[str, Any]) -> None:
    references = {one["bom-ref"] for one in (*bill["components"], bill["metadata"]["component"])}
    needs = {one["ref"]: set(one["dependsOn"]) for one in bill["dependencies"]}
    own = bill["metadata"]["component"]["bom-ref"]
    assert own == f"pkg:pypi/aws-credential-probe@{metadata.version('aws-credential-probe')}"
    assert {one.partition("@")[0] for one in needs[own]} >= {"pkg:pypi/botocore", "pkg:pypi/httpx"}
    assert set().union(needs, *needs.values()) <= references


def test_the_bill_beside_the_image_is_the_one_in_it(built: Built, image: Image) -> None:
    code = "print(open('/usr/share/sbom/aws-credential-probe.cdx.json').read(), end='')"
    assert image.python(code).stdout == built.bill.read_text()
