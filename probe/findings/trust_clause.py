"""The clause of a trust policy that keeps a request out, in a sentence, with the mistake behind it where one shows."""

from probe.parse.policy_condition import glob
from probe.parse.trust_policy import Clause, Failure


def clause_in_words(failure: Failure) -> str:
    """Say which clause fails and what it would have to say."""
    where = f"statement {failure.statement}"
    if failure.clause is Clause.DENY:
        return f"{where} denies it: {failure.found}"
    if failure.clause is Clause.PRINCIPAL:
        return f"{where} trusts {failure.found}, not {failure.wanted}"
    if failure.clause is Clause.ACTION:
        return f"{where} allows {failure.found or 'no action'}, not {failure.wanted}"
    return f"{where} asks for {failure.found}, and this request has {failure.wanted}"


def mistake(failure: Failure) -> str | None:
    """Name the slip that the clause shows, where it is one of the known ones."""
    if failure.clause is Clause.PRINCIPAL:
        return _principal_mistake(failure)
    if failure.clause is Clause.CONDITION:
        return _condition_mistake(failure)
    if failure.clause is Clause.ACTION and failure.wanted == "sts:TagSession":
        return "Pod Identity tags its sessions: the role must allow sts:TagSession beside sts:AssumeRole"
    return None


def _principal_mistake(failure: Failure) -> str | None:
    wanted = failure.wanted.partition(": ")[2]
    for named in failure.principals:
        same_provider = named.partition("oidc-provider/")[2] == wanted.partition("oidc-provider/")[2] != ""
        if same_provider:
            return "the provider is the right one, in another account or partition than the role"
        if named.replace("oidc-provider/oidc-eks.", "oidc-provider/oidc.eks.").partition("/id/")[2] == _id(wanted):
            return "the provider has another host name than the issuer in the token, which is what counts"
        if _id(named) and _id(wanted):
            return "the provider is that of another cluster"
    return None


def _id(provider: str) -> str:
    return provider.partition("/id/")[2]


def _condition_mistake(failure: Failure) -> str | None:
    test, (_, _, value) = failure.test, failure.wanted.partition(" = ")
    if test is None:
        return None
    real_key = failure.wanted.partition(" = ")[0]
    if test.key.startswith(("https://", "http://")):
        return "the key must be the issuer without https://"
    if test.key.startswith("arn:"):
        return "the key holds the provider's ARN; it must be the issuer without https://"
    if test.key != real_key and test.key.endswith((":sub", ":aud")):
        return "the key is that of another issuer than the token's"
    if test.operator.endswith("StringEquals") and any("*" in one and glob(one, value) for one in test.values):
        return "a * under StringEquals is an ordinary character; StringLike knows wildcards"
    if test.key.endswith(":aud") and any(one.startswith("system:serviceaccount:") for one in test.values):
        return "the line for the audience holds the subject"
    return _nearly(test.values, value)


def _nearly(values: tuple[str, ...], value: str) -> str | None:
    for one in values:
        if one.strip() == value:
            return "it differs in white space only"
        if one.lower() == value.lower():
            return "it differs in case only"
    return None
