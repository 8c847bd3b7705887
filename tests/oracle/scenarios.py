"""The scenarios that every SDK is put into, by what is broken in them, each with the reason why it is among them."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cache

from probe.lab import scenario as scenarios
from probe.lab.scenario import Scenario
from probe.records import dataclass
from tests.oracle import worlds
from tests.oracle.harness import Harness

BETWEEN_NAMESPACES = "IMDS, with routers on the way"
"""The area whose scenarios are network scenarios: what is imitated elsewhere is done by the kernel there."""
SCENARIOS: Mapping[str, Mapping[str, str]] = {
    "Web identity (IRSA)": {
        "irsa-healthy": "the ordinary case; STS by its regional name, over TLS",
        "irsa-trust-denied": "STS says 403: who stops, who goes on",
        "irsa-provider-missing": "STS says 400 InvalidIdentityToken, which some SDKs repeat",
        "irsa-token-expired": "STS says 400 ExpiredTokenException",
        "irsa-token-missing": "the file is not there: before any network",
        "irsa-token-unreadable": "the file belongs to root, the pod's user is another",
        "irsa-token-directory": "reading fails in a way that no SDK expects",
        "irsa-token-empty": "an empty token is a parameter that some SDKs check themselves",
        "irsa-token-trailing-newline": "no SDK trims; STS refuses",
        "irsa-token-pipe": "reading never ends",
        "irsa-partial-role": "a role without a token file",
        "irsa-partial-token-file": "a token file without a role: stop, or go on",
        "irsa-from-profile": "the same pair told by a profile; Go v1 does not read the config file",
        "irsa-key-unavailable": "a code that looks transient and is not",
        "irsa-key-transient": "fails once, then works: who tries again",
        "irsa-arn-template": "a role ARN that STS calls malformed",
        "irsa-region-is-a-zone": "a region that makes a host name which does not exist",
        "imds-reachable-with-broken-irsa": "who slips past a broken identity to the node role",
        "an empty token file variable": "set and empty: as if unset, or not",
        "no region, and a way to global STS": "which SDKs need a region, and which do not",
    },
    "The way to STS": {
        "sts-refused": "connection refused, repeated or not",
        "sts-timeout-public": "a black hole: how long each SDK hangs",
        "sts-mute": "connected and silent: read timeouts",
        "sts-handshake-stall": "TCP stands, TLS does not",
        "sts-dns-nxdomain": "the name does not exist",
        "sts-dns-servfail": "the resolver fails",
        "sts-dns-silent": "the resolver never answers",
        "sts-tls-intercepted": "a certificate by somebody else",
        "sts-tls-expired-certificate": "a certificate of yesterday",
        "sts-tls-wrong-host": "a certificate of another name",
        "sts-tls-bundle-missing": "AWS_CA_BUNDLE is read by some SDKs and names nothing",
        "sts-throttled": "400 Throttling, again and again",
        "sts-unavailable": "503, again and again",
        "sts-idp-error": "a code that only some SDKs repeat",
        "sts-region-disabled": "403 of a region that is switched off",
        "sts-html-502": "HTML with 502 in the place of XML",
        "sts-login-page": "HTML with 200 in the place of XML",
        "sts-redirect": "302, followed by nobody",
        "no-internet-cluster": "the container is told to use the global endpoint, which is out of reach",
        "no-internet-cluster-old-sdk": "nothing is told: the default endpoint of each version",
        "proxy-works": "HTTPS_PROXY: who uses it",
        "proxy-gone": "HTTPS_PROXY names nothing",
    },
    "Container endpoint (Pod Identity, ECS)": {
        "pod-identity-healthy": "the ordinary case; the host and the token file are news to old versions",
        "pod-identity-ipv6-healthy": "the IPv6 address, which Java takes in one mode only",
        "ecs-healthy": "the relative URI, known to everybody",
        "ecs-not-found": "404 with a JSON body",
        "ecs-variable-on-eks": "a relative URI where nothing answers",
        "pod-identity-agent-refused": "connection refused",
        "pod-identity-agent-timeout": "a black hole: how long each SDK hangs",
        "pod-identity-agent-mute": "connected and silent: some SDKs wait for ever",
        "pod-identity-agent-slow": "three seconds: more than some SDKs have",
        "pod-identity-agent-no-route": "EHOSTUNREACH",
        "pod-identity-agent-breaks-off": "the connection ends in the middle",
        "pod-identity-role-trust": "400 in plain text: AccessDeniedException",
        "pod-identity-no-association": "404 in plain text",
        "pod-identity-throttled-local": "429 without an end",
        "pod-identity-throttled-once": "429 once: who tries again",
        "pod-identity-old-agent-500": "500 in the words of an old agent",
        "pod-identity-unavailable": "a server error of EKS Auth",
        "pod-identity-unavailable-once": "503 once: who tries again",
        "pod-identity-garbage-json": "200 and no JSON",
        "pod-identity-missing-expiration": "keys without an end: good for some",
        "pod-identity-redirect": "a redirect is followed by nobody, or by somebody",
        "pod-identity-token-missing": "the token file is not there",
        "pod-identity-unreadable": "the token file belongs to root",
        "pod-identity-newline": "a line break in the token: a header that most SDKs refuse",
        "pod-identity-token-variable-missing": "no token variable at all",
        "pod-identity-uri-host-not-allowed": "a host that is on nobody's list",
        "pod-identity-uri-empty": "set and empty: as if unset, or not",
        "pod-identity-uri-https": "https lifts the list in most SDKs",
        "helper-on-loopback-gone": "a helper on loopback that is not there",
        "a URI by a name that leads to loopback": "who resolves names before judging them",
        "pod-identity-proxy-without-no-proxy": "HTTP_PROXY: who sends the token through it",
        "a token in a variable alone": "the variable of before the token file",
    },
    "IMDS": {
        "imds-healthy-node-role": "the ordinary case",
        "karpenter-v1-hop-limit": "the answer to the PUT is lost, tokens are required",
        "hop-limit-v1-allowed": "the same, tokens are optional: who falls back, and who never does",
        "imds-refused": "connection refused",
        "imds-blocked": "a black hole",
        "imds-no-route": "no route",
        "imds-stalled": "connected and silent",
        "imds-disabled": "403 to everything",
        "imds-token-400": "the PUT is a bad request: nobody goes on",
        "imds-unavailable-503": "503 to the PUT",
        "imds-no-role": "404 for the list of roles",
        "imds-empty-listing": "an empty list of roles",
        "imds-role-unauthorized": "a document with a code in the place of keys",
        "imds-not-json": "a document that is no JSON",
        "imds-missing-fields": "a document without a session token",
        "imds-expired": "keys of the past: stretched by some",
        "imds-impostor-old-mock": "IMDSv1 alone",
        "imds-slow-token": "0.8 s: near the patience of some",
        "metadata-disabled": "AWS_EC2_METADATA_DISABLED",
        "metadata disabled by the word false": "what counts as true",
        "IMDSv1 switched off by a variable, tokens lost": "the variable, and what is printed",
        "imds-proxied": "HTTP_PROXY, and NO_PROXY as a range that not everybody understands",
    },
    BETWEEN_NAMESPACES: {
        "hop-limit-enough": "two hops and a hop limit of 2: it works",
        "hop-limit": "the answer to the PUT dies on its way to the pod",
        "hop-limit-ipv6": "the same for fd00:ec2::254",
        "hop-limit-version-1": "the same, tokens are optional; the connection that has brought the PUT is lost",
        "imds-puts-lost": "the PUT itself is dropped, and is not acknowledged",
        "imds-kube2iam": "a proxy of the node that knows no PUT",
    },
    "Environment, files and conflicts": {
        "static-keys-healthy": "the ordinary case",
        "static-keys-partial": "half a pair: stop, or go on",
        "static-keys-shadow-irsa": "keys before web identity",
        "the names of keys that only Go reads": "AWS_ACCESS_KEY",
        "keys in the environment beside AWS_PROFILE": "the profile before the keys, in one SDK",
        "profile-healthy": "the ordinary case",
        "keys in the config file alone": "a file that Go v1 does not read",
        "AWS_DEFAULT_PROFILE names the profile": "read by some",
        "a missing profile and nothing else": "stop, or go on",
        "profile-missing-with-irsa": "a missing profile in the way of an identity that works",
        "an empty AWS_PROFILE beside IRSA": "set and empty: as if unset, or not",
        "profile-shadow": "files before web identity, in some",
        "profile-half-a-pair": "half a pair in the file",
        "profile-incomplete": "a role with nothing to assume it with",
        "profile-malformed": "a line that cannot be parsed",
        "profile-unreadable": "a file of root",
        "both-injected": "web identity before the container endpoint",
        "both container variables": "relative or full URI",
        "a token in a variable beside a token file that is stale": "the file first, in most",
        "a stale token file where nothing asks for one": "one SDK reads it before it looks at the URI",
    },
}

NOT_FOR: Mapping[str, Mapping[str, str]] = {}
"""Scenario to the SDKs that cannot be put into it, each with the reason."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A scenario of the oracle."""

    name: str
    area: str
    why: str
    not_for: Mapping[str, str] = field(default_factory=dict)

    def load(self) -> Scenario:
        """Return the scenario itself: one of the lab's or of the network lab's, or one that is only here."""
        return _loaded(self.area, self.name)

    def suits(self, harness: Harness) -> bool:
        """Whether an SDK is put into it. What a variant lacks is only missed where there is a web identity."""
        told = self.load().pod.environment
        return harness.sdk not in self.not_for and (not harness.variant or "AWS_WEB_IDENTITY_TOKEN_FILE" in told)


@cache
def _loaded(area: str, name: str) -> Scenario:
    if area == BETWEEN_NAMESPACES:
        return scenarios.load(name, scenarios.NETWORK_SCENARIOS)
    return worlds.scenario(name) if name in worlds.WORLDS else scenarios.load(name)


def chosen() -> Iterator[Chosen]:
    """Return all, in the order of the table."""
    for area, names in SCENARIOS.items():
        for name, why in names.items():
            yield Chosen(name=name, area=area, why=why, not_for=NOT_FOR.get(name, {}))
