import base64
import copy
import json
import pickle
import threading
from dataclasses import asdict, dataclass
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.secret import Redactor, Secret, hint, printable

SECRET_KEY = "wJalr/UtnFEMI+K7MDENG/bPxRfiCYzCANARYKEY"
HEADER = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"0123456789"}').decode().rstrip("=")
TOKEN = f"{HEADER}.cGF5bG9hZHBheWxvYWQ.c2lnbmF0dXJlLWNhbmFyeQ"
KEY_ID = "AKIA" + "Z" * 12 + "WXYZ"
PLAIN = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+=_-", min_size=8, max_size=60)


@dataclass(frozen=True)
class Holder:
    secret: Secret[str]


@given(st.text(min_size=5))
def test_no_way_of_printing_shows_the_value(value: str) -> None:
    secret = Secret(value)
    shown = {
        str(secret),
        f"{secret}",
        f"{secret:>80}",
        f"{secret!r}",
        f"{secret}",
        repr([secret]),
        repr(Holder(secret)),
    }
    assert shown == {"***", "Secret(***)", "[Secret(***)]", "Holder(secret=Secret(***))"}


def test_the_mask_does_not_tell_the_length() -> None:
    assert repr(Secret("a")) == repr(Secret("a" * 100)) == repr(Secret(b"bytes"))


def test_reveal_gives_back_what_was_put_in() -> None:
    assert Secret(SECRET_KEY).reveal() == SECRET_KEY
    assert Secret(b"\xff\x00").reveal() == b"\xff\x00"


def test_secrets_compare_by_value_and_never_with_plain_text() -> None:
    assert Secret("abc") == Secret("abc")
    assert Secret("abc") != Secret("abd")
    assert Secret("abc") != "abc"
    assert len({Secret("abc"), Secret("abc"), Secret("abd")}) == 2


def test_a_lone_surrogate_can_be_held_and_compared() -> None:
    assert Secret("\udc80") == Secret("\udc80")


@pytest.mark.parametrize(
    "leave", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, lambda secret: asdict(Holder(secret))]
)
def test_a_secret_cannot_be_pickled_copied_or_dumped(leave: object) -> None:
    assert callable(leave)
    with pytest.raises(TypeError) as caught:
        leave(Secret(SECRET_KEY))
    assert SECRET_KEY not in str(caught.value)


def test_a_secret_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Secret("abc")._value = "other"


def test_a_redactor_does_not_show_or_hand_on_what_it_holds() -> None:
    redactor = Redactor([Secret(SECRET_KEY)])
    assert repr(redactor) == "Redactor()"
    with pytest.raises(TypeError):
        pickle.dumps(redactor)


@pytest.mark.parametrize(
    ("key_id", "shown"), [(KEY_ID, "…WXYZ"), ("short", "…"), ("", "…"), ("A" * 15, "…"), (KEY_ID + "\n", "…")]
)
def test_a_hint_shows_four_characters_of_a_long_id_and_none_of_a_short_one(key_id: str, shown: str) -> None:
    assert hint(key_id) == shown


@given(PLAIN, st.text(max_size=40), st.text(max_size=40))
def test_a_known_secret_never_gets_through(secret: str, before: str, behind: str) -> None:
    assert secret not in Redactor([Secret(secret)]).clean(before + secret + behind, 1000)


@given(PLAIN, st.integers(1, 7), st.sampled_from(["\n", "\r\n", "\t", "\x1b[31m", "\u200b", "\x00", " ", "\u202e"]))
def test_a_secret_with_something_put_inside_is_still_found(secret: str, place: int, inside: str) -> None:
    text = f"body: {secret[:place]}{inside}{secret[place:]} end"
    cleaned = Redactor([Secret(secret)]).clean(text).removeprefix("body: ").removesuffix(" end")
    assert cleaned == "***"


def test_a_secret_is_found_in_the_spellings_of_urls_and_json() -> None:
    redactor = Redactor([Secret(SECRET_KEY)])
    encoded = quote(SECRET_KEY, safe="")
    lower = encoded.replace("%2F", "%2f").replace("%2B", "%2b")
    for spelling in (quote(SECRET_KEY), encoded, lower, SECRET_KEY.replace("/", "\\/")):
        assert redactor.clean(f"key={spelling}") == "key=***"


def test_a_secret_cut_off_at_the_end_of_the_text_is_found() -> None:
    assert Redactor([Secret(SECRET_KEY)]).clean(f"body: {SECRET_KEY[:20]}") == "body: ***"


def test_each_segment_of_a_token_is_a_secret_of_its_own() -> None:
    redactor = Redactor([Secret(TOKEN)])
    for segment in TOKEN.split("."):
        assert redactor.clean(f"bad segment {segment} here") == "bad segment *** here"


def test_bytes_are_found_in_text() -> None:
    assert Redactor([Secret(TOKEN.encode() + b"\n")]).clean(f"<{TOKEN}>") == "<***>"


def test_the_token_in_front_of_other_text_is_found_alone() -> None:
    assert Redactor([Secret(f"{TOKEN}\nsome ordinary words")]).clean(f"{TOKEN} in words") == "*** in words"


def test_texts_shorter_than_eight_characters_are_not_blanked_out() -> None:
    assert Redactor([Secret("default")]).clean("the default profile") == "the default profile"


@pytest.mark.parametrize("unknown", [TOKEN, HEADER, f"{HEADER}.", f"{HEADER}.cGF5"])
def test_an_unknown_token_is_recognised_by_its_looks(unknown: str) -> None:
    assert Redactor().clean(f"got {unknown} here") == "got *** here"


@pytest.mark.parametrize("prefix", ["AKIA", "ASIA"])
def test_an_access_key_id_is_shortened_to_its_hint(prefix: str) -> None:
    assert Redactor().clean(f"key {prefix}{KEY_ID[4:]}.") == "key …WXYZ."


@given(st.text(), st.integers(0, 50))
def test_cleaned_text_is_one_printable_line_within_its_limit(text: str, limit: int) -> None:
    for cleaned in (Redactor().clean(text, limit), printable(text, limit)):
        assert cleaned.isprintable()
        assert len(cleaned) <= limit


def test_terminal_sequences_leave_nothing_behind() -> None:
    assert printable("a\x1b[1;31mb\x1b]0;title\x07c\x1b(Bd\x9b2Je") == "abcde"


def test_a_cut_text_says_so() -> None:
    assert printable("abcdef", 4) == "abc…"


def test_a_huge_text_is_read_only_to_its_bound() -> None:
    assert len(Redactor([Secret(SECRET_KEY)]).clean("x" * 10_000_000, 100)) == 100


def test_secrets_may_be_added_from_many_threads() -> None:
    redactor = Redactor()
    secrets = [f"secret-number-{number:04}-x" for number in range(200)]

    def add(part: list[str]) -> None:
        for secret in part:
            redactor.add(Secret(secret))

    threads = [threading.Thread(target=add, args=(secrets[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [secret for secret in secrets if redactor.clean(secret) != "***"] == []
