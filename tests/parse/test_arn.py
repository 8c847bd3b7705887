import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.arn import ArnProblem, RoleArn, SessionKind, read_role_arn, same_role, session_kind

ACCOUNT = "111122223333"
GOOD = f"arn:aws:iam::{ACCOUNT}:role/controller"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/controller/session"


def problem(text: str) -> ArnProblem:
    found = read_role_arn(text)
    assert isinstance(found, ArnProblem)
    return found


def test_a_plain_role_arn_is_taken_apart() -> None:
    assert read_role_arn(GOOD) == RoleArn(partition="aws", account=ACCOUNT, path="/", name="controller", text=GOOD)


def test_a_path_is_kept_with_both_slashes() -> None:
    arn = read_role_arn(f"arn:aws:iam::{ACCOUNT}:role/team/eks/controller")
    assert isinstance(arn, RoleArn)
    assert (arn.path, arn.name) == ("/team/eks/", "controller")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-z", "aws-eusc"])
def test_every_partition_of_aws_is_accepted(partition: str) -> None:
    assert isinstance(read_role_arn(f"arn:{partition}:iam::{ACCOUNT}:role/x"), RoleArn)


@pytest.mark.parametrize(
    ("text", "position", "found", "word"),
    [
        ("", None, "nothing", "empty"),
        (" \n", None, "nothing", "empty"),
        (f"arn:aws:iam::::{ACCOUNT}:role/x", 13, f"::{ACCOUNT}:role/x", "too many colons"),
        (f"arn:aws:iam:{ACCOUNT}:role/x", 12, ACCOUNT, "colon is missing"),
        ("arn:aws:iam::1111222233:role/x", 13, "1111222233", "10 digits"),
        ("arn:aws:iam::1111222233334:role/x", 13, "1111222233334", "13 digits"),
        ("arn:aws:iam::1.11122223333e+11:role/x", 13, "1.11122223333e+11", "floating point"),
        ("arn:aws:iam::1111-2222-3333:role/x", 13, "1111-2222-3333", "not 12 digits"),
        ("arn:aws:iam:::role/x", 13, "", "account is missing"),
        (f"arn:aws:iam::{ACCOUNT}:controller", 26, "controller", "`role/` is missing"),
        (f"arn:aws:iam::{ACCOUNT}:role:controller", 26, "role:controller", "`role/` is missing"),
        (f"arn:aws:iam::{ACCOUNT}:Role/controller", 26, "Role/controller", "`role/` is missing"),
        (f"arn:aws:iam::{ACCOUNT}:role/", None, "nothing", "name is missing"),
        (f"arn:aws:iam::{ACCOUNT}:role/team/", None, "nothing", "name is missing"),
        (f"arn:aws:iam::{ACCOUNT}:role//x", 30, "//", "path"),
        (f"arn:aws:iam::{ACCOUNT}:role/a!b", 32, "!", "cannot have this character"),
        (f"arn:aws:iam::{ACCOUNT}:role/{'x' * 65}", 31, "65 characters", "too long"),
        (f"arn:aws:iam::{ACCOUNT}:role/{GOOD}", 31, "arn:", "second ARN"),
        ("arn:aws:iam::{{ .Values.account }}:role/x", 13, "{{ .Values.account }}", "not filled in"),
        ("arn:aws:iam::${ACCOUNT}:role/x", 13, "${ACCOUNT}", "not filled in"),
        ("arn:aws:iam::<ACCOUNT_ID>:role/x", 13, "<ACCOUNT_ID>", "not filled in"),
        (GOOD + "\n", len(GOOD), "a line break", "white space around"),
        (" " + GOOD, 0, "a space", "white space around"),
        (f'"{GOOD}"', 0, '"', "quotes"),
        (GOOD + "'", len(GOOD), "'", "quotes"),
        ("arn:aws:iam:: 111122223333:role/x", 13, "a space", "no ARN may have"),
        (GOOD + "\x00", len(GOOD), "character U+0000", "no ARN may have"),
        (GOOD + "é", len(GOOD), "character U+00E9", "no ARN may have"),
        (f"arn:aws:s3::{ACCOUNT}:role/x", 8, "s3", "service of a role is iam"),
        (f"arn:aws:iam:eu-west-1:{ACCOUNT}:role/x", 12, "eu-west-1", "IAM has no region"),
        ("arn:aws:iam::role/x", None, "4 colons", "Parts of the role ARN"),
        ("arn:", None, "1 colons", "Parts of the role ARN"),
        (CALLER, 8, "sts", "session (assumed-role)"),
        (f"arn:aws:iam::{ACCOUNT}:assumed-role/x/y", 26, "assumed-role/", "session (assumed-role)"),
        (f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks", 26, "oidc-provider/", "OIDC provider"),
        (f"arn:aws:iam::{ACCOUNT}:instance-profile/x", 26, "instance-profile/", "instance profile"),
        (f"arn:aws:iam::{ACCOUNT}:user/x", 26, "user/", "a user"),
        (f"arn:aws:iam::{ACCOUNT}:root", 26, "root", "root user"),
        (f"arn:amazon:iam::{ACCOUNT}:role/x", 4, "amazon", "partition"),
    ],
)
def test_a_broken_role_arn_is_reported_at_its_place(text: str, position: int | None, found: str, word: str) -> None:
    reported = problem(text)
    assert (reported.position, reported.found) == (position, found)
    assert word in reported.sentence
    assert reported.certain


def test_lost_leading_zeros_are_suspected_only_where_digits_are_missing() -> None:
    assert "zeros" in problem("arn:aws:iam::1111222233:role/x").sentence
    assert "zeros" not in problem("arn:aws:iam::1111222233334:role/x").sentence


def test_a_partition_that_aws_may_have_added_is_not_a_certain_problem() -> None:
    assert problem(f"arn:aws-new:iam::{ACCOUNT}:role/x").certain is False


@pytest.mark.parametrize(
    "text", ["AKIAIOSFODNN7CANARYX", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzCANARYKEY", "eyJhbGciOiJSUzI1NiJ9.e30.x"]
)
def test_a_secret_put_in_place_of_the_arn_is_shown_by_four_characters_at_most(text: str) -> None:
    assert problem(text).found == f"{text[:4]}…"
    assert text[4:12] not in repr(problem(text))


@given(
    st.text()
    | st.lists(st.sampled_from(["arn", ":", "aws", "iam", ACCOUNT, "role/", "x", "/", "{{", " ", "é"])).map("".join)
)
def test_any_text_is_either_a_role_or_a_problem_with_a_printable_place(text: str) -> None:
    result = read_role_arn(text)
    if isinstance(result, RoleArn):
        assert result.text == f"arn:{result.partition}:iam::{result.account}:role{result.path}{result.name}"
    else:
        assert result.found.isprintable()
        assert len(result.found) <= 40
        assert result.position is None or 0 <= result.position <= len(text)


def test_a_session_of_the_role_is_the_same_role_whatever_the_path() -> None:
    assert same_role(GOOD, CALLER)
    assert same_role(f"arn:aws:iam::{ACCOUNT}:role/team/eks/controller", CALLER)


@pytest.mark.parametrize(
    "role",
    [
        f"arn:aws:iam::{ACCOUNT}:role/other",
        f"arn:aws:iam::{ACCOUNT}:role/a",
        "arn:aws:iam::444455556666:role/controller",
        f"arn:aws-cn:iam::{ACCOUNT}:role/controller",
        f"arn:aws:iam::{ACCOUNT}:role/controller/x",
        "not an ARN",
        CALLER,
    ],
)
def test_another_name_account_or_partition_is_another_role(role: str) -> None:
    assert not same_role(role, CALLER)


def test_a_user_is_never_a_session_of_a_role() -> None:
    assert not same_role(GOOD, f"arn:aws:iam::{ACCOUNT}:user/controller")


@pytest.mark.parametrize(
    ("session", "kind"),
    [
        ("i-0123456789abcdef0", SessionKind.NODE_ROLE),
        ("i-01234567", SessionKind.NODE_ROLE),
        ("i-am-a-pod", SessionKind.UNKNOWN),
        ("eks-prod-controller-5f4c-8d1e2f3a", SessionKind.POD_IDENTITY),
        ("eks-", SessionKind.UNKNOWN),
        ("botocore-session-1700000000", SessionKind.WEB_IDENTITY),
        ("aws-sdk-js-session-1700000000000", SessionKind.WEB_IDENTITY),
        ("aws-sdk-java-1700000000000", SessionKind.WEB_IDENTITY),
        ("web-identity-token-1700000000000", SessionKind.WEB_IDENTITY),
        ("1700000000000000000", SessionKind.WEB_IDENTITY),
        ("credential-probe-pod-1", SessionKind.WEB_IDENTITY),
        ("alice@example.com", SessionKind.UNKNOWN),
    ],
)
def test_the_session_name_points_to_the_source(session: str, kind: SessionKind) -> None:
    assert session_kind(f"arn:aws:sts::{ACCOUNT}:assumed-role/controller/{session}") == kind


def test_users_and_root_are_told_apart_from_sessions() -> None:
    assert session_kind(f"arn:aws:iam::{ACCOUNT}:user/team/alice") == "user"
    assert session_kind(f"arn:aws-cn:iam::{ACCOUNT}:root") == "root"
    assert session_kind("") == "unknown"


@given(st.text())
def test_any_caller_text_has_a_kind_and_is_no_role(text: str) -> None:
    assert session_kind(text) in SessionKind
    assert not same_role(GOOD, text)
