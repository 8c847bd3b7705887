"""`needs.identity-providers`: whether the account has an IAM OIDC provider for the issuer of the pod's token."""

from collections.abc import Mapping
from typing import Any

from probe.evidence import IdentityProviders, Outcome, StsAnswers, TokenFile, WebIdentityVariables
from probe.parse.policy_condition import plain
from probe.sources.needs.keys import KeysOf, any_keys
from probe.sources.needs.principal import account_of
from probe.sources.needs.reads import NO_KEYS, aws_read
from probe.walk import Done, Walk

STEP = "needs.identity-providers"
_MARK = ":oidc-provider/"


def walk_providers(walk: Walk) -> None:
    """Walk the step where STS found no provider, or none that it takes."""
    issuer = _issuer(walk)
    if not _is_in_doubt(walk) or issuer is None:
        return
    keys = any_keys(walk)
    if keys is None:
        walk.skip(f"{NO_KEYS}; iam:ListOpenIDConnectProviders takes some, such as the node role's", STEP)
        return
    asked, wanted = account_of(keys.arn), account_of(_role(walk))
    if asked != wanted:
        walk.skip(f"the {keys.source} keys are of another account than the role: IAM lists their own", STEP)
        return
    walk.step(STEP, lambda: _providers(walk, issuer, keys))


def _is_in_doubt(walk: Walk) -> bool:
    told = walk.facts("web-identity.assume-role")
    return isinstance(told, StsAnswers) and told.first.code == "InvalidIdentityToken"


def _issuer(walk: Walk) -> str | None:
    token = walk.facts("web-identity.token")
    claims = token.claims if isinstance(token, TokenFile) else None
    return claims.issuer if claims else None


def _role(walk: Walk) -> str | None:
    told = walk.facts("web-identity.variables")
    return told.role_arn if isinstance(told, WebIdentityVariables) else None


def _providers(walk: Walk, issuer: str, keys: KeysOf) -> Done[None]:
    read, result = aws_read(walk, "iam", "ListOpenIDConnectProviders", {}, keys=keys)
    facts = IdentityProviders(read=read, issuer=issuer, account=account_of(keys.arn))
    if result is None:
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason=read.reason)
    arns = tuple(_arns(result))
    own = issuer.removeprefix("https://")
    names = {arn.partition(_MARK)[2]: arn for arn in arns}
    if own not in names and plain(own) in map(plain, names):
        reason = "a provider's name differs in case or in a last slash only, and whether that counts is not known"
        return Done(outcome=Outcome.SKIPPED, facts=facts, reason=reason)
    other = next((arn for name, arn in names.items() if name != own and _is_other_spelling(name, own)), None)
    facts = IdentityProviders(
        read=read,
        issuer=issuer,
        account=facts.account,
        count=len(arns),
        has_issuer=own in names,
        other_spelling=walk.redactor.clean(other, 300) if other else None,
    )
    return Done(outcome=Outcome.OK if facts.has_issuer else Outcome.FAIL, facts=facts)


def _arns(result: Mapping[str, Any]) -> list[str]:
    listed = result.get("OpenIDConnectProviderList") or ()
    return [one["Arn"] for one in listed if isinstance(one.get("Arn"), str) and _MARK in one["Arn"]]


def _is_other_spelling(name: str, own: str) -> bool:
    cluster = _cluster(own)
    return cluster is not None and _cluster(name) == cluster


def _cluster(name: str) -> str | None:
    """Return the id that a cluster's issuers have in common: the dual-stack name ends in the same."""
    front, mark, cluster = name.partition("/id/")
    return cluster if mark and "eks" in front else None
