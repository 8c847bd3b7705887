"""The texts that send people the wrong way, and what must be said about them."""

from probe.loglines import LogMatch, foremost, read_log


def only_match(log: str) -> LogMatch:
    [match] = read_log(log)
    return match


def test_the_imds_error_of_go_v2_is_told_as_the_last_branch_of_a_process_without_other_sources() -> None:
    match = only_match(
        "no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded"
    )

    assert match.codes[0] == "nothing-configured"
    assert "neither the web identity nor the container variables" in match.meaning
    assert "annotation" in match.next


def test_the_401_of_go_v1_is_told_as_a_token_put_that_got_no_answer() -> None:
    match = only_match("EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: 401, request id: ")

    assert match.codes[0] == "imds-hop-limit"
    assert "the token PUT never came back" in match.meaning


def test_the_hostname_error_of_javascript_is_told_as_a_hidden_failure_of_the_agent_call() -> None:
    match = only_match("CredentialsProviderError: 169.254.170.23 is not a valid container metadata service hostname")

    assert match.meaning.startswith("Misleading")
    assert match.codes[0].startswith("agent-")
    assert "sdk-too-old" in match.codes


def test_no_credential_providers_is_told_as_the_last_word_and_not_as_a_cause() -> None:
    match = only_match("NoCredentialProviders: no valid providers in chain. Deprecated.")

    assert match.step == "none"
    assert match.meaning.startswith("Only the last word")


def test_the_refused_host_above_it_is_what_to_look_at_first() -> None:
    matches = read_log(
        "NoCredentialProviders: no valid providers in chain. Deprecated.\n"
        'Ignoring, HTTP credential provider invalid endpoint host, "169.254.170.23", only loopback hosts are '
        "allowed. <nil>",
    )
    first = foremost(matches)

    assert len(matches) == 2
    assert first is not None
    assert first.codes == ("sdk-too-old",)


def test_a_denial_of_the_node_role_is_told_as_missing_injection_first() -> None:
    match = only_match(
        "User: arn:aws:sts::111122223333:assumed-role/node/i-0123456789abcdef0 is not authorized to perform: "
        "autoscaling:DescribeTags because no identity-based policy allows the autoscaling:DescribeTags action",
    )

    assert match.codes == ("unexpected-source", "permission-denied")


def test_a_token_that_the_application_caches_and_one_that_is_not_rotated_look_alike() -> None:
    match = only_match(
        "ExpiredTokenException: Token expired: current date/time 1700009000 must be before the expiration date/time "
        "1700000000",
    )

    assert match.certainty == "likely"
    assert {"web-identity-token-expired", "application-layer"} <= set(match.codes)


def test_nothing_is_foremost_in_a_log_without_known_texts() -> None:
    assert foremost(()) is None
