import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.timestamp import read_http_date, read_timestamp


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2023-11-14T22:13:20Z", 1_700_000_000.0),
        ("2023-11-14T22:13:20.123456789Z", 1_700_000_000.123456),
        ("2023-11-14T22:13:20.5Z", 1_700_000_000.5),
        ("2023-11-15T00:13:20+02:00", 1_700_000_000.0),
        ("2023-11-14t22:13:20z", 1_700_000_000.0),
        ("1970-01-01T00:00:00Z", 0.0),
    ],
)
def test_rfc3339_is_read_with_any_number_of_decimals(text: str, seconds: float) -> None:
    assert read_timestamp(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "2023-11-14", "2023-11-14T22:13:20", "2023-W46-2T22:13:20Z", "2023-13-14T22:13:20Z", "2023-11-14T24:61:00Z",
     "1700000000", " 2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z\n", "2023-11-14T22:13:20." + "1" * 99 + "Z"],
)  # fmt: skip
def test_anything_else_is_no_timestamp(text: str) -> None:
    assert read_timestamp(text) is None


def test_the_date_header_is_read_in_each_of_its_forms() -> None:
    assert read_http_date("Tue, 14 Nov 2023 22:13:20 GMT") == 1_700_000_000.0
    assert read_http_date("Tue, 14 Nov 2023 22:13:20 -0000") == 1_700_000_000.0


@pytest.mark.parametrize(
    "text", ["", "yesterday", "Tue, 99 Nov 2023 22:13:20 GMT", "x" * 10_000, "Tue, 14 Nov 99999 22:13:20 GMT"]
)
def test_a_bad_date_header_is_none(text: str) -> None:
    assert read_http_date(text) is None


@given(
    st.text()
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-]99:99)", fullmatch=True)
)
def test_any_text_is_a_number_of_seconds_or_none(text: str) -> None:
    for seconds in (read_timestamp(text), read_http_date(text)):
        assert seconds is None or isinstance(seconds, float)
