"""Starts the servers that a scenario names: one function a server, and a line in `STARTERS`."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import dacite

from probe.lab.places import API_SERVER, region_of
from probe.lab.servers import (
    AgentConfig,
    AgentServer,
    Answer,
    EcsConfig,
    EcsErrorCode,
    EcsServer,
    FaultKind,
    ForwardProxy,
    ImdsConfig,
    ImpostorConfig,
    ImpostorServer,
    KeyRing,
    KubernetesConfig,
    KubernetesServer,
    MintedCredentials,
    ProxyConfig,
    Request,
    StsConfig,
    StsServer,
    mint_credentials,
)

if TYPE_CHECKING:
    from probe.lab.world import World

Table = dict[str, Any]
"""One server's table of a scenario; a starter may take out of it what is not the server's own."""


def start_imds(world: "World", table: Table) -> None:
    """Start IMDS; `role` names the role whose keys it hands out, an empty text none."""
    role = table.pop("role", "node-role")
    _mint(world, "imds", table, role, table.get("instance_id", "i-0123456789EXAMPLE0"))
    config = config_of(ImdsConfig, {**table, "role": role or None})
    world.serve("imds", lambda **listen: world.imds_server(config, canaries=world.canaries, **listen))


def start_agent(world: "World", table: Table) -> None:
    """Start the Pod Identity agent; with `role` it has keys."""
    _mint(world, "agent", table, table.pop("role", None), _session(table))
    config = config_of(AgentConfig, table)
    world.serve("agent", lambda **listen: AgentServer(config, **listen))


def start_ecs(world: "World", table: Table) -> None:
    """Start the ECS credential endpoint; with `role` it has keys."""
    _mint(world, "ecs", table, table.pop("role", None), _session(table))
    config = config_of(EcsConfig, table)
    world.serve("ecs", lambda **listen: EcsServer(config, **listen))


def start_impostor(world: "World", table: Table) -> None:
    """Start what answers in the place of another; with `hands_out_keys` it has keys that STS knows."""
    if table.pop("hands_out_keys", False):
        role = str(table.get("role", ImpostorConfig.role))
        table["credentials"] = world.minted["impostor"] = mint_credentials(
            world.canaries, role=role, session="10.0.1.45", expires_in=table.pop("expires_in", 21600)
        )
    config = config_of(ImpostorConfig, table)
    world.serve("impostor", lambda **listen: ImpostorServer(config, **listen))


def start_sts(world: "World", table: Table) -> None:
    """Start the regional and the global endpoint; `sts` holds for both, unless `sts-global` differs."""
    authority = world.authority
    hosts = sorted(world.known_names())
    contexts: dict[str, Callable[[], ssl.SSLContext]] = {
        "lab": lambda: authority.server_context(*hosts),
        "wrong-host": authority.wrong_host_context,
        "expired": lambda: authority.expired_context(*hosts),
        "interception": lambda: authority.interception_context(*hosts),
        "stranger": authority.stranger_context,
    }
    ring, keys = KeyRing(), keys_of_sts(world)
    others = _aws_beside_sts(world, ring, keys) if "aws" in world.scenario.servers else None
    for kind in ("sts", "sts-global"):
        own = world.scenario.servers.get("sts-global", {}) if kind == "sts-global" else {}
        whole = {"region": region_of(world.scenario), **table, **own, **keys}
        context = contexts[whole.pop("certificate", "lab")]()
        stall = bool(whole.pop("handshake_stall", False))
        config = config_of(StsConfig, whole)
        make = partial(
            StsServer, config, canaries=world.canaries, keys=ring, tls=context, handshake_stall=stall, others=others
        )
        world.serve(kind, make)


def _aws_beside_sts(
    world: "World", ring: KeyRing, keys: Mapping[str, tuple[MintedCredentials, ...]]
) -> Callable[[Request], Answer]:
    """Start the other services of AWS, which know the keys that STS knows and answer the rest of STS' calls."""
    from probe.lab.servers.aws_api import AwsApiServer  # noqa: PLC0415 - botocore, which few worlds need
    from probe.lab.servers.aws_api_config import AwsConfig  # noqa: PLC0415 - as above

    table = {"region": region_of(world.scenario), **world.scenario.servers["aws"], **keys}
    context = world.authority.server_context(*sorted(world.known_names()))
    config = config_of(AwsConfig, table)
    make = partial(AwsApiServer, config, canaries=world.canaries, keys=ring, tls=context)
    world.serve("aws", make)
    server = world.servers["aws"]
    return server.answer


def start_kubernetes(world: "World", table: Table) -> None:
    """Start the API server, which knows the pod's own token; with `stranger` another authority vouches for it."""
    issuer = world.authority if table.pop("stranger", False) else world.cluster
    token = world.tokens.get("default")
    config = config_of(KubernetesConfig, {"tokens": (token,) if token else (), **table})
    context = issuer.server_context(API_SERVER)
    world.serve("kubernetes", lambda **listen: KubernetesServer(config, tls=context, **listen))


def start_proxy(world: "World", table: Table) -> None:
    """Start the proxy. It comes after the layout, because it leads to where names and addresses lead."""
    targets = {
        f"{host}:443": int(world.dial[f"{addresses[0]}:443"])
        for host, addresses in world.names.items()
        if not isinstance(addresses, str) and world.dial.get(f"{addresses[0]}:443", "").isdigit()
    }
    targets |= {place: int(port) for place, port in world.dial.items() if port.isdigit()}
    config = config_of(ProxyConfig, {**table, "targets": targets})
    world.serve("proxy", lambda **listen: ForwardProxy(config, **listen))
    world.dial["192.0.2.80:3128"] = str(world.servers["proxy"].port)
    world.names.setdefault("proxy.example.com", ["192.0.2.80"])


STARTERS: Mapping[str, Callable[["World", Table], None]] = {
    "imds": start_imds,
    "agent": start_agent,
    "ecs": start_ecs,
    "impostor": start_impostor,
    "sts": start_sts,
    "kubernetes": start_kubernetes,
}
"""In this order: STS knows the keys that the servers before it hand out."""


def keys_of_sts(world: "World") -> dict[str, tuple[MintedCredentials, ...]]:
    """Return which keys the AWS side knows, and which of them have expired."""
    states = {name: spec.state for name, spec in world.scenario.keys.items()}
    by_state: dict[str, list[MintedCredentials]] = {"valid": [], "expired": [], "wrong-secret": [], "unknown": []}
    for name, keys in world.minted.items():
        by_state[states.get(name, "valid")].append(keys)
    # What STS knows under a key id whose holder has a wrong secret.
    others = (replace(keys, secret_access_key=keys.secret_access_key[::-1]) for keys in by_state["wrong-secret"])
    return {"known_keys": (*by_state["valid"], *others), "expired_keys": tuple(by_state["expired"])}


def config_of(kind: type[Any], table: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of the servers' configurations
    """Read a server's configuration. Raises dacite.DaciteError for what it does not know."""
    casts: list[type] = [tuple, FaultKind, EcsErrorCode]
    return dacite.from_dict(kind, dict(table), dacite.Config(strict=True, cast=casts, type_hooks={float: float}))


def _mint(world: "World", kind: str, table: Table, role: str | None, session: str) -> None:
    """Give a server the keys of a role, if it has one."""
    expires_in = table.pop("expires_in", 21600)
    if role:
        minted = mint_credentials(world.canaries, role=role, session=session, expires_in=expires_in)
        table["credentials"] = world.minted[kind] = minted


def _session(table: Table) -> str:
    return str(table.pop("session", "eks-prod-example-pod-00000000-0000-0000-0000-000000000000"))
