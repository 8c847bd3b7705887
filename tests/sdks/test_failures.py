"""A source that is selected fails: what next? One row for each failure, one column for each SDK.

In every pod IMDS would hand out the node role, so falling through shows.
"""

from dataclasses import replace

import pytest

from probe.evidence import Connections, Ending, Evidence, FileState, NameLookups
from tests.sdks.pods import (
    AGENT_TOKEN_FILE,
    GLOBAL,
    NO_IMDS,
    REGIONAL,
    SDKS,
    Part,
    asked,
    connection,
    container,
    imds,
    mute_sts,
    name,
    no_answer,
    pod,
    refusal,
    said,
    step,
    sts_answer,
    token_file,
    web_identity,
    without,
)

NODE = "credentials imds"
STOPS = dict.fromkeys(SDKS, "error")
ALL_BUT_JAVA = {**STOPS, "java-v2": NODE}
OF_THE_CONTAINER = {**ALL_BUT_JAVA, "go-v1": "none"}
"""What goes wrong with the container endpoint Go v1 hides behind its text for no credentials."""


def sts_path(ending: Ending) -> Part:
    """Make a web identity whose way to the regional endpoint ends early; the global one is the same."""
    part = without(web_identity(), "web-identity.tls", "web-identity.assume-role")
    connections = Connections(used=connection(REGIONAL, ending), other=connection(GLOBAL, ending))
    return replace(part, steps=(*part.steps, step("web-identity.connect", connections)))


def no_name() -> Part:
    part = without(web_identity(), "web-identity.tls", "web-identity.assume-role")
    error = Ending.NAME_NOT_FOUND
    return replace(
        part,
        steps=(
            *part.steps,
            step("web-identity.dns", NameLookups(used=name(REGIONAL, error), other=name(GLOBAL, error))),
            step(
                "web-identity.connect",
                Connections(used=connection(REGIONAL, error), other=connection(GLOBAL, error)),
            ),
        ),
    )


FAILURES: dict[str, tuple[Evidence, dict[str, str]]] = {
    "STS says AccessDenied": (pod(web_identity(sts_answer("AccessDenied")), imds()), ALL_BUT_JAVA),
    "STS says InvalidIdentityToken": (
        pod(web_identity(sts_answer("InvalidIdentityToken", status=400)), imds()),
        ALL_BUT_JAVA,
    ),
    "STS refuses the connection": (pod(sts_path(Ending.REFUSED), imds()), ALL_BUT_JAVA),
    "STS is a black hole": (pod(sts_path(Ending.CONNECT_TIMEOUT), imds()), ALL_BUT_JAVA),
    "STS has no name": (pod(no_name(), imds()), ALL_BUT_JAVA),
    "STS never answers": (pod(web_identity(mute_sts()), imds()), {**STOPS, "java-v2": NODE}),
    "the token file is missing": (pod(web_identity(token=token_file(FileState.MISSING)), imds()), ALL_BUT_JAVA),
    "the token file may not be read": (
        pod(web_identity(token=token_file(FileState.UNREADABLE)), imds()),
        ALL_BUT_JAVA,
    ),
    "the agent refuses": (pod(container(refusal(404, "ResourceNotFoundException")), imds()), OF_THE_CONTAINER),
    "the agent refuses the connection": (
        pod(without(container(connected=Ending.REFUSED), "container.credentials"), imds()),
        OF_THE_CONTAINER,
    ),
    "the agent never answers": (pod(container(no_answer()), imds()), ALL_BUT_JAVA),
    "the host of the full URI is not allowed": (
        pod(without(container(uri="http://192.0.2.1/creds"), "container.credentials"), imds()),
        {**OF_THE_CONTAINER, "js-v3": "none"},
    ),
    "nothing is configured and IMDS is not there": (pod(NO_IMDS), dict.fromkeys(SDKS, "none")),
}


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("failure", FAILURES)
def test_what_comes_after_a_failure(failure: str, sdk: str) -> None:
    evidence, outcomes = FAILURES[failure]
    assert said(sdk, evidence) == outcomes[sdk]


def test_java_says_why_it_runs_as_the_node() -> None:
    one = asked("java-v2", pod(web_identity(sts_answer("AccessDenied")), imds()))
    assert one.because == (
        "STS refuses the token (AccessDenied), and Java passes over that in silence; "
        "IMDS gives a token, and IMDS gives keys."
    )


def test_java_is_left_with_nothing_where_imds_is_closed_too() -> None:
    one = asked("java-v2", pod(web_identity(sts_answer("AccessDenied")), NO_IMDS))
    assert (one.outcome, one.source) == ("none", None)
    assert one.error
    assert one.error.startswith("Unable to load credentials from any of the providers in the chain")


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2", "js-v3"])
def test_an_agent_that_never_answers_is_waited_for_without_end(sdk: str) -> None:
    assert asked(sdk, pod(container(no_answer()), imds())).error == "would wait for ever"


def test_javascript_once_gave_up_after_a_second() -> None:
    one = asked("js-v3", pod(container(no_answer()), imds()), "3.900.0")
    assert one.error == "169.254.170.23 is not a valid container metadata service hostname"


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2", "js-v3"])
def test_an_sts_that_never_answers_is_waited_for_without_end(sdk: str) -> None:
    assert asked(sdk, pod(web_identity(mute_sts()), imds())).error == "would wait for ever"


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2", "js-v3", "botocore", "rust"])
def test_a_token_file_that_is_a_pipe_is_waited_for_without_end(sdk: str) -> None:
    evidence = pod(web_identity(token=token_file(FileState.NOT_REGULAR)), imds())
    assert asked(sdk, evidence).error == "would wait for ever"


