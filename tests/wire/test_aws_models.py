"""The cut-down models, held against the installed botocore by botocore's own view of both."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from probe.parse.aws_hosts import endpoint_variable
from probe.wire.models import FOLDER, UnknownServiceError, service_model
from tools.aws_models import generated, wanted

OPERATIONS = [(service, operation) for service, operations in wanted().items() for operation in operations]


def whole(service: str) -> ServiceModel:
    """Return botocore's own model."""
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


@pytest.fixture(scope="module")
def models() -> dict[str, ServiceModel]:
    return {service: whole(service) for service in wanted()}


def view(shape: Any, seen: tuple[str, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - botocore has no types
    """Yield all that serialisers and parsers look at, from here down."""
    if shape is None or shape.name in seen:
        return
    inner = (*seen, shape.name)
    yield shape.name, shape.type_name, dict(shape.serialization)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield name, member.name, dict(member.serialization)
            yield from view(member, inner)
    elif shape.type_name == "list":
        yield from view(shape.member, inner)
    elif shape.type_name == "map":
        yield from view(shape.key, inner)
        yield from view(shape.value, inner)


def test_every_operation_that_is_wanted_is_there_and_no_other() -> None:
    there = {path.stem: set(service_model(path.stem).operation_names) for path in FOLDER.glob("*.json")}
    assert there == {service: set(operations) for service, operations in wanted().items()}


def test_the_files_are_what_the_tool_writes() -> None:
    assert [path.name for path, text in generated().items() if path.read_text() != text] == []


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_an_operation_is_the_same_as_botocores_own(
    service: str, operation: str, models: dict[str, ServiceModel]
) -> None:
    ours, theirs = (model.operation_model(operation) for model in (service_model(service), models[service]))
    assert dict(ours.http) == dict(theirs.http)
    for part in ("input_shape", "output_shape"):
        assert list(view(getattr(ours, part))) == list(view(getattr(theirs, part)))


@pytest.mark.parametrize("service", list(wanted()))
def test_a_service_is_addressed_and_signed_for_as_botocore_does(service: str, models: dict[str, ServiceModel]) -> None:
    ours, theirs = service_model(service), models[service]
    assert (ours.endpoint_prefix, ours.signing_name) == (theirs.endpoint_prefix, theirs.signing_name)
    assert ours.metadata["protocol"] in theirs.metadata["protocols"]
    service_id = theirs.service_id.hyphenize().upper().replace("-", "_")
    assert endpoint_variable(ours.endpoint_prefix) == f"AWS_ENDPOINT_URL_{service_id}"


WRITTEN = """
import sys

def refuse(event, arguments):
    if event == "open" and "botocore/data" in str(arguments[0]):
        raise PermissionError(arguments[0])

sys.addaudithook(refuse)
from probe.credentials import Credentials
from probe.evidence import AwsEndpoint, Ending, Exchange
from probe.secret import Redactor, Secret
from probe.wire.aws import AwsCaller
from probe.wire.exchange import Answer
from probe.wire.models import FOLDER, service_model

keys = Credentials(access_key_id="ASIAEXAMPLEEXAMPLE00", secret_access_key=Secret("example-secret-key"))
for path in sorted(FOLDER.glob("*.json")):
    endpoint = AwsEndpoint(service=path.stem, region="eu-central-1", host="aws.example", host_from="test")
    for name in service_model(path.stem).operation_names:
        sent = []
        def send(request):
            sent.append(request)
            return Answer(exchange=Exchange(method="POST", url="", ending=Ending.RESET))
        members = service_model(path.stem).operation_model(name).input_shape.members.items()
        labels = {one: "x" for one, shape in members if shape.serialization.get("location") == "uri"}
        AwsCaller(path.stem, endpoint, send, Redactor()).call(name, labels, keys)
        print(path.stem, name, *("Authorization" in one.headers for one in sent))
"""
"""A program that writes and signs every call, and may open none of botocore's data."""


def test_every_call_is_written_and_signed_without_botocores_own_data() -> None:
    ran = subprocess.run([sys.executable, "-c", WRITTEN], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert set(ran.stdout.splitlines()) == {f"{service} {operation} True" for service, operation in OPERATIONS}


def test_a_service_without_a_model_is_an_error_of_its_own() -> None:
    with pytest.raises(UnknownServiceError):
        service_model("sagemaker")
