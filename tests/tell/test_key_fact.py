"""The one fact beside a step's name."""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.evidence import (
    ArnFault,
    Attempts,
    Claims,
    Connection,
    ContainerVariables,
    CredentialsAnswer,
    Ending,
    Exchange,
    Facts,
    FileFacts,
    FileState,
    Handshake,
    Handshakes,
    ImdsVariables,
    InstanceMetadata,
    KeysInEnvironment,
    NameLookup,
    NameLookups,
    RoleListing,
    Route,
    SelectedProfile,
    StsAnswer,
    StsAnswers,
    TokenFile,
    WebIdentityVariables,
)
from probe.evidence.container_text import ContainerText
from probe.tell.text.key_fact import key_fact
from tests.tell.samples import CALLER, CLOCK, GET, PUT, ROLE
from tests.tell.strategies import built

UNREADABLE = FileFacts(path="/token", state=FileState.UNREADABLE, error_name="EACCES", mode="0600", owner=0, group=0)
DENIED = StsAnswer(
    exchange=Exchange(method="POST", url="https://sts/", ending=Ending.ANSWERED, status=403),
    endpoint="sts",
    region="eu-central-1",
    code="AccessDenied",
    message="Not authorized",
)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            KeysInEnvironment(access_key_hint="…MPLE", has_access_key=True, problems=("the secret is empty",)),
            "key id …MPLE, the secret is empty",
        ),
        (
            SelectedProfile(name="dev", named_by="AWS_PROFILE", kind="static-keys"),
            "profile dev (named by AWS_PROFILE): static-keys",
        ),
        (WebIdentityVariables(role_arn=ROLE), f"{ROLE}, no token file is named"),
        (
            WebIdentityVariables(
                role_arn="x",
                token_file="/t",
                arn_fault=ArnFault(text="x", position=0, found="x", expected="arn", sentence="It is no ARN."),
            ),
            "x, It is no ARN.",
        ),
        (TokenFile(file=UNREADABLE), "/token is unreadable (EACCES, mode 0600, owner 0:0)"),
        (
            TokenFile(
                file=FileFacts(path="/token", state=FileState.READ),
                problems=("trailing-newline",),
                claims=Claims(expires=int(CLOCK) - 600, audiences=("sts.amazonaws.com",)),
            ),
            "expired 10 min ago, for sts.amazonaws.com, trailing newline",
        ),
        (
            NameLookups(used=NameLookup(host="sts", error=Ending.NAME_NOT_FOUND, error_name="EAI_NONAME")),
            "sts: name not found (EAI_NONAME)",
        ),
        (
            Connection(host="fd00:ec2::254", port=80, ending=Ending.REFUSED, error_name="ECONNREFUSED"),
            "[fd00:ec2::254]:80 refused (ECONNREFUSED)",
        ),
        (
            Handshakes(used=Handshake(host="sts", ending=Ending.TLS_UNTRUSTED, issuer="ACME", error="self-signed")),
            "tls untrusted, self-signed, issued by ACME",
        ),
        (Handshakes(used=Handshake(host="sts", ending=Ending.CONNECTED, issuer="Amazon")), "issued by Amazon"),
        (StsAnswers(first=DENIED), "POST 403 AccessDenied: Not authorized"),
        (StsAnswers(first=DENIED, second=replace(DENIED, arn=CALLER)), CALLER),
        (
            StsAnswers(first=replace(DENIED, code=None, message=None, recognised=False)),
            "POST 403, the answer is not one of this service",
        ),
        (ContainerVariables(full_uri="ftp://x", problem="It is not HTTP."), "ftp://x, It is not HTTP."),
        (
            CredentialsAnswer(exchange=GET, has_keys=True, access_key_hint="…MPLE", expires=CLOCK + 3600),
            "keys …MPLE, expires in 60 min",
        ),
        (
            CredentialsAnswer(exchange=replace(GET, status=200), missing_fields=("Token",)),
            "GET 200, without Token",
        ),
        (
            ImdsVariables(endpoint="http://169.254.169.254", host="169.254.169.254", disabled=True),
            "http://169.254.169.254, no SDK would ask: AWS_EC2_METADATA_DISABLED is true",
        ),
        (Attempts(exchanges=(PUT, PUT)), "PUT: no answer, though the request was acknowledged (2 tries)"),
        (Attempts(exchanges=(replace(GET, status=500), GET)), "GET 500, then GET 401 (2 tries)"),
        (RoleListing(exchange=GET, role="node", with_token=False), "node, without a token (IMDSv1)"),
        (InstanceMetadata(exchange=GET), "GET 401"),
        (Route(address="169.254.169.254", hops=None), "pod → nothing connects to 169.254.169.254"),
    ],
)
def test_it_says_what_the_step_found(facts: Facts, told: str) -> None:
    assert key_fact(facts, CLOCK) == told


@pytest.mark.parametrize("kind", ContainerText)
def test_what_an_agent_says_is_told_in_words_and_not_by_our_name_for_it(kind: ContainerText) -> None:
    told = key_fact(CredentialsAnswer(exchange=GET, text_kind=kind), CLOCK)
    assert told.startswith("GET 401, ")
    assert kind.replace("-", " ") not in told


@pytest.mark.parametrize("kind", get_args(Facts))
@settings(max_examples=20)
@given(data=st.data())
def test_there_are_words_for_facts_of_every_type(kind: type[Any], data: st.DataObject) -> None:
    assert isinstance(key_fact(data.draw(built(kind)), CLOCK), str)
