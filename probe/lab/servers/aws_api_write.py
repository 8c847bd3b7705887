"""Answers of AWS services in their five protocols, from results as botocore returns them.

Written from the Smithy specifications of the protocols (smithy-lang/smithy: docs/source-2.0/aws/protocols), and driven
by the same cut-down models that the probe calls with.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationModel, Shape

from probe.lab.servers.messages import Answer

XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def result_answer(model: OperationModel, result: Mapping[str, Any], request_id: str, date: str) -> Answer:
    """Write a result; `model` is botocore's of the operation, which has no types.

    Lists that it does not tell are empty, as services write them. Raises ValueError for what no result has.
    """
    protocol, shape = model.service_model.metadata["protocol"], model.output_shape
    lists = [name for name, member in shape.members.items() if member.type_name == "list"] if shape else []
    result = {**dict.fromkeys(lists, ()), **result}
    if protocol in {"json", "rest-json"}:
        body = json.dumps(_jsonable(result)).encode()
        return _answer(200, body, "application/x-amz-json-1.1", request_id, date)
    namespace = model.service_model.metadata.get("xmlNamespace", "")
    space = namespace.get("uri", "") if isinstance(namespace, dict) else namespace
    inner = "".join(_members(shape, result, protocol)) if shape is not None else ""
    if protocol == "query":
        wrapper = shape.serialization.get("resultWrapper") if shape is not None else None
        inner = f"<{wrapper}>{inner}</{wrapper}>" if wrapper else inner
        inner += f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    if protocol == "ec2":
        inner = f"<requestId>{request_id}</requestId>{inner}"
    root = f"{model.name}Response"
    attribute = f' xmlns="{space}"' if space else ""
    body = f"{XML_HEAD}<{root}{attribute}>{inner}</{root}>".encode()
    return _answer(200, body, "text/xml;charset=UTF-8", request_id, date)


def error_answer(protocol: str, code: str, message: str, status: int, request_id: str, date: str) -> Answer:
    """Write an error as services of the protocol do."""
    if protocol in {"json", "rest-json"}:
        body = json.dumps({"__type": code, "message": message}).encode()
        answer = _answer(status, body, "application/x-amz-json-1.1", request_id, date)
        more = (("x-amzn-ErrorType", code),) if protocol == "rest-json" else ()
        return Answer(status=status, headers=(*answer.headers, *more), body=body)
    told = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if protocol == "ec2":
        text = f"<Response><Errors><Error>{told}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    else:
        error = f"<Error><Type>Sender</Type>{told}</Error>"
        text = f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return _answer(status, f"{XML_HEAD}{text}".encode(), "text/xml;charset=UTF-8", request_id, date)


def raw_answer(status: int, body: str, content_type: str, request_id: str, date: str) -> Answer:
    """Write a body as it is."""
    return _answer(status, body.encode(), content_type, request_id, date)


def _answer(status: int, body: bytes, content_type: str, request_id: str, date: str) -> Answer:
    headers = (
        ("x-amzn-RequestId", request_id),
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Date", date),
    )
    return Answer(status=status, headers=headers, body=body)


def _members(shape: Shape, values: Mapping[str, Any], protocol: str) -> Iterator[str]:
    for name, member in shape.members.items():
        if name in values:
            yield _element(member.serialization.get("name", name), member, values[name], protocol)
    unknown = set(values) - set(shape.members)
    if unknown:
        raise ValueError(f"{shape.name} has no {', '.join(sorted(unknown))}")


def _element(tag: str, shape: Shape, value: Any, protocol: str) -> str:  # noqa: ANN401 - a value of a result
    if shape.type_name == "structure":
        return f"<{tag}>{''.join(_members(shape, value, protocol))}</{tag}>"
    if shape.type_name == "list":
        flat = bool(shape.serialization.get("flattened"))
        item = tag if flat else shape.member.serialization.get("name", "member")
        inner = "".join(_element(item, shape.member, one, protocol) for one in value)
        return inner if flat else f"<{tag}>{inner}</{tag}>"
    if shape.type_name == "boolean":
        return f"<{tag}>{'true' if value else 'false'}</{tag}>"
    if isinstance(value, datetime):
        value = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"<{tag}>{escape(str(value))}</{tag}>"


def _jsonable(value: Any) -> Any:  # noqa: ANN401 - a value of a result
    if isinstance(value, Mapping):
        return {name: _jsonable(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(one) for one in value]
    return value.timestamp() if isinstance(value, datetime) else value
