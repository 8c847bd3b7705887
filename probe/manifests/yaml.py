"""YAML in and out, by ruamel.yaml, on the terms of the other reader of these texts: kubectl.

kubectl reads YAML 1.1, in which `on` is true and 0644 is octal, and turns it into JSON. kubectl prints no aliases.
"""

import io
import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.parser import ParserError
from ruamel.yaml.representer import SafeRepresenter
from ruamel.yaml.scanner import ScannerError

from probe.console import UsageError
from probe.manifests.part import Fields
from probe.secret import printable

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9/_.-]{0,100}")
"""Texts that every reader of YAML takes for a text without quotes, unless they are one of the words below."""
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_UNFOLDED = 1 << 20
"""Columns. Folding would be correct too, but breaks a long value in the middle."""


class _Composer(Composer):
    """Refuses aliases: kubectl prints none, and a few of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - ruamel.yaml's own signature
        if self.parser.check_event(AliasEvent):
            raise UsageError("the workload uses YAML aliases, which kubectl never prints")
        return super().compose_node(parent, index)


class _Constructor(SafeConstructor):
    """Leaves times and fractions as the texts that they are written as: no field that is read has such a type."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)
_Constructor.add_constructor("tag:yaml.org,2002:float", SafeConstructor.construct_yaml_str)


class _Representer(SafeRepresenter):
    """Quotes every text that any YAML reader could take for something else."""

    def ignore_aliases(self, data: object) -> bool:
        """Write everything in full."""
        del data
        return True

    def represent_text(self, text: str) -> ScalarNode:
        """Write a text."""
        is_plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain else '"')

    def represent_numbers(self, numbers: list[object]) -> Any:  # noqa: ANN401 - as the method that it stands for
        """Write a list of numbers in one line, any other one item a line."""
        in_line = bool(numbers) and all(type(number) is int for number in numbers)
        return self.represent_sequence("tag:yaml.org,2002:seq", numbers, flow_style=in_line)


_Representer.add_representer(str, _Representer.represent_text)
_Representer.add_representer(list, _Representer.represent_numbers)


def read_yaml(text: str) -> Fields:
    """Read one document. Raises UsageError; what else the constructor raises is a ValueError or a RecursionError."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    yaml.Composer = _Composer
    yaml.Constructor = _Constructor
    try:
        fields: Fields = yaml.load(text)
    except YAMLError as error:
        raise UsageError(f"the workload is not one YAML document: {_reason(error, text)}") from None
    return fields


def write_yaml(fields: Fields) -> str:
    """Write one document, fields in their order, each text so that nothing in it can end it."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.allow_unicode = False
    yaml.width = _UNFOLDED
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # they wrote only `= None`
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(fields, stream)
    return stream.getvalue().rstrip("\n") + "\n"


def _reason(error: YAMLError, text: str) -> str:
    """Say what is wrong and where. Of the values nothing is said: they may be secrets."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return "it holds characters that YAML does not allow"
    line = error.problem_mark.line
    at = f"line {line + 1}"
    if "another document" in (error.problem or ""):
        return f"a second one begins at {at}; give one workload"
    if text.split("\n")[line : line + 1] and "\t" in text.split("\n")[line]:
        return f"{at} holds a tab; YAML is indented with blanks"
    if isinstance(error, (ScannerError, ParserError)):
        return f"{printable(error.problem or '', 120)} ({at})"
    return f"something that kubectl never prints stands at {at}"
