import tempfile
from pathlib import Path
from typing import Any

import pytest
from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import ConfigParseError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from probe.parse.profiles import FileKind, Profile, ProfileFile, ProfileProblem, Value, read_profile_file
from probe.secret import Secret

CANARY = "wJalr/UtnFEMI+K7MDENG/CANARY"

LINES = st.sampled_from(
    [
        "[default]", "[profile a]", "[profile  a ]", '[profile "b c"]', '[profile "b]', "[profile a b]", "[profilex y]",
        "[a]", "[DEFAULT]", "[ default ]", "[ profile a]", "[profile]", "[]", "[profile a", "[a=b", "[profile a] # c",
        "[profile a]]x", "[sso-session s]", "[services t]", "[services]", "  [profile b]", "\ufeff[default]",
        "aws_access_key_id = X", "AWS_ACCESS_KEY_ID=Y", "aws_secret_access_key: Z", "region = eu # c", "s3 =", "s3=",
        "k=\x0c", "k = v\x85w", "\x1cq=1", "x\x00=1", "p == q", "p := q", "=v", ":", "novalue", "K\u0130=1",
        "  x = y", "\tz=1", "    deep = 2", "  novalue", "  a\u2028b=1", "  a=1\u2028b",
        "# comment", "; comment", "  # comment", "", "   ", "\x0b",
    ]
)  # fmt: skip
FILES = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\n", "\r\n", "\r"])), max_size=8).map(
    lambda lines: "".join(line + end for line, end in lines)
)
KINDS = st.sampled_from(["config", "credentials"])


def read(text: str, kind: FileKind = "config") -> ProfileFile:
    return read_profile_file(text.encode(), kind)


def lines_of(file: ProfileFile, *, breaking: bool) -> list[int | None]:
    return [problem.line for problem in file.problems if problem.breaks_botocore is breaking]


def shown(value: Value) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def as_botocore_has_it(profiles: dict[str, Profile]) -> dict[str, Any]:
    return {
        name: {key: shown(value) for key, value in profile.keys.items()}
        | {key: {inner: shown(value) for inner, value in block.items()} for key, block in profile.nested.items()}
        for name, profile in profiles.items()
    }


