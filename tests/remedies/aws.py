"""An `aws` command held against botocore's models: service, operation, options, values, and what `--query` asks for.

The AWS CLI makes its commands from these models. What it adds by hand is `GLOBAL` and `BY_HAND`, as far as it is used.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StringShape, StructureShape

from tests.remedies.shell import SUBSTITUTED

jmespath = import_module("jmespath")  # botocore requires it; it has no types
GLOBAL = {"--region", "--profile", "--output", "--query", "--endpoint-url"}
OUTPUTS = {"json", "text", "table", "yaml"}
BY_HAND = {("ec2", "authorize-security-group-ingress"): {"--protocol", "--port", "--cidr"}}
"""awscli/customizations/ec2/secgroupsimplify.py makes IpPermissions of these."""


def aws_mistakes(words: list[str]) -> list[str]:
    """Return what the AWS CLI, or AWS itself, would not take of a command; words[0] is `aws`."""
    service, command, *rest = words[1:] if len(words) > 2 else [*words[1:], "", ""]
    if service not in _services():
        return [f"no service {service!r}"]
    operation = _operations(service).get(command)
    if operation is None:
        return [f"{service} has no operation {command!r}"]
    return list(_mistakes(operation, BY_HAND.get((service, command), set()), _options(rest)))


def _mistakes(operation: OperationModel, by_hand: set[str], options: list[tuple[str, list[str]]]) -> Iterator[str]:
    members = _members(operation.input_shape)
    given = {name for name, _ in options}
    for name, values in options:
        if not name.startswith("--"):
            yield f"{name!r} belongs to no option"
        elif name == "--query":
            yield from _query_mistakes(operation.output_shape, values)
        elif name in GLOBAL | by_hand:
            yield from () if len(values) == 1 else [f"{name} takes one value"]
        elif name in members:
            yield from (f"{name}: {mistake}" for mistake in _value_mistakes(members[name], values))
        elif not (name.startswith("--no-") and name.replace("--no-", "--", 1) in members):
            yield f"no option {name}"
    yield from (f"{name} is required" for name in sorted(_required(operation.input_shape) - given))
    yield from (f"{name} is there twice" for name in sorted(given) if [one for one, _ in options].count(name) > 1)


def _options(words: list[str]) -> list[tuple[str, list[str]]]:
    """Return options with their values; words before the first option stand alone."""
    found: list[tuple[str, list[str]]] = []
    for word in words:
        name, equals, value = word.partition("=")
        if word.startswith("--"):
            found.append((name, [value] if equals else []))
        elif found and found[-1][0].startswith("--"):
            found[-1][1].append(word)
        else:
            found.append((word, []))
    return found


def _value_mistakes(shape: Shape, values: list[str]) -> Iterator[str]:
    if shape.type_name == "boolean":
        yield from ["takes no value"] if values else []
    elif not values:
        yield "has no value"
    elif isinstance(shape, ListShape) and not values[0].startswith("["):
        for value in values:
            yield from _one_mistakes(shape.member, value)
    elif len(values) > 1:
        yield f"{values[1]!r} is one word too many"
    else:
        yield from _one_mistakes(shape, values[0])


def _one_mistakes(shape: Shape, value: str) -> Iterator[str]:
    if isinstance(shape, (StructureShape, ListShape, MapShape)):
        yield from _data_mistakes(shape, json.loads(value) if value[0] in "[{" else _shorthand(shape, value))
    elif shape.type_name in {"integer", "long"}:
        yield from [] if value.isdigit() or _is_open(value) else [f"{value!r} is no number"]
    elif isinstance(shape, StringShape) and shape.enum:
        yield from [] if value in shape.enum else [f"{value!r} is none of {', '.join(shape.enum)}"]
    elif value[:1] in {"{", "["}:
        json.loads(value)


def _data_mistakes(shape: Shape, data: object) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(data, dict):
        yield from (f"no member {name!r}" for name in data if name not in shape.members)
        yield from (f"{name!r} is missing" for name in shape.required_members if name not in data)
        for name in data.keys() & shape.members.keys():
            yield from _data_mistakes(shape.members[name], data[name])
    elif isinstance(shape, ListShape) and isinstance(data, list):
        for each in data:
            yield from _data_mistakes(shape.member, each)
    elif isinstance(shape, MapShape) and isinstance(data, dict):
        pass
    elif isinstance(shape, (StructureShape, ListShape, MapShape)):
        yield f"{data!r} is no {shape.type_name}"
    else:
        yield from _one_mistakes(shape, str(data))


def _shorthand(shape: Shape, value: str) -> dict[str, object] | str:
    """Read `Name=a,Values=b,c`: a part without an equals sign goes on with a list."""
    if not isinstance(shape, (StructureShape, MapShape)):
        return value
    data: dict[str, object] = {}
    name = ""
    for part in value.split(","):
        before, equals, after = part.partition("=")
        member = shape.members.get(before if equals else name) if isinstance(shape, StructureShape) else None
        name = before if equals else name
        listed = data.get(name, [])
        data[name] = [*(listed if isinstance(listed, list) else []), after if equals else part]
        if not isinstance(member, ListShape):
            data[name] = after if equals else part
    return data


def _query_mistakes(shape: Shape | None, values: list[str]) -> Iterator[str]:
    if len(values) != 1:
        yield "--query takes one value"
        return
    known = set(_field_names(shape, ()))
    asked = _asked(jmespath.compile(values[0]).parsed)
    yield from (f"--query: the answer has no {name!r}" for name in asked if name not in known)


def _asked(node: dict[str, object]) -> Iterator[str]:
    if node["type"] == "field":
        yield str(node["value"])
    children = node.get("children", [])
    for child in children if isinstance(children, list) else []:
        yield from _asked(child)


def _field_names(shape: Shape | None, inside: tuple[str, ...]) -> Iterator[str]:
    if shape is None or shape.name in inside:
        return
    if isinstance(shape, ListShape):
        yield from _field_names(shape.member, inside)
    elif isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield name
            yield from _field_names(member, (*inside, shape.name))


def _members(shape: Shape | None) -> dict[str, Shape]:
    members = shape.members if isinstance(shape, StructureShape) else {}
    return {_option(name): member for name, member in members.items()}


def _required(shape: Shape | None) -> set[str]:
    return {_option(name) for name in shape.required_members} if isinstance(shape, StructureShape) else set()


def _option(name: str) -> str:
    return f"--{xform_name(name, '-')}"


def _is_open(value: str) -> bool:
    """Whether it is for the reader to fill in."""
    return value == SUBSTITUTED or (value.isupper() and value.replace("_", "").isalpha())


@cache
def _services() -> frozenset[str]:
    return frozenset(Loader().list_available_services("service-2"))


@cache
def _operations(service: str) -> dict[str, OperationModel]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}
