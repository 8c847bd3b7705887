"""Worlds for the witness alone: what no scenario has, because it makes no difference to the verdict.

A world is what is merged over its presets; `outcome` is what botocore is known to do there.
"""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import dacite

from probe.lab.scenario import PRESETS, Scenario

IRSA = ("pod", "irsa", "sts")
AGENT = ("pod", "pod-identity", "agent")
NODE = ("pod", "imds")
TOKEN_PATH = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
AGENT_TOKEN = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
ROLE = "arn:aws:iam::111122223333:role/controller"
USER_KEYS = {"user": {"arn": "arn:aws:iam::111122223333:user/deployer"}}
PAIR = "aws_access_key_id = ${keys.user.id}\naws_secret_access_key = ${keys.user.secret}\n"

ENVIRONMENT_KEYS = {
    "AWS_ACCESS_KEY_ID": "${keys.user.id}",
    "AWS_SECRET_ACCESS_KEY": "${keys.user.secret}",
}


def world(
    outcome: str,
    use: Iterable[str],
    *,
    config: str | None = None,
    credentials: str | None = None,
    files: Mapping[str, Mapping[str, str]] | None = None,
    with_keys: bool = False,
    **more: object,
) -> tuple[str, dict[str, Any]]:
    """Describe a world. `config` and `credentials` are the shared files; `more` are variables and whole tables."""
    variables = {name: value for name, value in more.items() if name.isupper()}
    if with_keys:
        variables |= ENVIRONMENT_KEYS
    tables = {name: value for name, value in more.items() if name not in variables}
    laid: dict[str, Mapping[str, str]] = dict(files or {})
    for file, text in (("config", config), ("credentials", credentials)):
        if text is not None:
            laid[file] = {"path": f"/home/app/.aws/{file}", "text": text}
    pod = {"environment": variables, "files": laid}
    return outcome, {"use": list(use), "pod": pod, "keys": USER_KEYS, **tables}


def faulty(kind: str, route: str, **more: object) -> list[dict[str, Any]]:
    return [{"kind": kind, "route": route, **more}]


def imds(**config: object) -> dict[str, Any]:
    return {"imds": config}


def put(status: int, tokens: str) -> dict[str, Any]:
    return imds(tokens=tokens, faults=faulty("answer", "token", status=status))


IMDS_SOURCE, WEB_IDENTITY, CONTAINER, FILES, KEYS = (
    "credentials imds",
    "credentials web-identity",
    "credentials container",
    "credentials shared-config",
    "credentials environment",
)

