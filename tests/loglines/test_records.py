"""How a log is cut into lines, and lines are put together again."""

import json

import pytest

from probe.loglines import read_log

DENIED = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
GO_V1 = f"WebIdentityErr: failed to retrieve credentials\ncaused by: {DENIED}\n\tstatus code: 403, request id: 1"
JAVA = (
    "Unable to load credentials from any of the providers in the chain "
    "AwsCredentialsProviderChain(credentialsProviders=[SystemPropertyCredentialsProvider()]) : ["
)
JAVA_ENTRIES = (
    "SystemPropertyCredentialsProvider(): Unable to load credentials from system settings.",
    (
        "WebIdentityTokenCredentialsProvider(): Either the environment variable AWS_WEB_IDENTITY_TOKEN_FILE or the "
        "javaproperty aws.webIdentityTokenFile must be set."
    ),
    (
        "ContainerCredentialsProvider(): Cannot fetch credentials from container - neither "
        "AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI environment variables are set."
    ),
    "InstanceProfileCredentialsProvider(): Failed to load credentials from IMDS.",
)


def codes_of(log: str) -> list[str]:
    return [match.codes[0] for match in read_log(log)]


def steps_of(log: str) -> list[tuple[int, str]]:
    return [(match.line, match.step) for match in read_log(log)]


def test_the_cause_on_the_next_line_is_told_instead_of_the_failed_call() -> None:
    assert codes_of(GO_V1) == ["web-identity-trust-denied"]


def test_the_cause_is_reported_on_its_own_line() -> None:
    [match] = read_log(f"starting\n\n{GO_V1}")

    assert match.line == 4


@pytest.mark.parametrize(
    "prefix",
    [
        "2025-01-01T00:00:00.000000000Z ",
        "2025-01-01T00:00:00.000000000Z stderr F ",
        "[pod/controller-7d9/manager] ",
        "[pod/controller-7d9/manager] 2025-01-01T00:00:00Z ",
        "amazon-agent[3586]: ",
        "2024-09-01T00:37:41.772123+00:00 ip-10-0-0-9 agent.agent[526]: ",
    ],
)
def test_a_cause_is_found_behind_what_log_shippers_put_before_every_line(prefix: str) -> None:
    log = "\n".join(prefix + line for line in GO_V1.split("\n"))

    assert codes_of(log) == ["web-identity-trust-denied"]


def test_two_events_of_one_log_stay_two() -> None:
    log = f"{DENIED}\nEC2RoleRequestError: no EC2 instance role found"

    assert codes_of(log) == ["web-identity-trust-denied", "imds-hop-limit"]


def test_a_json_line_with_an_escaped_multi_line_error_is_one_cause() -> None:
    line = json.dumps({"level": "error", "msg": "Reconciler error", "error": GO_V1})

    assert "\n" not in line
    assert codes_of(line) == ["web-identity-trust-denied"]


def test_json_inside_json_still_matches() -> None:
    text = 'invalid endpoint host, "169.254.170.23", only loopback hosts are allowed.'
    line = json.dumps({"log": json.dumps({"error": text})})

    assert codes_of(line) == ["sdk-too-old"]


def test_signs_that_json_encoders_spell_out_still_match() -> None:
    assert codes_of(r"<Code>InvalidClientTokenId</Code>") == ["credentials-rejected"]
    assert codes_of(
        r"No such file or directory: \u0027/var/run/secrets/eks.amazonaws.com/serviceaccount/token\u0027"
    ) == [
        "web-identity-token-missing",
    ]


def test_colours_in_the_middle_of_a_text_do_not_hide_it() -> None:
    assert codes_of("\x1b[31mUnable to \x1b[1;33mlocate\x1b[0m credentials\x1b[0m") == ["nothing-configured"]
    assert codes_of(r"\u001b[31mUnable to locate\u001b[0m credentials") == ["nothing-configured"]


