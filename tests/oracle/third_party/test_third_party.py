"""An IMDS and an STS that somebody else wrote: the probe walks them to the end, and is not taken in by them.

moto stands for a whole AWS in one process; ectou-metadata is an IMDS mock from before tokens, which gets its keys of
STS. amazon-ec2-metadata-mock is imitated in the lab (`imds-mock-aemm*`): its module is not to be had from every proxy.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import trustme

from probe.lab.places import GLOBAL_STS, PUBLIC_STS
from probe.lab.run import Ran, run_in
from probe.lab.scenario import Expectation, PodSpec, Scenario, load
from probe.lab.world import World
from tests.oracle.third_party.servers import ectou_metadata, moto
from tools.third_party import why_not

pytestmark = [pytest.mark.oracle, pytest.mark.xdist_group("third-party")]
IMDS = "169.254.169.254:80"
REGION = "eu-central-1"
ROLE = "arn:aws:iam::111122223333:role/node-role"
MOTO_USER = "arn:aws:sts::123456789012:user/moto"
"""Whoever signs with keys that moto did not make is this user to it."""


@dataclass(frozen=True, kw_only=True)
class Servers:
    """The ports of running servers."""

    moto: int
    sts: int
    """moto once more, behind the names of STS."""
    ectou: int
    roots: Path


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("third-party")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "roots.pem"))
    certificate = authority.issue_cert(f"sts.{REGION}.amazonaws.com", "sts.amazonaws.com")
    with contextlib.ExitStack() as running:
        plain = running.enter_context(moto(folder))
        secured = running.enter_context(moto(folder, certificate=certificate))
        mock = running.enter_context(ectou_metadata(folder, role_arn=ROLE, sts=f"http://127.0.0.1:{plain}"))
        yield Servers(moto=plain, sts=secured, ectou=mock, roots=folder / "roots.pem")


def walk(servers: Servers, scenario: Scenario, dial: Mapping[str, int]) -> Ran:
    """Walk a scenario's pod with nothing on the other side but these servers."""
    with World(replace(scenario, servers={})) as world:
        world.dial |= {place: str(port) for place, port in dial.items()}
        world.dial |= {f"{PUBLIC_STS}:443": str(servers.sts), f"{GLOBAL_STS}:443": str(servers.sts)}
        world.certificates = str(servers.roots)
        ran = run_in(world)
    assert [canary for canary in ran.canaries if canary in ran.stdout + ran.stderr] == []
    return ran


def node_pod() -> Scenario:
    return Scenario(
        name="third-party",
        title="A pod on the node role",
        story="Something answers where IMDS and STS should be.",
        pod=PodSpec(environment={"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}, arguments=("--expect", "imds")),
        expect=Expectation(exit_code=0),
    )


def outcomes(ran: Ran) -> dict[str, str]:
    return {step["id"]: step["outcome"] for step in ran.report["steps"]}


def certainties(ran: Ran) -> dict[str, str]:
    return {finding["code"]: finding["certainty"] for finding in ran.report["findings"]}


def test_motos_imds_is_walked_to_the_identity_and_likely_no_ec2(servers: Servers) -> None:
    ran = walk(servers, node_pod(), {IMDS: servers.moto})
    walked = outcomes(ran)
    for step in ("imds.token", "imds.tokenless", "imds.role", "imds.credentials", "identity.imds"):
        assert walked[step] == "ok", step
    assert walked["imds.metadata"] == "fail"
    assert certainties(ran) == {"imds-impostor": "likely", "application-layer": "likely"}
    assert ran.report["verdict"]["summary"] == f"The IMDS (a stand-in, it seems) credentials work: {MOTO_USER}."


def test_a_mock_from_before_tokens_is_walked_as_imdsv1_and_certainly_no_ec2(servers: Servers) -> None:
    ran = walk(servers, node_pod(), {IMDS: servers.ectou})
    walked = outcomes(ran)
    assert (walked["imds.token"], walked["imds.metadata"]) == ("fail", "fail")
    for step in ("imds.tokenless", "imds.role", "imds.credentials", "identity.imds"):
        assert walked[step] == "ok", step
    assert certainties(ran) == {"imds-impostor": "certain", "application-layer": "likely"}
    assert ran.report["verdict"]["exit_code"] == 0
    assert "The IMDS (a stand-in) credentials work: arn:aws:sts::" in ran.report["verdict"]["summary"]


@pytest.mark.parametrize("place", ["moto", "ectou"])
def test_nothing_is_certain_of_a_mock_but_that_it_is_not_ec2(servers: Servers, place: str) -> None:
    ran = walk(servers, node_pod(), {IMDS: getattr(servers, place)})
    assert {code for code, certainty in certainties(ran).items() if certainty == "certain"} <= {"imds-impostor"}


def test_a_stopped_mock_is_told_from_a_mock(servers: Servers) -> None:
    ran = walk(servers, replace(node_pod(), dial={IMDS: "refused"}), {})
    assert certainties(ran)["imds-refused"] == "certain"
    assert "imds-impostor" not in certainties(ran)


def test_motos_sts_takes_a_token_and_tells_who_that_is(servers: Servers) -> None:
    ran = walk(servers, load("irsa-healthy"), {})
    walked = outcomes(ran)
    for step in ("web-identity.tls", "web-identity.assume-role", "identity.web-identity"):
        assert walked[step] == "ok", step
    identity = ran.report["verdict"]["identity"]
    assert identity["arn"].startswith("arn:aws:sts::111122223333:assumed-role/load-balancer-controller/")


def test_motos_sts_knows_any_static_key(servers: Servers) -> None:
    ran = walk(servers, load("static-keys-healthy"), {})
    assert ran.report["verdict"]["identity"]["arn"] == MOTO_USER


def test_what_is_wrong_before_sts_is_found_whoever_plays_sts(servers: Servers) -> None:
    ran = walk(servers, load("irsa-token-missing"), {})
    assert ran.report["verdict"]["code"] == "web-identity-token-missing"
    assert ran.report["verdict"]["certainty"] == "certain"
