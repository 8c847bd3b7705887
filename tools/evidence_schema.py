"""The evidence types as JSON Schema, read from the dataclasses and the docstrings beside their fields."""

import ast
import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import pairwise
from typing import Any, Union, get_args, get_origin

from probe.evidence import FACTS_OF_STEP, Evidence, Facts, Step

JsonObject = dict[str, Any]

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}
_SELF_EXPLANATORY = {
    "access_key_hint": "The last four characters of the access key id.",
    "account": "AWS account id.",
    "address": "IP address.",
    "ending": "How it ended.",
    "error_name": "The operating system's or resolver's name of the error.",
    "exchange": "The HTTP exchange that it was learnt from.",
    "expires": "Unix seconds at which it expires.",
    "facts": "What the step left behind; its type follows from the step's id.",
    "host": "Host name or IP address.",
    "line": "Line number, counted from 1.",
    "milliseconds": "How long it took.",
    "named_by": "The variable or file that named it.",
    "path": "Path as the process sees it.",
    "port": "TCP port.",
    "problem": "What is wrong with it, as a sentence; null when nothing is.",
    "region": "AWS region.",
    "via_proxy": "The proxy it went through, without its password; null for none.",
}
"""Fields whose name says it all in the code. A schema has no code around it."""


def definitions() -> JsonObject:
    """Return a definition for every dataclass that evidence is made of, by class name."""
    found: JsonObject = {}
    _add(Evidence, found)
    for kind in get_args(Facts):
        _add(kind, found)
    # Facts depend on the step; everything else about a step is the same.
    found["Step"]["allOf"] = facts_by_step("facts")
    return dict(sorted(found.items()))


def facts_by_step(member: str) -> list[JsonObject]:
    """Return the conditions that tie the type of a step's facts to its id."""
    return [
        {
            "if": {"properties": {"id": {"const": step_id}}, "required": ["id"]},
            "then": {"properties": {member: {"anyOf": [{"$ref": f"#/$defs/{kind.__name__}"}, {"type": "null"}]}}},
        }
        for step_id, kind in FACTS_OF_STEP.items()
    ]


def _add(kind: type[Any], found: JsonObject) -> None:
    if kind.__name__ in found:
        return
    found[kind.__name__] = {}
    told, hints = _field_docstrings(kind), typing.get_type_hints(kind)
    properties = {}
    for field in dataclasses.fields(kind):
        schema = {} if kind is Step and field.name == "facts" else _schema_of(hints[field.name], found)
        properties[field.name] = {"description": told.get(field.name) or _spoken(field.name), **schema}
    found[kind.__name__] = {
        "description": _one_line(kind.__doc__ or ""),
        "type": "object",
        "properties": properties,
        "required": [field.name for field in dataclasses.fields(kind) if _has_no_default(field)],
    }


def _has_no_default(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _schema_of(hint: Any, found: JsonObject) -> JsonObject:  # noqa: ANN401 - a type, of whatever kind
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        _add(hint, found)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    return _generic(get_origin(hint), get_args(hint), found)


def _generic(origin: Any, arguments: tuple[Any, ...], found: JsonObject) -> JsonObject:  # noqa: ANN401 - as above
    if origin in {Union, types.UnionType}:
        kinds = [_schema_of(one, found) for one in arguments if one is not type(None)]
        if len(kinds) == 1 and "type" in kinds[0]:
            return {**kinds[0], "type": [kinds[0]["type"], "null"]}
        return {"anyOf": [*kinds, {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _schema_of(arguments[0], found)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema_of(arguments[1], found)}
    raise TypeError(f"no JSON Schema for {origin}")


def _field_docstrings(kind: type[Any]) -> dict[str, str]:
    """Return the string that stands after each field, where one does."""
    body = ast.parse(inspect.getsource(kind).strip()).body[0]
    return dict(_told(body.body)) if isinstance(body, ast.ClassDef) else {}


def _told(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, after in pairwise(body):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, _one_line(text)


def _spoken(name: str) -> str:
    words = name.replace("_", " ")
    return _SELF_EXPLANATORY.get(name) or f"{words[0].upper()}{words[1:]}."


def _one_line(text: str) -> str:
    return " ".join(text.split())
