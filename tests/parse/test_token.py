import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.token import (
    TokenClaims,
    TokenProblem,
    TokenShape,
    condition_prefix,
    pod_identity_trust_statement,
    read_projected_token,
    subject_parts,
    trust_policy_statement,
)

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"
SUBJECT = "system:serviceaccount:kube-system:controller"
SIGNATURE = "c2lnbmF0dXJlLWNhbmFyeS1jYW5hcnk"
PAYLOAD = {
    "iss": ISSUER,
    "sub": SUBJECT,
    "aud": ["sts.amazonaws.com"],
    "exp": 1_700_086_400,
    "iat": 1_700_000_000,
    "nbf": 1_700_000_000,
    "kubernetes.io": {
        "namespace": "kube-system",
        "serviceaccount": {"name": "controller", "uid": "u1"},
        "pod": {"name": "controller-0", "uid": "u2"},
        "node": {"name": "ip-10-0-0-1", "uid": "u3"},
    },
}


def encode(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token(payload: object = None, header: object = None) -> str:
    head = encode(json.dumps({"alg": "RS256", "kid": "key-1"} if header is None else header))
    return f"{head}.{encode(json.dumps(PAYLOAD if payload is None else payload))}.{SIGNATURE}"


def read(text: str) -> TokenShape:
    return read_projected_token(text.encode())


def claims(text: str) -> TokenClaims:
    found = read(text).claims
    assert found is not None
    return found


def payload_with(text: str) -> str:
    """Return a token whose payload is JSON text that Python itself would not write."""
    return f"{encode('{}')}.{encode(text)}.{SIGNATURE}"


def test_a_clean_token_has_no_problems_and_all_its_claims() -> None:
    shape = read(token())
    assert shape.problems == ()
    assert shape.claims == TokenClaims(
        issuer=ISSUER,
        subject=SUBJECT,
        audiences=("sts.amazonaws.com",),
        expires=1_700_086_400,
        issued=1_700_000_000,
        not_before=1_700_000_000,
        key_id="key-1",
        algorithm="RS256",
        namespace="kube-system",
        service_account="controller",
        pod="controller-0",
        node="ip-10-0-0-1",
    )


@pytest.mark.parametrize(
    ("around", "problems"),
    [
        ("{}\n", [TokenProblem.TRAILING_NEWLINE]),
        ("{}\r\n", [TokenProblem.TRAILING_NEWLINE, TokenProblem.CARRIAGE_RETURN]),
        ("{}\r", [TokenProblem.CARRIAGE_RETURN]),
        (" {}", [TokenProblem.SURROUNDING_WHITESPACE]),
        ("{} \n", [TokenProblem.SURROUNDING_WHITESPACE, TokenProblem.TRAILING_NEWLINE]),
        ('"{}"', [TokenProblem.QUOTED]),
        ("Bearer {}", [TokenProblem.BEARER_PREFIX]),
        ('"bearer {}"\n', [TokenProblem.TRAILING_NEWLINE, TokenProblem.BEARER_PREFIX, TokenProblem.QUOTED]),
        ("{} and a log line", [TokenProblem.TRAILING_TEXT]),
        ("{}\nand a log line", [TokenProblem.TRAILING_TEXT]),
        ("{}\0", [TokenProblem.NOT_BASE64URL, TokenProblem.NUL_BYTE]),
        ("{}é", [TokenProblem.NOT_ASCII, TokenProblem.NOT_BASE64URL]),
        ("{}=", [TokenProblem.NOT_BASE64URL]),
        ("{}: log", [TokenProblem.NOT_BASE64URL, TokenProblem.TRAILING_TEXT]),
        ("{}.x", [TokenProblem.NOT_THREE_SEGMENTS, TokenProblem.NOT_BASE64URL]),
    ],
)
def test_what_stands_around_a_token_is_reported_and_its_claims_are_still_read(
    around: str, problems: list[TokenProblem]
) -> None:
    shape = read(around.format(token()))
    assert list(shape.problems) == problems
    assert shape.claims is not None
    assert shape.claims.subject == SUBJECT


def test_a_token_wrapped_over_lines_is_reported_and_its_claims_are_still_read() -> None:
    text = token()
    shape = read("\n".join(text[start : start + 64] for start in range(0, len(text), 64)))
    assert shape.problems == (TokenProblem.INNER_WHITESPACE,)
    assert shape.claims == claims(text)


@pytest.mark.parametrize("raw", [b"", b" ", b"\n", b"''", b"\r\n\r\n"])
def test_a_file_with_nothing_in_it_is_empty_and_nothing_else_is_missed_from_it(raw: bytes) -> None:
    shape = read_projected_token(raw)
    assert TokenProblem.EMPTY in shape.problems
    assert TokenProblem.NOT_THREE_SEGMENTS not in shape.problems
    assert shape.claims is None


@pytest.mark.parametrize(
    "text", ["onlyone", "two.parts", "...", "abcd..abcd", "abcd.abcd.", "a.b.c.d", token().rpartition(".")[0]]
)
def test_other_than_three_segments_is_reported(text: str) -> None:
    assert TokenProblem.NOT_THREE_SEGMENTS in read(text).problems


def test_ordinary_base64_is_reported_and_its_claims_are_still_read() -> None:
    header, payload = (base64.b64encode(text.encode()).decode() for text in ('{"kid":"??>"}', '{"sub":"??>?"}'))
    assert "+" in header + payload or "/" in header + payload
    shape = read(f"{header}.{payload}.{SIGNATURE}")
    assert shape.problems == (TokenProblem.NOT_BASE64URL,)
    assert shape.claims is not None
    assert (shape.claims.key_id, shape.claims.subject) == ("??>", "??>?")


def test_a_token_without_its_signature_still_tells_its_claims() -> None:
    assert claims(token().rpartition(".")[0]).issuer == ISSUER


@pytest.mark.parametrize("header", ["not json", "[]", "1", '"text"', "{", "\ufeff{}"])
def test_a_header_that_is_no_json_object_is_reported(header: str) -> None:
    shape = read(f"{encode(header)}.{encode('{}')}.{SIGNATURE}")
    assert shape.problems == (TokenProblem.HEADER_NOT_JSON,)
    assert shape.claims is None


@pytest.mark.parametrize("payload", [b"not json", b"[]", b"null", b"\xff\xfe", b'{"exp":NaN}', b'{"a":1'])
def test_a_payload_that_is_no_json_object_is_reported(payload: bytes) -> None:
    shape = read(f"{encode('{}')}.{encode(payload)}.{SIGNATURE}")
    assert shape.problems == (TokenProblem.PAYLOAD_NOT_JSON,)
    assert shape.claims is None


@pytest.mark.parametrize("bomb", ["[" * 14_000, '{"a":' * 2_800, '{"exp":' + "9" * 14_000 + "}"])
def test_a_payload_made_to_exhaust_the_reader_is_only_a_problem(bomb: str) -> None:
    problems = read(payload_with(bomb)).problems
    assert problems in {(TokenProblem.PAYLOAD_NOT_JSON,), (TokenProblem.CLAIM_MALFORMED,)}


@pytest.mark.parametrize(
    "value", ["1e400", "-1", '"1700000000"', "9" * 30, "true", "null", "[1]", "253402300800", "1e300", "-1e400"]
)
@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
def test_a_time_that_cannot_be_is_none_and_reported(claim: str, value: str) -> None:
    shape = read(payload_with(f'{{"{claim}":{value}}}'))
    assert shape.problems == (TokenProblem.CLAIM_MALFORMED,)
    assert shape.claims is not None
    assert (shape.claims.expires, shape.claims.issued, shape.claims.not_before) == (None, None, None)


def test_a_time_with_a_fraction_is_a_time() -> None:
    assert claims(payload_with('{"exp":1.7e9,"iat":1700000000.9}')).issued == 1_700_000_000


@pytest.mark.parametrize(
    "payload",
    [{"iss": 1}, {"sub": ["x"]}, {"aud": 1}, {"aud": ["a", 1]}, {"kubernetes.io": "x"}, {"kubernetes.io": {"pod": 1}}],
)
def test_a_claim_of_the_wrong_type_is_reported(payload: object) -> None:
    assert read(token(payload)).problems == (TokenProblem.CLAIM_MALFORMED,)


def test_absent_claims_are_none_and_no_problem() -> None:
    shape = read(token({}, {}))
    assert shape.problems == ()
    assert shape.claims is not None
    assert (shape.claims.issuer, shape.claims.audiences, shape.claims.expires) == (None, (), None)


def test_one_audience_may_be_given_without_a_list() -> None:
    assert claims(token({"aud": "pods.eks.amazonaws.com"})).audiences == ("pods.eks.amazonaws.com",)


def test_a_token_from_a_secret_names_its_service_account_in_flat_claims() -> None:
    prefix = "kubernetes.io/serviceaccount"
    read_claims = claims(token({f"{prefix}/namespace": "apps", f"{prefix}/service-account.name": "web"}))
    assert (read_claims.namespace, read_claims.service_account) == ("apps", "web")


def test_claims_are_cut_and_cleaned_of_control_characters() -> None:
    read_claims = claims(token({"iss": "x" * 2_000, "sub": "a\x1b[31m\n\u202eb\ud800", "aud": ["y"] * 100}))
    assert read_claims.issuer is not None
    assert (len(read_claims.issuer), read_claims.subject, len(read_claims.audiences)) == (512, "a b", 16)


def test_more_than_sts_takes_is_too_long() -> None:
    text = token()
    assert TokenProblem.TOO_LONG not in read(text + "A" * (20_000 - len(text))).problems
    assert TokenProblem.TOO_LONG in read(text + "A" * (20_001 - len(text))).problems
    assert TokenProblem.TOO_LONG in read_projected_token(b"A" * 5_000_000).problems


@given(st.binary() | st.text(alphabet="eyJ0.-_= \n\"'{}Bearer[", max_size=200).map(str.encode))
def test_any_bytes_give_a_shape_with_ordered_distinct_problems(raw: bytes) -> None:
    shape = read_projected_token(raw)
    order = list(TokenProblem)
    places = [order.index(problem) for problem in shape.problems]
    assert places == sorted(set(places))
    assert shape.problems or shape.claims is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PAYLOAD, "name", "pod"]), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*PAYLOAD, "kid", "alg"]), JSON))
