import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.keys import KeyPart, KeyProblemKind, key_problems
from probe.secret import Secret

KEY_ID = "AKIA" + "Z" * 12 + "WXYZ"
TEMPORARY_ID = "ASIA" + "Z" * 12 + "WXYZ"
SECRET_KEY = "abcdefghijklmnopqrstuvwxyzABCDEFGH/+0123"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE" * 8


def kinds(key_id: str | None, secret: str | None = SECRET_KEY, token: str | None = None) -> list[tuple[str, str]]:
    problems = key_problems(
        key_id, Secret(secret) if secret is not None else None, Secret(token) if token is not None else None
    )
    return [(problem.part.name, problem.kind.value) for problem in problems]


def test_a_long_term_pair_and_a_temporary_set_have_no_problems() -> None:
    assert kinds(KEY_ID) == []
    assert kinds(KEY_ID, SECRET_KEY, "") == []
    assert kinds(TEMPORARY_ID, SECRET_KEY, TOKEN) == []


def test_values_that_are_not_set_are_no_problem_of_shape() -> None:
    assert key_problems(None, None, None) == ()
    assert kinds(KEY_ID, None) == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (SECRET_KEY + "\n", ["line-break"]),
        (SECRET_KEY + "\r\n", ["line-break", "carriage-return"]),
        (" " + SECRET_KEY, ["white-space"]),
        (f'"{SECRET_KEY}"', ["quoted"]),
        (f"'{SECRET_KEY}' ", ["white-space", "quoted"]),
        (SECRET_KEY + "é", ["not-ascii"]),
        (SECRET_KEY + "\0", ["control-character"]),
        ("", ["empty"]),
        ("<secret key>", ["placeholder"]),
        ("changeme", ["placeholder"]),
        ("CHANGE-ME", ["placeholder"]),
        ("xxxxxxxx", ["placeholder"]),
        ("${AWS_SECRET}", ["placeholder"]),
        ("$AWS_SECRET", ["placeholder"]),
        ("{{ .Values.secret }}", ["placeholder"]),
        ("your-secret-key", ["placeholder"]),
        ("null", ["placeholder"]),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ["documentation-key"]),
        (base64.b64encode(SECRET_KEY.encode()).decode(), ["base64"]),
        (base64.b64encode(SECRET_KEY.encode() + b"\n").decode(), ["base64"]),
        (SECRET_KEY[:-1], ["shape"]),
        (SECRET_KEY + "x", ["shape"]),
        (SECRET_KEY[:-1] + "!", ["shape"]),
    ],
)
def test_a_secret_that_cannot_be_one_is_named_for_what_it_is(value: str, kind: list[str]) -> None:
    assert kinds(KEY_ID, value) == [("SECRET_ACCESS_KEY", name) for name in kind]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("AKIAIOSFODNN7EXAMPLE", "documentation-key"),
        ("<access key>", "placeholder"),
        (KEY_ID + " ", "white-space"),
        (base64.b64encode(KEY_ID.encode()).decode(), "base64"),
        (KEY_ID[:-1], "shape"),
        (KEY_ID.lower(), "shape"),
        ("AIDA" + KEY_ID[4:], "shape"),
    ],
)
def test_an_id_that_cannot_be_one_is_named_for_what_it_is(value: str, kind: str) -> None:
    assert kinds(value) == [("ACCESS_KEY_ID", kind)]


def test_a_swapped_pair_is_reported_once_for_each_half() -> None:
    assert kinds(SECRET_KEY, KEY_ID) == [("ACCESS_KEY_ID", "swapped"), ("SECRET_ACCESS_KEY", "swapped")]


@pytest.mark.parametrize("token", [None, ""])
def test_a_temporary_key_without_its_session_token_is_reported(token: str | None) -> None:
    assert kinds(TEMPORARY_ID, SECRET_KEY, token) == [("SESSION_TOKEN", "missing-with-temporary-key")]


def test_a_session_token_beside_a_long_term_key_is_reported() -> None:
    assert kinds(KEY_ID, SECRET_KEY, TOKEN) == [("SESSION_TOKEN", "unexpected-with-long-term-key")]


def test_a_damaged_session_token_is_reported() -> None:
    assert kinds(TEMPORARY_ID, SECRET_KEY, TOKEN + "\n") == [("SESSION_TOKEN", "line-break")]


def test_only_what_aws_might_still_accept_is_uncertain() -> None:
    shape, damaged = key_problems(KEY_ID[:-1], Secret(SECRET_KEY + "\n"), None)
    assert (shape.kind, shape.certain) == (KeyProblemKind.SHAPE, False)
    assert (damaged.kind, damaged.certain) == (KeyProblemKind.LINE_BREAK, True)


def test_a_sentence_begins_with_the_variable() -> None:
    (problem,) = key_problems("changeme", Secret(SECRET_KEY), None)
    assert problem.part is KeyPart.ACCESS_KEY_ID
    assert problem.sentence == "AWS_ACCESS_KEY_ID is a placeholder that nobody replaced."


VALUES = st.text(max_size=60) | st.sampled_from([KEY_ID, TEMPORARY_ID, SECRET_KEY, TOKEN, "<x>", "AKIA\n", "a'b"])


@given(VALUES, VALUES, VALUES)
def test_problems_depend_on_values_and_never_contain_them(key_id: str, secret: str, token: str) -> None:
    canary = "CANARYcanaryCANARY"
    shown = repr(key_problems(key_id + canary, Secret(secret + canary), Secret(token + canary)))
    assert canary not in shown
