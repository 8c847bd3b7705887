"""Worlds for the oracle alone: conflicts in which no verdict of the probe is at stake, but every SDK's order is."""

from typing import Any

from probe.lab.scenario import Scenario
from tests.lab import witness_worlds
from tests.lab.witness_worlds import AGENT, IRSA, NODE, PAIR, world

_RELATIVE = "/v2/credentials/00000000-0000-4000-8000-000000000000"
_ECS = {"role": "task-role", "session": "0123456789abcdef0123456789abcdef"}
_NO_TOKENS = {"imds": {"role": "node-role", "tokens": "optional", "faults": [{"kind": "stall", "route": "token"}]}}

WORLDS: dict[str, dict[str, Any]] = {
    title: described[1]
    for title, described in {
        "both container variables": world(
            "", AGENT, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=_RELATIVE, servers={"ecs": _ECS}
        ),
        "a token in a variable beside a token file that is stale": world(
            "",
            AGENT,
            AWS_CONTAINER_AUTHORIZATION_TOKEN="${tokens.pod-identity}",
            files={"pod-identity-token": {"text": "stale"}},
        ),
        "a stale token file where nothing asks for one": world(
            "", NODE, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="/var/run/secrets/gone"
        ),
        "keys in the environment beside AWS_PROFILE": world(
            "",
            NODE,
            with_keys=True,
            AWS_PROFILE="app",
            keys={**witness_worlds.USER_KEYS, "other": {"arn": "arn:aws:iam::111122223333:user/other"}},
            credentials="[app]\naws_access_key_id = ${keys.other.id}\naws_secret_access_key = ${keys.other.secret}\n",
        ),
        "keys in the config file alone": world("", NODE, config=f"[default]\n{PAIR}"),
        "AWS_DEFAULT_PROFILE names the profile": world(
            "", NODE, credentials=f"[two]\n{PAIR}", AWS_DEFAULT_PROFILE="two"
        ),
        "a missing profile and nothing else": world("", NODE, AWS_PROFILE="gone"),
        "an empty AWS_PROFILE beside IRSA": world("", IRSA, AWS_PROFILE=""),
        "an empty token file variable": world(
            "", NODE, AWS_ROLE_ARN=witness_worlds.ROLE, AWS_WEB_IDENTITY_TOKEN_FILE=""
        ),
        "the names of keys that only Go reads": world(
            "", NODE, AWS_ACCESS_KEY="${keys.user.id}", AWS_SECRET_KEY="${keys.user.secret}"
        ),
        "no region, and a way to global STS": world(
            "", IRSA, remove=["pod/environment/AWS_REGION", "pod/environment/AWS_DEFAULT_REGION"]
        ),
        "IMDSv1 switched off by a variable, tokens lost": world(
            "", NODE, servers=_NO_TOKENS, AWS_EC2_METADATA_V1_DISABLED="true"
        ),
        "metadata disabled by the word false": world("", NODE, AWS_EC2_METADATA_DISABLED="false"),
        "a URI by a name that leads to loopback": world(
            "",
            AGENT,
            AWS_CONTAINER_CREDENTIALS_FULL_URI="http://helper.internal/v1/credentials",
            names={"helper.internal": ["127.0.0.1"]},
            dial={"127.0.0.1:80": "agent"},
            servers={"agent": {"allowed_hosts": ["helper.internal"]}},
        ),
        "a token in a variable alone": world(
            "",
            AGENT,
            AWS_CONTAINER_AUTHORIZATION_TOKEN="${tokens.pod-identity}",
            remove=["pod/environment/AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
        ),
    }.items()
}


def scenario(title: str) -> Scenario:
    """Return one of the worlds as a scenario."""
    return witness_worlds.as_scenario(title, WORLDS[title])
