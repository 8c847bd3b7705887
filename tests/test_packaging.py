"""What is shipped: the built wheel, its dependencies, the installed command, and the locks."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import probe

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MODULES = sorted((ROOT / "probe").rglob("*.py"))
LAB = ROOT / "probe" / "lab"
_PIN = re.compile(r"^([a-z0-9._-]+)==(\S+) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build a wheel from a copy, so that the tree stays as it is."""
    copy = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "probe", copy / "probe", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    build = "from setuptools import build_meta; build_meta.build_wheel('.')"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=copy, env=_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (built,) = copy.glob("*.whl")
    return zipfile.ZipFile(built)


def test_every_file_of_the_package_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    own = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "probe").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"probe/py.typed", "probe/tell/schema/report.schema.json"} <= own
    assert own - set(wheel.namelist()) == set()


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"probe", f"aws_credential_probe-{probe.__version__}.dist-info"}


def test_the_wheel_runs_on_every_platform(wheel: zipfile.ZipFile) -> None:
    assert Path(str(wheel.filename)).name.endswith("-py3-none-any.whl")


def test_the_wheel_carries_its_license_and_names_it(wheel: zipfile.ZipFile) -> None:
    info = f"aws_credential_probe-{probe.__version__}.dist-info"
    assert wheel.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert "License-Expression: Apache-2.0" in wheel.read(f"{info}/METADATA").decode().splitlines()


def test_the_wheel_brings_the_probe_command(wheel: zipfile.ZipFile) -> None:
    entry_points = wheel.read(f"aws_credential_probe-{probe.__version__}.dist-info/entry_points.txt").decode()
    assert "probe = probe.__main__:main" in entry_points


def test_the_version_is_the_same_everywhere() -> None:
    installed = metadata.version("aws-credential-probe")
    assert probe.__version__ == PROJECT["version"] == installed
    assert f"## [{installed}]" in _changelog() or f"What will be {installed}." in _changelog()


@pytest.mark.parametrize(
    "command",
    [[str(Path(sys.executable).with_name("probe"))], [sys.executable, "-m", "probe"]],
    ids=["script", "module"],
)
def test_the_installed_command_tells_its_version(command: list[str]) -> None:
    done = subprocess.run(
        [*command, "--version"], env=_environment(), capture_output=True, text=True, timeout=30, check=True
    )
    assert (done.stdout, done.stderr) == (f"probe {probe.__version__}\n", "")


def test_explain_loads_nothing_of_the_network() -> None:
    loaded = _modules_after("explain", "imds-hop-limit")
    assert "probe.findings.catalogue" in loaded
    assert {"httpx", "httpcore", "botocore", "structlog", "ssl", "dacite"} & loaded == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_is_installed_with_it(path: Path) -> None:
    imported = set(_imported_at_once(ast.parse(path.read_text()).body))
    allowed = {"probe", *sys.stdlib_module_names, *_modules(PROJECT["dependencies"])}
    # The lab's certificate authority takes a compiler's worth of packages, so even there it is imported when used.
    allowed |= _modules(PROJECT["optional-dependencies"]["lab"]) - {"trustme"} if LAB in path.parents else set()
    assert imported - allowed == set()


def test_everything_that_the_probe_needs_at_run_time_is_pure_python() -> None:
    needed = _closure("aws-credential-probe")
    assert {"httpx", "botocore", "urllib3"} <= needed
    assert {name for name in needed if not _is_pure(name)} == set()


def test_the_runtime_lock_pins_what_is_needed_and_nothing_else() -> None:
    assert set(_pins("runtime")) == _closure("aws-credential-probe") - {"aws-credential-probe"}


def test_the_tests_run_with_what_is_shipped() -> None:
    runtime, test = _pins("runtime"), _pins("test")
    assert {name: test.get(name) for name in runtime} == runtime
    assert {name: metadata.version(name) for name in test} == test


@pytest.mark.parametrize("lock", ["runtime", "test"])
def test_a_lock_names_no_index_and_no_place_of_the_machine_that_made_it(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    assert len(_pins(lock)) == text.count("==")
    assert re.findall(r"https?://|^-|--(?:index|extra-index|find-links|trusted)\S*|file:/", text, re.MULTILINE) == []
    assert not re.search(r"(?:^|\s)/\w", text)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"}


def _changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text()


def _modules_after(*arguments: str) -> set[str]:
    """Return every module that is loaded when a command line has ended."""
    code = f"import sys; from probe.cli import main; main({list(arguments)!r}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=_environment(), capture_output=True, text=True, timeout=30, check=True
    )
    return set(done.stderr.split())


def _imported_at_once(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the top-level package of each import that runs when the module is imported."""
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield "probe" if statement.level else str(statement.module).partition(".")[0]
        elif isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING"):
            yield from _imported_at_once(statement.orelse)
        elif not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = (getattr(statement, name, []) for name in ("body", "orelse", "finalbody"))
            handlers = (handler.body for handler in getattr(statement, "handlers", []))
            yield from (name for part in (*inner, *handlers) for name in _imported_at_once(part))


def _modules(requirements: list[str]) -> set[str]:
    """Return the modules that may be imported by name where these requirements are installed."""
    names = _names(requirements)
    owners = metadata.packages_distributions().items()
    return {module for module, owned_by in owners if names & {canonicalize_name(name) for name in owned_by}}


def _names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def _closure(name: str) -> set[str]:
    """Return an installed distribution and everything that it needs here, by their normal names."""
    found: set[str] = set()
    waiting = {canonicalize_name(name)}
    while waiting:
        found.add(one := waiting.pop())
        needed = [Requirement(text) for text in metadata.requires(one) or []]
        here = [need for need in needed if need.marker is None or need.marker.evaluate({"extra": ""})]
        waiting |= {canonicalize_name(need.name) for need in here} - found
    return found


def _is_pure(name: str) -> bool:
    told = (metadata.distribution(name).read_text("WHEEL") or "").splitlines()
    tags = [line.removeprefix("Tag: ") for line in told if line.startswith("Tag: ")]
    return tags != [] and all(tag.endswith("-none-any") for tag in tags)


def _pins(lock: str) -> dict[str, str]:
    """Return the versions in a lock. What has no hash is not a pin, and is missing here."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return {canonicalize_name(name): version for name, version, _ in _PIN.findall(text)}
