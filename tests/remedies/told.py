"""Every command that people are told to type: by the findings' code, by the pages, and by a report."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.remedies.aws import aws_mistakes
from tests.remedies.kubectl import kubectl_mistakes
from tests.remedies.probe import probe_mistakes
from tests.remedies.shell import simple_commands

ROOT = Path(__file__).resolve().parent.parent.parent
CHECKED = {"aws": aws_mistakes, "kubectl": kubectl_mistakes, "probe": probe_mistakes}
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4}((?:aws|kubectl|probe) .*?)(?: {2,}# .*)?$", re.MULTILINE)
INLINE = re.compile(r"`((?:aws|kubectl) [^`]+)`")
FILLED_IN = "FILLED_IN"
"""Stands for what the code puts into a command, such as a namespace."""
SAMPLES = {
    "place": "--namespace NAMESPACE --service-account SERVICEACCOUNT",
    "case.workload": "deployment NAME",
    "case.workload.replace(' ', '/')": "deployment/NAME",
    "add_on.workload": "daemonset NAME",
    "plural": "networkpolicies",
    "_names(case)": " NAME",
    "quoted(region)": "eu-central-1",
    "quoted(f'Key={key},Value={value}')": "Key=KEY,Value=VALUE",
    "quoted(f'Name=service-name,Values={services}')": "Name=service-name,Values=SERVICE",
    "options": '{"MetadataOptions":{}}',
    "patch": "{}",
    "hops": "2",
}
"""By the expression in the code: where it is more than a name, or where any name will not do."""


def mistakes(command: str) -> list[str]:
    """Return what the tools of a command would not take of it."""
    found = [(words[0], words) for words in simple_commands(command) if words]
    return [f"{tool}: {one}" for tool, words in found if tool in CHECKED for one in CHECKED[tool](words)]


def on_pages() -> Iterator[tuple[str, str]]:
    """Yield page and command, from blocks of shell and from prose; the pages of findings tell the catalogue's."""
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "k8s").rglob("*.md")]):
        text = page.read_text(encoding="utf-8").replace("\\\n", "")
        outside = BLOCK.sub("", text)
        told = [*"".join(BLOCK.findall(text)).splitlines(), *INDENTED.findall(outside), *INLINE.findall(outside)]
        yield from ((page.name, command) for command in told if "…" not in command)


def in_source() -> Iterator[tuple[str, str]]:
    """Yield place and command of every remedy that is written in the rules, also where no scenario leads."""
    for path in sorted((ROOT / "probe" / "findings").rglob("*.py")):
        for node in _outermost_texts(ast.parse(path.read_text(encoding="utf-8"))):
            text = _text(node)
            if text.startswith(("aws ", "kubectl ")):
                yield f"{path.name}:{node.lineno}", text


def _outermost_texts(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.BinOp)):
            yield node
        else:
            yield from _outermost_texts(node)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    expression = ast.unparse(node.value if isinstance(node, ast.FormattedValue) else node)
    return SAMPLES.get(expression, FILLED_IN)