def test_any_claims_come_out_bounded_and_printable(payload: dict[str, object]) -> None:
    shape = read(token(payload, payload))
    if shape.claims is not None:
        texts = [value for value in vars(shape.claims).values() if isinstance(value, str)]
        assert all(text.isprintable() and len(text) <= 512 for text in (*texts, *shape.claims.audiences))
        times = (shape.claims.expires, shape.claims.issued, shape.claims.not_before)
        assert all(time is None or 0 <= time < 253_402_300_800 for time in times)


def test_neither_the_signature_nor_a_segment_is_in_the_result() -> None:
    text = token()
    shown = repr(read(text + "\n"))
    assert [segment for segment in text.split(".") if segment in shown] == []


@pytest.mark.parametrize(
    ("subject", "parts"),
    [
        (SUBJECT, ("kube-system", "controller")),
        ("system:serviceaccount:a:b.c-d", ("a", "b.c-d")),
        ("system:serviceaccount:a", None),
        ("system:serviceaccount:a:b:c", None),
        ("system:serviceaccount::b", None),
        ("system:serviceaccount:a:$(reboot)", None),
        ("system:serviceaccount:a;x:b", None),
        ("system:serviceaccount:a:b\n", None),
        ("system:node:a:b", None),
        ("", None),
    ],
)
def test_a_subject_is_split_only_into_names_that_kubernetes_allows(subject: str, parts: tuple[str, str] | None) -> None:
    assert subject_parts(subject) == parts


def test_the_trust_statement_names_provider_subject_and_audience() -> None:
    host = "oidc.eks.cn-north-1.amazonaws.com.cn/id/0123"
    statement = json.loads(
        trust_policy_statement("aws-cn", "111122223333", f"https://{host}", SUBJECT, "sts.amazonaws.com")
    )
    assert condition_prefix(f"https://{host}") == host
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws-cn:iam::111122223333:oidc-provider/{host}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{host}:sub": SUBJECT, f"{host}:aud": "sts.amazonaws.com"}},
    }


@given(st.text(), st.text(), st.text())
def test_the_trust_statement_is_json_whatever_the_claims_say(issuer: str, subject: str, audience: str) -> None:
    statement = json.loads(trust_policy_statement("aws", "111122223333", issuer, subject, audience))
    assert set(statement) == {"Effect", "Principal", "Action", "Condition"}


def test_the_pod_identity_statement_allows_tagging_too() -> None:
    statement = json.loads(pod_identity_trust_statement())
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
