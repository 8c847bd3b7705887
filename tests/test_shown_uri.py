import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.parse.endpoint import ContainerUri, UriProblem, read_container_uri
from probe.shown_uri import shown_uri
from probe.surroundings import Files, Surroundings
from probe.surroundings import given as pod_given

PLACES = st.sampled_from(
    [
        "169.254.170.23",
        "[fd00:ec2::23]",
        "localhost:8080",
        "agent.example.com:99999",
        "169.254.170.2",
        "",
        "fd00::1",
        "[::1",
    ]
)
SCHEMES = st.sampled_from(["http://", "https://", "HTTP://", "ftp://", "", "http:/", '"http://'])
ENDS = st.text(alphabet="/abc12?#=& \t\n'\"é", max_size=12)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://169.254.170.23/v1/credentials", "http://169.254.170.23/v1/credentials"),
        ("/v2/credentials/0f9fc0de-1234", "/v2/credentials/***"),
        ("http://localhost:1234/creds?token=hunter22", "http://localhost:1234/***"),
        ("http://user:hunter22@localhost/", "http://***@localhost/"),
        ("http:// 169.254.170.23/v1/credentials", "http:// 169.254.170.23/v1/credentials"),
        ("http://169.254.170.23/v1/credentials ", "http://169.254.170.23/*** "),
        ("v2/credentials/0f9fc0de-1234", "v2/***"),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "***"),
        ("exampleSecretValue0123456789", "***"),
        ("", ""),
    ],
)
def test_a_secret_in_a_uri_is_masked_and_the_rest_stays(text: str, shown: str) -> None:
    assert shown_uri(text) == shown


@given(scheme=SCHEMES, place=PLACES, end=ENDS)
def test_masking_hides_nothing_of_what_is_wrong_with_a_uri(scheme: str, place: str, end: str) -> None:
    text = f"{scheme}{place}{end}"

    before, after = read_container_uri(text, "full"), read_container_uri(shown_uri(text), "full")

    assert _judged(before) == _judged(after)


@given(st.text(max_size=200))
def test_masking_never_fails_and_masks_no_more_the_second_time(text: str) -> None:
    assert shown_uri(shown_uri(text)) == shown_uri(text)


def test_the_variables_of_a_report_hold_only_masked_uris() -> None:
    environment = {
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/0f9fc0de-1234",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/get?secret=hunter22",
    }

    variables = pod_given(Surroundings(environment=environment, files=Files(root="/nonexistent"))).variables

    assert variables == {
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/***",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/***",
    }


def _judged(read: ContainerUri | UriProblem) -> tuple[str, ...]:
    if isinstance(read, UriProblem):
        return (read.kind,)
    return (read.scheme, read.authority, read.host_class)