def botocores_reading(raw: bytes, kind: FileKind) -> dict[str, Any] | None:
    """Return what botocore reads from a file, or None when it refuses it."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(raw)
        try:
            return load_config(file.name) if kind == "config" else {"profiles": raw_config_parse(file.name)}
        except ConfigParseError:
            return None


@settings(max_examples=600)
@given(FILES, KINDS)
@example("[DEFAULT]\ns3 =\n  novalue\n", "config")
@example("[a]\nk = 1\n\n  [b]\n", "credentials")
def test_exactly_what_botocore_refuses_is_marked_and_the_rest_is_read_alike(text: str, kind: FileKind) -> None:
    theirs = botocores_reading(text.encode(), kind)
    ours = read(text, kind)
    assert ours.breaks_botocore is (theirs is None)
    if theirs is not None:
        assert as_botocore_has_it(dict(ours.profiles)) == theirs["profiles"]
        assert as_botocore_has_it(dict(ours.sso_sessions)) == theirs.get("sso_sessions", {})
        assert as_botocore_has_it(dict(ours.services)) == theirs.get("services", {})


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(alphabet="[]=:#; \t\nab\\\"'\0é", max_size=80).map(str.encode), KINDS)
def test_any_bytes_are_read_and_botocores_refusal_is_never_missed(raw: bytes, kind: FileKind) -> None:
    ours = read_profile_file(raw, kind)
    assert ours.breaks_botocore or botocores_reading(raw, kind) is not None
    assert all(problem.line is not None and problem.line >= 1 for problem in ours.problems)


def test_a_config_file_names_profiles_with_a_prefix_and_default_either_way() -> None:
    assert set(read("[default]\n[profile x]\n").profiles) == {"default", "x"}
    assert set(read("[profile default]\nregion = a\n").profiles) == {"default"}


def test_a_config_section_without_the_prefix_is_no_profile_and_is_reported_when_it_looks_like_one() -> None:
    file = read("[x]\nrole_arn = a\n[plugins]\ncli = b\n")
    assert (set(file.profiles), set(file.others)) == (set(), {"x", "plugins"})
    assert lines_of(file, breaking=False) == [1]


def test_a_credentials_file_names_profiles_as_they_are() -> None:
    file = read("[x]\n[profile y]\n", "credentials")
    assert set(file.profiles) == {"x", "profile y"}
    assert lines_of(file, breaking=False) == [2]


def test_sso_sessions_and_services_are_kept_apart_from_profiles() -> None:
    file = read("[sso-session s]\nsso_region = a\n[services t]\ns3 =\n  endpoint_url = b\n[profile p]\n")
    assert (set(file.sso_sessions), set(file.services), set(file.profiles)) == ({"s"}, {"t"}, {"p"})
    assert file.services["t"].nested["s3"] == {"endpoint_url": "b"}


def test_profiles_know_their_line_and_keys_are_lower_case() -> None:
    profile = read("# comment\n\n[default]\nRegion = eu-central-1\n").profiles["default"]
    assert (profile.line, profile.plain("region")) == (3, "eu-central-1")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("region = a\n[default]\n", 1),
        ("[default]\nregion\n", 2),
        ("[default]\n= a\n", 2),
        ("[default]\nregion = a\nREGION = b\n", 3),
        ("[default]\n[profile a]\n[default]\n", 3),
        ("[default]\ns3 =\n  a = b\n  novalue\n", 4),
        ("[default]\n[profile x\n", 2),
        ("[profile x\n", 1),
    ],
)
def test_what_breaks_botocore_is_reported_on_its_line(text: str, line: int) -> None:
    assert lines_of(read(text), breaking=True) == [line]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("[default]\nregion = a # note\n", 2, "comment"),
        ("[default]\nregion : a\n", 2, "colon"),
        ("[DEFAULT]\nregion = a\n[default]\n", 1, "copies"),
        ("[default]\nregion = a\n  [profile x]\n", 3, "indented"),
        ("[ profile x]\n", 1, "White space"),
        ("[profile a b]\n", 1, "exactly one name"),
        ("[profilex y]\n", 1, "glued"),
        ("[profile x] text\n", 1, "behind the closing bracket"),
        ("[default]\n[profile default]\n", 2, "second header"),
        ("[default]\nregion = a\0\n", 2, "NUL"),
    ],
)
def test_what_only_misleads_is_reported_on_its_line_without_breaking(text: str, line: int, word: str) -> None:
    problems = read(text).problems
    assert [(problem.line, problem.breaks_botocore) for problem in problems] == [(line, False)]
    assert word in problems[0].sentence


def test_repeated_sections_merge_and_the_last_of_repeated_keys_wins_as_in_other_sdks() -> None:
    profile = read("[default]\na = 1\nb = 1\n[default]\nb = 2\nc = 3\n").profiles["default"]
    assert dict(profile.keys) == {"a": "1", "b": "2", "c": "3"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_that_is_not_utf8_is_found_under_every_line_end(end: str) -> None:
    raw = f"[default]{end}a = 1{end}".encode() + b"b = \xff\xfe\n"
    file = read_profile_file(raw, "config")
    assert lines_of(file, breaking=True) == [3]
    assert file.profiles["default"].plain("a") == "1"


def test_a_byte_order_mark_breaks_botocore_and_the_profiles_are_still_read() -> None:
    file = read("\ufeff[default]\na = 1\n")
    assert lines_of(file, breaking=True) == [1]
    assert set(file.profiles) == {"default"}


def test_a_file_over_a_mebibyte_is_read_in_part_and_says_so() -> None:
    file = read("[default]\na = 1\n" + "# filler\n" * 120_000 + "[profile late]\n")
    assert (file.whole, set(file.profiles)) == (False, {"default"})
    assert [problem.line for problem in file.problems] == [None]


def test_our_own_cut_through_a_character_is_not_reported_as_bad_text() -> None:
    raw = b"#" * (1_048_576 - 1) + "é".encode()
    assert lines_of(read_profile_file(raw, "config"), breaking=True) == []


def test_a_flood_of_problems_is_bounded_and_keeps_both_severities() -> None:
    file = read("[default]\n" + "novalue\n" * 5_000 + "".join(f"k{number}: v\n" for number in range(5_000)))
    assert [len(lines_of(file, breaking=breaking)) for breaking in (True, False)] == [50, 50]


def test_a_line_made_slow_for_regular_expressions_is_read_like_any_other() -> None:
    assert lines_of(read("[default]\na" + " " * 500_000 + "b\n"), breaking=True) == [2]


@pytest.mark.parametrize(
    "text",
    [
        f"[default]\naws_secret_access_key = {CANARY}\n",
        f"[default]\naws_session_token = {CANARY}\n",
        f"[default]\nmy_secret_thing = {CANARY}\n",
        f"[default]\ncredential_process = tool --password {CANARY}\n",
        f"[default]\nregion = a\n  aws_secret_access_key = {CANARY}\n",
        f"[default]\nregion = a\n  {CANARY}\n",
        f"[default]\nregion =\n  aws_secret_access_key = {CANARY}\n",
        f"[default]\nregion = a aws_secret_access_key={CANARY}\n",
        f"[default]\n{CANARY}\n",
        f"aws_secret_access_key = {CANARY}\n",
        f"[default]\n{CANARY} = x\n{CANARY} = y\n",
        f"[default]\ns3 =\n  {CANARY}\n",
        f"[default]\naws_secret_access_key = x\naws_secret_access_key = {CANARY}\n",
    ],
)
@pytest.mark.parametrize("kind", ["config", "credentials"])
def test_no_secret_is_shown_wherever_it_stands(text: str, kind: FileKind) -> None:
    file = read(text, kind)
    profiles = [*file.profiles.values(), *file.others.values()]
    values = [
        value for profile in profiles for block in (profile.keys, *profile.nested.values()) for value in block.values()
    ]
    assert CANARY not in repr(file)
    assert CANARY.lower() not in repr(file)
    assert [value for value in values if isinstance(value, str) and CANARY in value] == []


@given(st.lists(LINES, max_size=4), st.lists(LINES, max_size=4))
def test_no_neighbouring_line_makes_a_secret_visible(before: list[str], behind: list[str]) -> None:
    text = "\n".join([*before, f"aws_secret_access_key = {CANARY}", *behind])
    assert CANARY not in repr(read(text)).replace("\\\\", "\\")


def test_the_path_of_a_token_file_is_not_a_secret() -> None:
    path = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
    assert (
        read(f"[default]\nweb_identity_token_file = {path}\n").profiles["default"].plain("web_identity_token_file")
        == path
    )


def test_problems_name_their_file() -> None:
    assert read("x\n", "credentials").problems == (
        ProfileProblem(
            file="credentials",
            line=1,
            sentence="This line stands before the first [section].",
            breaks_botocore=True,
        ),
    )
