import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.profile_kind import ProfileFiles, ProfileKind, profile_kind, profile_problems
from probe.parse.profiles import read_profile_file

KEYS = "aws_access_key_id = EXAMPLE\naws_secret_access_key = EXAMPLE\n"
ROLE = "role_arn = arn:aws:iam::111122223333:role/x\n"


def files(config: str = "", credentials: str = "") -> ProfileFiles:
    return ProfileFiles(
        config=read_profile_file(config.encode(), "config"),
        credentials=read_profile_file(credentials.encode(), "credentials"),
    )


def kind(body: str) -> ProfileKind:
    return profile_kind(files(f"[profile p]\n{body}"), "p")


def sentences(config: str, credentials: str = "", name: str = "p") -> str:
    return " ".join(problem.sentence for problem in profile_problems(files(config, credentials), name))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (KEYS, ProfileKind.STATIC),
        ("aws_access_key_id = EXAMPLE\n", ProfileKind.PARTIAL_KEYS),
        ("aws_access_key_id = EXAMPLE\naws_secret_access_key =\n", ProfileKind.PARTIAL_KEYS),
        (ROLE + "source_profile = base\n", ProfileKind.ASSUME_ROLE_SOURCE_PROFILE),
        (ROLE + "credential_source = Environment\n", ProfileKind.ASSUME_ROLE_CREDENTIAL_SOURCE),
        (ROLE + "web_identity_token_file = /t\n", ProfileKind.WEB_IDENTITY),
        (ROLE, ProfileKind.EMPTY),
        ("sso_session = s\n", ProfileKind.SSO),
        ("login_session = s\n", ProfileKind.LOGIN),
        ("credential_process = /bin/tool\n", ProfileKind.PROCESS),
        ("region = eu-central-1\n", ProfileKind.EMPTY),
        ("", ProfileKind.EMPTY),
    ],
)
def test_a_profile_is_named_after_where_its_credentials_come_from(body: str, expected: ProfileKind) -> None:
    assert kind(body) == expected


def test_a_profile_in_neither_file_is_missing() -> None:
    assert profile_kind(files("[profile other]\n"), "p") == ProfileKind.MISSING
    assert profile_kind(ProfileFiles(), "p") == ProfileKind.MISSING
    assert profile_problems(ProfileFiles(), "p") == ()


def test_a_profile_not_found_in_a_file_that_was_cut_is_unknown() -> None:
    assert profile_kind(files("#" * 1_100_000), "p") == ProfileKind.UNKNOWN


def test_keys_of_both_files_make_one_profile_and_the_credentials_file_wins() -> None:
    both = files("[profile p]\nregion = a\nrole_arn = x\n", "[p]\nregion = b\nsource_profile = c\n")
    assert both.keys("p") == {"region": "b", "role_arn": "x", "source_profile": "c"}
    assert profile_kind(both, "p") == ProfileKind.ASSUME_ROLE_SOURCE_PROFILE


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (ROLE, "role_arn stands without"),
        (ROLE + "source_profile = base\ncredential_source = Environment\n", "both set"),
        (ROLE + "credential_source = environment\n", "none of Environment, Ec2InstanceMetadata, EcsContainer"),
        (ROLE + "source_profile = nobody\n", "'nobody', which does not exist"),
        (ROLE + "source_profile = empty\n", "'empty', which has no credentials"),
        (ROLE + "source_profile = half\n", "'half', which has half a key pair"),
        (ROLE + "source_profile = p\n", "circle"),
        (ROLE + "source_profile = there\n", "circle"),
        ("aws_access_key_id = EXAMPLE\n", "missing: aws_secret_access_key"),
        ("aws_secret_access_key = EXAMPLE\n", "missing: aws_access_key_id"),
        ("web_identity_token_file = /t\n", "without role_arn"),
    ],
)
def test_what_keeps_a_profile_from_working_is_named(body: str, word: str) -> None:
    others = f"[profile base]\n{KEYS}[profile empty]\n[profile half]\naws_access_key_id = EXAMPLE\n"
    others += f"[profile there]\n{ROLE}source_profile = back\n[profile back]\n{ROLE}source_profile = there\n"
    assert word in sentences(f"[profile p]\n{body}{others}")


@pytest.mark.parametrize(
    "body",
    [
        KEYS,
        ROLE + "source_profile = base\n",
        ROLE + "source_profile = chained\n",
        ROLE + "source_profile = base # the account's own keys\n",
        ROLE + "source_profile = token\n",
        ROLE + KEYS + "source_profile = p\n",
        ROLE + "credential_source = EcsContainer\n",
        ROLE + "web_identity_token_file = /t\n",
        "region = eu-central-1\n",
    ],
)
def test_a_profile_that_works_has_no_problems(body: str) -> None:
    others = f"[profile base]\n{KEYS}[profile chained]\n{ROLE}source_profile = base\n"
    others += f"[profile token]\n{ROLE}web_identity_token_file = /t\n"
    assert sentences(f"[profile p]\n{body}{others}") == ""


def test_a_key_pair_split_over_both_files_is_reported() -> None:
    text = sentences("[profile p]\naws_access_key_id = EXAMPLE\n", "[p]\naws_secret_access_key = EXAMPLE\n")
    assert "different files" in text


def test_a_very_long_chain_of_profiles_is_given_up_and_not_called_a_circle() -> None:
    config = "".join(f"[profile p{n}]\n{ROLE}source_profile = p{n + 1}\n" for n in range(1_000))
    text = sentences(config, name="p0")
    assert "nobody followed it further" in text
    assert "circle" not in text


def test_a_source_profile_in_a_file_that_was_cut_is_not_called_missing() -> None:
    assert sentences(f"[profile p]\n{ROLE}source_profile = late\n" + "#" * 1_100_000) == ""


def test_a_problem_names_the_line_of_the_profile() -> None:
    (problem,) = profile_problems(files(f"\n[profile p]\n{ROLE}"), "p")
    assert (problem.file, problem.line, problem.breaks_botocore) == ("config", 2, False)


def test_a_secret_that_slipped_into_a_name_is_not_shown() -> None:
    text = sentences(f"[profile p]\n{ROLE}source_profile = base\n  aws_secret_access_key = CANARYCANARY\n")
    assert "which does not exist" in text
    assert "CANARY" not in text


LINES = st.sampled_from(
    ["[profile a]", "[profile b]", ROLE.strip(), "source_profile = a", "source_profile = b", "credential_source = x",
     "aws_access_key_id = X", "aws_secret_access_key = Y", "web_identity_token_file = /t", "sso_session = s", "s3 =",
     "  x = y"]
)  # fmt: skip


@given(st.lists(LINES, max_size=14).map("\n".join), st.sampled_from(["a", "b", "c"]))
def test_any_files_give_a_kind_and_problems_only_for_profiles_that_exist(text: str, name: str) -> None:
    found = files(text, text.replace("profile ", ""))
    exists = bool(found.find(name))
    assert (profile_kind(found, name) is ProfileKind.MISSING) is not exists
    assert exists or profile_problems(found, name) == ()
