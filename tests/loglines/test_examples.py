import pytest

from probe.loglines import read_log
from probe.loglines.record import records_of
from probe.loglines.texts import SIGNATURES
from tests.loglines.example import Example
from tests.loglines.examples import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.code}: {example.log[:60]}")
def test_a_real_log_has_one_match_with_the_finding_behind_it(example: Example) -> None:
    found = [(match.codes[0], match.certainty, match.sdk) for match in read_log(example.log)]

    assert found == [(example.code, example.certainty, example.sdk)]


def test_every_known_text_has_an_example_that_it_explains() -> None:
    explained = set()
    for example in EXAMPLES:
        meanings = {match.meaning for match in read_log(example.log)}
        masked = [record.masked().text for record in records_of(example.log)]
        explained |= {
            signature
            for signature in SIGNATURES
            if signature.meaning in meanings and any(signature.span_in(text) for text in masked)
        }

    assert [signature.pattern or signature.text for signature in SIGNATURES if signature not in explained] == []