def test_nul_bytes_between_the_letters_do_not_hide_it() -> None:
    assert codes_of("\0".join("Unable to locate credentials")) == ["nothing-configured"]


def test_windows_line_ends_do_not_change_line_numbers() -> None:
    [match] = read_log("one\r\ntwo\r\nUnable to locate credentials\r\n")

    assert match.line == 3
    assert match.excerpt == "Unable to locate credentials"


def test_every_entry_of_a_java_list_is_a_step_of_its_own() -> None:
    assert steps_of(JAVA + ", ".join(JAVA_ENTRIES) + "]") == [
        (1, "web-identity.variables"),
        (1, "container.variables"),
        (1, "imds.token"),
    ]


def test_a_java_list_over_several_lines_is_read_as_one() -> None:
    assert steps_of(JAVA + "\n" + ",\n".join(JAVA_ENTRIES) + "]") == [
        (3, "web-identity.variables"),
        (4, "container.variables"),
        (5, "imds.token"),
    ]


def test_a_java_list_without_known_entries_is_told_as_the_end_of_the_chain() -> None:
    assert steps_of(f"{JAVA}{JAVA_ENTRIES[0]}]") == [(1, "none")]


def test_the_verbose_chain_of_go_v1_tells_the_line_that_failed() -> None:
    log = (
        "NoCredentialProviders: no valid providers in chain\n"
        "caused by: EnvAccessKeyNotFound: failed to find credentials in the environment.\n"
        "SharedCredsLoad: failed to load shared credentials file\n"
        "EC2RoleRequestError: no EC2 instance role found\n"
        "caused by: EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: 401, request id: "
    )

    assert [(match.line, match.codes[0]) for match in read_log(log)] == [
        (1, "nothing-configured"),
        (5, "imds-hop-limit"),
    ]


def test_a_controller_s_own_words_come_before_those_of_its_sdk() -> None:
    [match] = read_log(
        "failed to get VPC ID: failed to fetch VPC ID from instance metadata: error in fetching vpc id through ec2 "
        "metadata: "
        "get mac metadata: operation error ec2imds: GetMetadata, canceled, context deadline exceeded",
    )

    assert match.step == "imds.metadata"
    assert match.sdk == "go-v2"


def test_identical_lines_count_once_with_the_first_line_s_number() -> None:
    matches = read_log("start\n" + "Unable to locate credentials\n" * 1000)

    assert [match.line for match in matches] == [2]


def test_lines_that_differ_in_times_and_request_ids_count_once() -> None:
    log = "\n".join(
        f"2025-01-01T00:00:{second:02d}Z NoCredentialProviders: no valid providers in chain {second}\n"
        f"An error occurred (Throttling) when calling the AssumeRoleWithWebIdentity operation: {second:08x}-0000-0000"
        for second in range(30)
    )

    assert codes_of(log) == ["nothing-configured", "sts-throttled"]


def test_two_issuers_without_provider_are_two_matches() -> None:
    log = "\n".join(
        f"InvalidIdentityToken: No OpenIDConnect provider found in your account for https://issuer.example/{name}"
        for name in ("one", "two", "one")
    )

    assert [match.line for match in read_log(log)] == [1, 2]


def test_the_name_that_aws_complains_of_is_shown() -> None:
    [match] = read_log(
        "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://issuer.example/one"
    )

    assert match.excerpt == "No OpenIDConnect provider found in your account for https://issuer.example/one"


def test_a_long_excerpt_keeps_both_ends() -> None:
    [match] = read_log(
        "failed to introspect vpcID from EC2Metadata, specify --aws-vpc-id instead if EC2Metadata is unavailable: "
        "EC2MetadataError: failed to make EC2Metadata request " + "x" * 300 + " status code: 401, request id: ",
    )

    assert len(match.excerpt) <= 160
    assert match.excerpt.startswith("failed to introspect vpcID")
    assert match.excerpt.endswith("status code: 401")