STS_TEXTS = {
    "botocore": "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation…: said STS",
    "go-v1": "WebIdentityErr: failed to retrieve credentials…AccessDenied: said STS…status code: 403…",
    "go-v2": "failed to retrieve credentials, …operation error STS: AssumeRoleWithWebIdentity, …"
    "https response error StatusCode: 403, RequestID: …AccessDenied: said STS",
    "js-v3": "AccessDenied: said STS",
    "rust": "an error occurred while loading credentials…AccessDenied…said STS",
}


@pytest.mark.parametrize("sdk", STS_TEXTS)
def test_a_refusal_of_sts_in_the_words_of_each_sdk(sdk: str) -> None:
    assert asked(sdk, pod(web_identity(sts_answer("AccessDenied")))).error == STS_TEXTS[sdk]


FILE_TEXTS = {
    "botocore": "[Errno 13] Permission denied: '…{path}'",
    "go-v1": "WebIdentityErr: failed fetching WebIdentity token: …unable to read file at …{path}: permission denied",
    "go-v2": "failed to retrieve jwt from provide source, unable to read file at …{path}: permission denied",
    "js-v3": "EACCES: permission denied, open '…{path}'",
    "rust": "an error occurred while loading credentials…Permission denied (os error 13)",
}


@pytest.mark.parametrize("sdk", FILE_TEXTS)
def test_a_file_that_may_not_be_read_in_the_words_of_each_sdk(sdk: str) -> None:
    token = token_file(FileState.UNREADABLE, path="/token")
    assert asked(sdk, pod(web_identity(token=token))).error == FILE_TEXTS[sdk].format(path="/token")


AGENT_TEXTS = {
    "botocore": "Error when retrieving credentials from container-role: Error retrieving metadata: "
    "Received non 200 response 400 from container metadata:…",
    "go-v1": "NoCredentialProviders: no valid providers in chain. Deprecated.…",
    "go-v2": "failed to load credentials, …AccessDeniedException…",
    "js-v3": "169.254.170.23 is not a valid container metadata service hostname",
    "rust": "an error occurred while loading credentials…"
    "Non-success status from HTTP credential provider: StatusCode(400)",
}


@pytest.mark.parametrize("sdk", AGENT_TEXTS)
def test_a_refusal_of_the_agent_in_the_words_of_each_sdk(sdk: str) -> None:
    assert asked(sdk, pod(container(refusal(400, "AccessDeniedException")))).error == AGENT_TEXTS[sdk]


def test_go_v2_once_threw_the_words_of_the_agent_away() -> None:
    one = asked("go-v2", pod(container(refusal(400, "AccessDeniedException"))), "1.25.4")
    assert one.error == "failed to load credentials, …failed to decode error message…"


NOTHING_TEXTS = {
    "botocore": "Unable to locate credentials",
    "go-v1": "NoCredentialProviders: no valid providers in chain. Deprecated.…",
    "go-v2": "no EC2 IMDS role found, operation error ec2imds: GetMetadata, …canceled, context deadline exceeded",
    "js-v3": "Could not load credentials from any providers",
    "java-v2": "Unable to load credentials from any of the providers in the chain …",
    "rust": "no credentials found in chain. Attempted:…",
}


@pytest.mark.parametrize("sdk", SDKS)
def test_nothing_found_in_the_words_of_each_sdk(sdk: str) -> None:
    said_at_last = asked(sdk, pod(NO_IMDS)).error or ""
    assert said_at_last.startswith(NOTHING_TEXTS[sdk].removesuffix("…"))


CONTAINER_TOKEN_ENDS = {
    "missing": token_file(FileState.MISSING, path=AGENT_TOKEN_FILE),
    "unreadable": token_file(FileState.UNREADABLE, path=AGENT_TOKEN_FILE),
    "with a newline behind it": token_file(FileState.READ, "trailing-newline", path=AGENT_TOKEN_FILE),
}


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("how", CONTAINER_TOKEN_ENDS)
def test_a_token_for_the_agent_that_cannot_be_sent(how: str, sdk: str) -> None:
    part = without(container(token=CONTAINER_TOKEN_ENDS[how]), "container.credentials")
    assert said(sdk, pod(part, imds())) == OF_THE_CONTAINER[sdk]


@pytest.mark.parametrize("sdk", SDKS)
def test_a_newline_behind_a_web_identity_token_is_for_sts_to_judge(sdk: str) -> None:
    token = token_file(FileState.READ, "trailing-newline")
    refused = pod(web_identity(sts_answer("InvalidIdentityToken", status=400), token=token), NO_IMDS)
    taken = pod(web_identity(token=token), NO_IMDS)
    assert said(sdk, refused) == ("none" if sdk == "java-v2" else "error")
    assert said(sdk, taken) == "credentials web-identity"


@pytest.mark.parametrize("sdk", SDKS)
def test_a_file_that_holds_no_token_is_refused_even_if_nobody_asked(sdk: str) -> None:
    part = without(web_identity(token=token_file(FileState.READ, "not-three-segments")), "web-identity.assume-role")
    assert said(sdk, pod(part, NO_IMDS)) == ("none" if sdk == "java-v2" else "error")
