"""Where no network world can be built, one sentence says why."""

import os
import shutil
import sys

import pytest

from probe.lab import namespaces
from probe.lab.namespaces import CannotBuildError, Namespaces, why_not
from probe.lab.servers.imds_tree import PRIVATE_ADDRESS
from probe.lab.topology import INSTANCE_4, Shape


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine on which worlds can be built."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name, **_: f"/usr/sbin/{name}")
    monkeypatch.setattr(namespaces, "_kernel_agrees", lambda: True)
    return monkeypatch


def test_nothing_is_said_where_worlds_can_be_built(fit: pytest.MonkeyPatch) -> None:
    del fit
    assert why_not() is None


def test_another_system_than_linux_is_refused(fit: pytest.MonkeyPatch) -> None:
    fit.setattr(sys, "platform", "darwin")
    assert why_not() == "network worlds need Linux"


def test_an_ordinary_user_is_refused(fit: pytest.MonkeyPatch) -> None:
    fit.setattr(os, "geteuid", lambda: 1000)
    assert why_not() == "network worlds need root (they make network namespaces of their own)"


@pytest.mark.parametrize(("name", "package"), [("ip", "iproute2"), ("nft", "nftables"), ("dnsmasq", "dnsmasq-base")])
def test_a_missing_command_is_named_with_its_package(fit: pytest.MonkeyPatch, name: str, package: str) -> None:
    fit.setattr(shutil, "which", lambda asked, **_: None if asked == name else asked)
    assert why_not() == f"network worlds need the command {name} (Debian: apt-get install {package})"


def test_a_container_that_may_make_no_namespace_is_refused(fit: pytest.MonkeyPatch) -> None:
    fit.setattr(namespaces, "_kernel_agrees", lambda: False)
    assert why_not() == "the kernel lets this process make no network namespace (a container needs CAP_SYS_ADMIN)"


def test_a_world_refuses_with_the_same_sentence(fit: pytest.MonkeyPatch) -> None:
    fit.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CannotBuildError, match=r"^network worlds need root"):
        Namespaces(Shape()).__enter__()


def test_the_node_has_the_address_that_the_identity_document_tells() -> None:
    assert INSTANCE_4 == PRIVATE_ADDRESS