WORLDS: dict[str, tuple[str, dict[str, Any]]] = {
    # Environment
    "keys in the environment": world(KEYS, NODE, with_keys=True),
    "only the access key id": world("error", NODE, AWS_ACCESS_KEY_ID="${keys.user.id}"),
    "only the secret key": world(IMDS_SOURCE, NODE, AWS_SECRET_ACCESS_KEY="${keys.user.secret}"),
    "an access key id that is empty": world(IMDS_SOURCE, NODE, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="x" * 40),
    "the names of before, which only Go reads": world(
        IMDS_SOURCE, NODE, AWS_ACCESS_KEY="${keys.user.id}", AWS_SECRET_KEY="${keys.user.secret}"
    ),
    "keys beside web identity": world(KEYS, IRSA, with_keys=True),
    "keys that say they are expired": world(
        "error", NODE, with_keys=True, AWS_CREDENTIAL_EXPIRATION="2020-01-01T00:00:00Z"
    ),
    "keys that expire in years": world(KEYS, NODE, with_keys=True, AWS_CREDENTIAL_EXPIRATION="2099-01-01T00:00:00Z"),
    # Profiles
    "keys in the default profile": world(FILES, NODE, credentials=f"[default]\n{PAIR}"),
    "keys in the config file": world(FILES, NODE, config=f"[default]\n{PAIR}"),
    "keys in a profile beside web identity": world(WEB_IDENTITY, IRSA, credentials=f"[default]\n{PAIR}"),
    "keys in a profile beside the agent": world(FILES, AGENT, credentials=f"[default]\n{PAIR}"),
    "keys in a named profile": world(FILES, NODE, config=f"[profile app]\n{PAIR}", AWS_PROFILE="app"),
    "half a key pair in the credentials file": world(
        "error", NODE, credentials="[default]\naws_access_key_id = ${keys.user.id}\n"
    ),
    "half a key pair in the config file": world(
        "error", NODE, config="[default]\naws_access_key_id = ${keys.user.id}\n"
    ),
    "the secret alone in a profile": world(IMDS_SOURCE, NODE, credentials="[default]\naws_secret_access_key = x\n"),
    "the halves of a pair in two files": world(
        "error",
        NODE,
        config="[default]\naws_secret_access_key = x\n",
        credentials="[default]\naws_access_key_id = ${keys.user.id}\n",
    ),
    "a missing profile": world("error", NODE, AWS_PROFILE="gone"),
    "a missing profile beside keys": world("error", NODE, with_keys=True, AWS_PROFILE="gone"),
    "a missing profile beside web identity": world("error", IRSA, AWS_PROFILE="gone"),
    "a missing default profile": world("error", IRSA, AWS_DEFAULT_PROFILE="gone"),
    "an empty AWS_PROFILE": world("error", IRSA, AWS_PROFILE=""),
    "the profile default named and missing": world("error", NODE, AWS_PROFILE="default"),
    "two profile variables": world(
        FILES,
        NODE,
        credentials=f"[two]\n{PAIR}",
        AWS_PROFILE="gone",
        AWS_DEFAULT_PROFILE="two",
    ),
    "a line that cannot be parsed": world("error", NODE, config="[default]\nno equals sign\n", with_keys=True),
    "a role and nothing to assume it with": world("error", IRSA, config=f"[default]\nrole_arn = {ROLE}\n"),
    "a role with two sources": world(
        "error",
        IRSA,
        config=f"[default]\nrole_arn = {ROLE}\nsource_profile = a\ncredential_source = Environment\n",
    ),
    "a role with a source that does not exist": world(
        "error", IRSA, config=f"[default]\nrole_arn = {ROLE}\nsource_profile = gone\n"
    ),
    "a role with a source without credentials": world(
        "error", IRSA, config=f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n[profile base]\nregion = x\n"
    ),
    "a role with half a key pair for a source": world(
        "error",
        IRSA,
        config=f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n"
        "[profile base]\naws_access_key_id = ${keys.user.id}\n",
    ),
    "roles in a circle": world(
        "error",
        IRSA,
        config=f"[default]\nrole_arn = {ROLE}\nsource_profile = b\n"
        f"[profile b]\nrole_arn = {ROLE}\nsource_profile = default\n",
    ),
    "a role with an unknown credential_source": world(
        "error", IRSA, config=f"[default]\nrole_arn = {ROLE}\ncredential_source = Ec2\n"
    ),
    # Web identity
    "a role without a token file": world(IMDS_SOURCE, NODE, AWS_ROLE_ARN=ROLE),
    "a token file without a role": world("error", NODE, AWS_WEB_IDENTITY_TOKEN_FILE=TOKEN_PATH),
    "an empty token file variable": world(IMDS_SOURCE, NODE, AWS_ROLE_ARN=ROLE, AWS_WEB_IDENTITY_TOKEN_FILE=""),
    "a token file out of a profile": world(
        WEB_IDENTITY,
        ("pod", "region", "irsa", "sts"),
        config="[default]\nrole_arn = arn:aws:iam::111122223333:role/load-balancer-controller\n"
        f"web_identity_token_file = {TOKEN_PATH}\n",
        remove=["pod/environment/AWS_ROLE_ARN", "pod/environment/AWS_WEB_IDENTITY_TOKEN_FILE"],
    ),
    "a role ARN that is too short": world("error", IRSA, AWS_ROLE_ARN="arn:aws:iam::1"),
    "a session name that STS refuses": world("error", IRSA, AWS_ROLE_SESSION_NAME="my app"),
    "no region at all, with a way to the global endpoint": world(
        WEB_IDENTITY,
        IRSA,
        remove=["pod/environment/AWS_REGION", "pod/environment/AWS_DEFAULT_REGION"],
    ),
    "AWS_REGION alone, which botocore does not read": world(
        "error",
        IRSA,
        remove=["pod/environment/AWS_DEFAULT_REGION"],
        dial={"198.51.100.11:443": "refused"},
    ),
    "a region that is there and empty": world("error", IRSA, AWS_DEFAULT_REGION=""),
    "AWS_DEFAULT_REGION alone": world(WEB_IDENTITY, IRSA, remove=["pod/environment/AWS_REGION"]),
    "a region with a blank": world("error", IRSA, AWS_DEFAULT_REGION="eu-central-1 "),
    "the global endpoint by the legacy setting": world(WEB_IDENTITY, IRSA, AWS_STS_REGIONAL_ENDPOINTS="legacy"),
    "a legacy setting without a way to the global endpoint": world(
        "error",
        IRSA,
        AWS_STS_REGIONAL_ENDPOINTS="legacy",
        dial={"198.51.100.11:443": "refused"},
    ),
    # Container
    "the agent": world(CONTAINER, AGENT),
    "the agent beside IMDS": world(CONTAINER, (*AGENT, "imds")),
    "no association": world("error", AGENT, servers={"agent": {"role": ""}}),
    "an agent that is down": world("error", AGENT, dial={"169.254.170.23:80": "refused"}),
    "an agent that is not on this node": world("error", AGENT, dial={"169.254.170.23:80": "timeout"}),
    "an agent without a route": world("error", AGENT, dial={"169.254.170.23:80": "unreachable"}),
    "an agent that never answers": world("error", AGENT, servers={"agent": {"faults": faulty("stall", "*")}}),
    "an agent that answers after four seconds": world(
        "error", AGENT, servers={"agent": {"faults": faulty("delay", "credentials", seconds=4.0)}}
    ),
    "an agent that hangs up": world("error", AGENT, servers={"agent": {"faults": faulty("close", "credentials")}}),
    "an agent that answers with HTML": world(
        "error",
        AGENT,
        servers={"agent": {"faults": faulty("answer", "credentials", status=200, body="<html></html>")}},
    ),
    "an agent whose document lacks the token": world(
        "error",
        AGENT,
        servers={
            "agent": {
                "faults": faulty(
                    "answer",
                    "credentials",
                    status=200,
                    body='{"AccessKeyId": "ASIAEXAMPLEEXAMPLE00", "SecretAccessKey": "x"}',
                )
            }
        },
    ),
    "keys that were expired when they came": world("error", AGENT, servers={"agent": {"expires_in": -60.0}}),
    "a token file that is missing": world(
        "error", AGENT, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="/var/run/secrets/gone"
    ),
    "a token file that may not be read": world("error", AGENT, files={"pod-identity-token": {"mode": "0600"}}),
    "a token with a newline": world("error", AGENT, files={"pod-identity-token": {"text": "${tokens.pod-identity}\n"}}),
    "a token file that is empty": world("error", AGENT, files={"pod-identity-token": {"text": ""}}),
    "a token in a variable": world(
        CONTAINER,
        AGENT,
        AWS_CONTAINER_AUTHORIZATION_TOKEN="${tokens.pod-identity}",
        remove=["pod/environment/AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
    ),
    "no token at all": world("error", AGENT, remove=["pod/environment/AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]),
    "a token file variable that is empty": world("error", AGENT, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=""),
    "a URI with a strange host": world("error", AGENT, AWS_CONTAINER_CREDENTIALS_FULL_URI="http://192.0.2.1/creds"),
    "a URI with a name": world("error", AGENT, AWS_CONTAINER_CREDENTIALS_FULL_URI="http://agent.internal/creds"),
    "a URI without a scheme": world("error", AGENT, AWS_CONTAINER_CREDENTIALS_FULL_URI="169.254.170.23/creds"),
    "a URI that is empty": world("error", AGENT, AWS_CONTAINER_CREDENTIALS_FULL_URI=""),
    "the IPv6 address of the agent": world(
        CONTAINER, AGENT, AWS_CONTAINER_CREDENTIALS_FULL_URI="http://[fd00:ec2::23]/v1/credentials"
    ),
    "a proxy, which is not for the agent": world(CONTAINER, AGENT, HTTP_PROXY="http://proxy.example.com:3128"),
    # IMDS
    "IMDS": world(IMDS_SOURCE, NODE),
    "IMDS without tokens": world(IMDS_SOURCE, NODE, servers=imds(tokens="optional")),
    "IMDS switched off by a variable": world("none", NODE, AWS_EC2_METADATA_DISABLED="True"),
    "IMDS that a variable of another value does not switch off": world(
        IMDS_SOURCE, NODE, AWS_EC2_METADATA_DISABLED="1"
    ),
    "IMDS switched off in EC2": world("none", NODE, servers=imds(endpoint="disabled")),
    "an instance without a role": world("none", NODE, servers=imds(role="")),
    "a role that EC2 may not assume": world(
        "none",
        NODE,
        servers=imds(role_document={"Code": "AssumeRoleUnauthorizedAccess", "Message": "no", "LastUpdated": "x"}),
    ),
    "a role whose keys cannot be read": world("none", NODE, servers=imds(faults=faulty("answer", "role", status=500))),
    "a role whose document is no JSON": world(
        "none", NODE, servers=imds(faults=faulty("answer", "role", status=200, body="<html></html>"))
    ),
    "node keys that are expired, which botocore stretches": world(IMDS_SOURCE, NODE, servers=imds(expires_in=-60.0)),
    "no IMDS, refused": world("none", NODE, dial={"169.254.169.254:80": "refused"}),
    "no IMDS, a black hole": world("none", NODE, dial={"169.254.169.254:80": "timeout"}),
    "no IMDS, no route": world("none", NODE, dial={"169.254.169.254:80": "no-host"}),
    "no IMDS, forbidden": world("none", NODE, dial={"169.254.169.254:80": "prohibited"}),
    "the hop limit, tokens required": world("none", NODE, servers=imds(faults=faulty("stall", "token"))),
    "the hop limit, tokens optional": world(
        IMDS_SOURCE, NODE, servers=imds(tokens="optional", faults=faulty("stall", "token"))
    ),
    "a token that takes too long": world(
        IMDS_SOURCE, NODE, servers=imds(tokens="optional", faults=faulty("delay", "token", seconds=2.0))
    ),
    "a PUT that is reset": world(IMDS_SOURCE, NODE, servers=imds(tokens="optional", faults=faulty("reset", "token"))),
    "a PUT that is answered with garbage": world(
        IMDS_SOURCE, NODE, servers=imds(tokens="optional", faults=faulty("garbage", "token"))
    ),
    "IMDSv1 switched off and no token": world(
        "error",
        NODE,
        servers=imds(tokens="optional", faults=faulty("stall", "token")),
        AWS_EC2_METADATA_V1_DISABLED="true",
    ),
    "IMDSv1 switched off by the profile, and no token": world(
        "error",
        NODE,
        servers=imds(tokens="optional", faults=faulty("stall", "token")),
        config="[default]\nec2_metadata_v1_disabled = true\n",
    ),
    "IMDSv1 switched off and no IMDS": world(
        "error", NODE, dial={"169.254.169.254:80": "refused"}, AWS_EC2_METADATA_V1_DISABLED="true"
    ),
    "IMDSv1 switched off and a token": world(IMDS_SOURCE, NODE, AWS_EC2_METADATA_V1_DISABLED="true"),
    "an endpoint mode that does not exist": world("error", NODE, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE="IPv5"),
    "an endpoint mode that is there and empty": world("error", NODE, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=""),
    "an endpoint without a scheme": world("error", IRSA, AWS_EC2_METADATA_SERVICE_ENDPOINT="169.254.169.254"),
    "the IPv6 endpoint of IMDS": world(IMDS_SOURCE, NODE, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE="IPv6"),
    "a proxy that NO_PROXY keeps away from IMDS": world(
        IMDS_SOURCE, NODE, HTTP_PROXY="http://proxy.example.com:3128", NO_PROXY="169.254.169.254"
    ),
    "a proxy for IMDS": world("unknown", NODE, HTTP_PROXY="http://proxy.example.com:3128"),
    **{
        f"a PUT that is answered with {status}, tokens {tokens}": world(
            IMDS_SOURCE if tokens == "optional" and status != 400 else "none",
            NODE,
            servers=put(status, tokens),
        )
        for status in (400, 401, 403, 404, 405, 500, 503)
        for tokens in ("required", "optional")
    },
}


def scenario(name: str) -> Scenario:
    """Return one of the worlds as a scenario."""
    return as_scenario(name, WORLDS[name][1])


def as_scenario(title: str, described: Mapping[str, Any]) -> Scenario:
    """Read a described world; what it expects of the probe is nobody's business here."""
    merged: dict[str, Any] = {}
    own = {key: value for key, value in described.items() if key not in {"use", "remove"}}
    for table in (*(tomllib.loads((PRESETS / f"{preset}.toml").read_text()) for preset in described["use"]), own):
        _merge(merged, table)
    for dotted in described.get("remove", ()):
        *parents, last = dotted.split("/")
        place = merged
        for parent in parents:
            place = place[parent]
        del place[last]
    data = {"name": "witness", "title": title, "story": "", "expect": {"exit_code": 0}, **merged}
    return dacite.from_dict(Scenario, data, dacite.Config(strict=True, cast=[tuple], type_hooks={float: float}))


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, Mapping):
            _merge(into.setdefault(name, {}), value)
        else:
            into[name] = value
