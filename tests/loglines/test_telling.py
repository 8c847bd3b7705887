import json

import pytest

from probe.loglines import read_log
from probe.tell.log_matches import log_matches_json, log_matches_text
from tests.loglines.examples import EXAMPLES

TOO_OLD = (
    'Ignoring, HTTP credential provider invalid endpoint host, "169.254.170.23", only loopback hosts are allowed. <nil>'
)
LOG = f"NoCredentialProviders: no valid providers in chain. Deprecated.\n{TOO_OLD}"


def test_the_first_line_is_the_verdict_and_not_the_first_match() -> None:
    first, *_ = log_matches_text(read_log(LOG)).splitlines()

    assert first == "Line 2 means sdk-too-old. The text alone decides."


def test_a_verdict_that_the_text_alone_does_not_decide_says_so() -> None:
    first, *_ = log_matches_text(read_log("Unable to locate credentials")).splitlines()

    assert first == "Line 1 most likely means nothing-configured. The text alone does not decide."


def test_every_match_has_its_excerpt_its_codes_and_what_to_do_next() -> None:
    told = log_matches_text(read_log(LOG), width=1000)

    for match in read_log(LOG):
        assert f"> {match.excerpt}\n" in told
        assert f"{match.meaning}\n" in told
        assert f"next    {match.next}\n" in told
        for code in match.codes:
            assert f"probe explain {code}\n" in told


def test_a_log_without_known_texts_is_told_plainly_with_what_to_do() -> None:
    told = log_matches_text(())

    assert told.startswith("Nothing in this log is a text that the probe knows.")
    assert "same ServiceAccount" in " ".join(told.split())


@pytest.mark.parametrize("width", [60, 80])
def test_lines_keep_to_the_width_but_for_words_that_must_be_copied_whole(width: int) -> None:
    told = log_matches_text(read_log("\n".join(example.log for example in EXAMPLES)), width=width)

    for line in told.splitlines():
        longest = max(map(len, line.split()), default=0)
        assert len(line) <= max(width, longest + 10)


@pytest.mark.parametrize("log", ["", LOG], ids=["nothing known", "two matches"])
def test_text_ends_with_one_line_feed(log: str) -> None:
    told = log_matches_text(read_log(log))

    assert told.endswith("\n")
    assert not told.endswith("\n\n")


def test_json_holds_the_verdict_and_all_fields() -> None:
    document = json.loads(log_matches_json(read_log(LOG)))

    assert document["schema"] == 1
    assert document["verdict"] == {"line": 2, "code": "sdk-too-old", "certainty": "certain"}
    assert [match["line"] for match in document["matches"]] == [1, 2]
    assert set(document["matches"][0]) == {"line", "sdk", "step", "codes", "certainty", "meaning", "next", "excerpt"}


def test_json_without_matches_has_no_verdict() -> None:
    assert json.loads(log_matches_json(())) == {"schema": 1, "verdict": None, "matches": []}
