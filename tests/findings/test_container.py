"""The container rules: every finding once, and beside it the look-alikes that must not be taken for it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from probe.evidence import (
    NO_PATH,
    Connection,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Outcome,
    Phases,
    PlainAnswer,
)
from probe.evidence.container_text import ContainerText
from probe.findings import container
from probe.findings.case import Case
from probe.findings.catalogue.entry import Severity
from probe.report import Certainty, Finding
from tests.findings.building import (
    AGENT,
    CLAIMS,
    POD,
    TOKEN,
    URL,
    VARIABLES,
    exchange,
    judged,
    keys,
    plain,
    pod,
    pod_identity,
    refusal,
    step,
)


def found(case: Case) -> dict[str, Finding]:
    return judged(case, container.RULES)


def certainties(case: Case) -> dict[str, str]:
    return {code: finding.certainty for code, finding in found(case).items()}


def failed_connect(ending: Ending, host: str = "169.254.170.23", other_ending: Ending | None = None) -> Connection:
    other = "169.254.170.23" if other_ending else None
    return Connection(
        host=host, port=80, ending=ending, error_name="EEXAMPLE", other_address=other, other_ending=other_ending
    )


def commands(finding: Finding) -> str:
    return "\n".join(remedy.command or "" for remedy in finding.remedies)


def test_a_healthy_agent_gives_no_finding() -> None:
    assert found(pod_identity(keys())) == {}


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (Ending.REFUSED, "agent-refused"),
        (Ending.CONNECT_TIMEOUT, "agent-unreachable"),
        (Ending.UNREACHABLE, "agent-no-route"),
        (Ending.PROHIBITED, "agent-no-route"),
    ],
)
def test_how_a_connect_to_the_agent_fails_is_told_apart(ending: Ending, code: str) -> None:
    assert certainties(pod_identity(connection=failed_connect(ending))) == {code: Certainty.CERTAIN}


def test_why_the_agent_is_unreachable_stays_open_and_says_what_would_tell() -> None:
    finding = found(pod_identity(connection=failed_connect(Ending.CONNECT_TIMEOUT)))["agent-unreachable"]

    assert finding.becomes_certain_with is not None
    assert "spec.nodeName=ip-10-0-1-23.eu-central-1.compute.internal" in commands(finding)


@pytest.mark.parametrize(
    ("answer", "certainty"),
    [
        (plain(404, None, server="nginx/1.25.3", content_type="text/html"), Certainty.CERTAIN),
        (plain(404, ContainerText.NOT_FOUND), Certainty.CERTAIN),
        (plain(200, None), Certainty.CERTAIN),
        (plain(301, None), Certainty.CERTAIN),
        (plain(None, None, ending=Ending.NOT_HTTP), Certainty.CERTAIN),
        (plain(400, None, content_type="text/plain; charset=utf-8"), Certainty.LIKELY),
        (plain(503, None, content_type="text/plain; charset=utf-8"), Certainty.LIKELY),
    ],
)
def test_another_answer_than_the_agents_own_is_an_impostors(answer: PlainAnswer, certainty: Certainty) -> None:
    case = pod_identity(refusal(404, None), liveness=answer)

    assert certainties(case) == {"agent-impostor": certainty}


def test_an_unknown_answer_beside_good_credentials_is_no_impostor() -> None:
    assert found(pod_identity(keys(), liveness=plain(400, None))) == {}


def test_a_wrong_path_at_the_agent_is_not_an_impostor() -> None:
    elsewhere = replace(AGENT, url="http://169.254.170.23/***")
    case = pod_identity(
        refusal(404, ContainerText.NOT_FOUND), liveness=plain(404, ContainerText.NOT_FOUND), container=elsewhere
    )

    finding = found(case)["container-rejected"]

    assert "/v1/credentials" in finding.summary
    assert "agent-impostor" not in found(case)


def silence() -> CredentialsAnswer:
    return CredentialsAnswer(exchange=exchange(None, Ending.NO_ANSWER, phases=Phases()))


def test_silence_on_both_connections_is_a_mute_agent_that_hangs_go_programs() -> None:
    case = pod_identity(silence(), liveness=plain(None, None, ending=Ending.NO_ANSWER), seconds=2.0)

    assert certainties(case) == {"agent-mute": Certainty.CERTAIN}
    assert any("hang for ever" in line for line in found(case)["agent-mute"].evidence)


def test_silence_that_was_cut_short_is_only_likely() -> None:
    case = pod_identity(silence(), liveness=plain(None, None, ending=Ending.NO_ANSWER), seconds=0.5)

    assert certainties(case) == {"agent-mute": Certainty.LIKELY}


@pytest.mark.parametrize(("seconds", "certainty"), [(10.0, Certainty.CERTAIN), (4.0, Certainty.LIKELY)])
def test_a_live_agent_without_credentials_may_still_be_waiting_for_eks_auth(
    seconds: float, certainty: Certainty
) -> None:
    assert certainties(pod_identity(silence(), seconds=seconds)) == {"agent-mute": certainty}


@pytest.mark.parametrize("ending", [Ending.RESET, Ending.CLOSED, Ending.NOT_HTTP])
def test_a_live_agent_that_breaks_the_request_off_is_named(ending: Ending) -> None:
    answer = CredentialsAnswer(exchange=exchange(None, ending, phases=Phases()))

    assert list(found(pod_identity(answer))) == ["agent-mute"]


@pytest.mark.parametrize(
    ("milliseconds", "sdks", "severity"),
    [
        (1500.0, ("java-v2",), Severity.WARNING),
        (3000.0, ("java-v2", "botocore"), Severity.ERROR),
        (6000.0, ("java-v2", "botocore", "rust"), Severity.ERROR),
    ],
)
def test_a_slow_agent_names_the_sdks_whose_patience_ended(
    milliseconds: float, sdks: tuple[str, ...], severity: Severity
) -> None:
    phases = Phases(connected=1.0, sent=1.1, first_byte=milliseconds + 1.0, complete=milliseconds + 2.0)

    finding = found(pod_identity(keys(phases=phases)))["agent-slow"]

    assert (finding.sdks, finding.severity) == (sdks, severity)


def test_an_agent_that_is_fast_enough_for_every_sdk_is_not_slow() -> None:
    phases = Phases(connected=1.0, sent=1.1, first_byte=900.0, complete=901.0)

    assert found(pod_identity(keys(phases=phases))) == {}


def test_an_answer_that_never_ends_is_slow_and_not_mute() -> None:
    drip = CredentialsAnswer(exchange=exchange(None, Ending.INCOMPLETE))

    assert list(found(pod_identity(drip, seconds=10.0))) == ["agent-slow"]


@pytest.mark.parametrize(
    ("answer", "code", "certainty"),
    [
        (refusal(500, ContainerText.UPSTREAM_SILENT), "agent-upstream-unreachable", Certainty.LIKELY),
        (
            refusal(500, ContainerText.UPSTREAM_LOOKUP, detail="eks-auth.eu-central-1.api.aws"),
            "agent-upstream-unreachable",
            Certainty.CERTAIN,
        ),
        (
            refusal(500, ContainerText.UPSTREAM_DIAL, detail="10.0.0.9:443"),
            "agent-upstream-unreachable",
            Certainty.CERTAIN,
        ),
        (refusal(500, ContainerText.UPSTREAM_X509), "agent-upstream-unreachable", Certainty.CERTAIN),
        (refusal(500, ContainerText.UPSTREAM_TIMEOUT), "agent-upstream-unreachable", Certainty.CERTAIN),
        (refusal(500, ContainerText.NO_NODE_CREDENTIALS), "agent-upstream-unreachable", Certainty.CERTAIN),
        (refusal(404, ContainerText.EKS_AUTH, "ResourceNotFoundException"), "agent-no-association", Certainty.CERTAIN),
        (refusal(400, ContainerText.ROLE_TRUST, "AccessDeniedException"), "agent-role-trust", Certainty.CERTAIN),
        (refusal(500, ContainerText.ROLE_TRUST, "AccessDeniedException"), "agent-role-trust", Certainty.CERTAIN),
        (
            refusal(400, ContainerText.NODE_ROLE_DENIED, "AccessDeniedException"),
            "agent-node-role-denied",
            Certainty.CERTAIN,
        ),
        (refusal(400, ContainerText.EKS_AUTH, "InvalidTokenException"), "agent-token-rejected", Certainty.CERTAIN),
        (refusal(400, ContainerText.TOKEN_UNPARSABLE), "agent-token-rejected", Certainty.CERTAIN),
        (refusal(400, ContainerText.TOKEN_NOT_YET_VALID), "agent-token-rejected", Certainty.CERTAIN),
        (refusal(400, ContainerText.TOKEN_EMPTY), "agent-token-rejected", Certainty.CERTAIN),
        (refusal(400, ContainerText.TOKEN_EXPIRED), "container-token-expired", Certainty.LIKELY),
        (refusal(400, ContainerText.EKS_AUTH, "ExpiredTokenException"), "container-token-expired", Certainty.LIKELY),
        (refusal(429, ContainerText.RATE_LIMITED), "agent-throttled", Certainty.CERTAIN),
        (refusal(429, ContainerText.EKS_AUTH, "ThrottlingException"), "agent-throttled", Certainty.CERTAIN),
        (refusal(503, ContainerText.EKS_AUTH, "ServiceUnavailableException"), "agent-unavailable", Certainty.CERTAIN),
        (refusal(500, ContainerText.EKS_AUTH, "InternalServerException"), "agent-unavailable", Certainty.CERTAIN),
        (refusal(400, ContainerText.EKS_AUTH, "AccessDeniedException"), "container-rejected", Certainty.CERTAIN),
        (refusal(418, None), "container-rejected", Certainty.CERTAIN),
        (refusal(302, None), "container-rejected", Certainty.CERTAIN),
    ],
)
def test_every_refusal_has_exactly_one_name(answer: CredentialsAnswer, code: str, certainty: Certainty) -> None:
    assert certainties(pod_identity(answer)) == {code: certainty}


def test_the_throttling_of_the_agent_and_of_eks_auth_are_told_apart() -> None:
    own = found(pod_identity(refusal(429, ContainerText.RATE_LIMITED)))["agent-throttled"]
    aws = found(pod_identity(refusal(429, ContainerText.EKS_AUTH, "ThrottlingException")))["agent-throttled"]

    assert own.summary.startswith("The Pod Identity agent itself")
    assert aws.summary.startswith("EKS Auth")


def test_a_failed_look_up_names_the_host_and_the_vpc_endpoint_that_cures_it() -> None:
    answer = refusal(500, ContainerText.UPSTREAM_LOOKUP, detail="eks-auth.eu-central-1.api.aws")

    finding = found(pod_identity(answer))["agent-upstream-unreachable"]

    assert "eks-auth.eu-central-1.api.aws" in finding.summary
    assert "com.amazonaws.eu-central-1.eks-auth" in commands(finding)


def test_a_missing_association_is_created_for_this_very_service_account() -> None:
    finding = found(pod_identity(refusal(404, ContainerText.EKS_AUTH, "ResourceNotFoundException")))[
        "agent-no-association"
    ]

    wanted = "--namespace kube-system --service-account aws-load-balancer-controller"
    assert f"create-pod-identity-association --cluster-name CLUSTER {wanted}" in commands(finding)


def test_a_role_that_eks_may_not_assume_gets_the_statement_with_both_actions() -> None:
    finding = found(pod_identity(refusal(400, ContainerText.ROLE_TRUST, "AccessDeniedException")))["agent-role-trust"]

    assert "sts:TagSession" in commands(finding)
    assert "pods.eks.amazonaws.com" in commands(finding)
    assert finding.becomes_certain_with is not None


def test_a_denied_node_role_is_named_in_the_command() -> None:
    principal = "arn:aws:sts::111122223333:assumed-role/team-nodes/i-0123456789abcdef0"
    answer = refusal(400, ContainerText.NODE_ROLE_DENIED, "AccessDeniedException", detail=principal)

    finding = found(pod_identity(answer))["agent-node-role-denied"]

    assert "attach-role-policy --role-name team-nodes " in commands(finding)


@pytest.mark.parametrize(
    ("status", "code"), [(503, "agent-unavailable"), (500, "agent-unavailable"), (429, "agent-throttled")]
)
def test_what_a_second_try_did_not_see_is_a_warning(status: int, code: str) -> None:
    case = pod_identity(keys(earlier=exchange(status)))

    assert {name: finding.severity for name, finding in found(case).items()} == {code: Severity.WARNING}


def test_a_host_header_that_was_rewritten_on_the_way_is_a_proxys_doing() -> None:
    case = pod_identity(refusal(403, ContainerText.WRONG_HOST), liveness=plain(403, ContainerText.WRONG_HOST))

    assert certainties(case) == {"agent-proxied": Certainty.CERTAIN}


PROXIED = {**VARIABLES, "HTTP_PROXY": "http://proxy.example.com:3128"}


def test_a_proxy_without_an_exception_for_the_agent_stops_go_programs() -> None:
    finding = found(pod_identity(keys(), variables={**PROXIED, "NO_PROXY": ".svc"}))["agent-proxied"]

    assert finding.sdks == ("go-v1", "go-v2")
    assert "NO_PROXY=.svc,169.254.170.23," in commands(finding)


@pytest.mark.parametrize("exception", ["169.254.170.23", "169.254.0.0/16", "*", "10.0.0.0/8, 169.254.170.23"])
def test_a_proxy_with_an_exception_for_the_agent_is_no_finding(exception: str) -> None:
    assert found(pod_identity(keys(), variables={**PROXIED, "NO_PROXY": exception})) == {}


def test_a_proxy_for_https_alone_does_not_concern_the_agent() -> None:
    variables = {**VARIABLES, "HTTPS_PROXY": "http://proxy.example.com:3128"}

    assert found(pod_identity(keys(), variables=variables)) == {}


def test_a_proxy_is_not_blamed_where_the_agent_does_not_answer_directly_either() -> None:
    case = pod_identity(connection=failed_connect(Ending.CONNECT_TIMEOUT), variables=PROXIED)

    assert list(found(case)) == ["agent-unreachable"]


def test_an_exception_list_that_was_cut_leaves_the_proxy_only_likely() -> None:
    variables = {**PROXIED, "NO_PROXY": "a.example.com,".ljust(2048, "x")}

    assert certainties(pod_identity(keys(), variables=variables)) == {"agent-proxied": Certainty.LIKELY}


IPV6 = replace(AGENT, url="http://[fd00:ec2::23]/v1/credentials", host="fd00:ec2::23", host_class="eks-ipv6")


def test_an_ipv6_uri_in_a_pod_without_ipv6_is_a_family_mismatch_and_no_missing_route() -> None:
    connection = failed_connect(Ending.UNREACHABLE, host="fd00:ec2::23")

    assert certainties(pod_identity(container=IPV6, connection=connection)) == {
        "container-family-mismatch": Certainty.CERTAIN
    }


def test_the_family_mismatch_is_only_likely_where_the_pods_addresses_are_unknown() -> None:
    connection = failed_connect(Ending.UNREACHABLE, host="fd00:ec2::23", other_ending=Ending.CONNECTED)
    case = pod_identity(container=IPV6, connection=connection, here=replace(POD, address_families=()))

    assert certainties(case) == {"container-family-mismatch": Certainty.LIKELY}


def test_a_missing_route_in_a_family_that_the_pod_has_is_no_mismatch() -> None:
    case = pod_identity(
        container=IPV6,
        connection=failed_connect(Ending.UNREACHABLE, host="fd00:ec2::23"),
        here=replace(POD, address_families=("ipv4", "ipv6")),
    )

    assert "agent-no-route" in found(case)
    assert found(case)["container-family-mismatch"].sdks == ("java-v2",)


def test_java_refuses_the_ipv6_address_until_it_is_told_the_mode() -> None:
    here = replace(POD, address_families=("ipv6",))
    told = {**VARIABLES, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"}

    finding = found(pod_identity(keys(), container=IPV6, here=here))["container-family-mismatch"]

    assert (finding.sdks, finding.severity) == (("java-v2",), Severity.WARNING)
    assert found(pod_identity(keys(), container=IPV6, here=here, variables=told)) == {}


def named(host: str, host_class: str, scheme: str = "http") -> ContainerVariables:
    return replace(AGENT, url=f"{scheme}://{host}/v1/credentials", host=host, host_class=host_class)


def test_an_address_that_no_sdk_accepts_over_http_is_refused_by_all() -> None:
    skipped = step("container.connect", None, Outcome.SKIPPED, reason="no SDK sends anything there")
    case = pod_identity(container=named("192.0.2.7", "other-ip"), connection=None, more=[skipped])

    finding = found(case)["container-host-not-allowed"]

    assert (finding.sdks, finding.certainty) == ((), Certainty.CERTAIN)
    assert "no SDK sends anything there" in finding.evidence


def test_a_name_for_a_helper_on_loopback_is_refused_only_by_those_who_do_not_look_names_up() -> None:
    container = named("helper.local", "name")

    finding = found(pod_identity(keys(), container=container))["container-host-not-allowed"]

    assert (finding.sdks, finding.severity) == (("botocore", "js-v3"), Severity.WARNING)


def test_a_name_for_the_agent_is_refused_by_the_agent_as_well() -> None:
    case = pod_identity(refusal(403, ContainerText.WRONG_HOST), container=named("agent.internal", "name"))

    assert certainties(case) == {"container-host-not-allowed": Certainty.CERTAIN}
    assert found(case)["container-host-not-allowed"].sdks == ()


@pytest.mark.parametrize(
    ("host", "host_class", "scheme"),
    [("localhost", "localhost", "http"), ("127.0.0.1", "loopback", "http"), ("creds.example.com", "name", "https")],
)
def test_hosts_that_every_sdk_accepts_are_no_finding(host: str, host_class: str, scheme: str) -> None:
    assert found(pod_identity(keys(), container=named(host, host_class, scheme))) == {}


def test_a_text_that_is_no_uri_is_named_with_its_variable() -> None:
    container = ContainerVariables(
        full_uri="169.254.170.23", used="full", problem="The URI does not begin with http://."
    )
    case = pod(step("container.variables", container, Outcome.FAIL))

    finding = found(case)["container-uri-invalid"]

    assert finding.summary.startswith("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    assert finding.sdks == ()


def test_an_empty_variable_stops_only_the_sdks_that_count_it_as_set() -> None:
    container = ContainerVariables(full_uri="", used="full", problem="The variable is set and empty.")
    case = pod(step("container.variables", container, Outcome.FAIL))

    assert found(case)["container-uri-invalid"].sdks == ("botocore", "java-v2", "rust")


ECS = ContainerVariables(
    relative_uri="/v2/credentials/***",
    used="relative",
    url="http://169.254.170.2/v2/credentials/***",
    host="169.254.170.2",
    port=80,
    host_class="ecs",
)


def test_an_ecs_task_without_a_token_is_healthy() -> None:
    assert found(pod_identity(keys(), container=ECS, token=None)) == {}


def test_an_unknown_ecs_id_is_a_refusal_with_its_code() -> None:
    answer = refusal(400, ContainerText.ECS_ERROR, "InvalidIdInRequest")

    finding = found(pod_identity(answer, container=ECS, token=None))["container-rejected"]

    assert "InvalidIdInRequest" in finding.summary


def test_an_ecs_address_outside_ecs_is_an_endpoint_that_cannot_be_reached() -> None:
    case = pod_identity(container=ECS, token=None, connection=failed_connect(Ending.CONNECT_TIMEOUT))

    assert certainties(case) == {"container-endpoint-failed": Certainty.CERTAIN}


def test_an_endpoint_that_stays_silent_after_the_connect_has_failed() -> None:
    assert list(found(pod_identity(silence(), container=ECS, token=None))) == ["container-endpoint-failed"]


@pytest.mark.parametrize(
    "answer",
    [
        CredentialsAnswer(exchange=exchange(200), not_json=True),
        CredentialsAnswer(exchange=exchange(200, Ending.TOO_LARGE)),
        CredentialsAnswer(exchange=exchange(200), missing_fields=("SecretAccessKey",)),
    ],
)
def test_an_answer_that_is_no_set_of_keys_is_malformed(answer: CredentialsAnswer) -> None:
    assert certainties(pod_identity(answer)) == {"container-response-malformed": Certainty.CERTAIN}


def test_keys_without_expiration_stop_three_sdks() -> None:
    finding = found(podded := pod_identity(keys(missing=("Expiration",))))["container-response-malformed"]

    assert finding.sdks == ("botocore", "js-v3", "rust")
    assert list(found(podded)) == ["container-response-malformed"]


def test_pod_identity_that_was_expected_and_not_injected_says_what_not_to_do() -> None:
    case = pod(step("imds.token", None, Outcome.FAIL), wanted="container", variables={})

    finding = found(case)["container-not-injected"]

    assert any("raising its hop limit would only hand this pod the node role" in line for line in finding.evidence)
    assert "create-pod-identity-association" in commands(finding)


def test_nothing_is_said_of_injection_where_nobody_expects_pod_identity() -> None:
    assert found(pod(variables={})) == {}


@pytest.mark.parametrize(
    ("hints", "certainty"),
    [(("node name fargate-ip-10-0-1-9.ec2.internal",), Certainty.CERTAIN), (("AWS_EXECUTION_ENV",), Certainty.LIKELY)],
)
def test_pod_identity_on_fargate_is_told_in_place_of_the_missing_injection(
    hints: tuple[str, ...], certainty: Certainty
) -> None:
    case = pod(wanted="container", variables={}, here=replace(POD, fargate_hints=hints))

    assert certainties(case) == {"fargate-no-pod-identity": certainty}


def test_ecs_on_fargate_is_not_eks_on_fargate() -> None:
    case = pod(
        wanted="container",
        variables={"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"},
        here=replace(POD, fargate_hints=("AWS_EXECUTION_ENV",)),
    )

    assert list(found(case)) == ["container-not-injected"]


def test_both_pairs_side_by_side_are_a_warning() -> None:
    pair = {"AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/a", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}

    case = pod_identity(keys(), variables={**VARIABLES, **pair})

    assert {code: finding.severity for code, finding in found(case).items()} == {"both-injected": Severity.WARNING}


def test_half_of_the_web_identity_pair_is_not_both() -> None:
    variables = {**VARIABLES, "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/a"}

    assert found(pod_identity(keys(), variables=variables)) == {}


def test_values_in_commands_are_safe_to_paste() -> None:
    here = replace(POD, namespace="a; rm -rf /", node="$(reboot)")
    case = pod_identity(connection=failed_connect(Ending.CONNECT_TIMEOUT), here=here)

    text = commands(found(case)["agent-unreachable"])

    assert "-n 'a; rm -rf /'" in text
    assert "spec.nodeName='$(reboot)'" in text


WITHOUT_ANSWER = (Ending.NO_ANSWER, Ending.INCOMPLETE, Ending.RESET, Ending.CLOSED, Ending.NOT_HTTP, *NO_PATH)


def answers_without_keys() -> Iterator[CredentialsAnswer]:
    for ending in WITHOUT_ANSWER:
        yield CredentialsAnswer(exchange=exchange(None, ending))
    for ending in (Ending.ANSWERED, Ending.TOO_LARGE, Ending.INCOMPLETE):
        yield CredentialsAnswer(exchange=exchange(200, ending), not_json=True)
        for status in (301, 400, 401, 403, 404, 429, 500, 503):
            for kind in (None, *ContainerText):
                yield CredentialsAnswer(exchange=exchange(status, ending), text_kind=kind)


@pytest.mark.parametrize("container", [AGENT, ECS], ids=["agent", "ecs"])
@pytest.mark.parametrize("liveness", [plain(), plain(404, None), plain(None, None, ending=Ending.NO_ANSWER)])
def test_no_failure_is_left_without_a_name(container: ContainerVariables, liveness: PlainAnswer) -> None:
    nameless = [
        answer
        for answer in answers_without_keys()
        if not any(
            finding.severity is Severity.ERROR
            for finding in found(pod_identity(answer, container=container, liveness=liveness, seconds=10.0)).values()
        )
    ]

    assert nameless == []


@pytest.mark.parametrize(("url", "port"), [("https://169.254.170.23/v1/credentials", 443), (f"{URL}", 8080)])
def test_the_agent_on_another_port_or_with_tls_is_a_wrong_uri_and_no_missing_agent(url: str, port: int) -> None:
    case = pod_identity(container=replace(AGENT, url=url, port=port), connection=failed_connect(Ending.REFUSED))

    assert certainties(case) == {"container-uri-invalid": Certainty.CERTAIN}


def test_urls_in_evidence_are_the_masked_ones() -> None:
    answer = CredentialsAnswer(exchange=exchange(400, url=ECS.url), text_kind=ContainerText.ECS_ERROR, code="X")

    finding = found(pod_identity(answer, container=ECS, token=None))["container-rejected"]

    assert any("/v2/credentials/***" in line for line in finding.evidence)
    assert URL not in str(finding.evidence)


def test_the_token_of_a_healthy_pod_is_not_judged_by_its_age_alone() -> None:
    old = replace(TOKEN, claims=replace(CLAIMS, expires=1))

    assert found(pod_identity(keys(), token=old)) == {}
