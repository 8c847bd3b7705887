"""Trust policies beside a token: which clause keeps it out, and when nobody can say."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.evidence.policy import PolicyStatement
from probe.parse.policy_document import read_trust_policy
from probe.parse.trust_policy import (
    Asking,
    Clause,
    Decision,
    Failure,
    Judgement,
    judge_trust,
    pod_identity,
    web_identity,
)

ACCOUNT = "111122223333"
HOST = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
OTHER_HOST = "oidc.eks.eu-central-1.amazonaws.com/id/OTHERD539D4633E53DE1B71EXAMPLE"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
SUBJECT = "system:serviceaccount:kube-system:aws-load-balancer-controller"
SUB, AUD = f"{HOST}:sub", f"{HOST}:aud"
TOKEN = web_identity(PROVIDER, f"https://{HOST}", SUBJECT, ["sts.amazonaws.com"])


def allow(**changed: object) -> dict[str, Any]:
    """The statement that lets the token in, with what a test changes of it."""
    whole: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {SUB: SUBJECT, AUD: "sts.amazonaws.com"}},
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


def read(*statements: dict[str, Any]) -> tuple[PolicyStatement, ...]:
    policy = read_trust_policy(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    assert not isinstance(policy, str), policy
    return policy


def judged(*statements: dict[str, Any], asking: Asking = TOKEN) -> Judgement:
    return judge_trust(read(*statements), asking)


def the_failure(*statements: dict[str, Any], asking: Asking = TOKEN) -> Failure:
    judgement = judged(*statements, asking=asking)
    assert judgement.decision is Decision.REFUSED
    return judgement.failures[0]


def test_the_statement_that_the_guide_gives_lets_the_token_in() -> None:
    assert judged(allow()) == Judgement(decision=Decision.ALLOWED, statement=1)


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"StringLike": {SUB: "system:serviceaccount:kube-system:aws-*"}},
        {"StringLike": {SUB: "system:serviceaccount:*:aws-load-balancer-controlle?"}},
        {"StringEquals": {SUB: ["system:serviceaccount:a:b", SUBJECT]}},
        {"StringEqualsIgnoreCase": {SUB: SUBJECT.upper()}},
        {"StringEqualsIfExists": {f"{OTHER_HOST}:sub": "anything", SUB: SUBJECT}},
        {"ForAnyValue:StringLike": {AUD: ["sts.*"]}},
        {"ForAllValues:StringEquals": {AUD: "sts.amazonaws.com"}},
        {"ForAllValues:StringEquals": {f"{OTHER_HOST}:aud": "x"}},
        {"StringNotEquals": {SUB: "system:serviceaccount:a:b"}},
        {"StringNotLike": {f"{OTHER_HOST}:sub": "*"}},
        {"Null": {SUB: "false"}},
        {"Null": {f"{OTHER_HOST}:sub": True}},
    ],
)
def test_a_condition_that_holds_lets_the_token_in(condition: dict[str, Any] | None) -> None:
    assert judged(allow(Condition=condition)).decision is Decision.ALLOWED


@pytest.mark.parametrize(
    ("condition", "found", "wanted"),
    [
        ({"StringEquals": {SUB: "system:serviceaccount:default:x"}}, "default:x", f"{SUB} = {SUBJECT}"),
        ({"StringEquals": {SUB: "system:serviceaccount:kube-system:aws-*"}}, "aws-*", f"{SUB} = {SUBJECT}"),
        ({"StringEquals": {AUD: "sts.amazon.com"}}, "sts.amazon.com", f"{AUD} = sts.amazonaws.com"),
        ({"StringEquals": {AUD: SUBJECT}}, SUBJECT, f"{AUD} = sts.amazonaws.com"),
        ({"StringEquals": {f"https://{SUB}": SUBJECT}}, f"https://{SUB}", f"{SUB} = {SUBJECT}"),
        ({"StringEquals": {f"{PROVIDER}:sub": SUBJECT}}, f"{PROVIDER}:sub", f"{SUB} = {SUBJECT}"),
        ({"StringEquals": {f"{OTHER_HOST}:sub": SUBJECT}}, OTHER_HOST, f"{SUB} = {SUBJECT}"),
        ({"StringLike": {SUB: "system:serviceaccount:kube-system:external-*"}}, "external-*", SUBJECT),
        ({"StringNotLike": {SUB: "system:serviceaccount:kube-system:*"}}, "StringNotLike", SUBJECT),
        ({"Null": {SUB: "true"}}, "Null", SUBJECT),
        ({"ForAnyValue:StringEquals": {f"{OTHER_HOST}:aud": "x"}}, OTHER_HOST, AUD),
    ],
)
def test_the_line_of_a_condition_that_fails_is_named(condition: dict[str, Any], found: str, wanted: str) -> None:
    failure = the_failure(allow(Condition=condition))
    assert failure.clause is Clause.CONDITION
    assert found in failure.found
    assert wanted in failure.wanted


def test_only_the_failing_line_is_named_and_not_those_that_hold() -> None:
    judgement = judged(allow(Condition={"StringEquals": {AUD: "sts.amazonaws.com", SUB: "wrong"}}))
    assert [failure.found for failure in judgement.failures] == [f"StringEquals {SUB} = wrong"]


@pytest.mark.parametrize(
    "principal",
    [
        {"Federated": PROVIDER.replace(ACCOUNT, "444455556666")},
        {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{OTHER_HOST}"},
        {"Federated": PROVIDER.replace("oidc.eks", "oidc-eks")},
        {"Federated": HOST},
        {"Service": "ec2.amazonaws.com"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    ],
)
def test_another_principal_is_named_beside_the_one_that_asks(principal: dict[str, str]) -> None:
    failure = the_failure(allow(Principal=principal))
    assert failure.clause is Clause.PRINCIPAL
    assert failure.wanted == f"Federated: {PROVIDER}"
    assert failure.principals == tuple(principal.values())


def test_one_of_several_principals_is_enough() -> None:
    several = {"Federated": [f"arn:aws:iam::{ACCOUNT}:oidc-provider/{OTHER_HOST}", PROVIDER]}
    assert judged(allow(Principal=several)).decision is Decision.ALLOWED


@pytest.mark.parametrize("action", ["sts:*", "*", "STS:assumerolewithwebidentity", ["sts:TagSession", "sts:Assume*"]])
def test_actions_match_with_wildcards_and_in_any_case(action: object) -> None:
    assert judged(allow(Action=action)).decision is Decision.ALLOWED


def test_the_action_for_other_principals_is_not_that_for_tokens() -> None:
    failure = the_failure(allow(Action="sts:AssumeRole"))
    assert (failure.clause, failure.found) == (Clause.ACTION, "sts:AssumeRole")


def test_not_action_allows_what_it_does_not_name() -> None:
    assert judged(allow(Action=None, NotAction="sts:TagSession")).decision is Decision.ALLOWED
    assert the_failure(allow(Action=None, NotAction="sts:*")).clause is Clause.ACTION


def test_an_explicit_deny_wins_over_an_allow() -> None:
    deny = allow(Effect="Deny", Condition={"StringLike": {SUB: "system:serviceaccount:kube-system:*"}})
    failure = the_failure(allow(), deny)
    assert (failure.clause, failure.statement) == (Clause.DENY, 2)
    assert "kube-system:*" in failure.found


def test_a_deny_for_somebody_else_changes_nothing() -> None:
    deny = allow(Effect="Deny", Condition={"StringEquals": {SUB: "system:serviceaccount:a:b"}})
    assert judged(deny, allow()).statement == 2


def test_the_nearest_statement_is_the_one_that_is_named() -> None:
    node = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    wrong_subject = allow(Condition={"StringEquals": {SUB: "wrong", AUD: "sts.amazonaws.com"}})
    assert the_failure(node, wrong_subject).statement == 2


@pytest.mark.parametrize(
    "condition",
    [
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-example"}},
        {"StringEquals": {"sts:RoleSessionName": "x"}},
        {"StringSounds": {SUB: SUBJECT}},
        {"Bool": {SUB: "true"}},
        {"StringEquals": {SUB: "${aws:username}"}},
        {"StringEquals": {SUB.lower(): SUBJECT}},
        {"StringEquals": {f"{HOST}/:sub": SUBJECT}},
        {"ForAnyValue:StringEqualsIfExists": {f"{OTHER_HOST}:aud": "x"}},
        {"stringequals": {SUB: "wrong"}},
        {"StringEquals": {"aws:RequestTag/team:sub": "x"}},
        {"StringEquals": {SUB: ["wrong", "${aws:PrincipalTag/sub}"]}},
        {"StringEquals": {f"{HOST}:amr": "authenticated"}},
        {"StringEquals": {SUB: []}},
    ],
)
def test_what_cannot_be_known_is_never_decided(condition: dict[str, Any]) -> None:
    judgement = judged(allow(Condition=condition))
    assert judgement.decision is Decision.UNDECIDED
    assert judgement.unknown


def test_what_cannot_be_known_does_not_hide_a_clause_that_fails_anyway() -> None:
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringEquals": {SUB: "wrong"}}
    assert "wrong" in the_failure(allow(Condition=condition)).found


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"Federated": PROVIDER.lower()},
        {"Federated": f"{PROVIDER}/"},
        {"federated": PROVIDER},
        {"Federated": ["arn:aws:iam::*:oidc-provider/*"]},
    ],
)
def test_principals_that_might_match_are_never_decided(principal: object) -> None:
    assert judged(allow(Principal=principal)).decision is Decision.UNDECIDED


def test_not_principal_is_never_decided() -> None:
    deny = allow(Effect="Deny", Principal=None, NotPrincipal={"Federated": PROVIDER})
    assert judged(allow(), deny).decision is Decision.UNDECIDED


def test_with_several_audiences_the_one_that_is_compared_is_not_known() -> None:
    asking = web_identity(PROVIDER, f"https://{HOST}", SUBJECT, ["sts.amazonaws.com", "other"])
    assert judged(allow(), asking=asking).decision is Decision.UNDECIDED


POD_IDENTITY = {
    "Effect": "Allow",
    "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
}


def test_pod_identity_needs_both_actions_in_whatever_statements() -> None:
    first = {**POD_IDENTITY, "Action": "sts:AssumeRole"}
    second = {**POD_IDENTITY, "Action": "sts:TagSession"}
    assert judged(POD_IDENTITY, asking=pod_identity()).decision is Decision.ALLOWED
    assert judged(first, second, asking=pod_identity()).decision is Decision.ALLOWED
    failure = the_failure(first, asking=pod_identity())
    assert (failure.clause, failure.wanted) == (Clause.ACTION, "sts:TagSession")


def test_a_role_made_for_tokens_does_not_trust_pod_identity() -> None:
    failure = the_failure(allow(), asking=pod_identity())
    assert (failure.clause, failure.wanted) == (Clause.PRINCIPAL, "Service: pods.eks.amazonaws.com")


@pytest.mark.parametrize("service", ["pods.eks.amazonaws.com.cn", "pods.eks.eu-central-1.amazonaws.com"])
def test_a_name_that_the_service_may_have_elsewhere_is_not_decided(service: str) -> None:
    other = {**POD_IDENTITY, "Principal": {"Service": service}}
    assert judged(other, asking=pod_identity()).decision is Decision.UNDECIDED


def test_a_role_that_a_role_may_ask_for_is_decided_only_where_no_association_may_mean_it_as_target() -> None:
    target = {**POD_IDENTITY, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/source"}}
    assert judged(target, asking=pod_identity()).decision is Decision.REFUSED
    assert judged(target, asking=pod_identity(perhaps_target=True)).decision is Decision.UNDECIDED
    assert judged(allow(), asking=pod_identity(perhaps_target=True)).decision is Decision.REFUSED


def test_conditions_on_the_tags_of_a_pod_identity_session_are_not_decided() -> None:
    tagged = {**POD_IDENTITY, "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "kube-system"}}}
    judgement = judged(tagged, asking=pod_identity())
    assert judgement.decision is Decision.UNDECIDED
    assert "aws:RequestTag/kubernetes-namespace" in judgement.unknown[0]


def test_a_percent_encoded_policy_is_read() -> None:
    text = quote(json.dumps({"Statement": allow()}))
    policy = read_trust_policy(text)
    assert not isinstance(policy, str)
    assert judge_trust(policy, TOKEN).decision is Decision.ALLOWED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{}",
        '{"Statement": []}',
        "[" * 60_000,
        '{"Statement": ' + "[" * 60_000,
        '{"Statement": {}, "Statement": {}}',
        "x" * 70_000,
        json.dumps({"Statement": [allow()] * 65}),
        '{"Statement": [{"Effect": "Deny", "Effect": "Allow"}]}',
        "%",
        "<html><body>Sign in</body></html>",
        '{"Statement": ' + "9" * 5000 + "}",
    ],
)
def test_what_is_not_a_policy_is_told_in_a_sentence(text: str) -> None:
    told = read_trust_policy(text)
    assert isinstance(told, str)
    assert told.endswith(".")


@pytest.mark.parametrize(
    "changed",
    [
        {"Effect": "allow"},
        {"Resource": "*"},
        {"NotAction": "sts:*"},
        {"Principal": None},
        {"Principal": [PROVIDER]},
        {"Condition": []},
        {"Condition": {"StringEquals": SUB}},
        {"Action": 1.5},
        {"Action": ["sts:AssumeRole"] * 129},
        {"Condition": {"StringEquals": {SUB: "x" * 3000}}},
    ],
)
def test_a_statement_that_is_not_understood_decides_nothing(changed: dict[str, Any]) -> None:
    assert judged(allow(**changed)).decision is Decision.UNDECIDED


@pytest.mark.parametrize("value", ["\ud800", "*" * 2000 + "b", "?" * 2048, "\u0000", "sub\u202emoc"])
def test_odd_text_is_compared_and_nothing_else(value: str) -> None:
    text = json.dumps({"Statement": allow(Condition={"StringLike": {SUB: value}})})
    policy = read_trust_policy(text)
    assert not isinstance(policy, str)
    assert judge_trust(policy, TOKEN).decision is Decision.REFUSED


def test_a_deny_that_is_not_understood_leaves_an_allow_open() -> None:
    assert judged(allow(), allow(Effect="Deny", Resource="*")).decision is Decision.UNDECIDED


values = st.sampled_from([SUBJECT, "sts.amazonaws.com", "wrong", "*", "system:*", "${x}", "", "sts.amazonaws.co?"])
keys = st.sampled_from([SUB, AUD, f"https://{SUB}", f"{OTHER_HOST}:aud", "aws:SourceIp", SUB.upper()])
bases = st.sampled_from(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Null", "Bool", "Odd"])
operators = st.builds(
    lambda qualifier, base, suffix: f"{qualifier}{base}{suffix}",
    st.sampled_from(["", "ForAnyValue:", "ForAllValues:"]),
    bases,
    st.sampled_from(["", "IfExists"]),
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.sampled_from(["*", {"Federated": PROVIDER}, {"Federated": OTHER_HOST}, {"Service": "x"}]),
        "Action": st.sampled_from(["sts:*", "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", []]),
        "Condition": st.dictionaries(operators, st.dictionaries(keys, st.lists(values, max_size=3)), max_size=3),
    }
)


@given(st.lists(statements, min_size=1, max_size=4))
def test_a_refusal_names_a_clause_and_an_open_question_names_what_is_unknown(policy: list[dict[str, Any]]) -> None:
    judgement = judged(*policy)
    has_allow = any(one["Effect"] == "Allow" for one in policy)
    assert bool(judgement.failures) is (judgement.decision is Decision.REFUSED and (has_allow or _denied(judgement)))
    assert bool(judgement.unknown) is (judgement.decision is Decision.UNDECIDED)
    assert (judgement.statement is not None) is (judgement.decision is Decision.ALLOWED)


def _denied(judgement: Judgement) -> bool:
    return bool(judgement.failures) and judgement.failures[0].clause is Clause.DENY


@given(st.lists(statements, min_size=1, max_size=3), statements)
def test_one_more_deny_never_lets_anybody_in(policy: list[dict[str, Any]], more: dict[str, Any]) -> None:
    before = judged(*policy).decision
    after = judged(*policy, {**more, "Effect": "Deny"}).decision
    assert after is not Decision.ALLOWED or before is Decision.ALLOWED
    assert before is not Decision.REFUSED or after is Decision.REFUSED


@given(st.lists(statements, min_size=1, max_size=3), statements)
def test_the_order_of_statements_does_not_matter(policy: list[dict[str, Any]], more: dict[str, Any]) -> None:
    assert judged(*policy, more).decision is judged(more, *policy).decision


@given(st.dictionaries(st.text(max_size=12), st.recursive(st.none() | st.text(max_size=9), st.lists), max_size=4))
def test_any_json_is_read_or_refused_and_never_lets_anybody_in(told: dict[str, Any]) -> None:
    policy = read_trust_policy(json.dumps({"Statement": [told]}))
    assert not isinstance(policy, str)
    assert judge_trust(policy, TOKEN).decision is not Decision.ALLOWED
