"""AWS SDK for Java 2.x, fetched by Maven, compiled by javac, run by the machine's own Java; with and without `sts`.

A class data archive of one run makes the next ones start in half the time. It is good for the very class path that it
was made with, which is why that is relative.
"""

import hashlib
import os
import shutil
import tempfile
from functools import cache, partial
from pathlib import Path

from tests.oracle.harness import BuildError, Command, Harness, Roots, needs, ran

HERE = Path(__file__).parent
SOURCE, PROJECT = HERE / "Resolve.java", HERE / "pom.xml"
VERSIONS = ("2.20.162", "2.21.30", "2.57.8")
"""Before Pod Identity, with it, new."""
VARIANTS = ("", "without sts")
FETCH = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
ARCHIVE = "classes.jsa"
FAST = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:disable", "-cp", "resolve.jar:lib/*")
"""For a program that lives a second. The log would go to standard output."""


@cache
def _java() -> Path | None:
    found = shutil.which("java")
    return None if found is None else Path(found).resolve()


def _home() -> tuple[Path, ...]:
    """Return Java's own folder if a pod does not have it anyway."""
    java = _java()
    return () if java is None or java.is_relative_to("/usr") else (java.parent.parent,)


def _make(version: str, variant: str, folder: Path) -> None:
    _fetch(version, folder / "lib")
    with tempfile.TemporaryDirectory() as classes:
        ran("javac", "-nowarn", "-cp", f"{folder}/lib/*", "-d", classes, str(SOURCE), within=folder)
        ran("jar", "--create", "--file", "resolve.jar", "-C", classes, ".", within=folder)
    if variant:
        (folder / "lib" / f"sts-{version}.jar").unlink()
    _archive(folder)


def _fetch(version: str, library: Path) -> None:
    """Fetch the class path and hold it to the digests written down."""
    ran(
        "mvn",
        "-q",
        "-B",
        "-f",
        str(PROJECT),
        f"-Dsdk.version={version}",
        f"-DoutputDirectory={library}",
        FETCH,
        within=HERE,
    )
    expected = dict(line.split()[::-1] for line in _digests(version).read_text().splitlines())
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in library.iterdir()}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise BuildError(f"{_digests(version).name} does not know {', '.join(wrong)} as fetched")


def _archive(folder: Path) -> None:
    """Run once where there is no network at all, and keep what was loaded. Without the right to, it is only slower."""
    asked = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(SOURCE), "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/none"}
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_REGION": "eu-west-1", **asked}
    java = ("java", f"-XX:ArchiveClassesAtExit={ARCHIVE}", *FAST, SOURCE.stem)
    try:
        ran("unshare", "--net", *java, within=folder, environment=environment)
    except BuildError:
        (folder / ARCHIVE).unlink(missing_ok=True)


def _start(folder: Path, roots: Roots) -> Command:
    trust = f"-Djavax.net.ssl.trustStore={roots.java}"
    java = (str(_java()), "-Xshare:auto", f"-XX:SharedArchiveFile={ARCHIVE}", trust, *FAST, SOURCE.stem)
    return Command(arguments=("/usr/bin/env", f"--chdir={folder}", *java))


def _digests(version: str) -> Path:
    return HERE / f"{version}.sha256"


def _harness(version: str, variant: str) -> Harness:
    return Harness(
        sdk="java-v2",
        version=version,
        variant=variant,
        sources=(SOURCE, PROJECT, _digests(version)),
        make=partial(_make, version, variant),
        start=_start,
        toolchain=needs(mvn="Debian: apt-get install maven", javac="Debian: apt-get install default-jdk-headless"),
        runtime=needs(java="Debian: apt-get install default-jre-headless"),
        folders=_home(),
    )


HARNESSES = tuple(_harness(version, variant) for version in VERSIONS for variant in VARIANTS)
