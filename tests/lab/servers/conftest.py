"""Fixtures of the server tests. Nothing here can reach anything but loopback."""

from pathlib import Path

import pytest

from probe.lab.servers import Canaries

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_sdk_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave botocore nothing to find: no files, no profile, no proxy, and IMDS switched off."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    for name in ("AWS_PROFILE", *PROXY_VARIABLES, *(name.lower() for name in PROXY_VARIABLES)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()
