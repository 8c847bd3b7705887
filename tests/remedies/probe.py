"""A `probe` command held against the command line itself. Nothing is done: the words are read, and no more."""

import argparse
import io
from importlib import import_module

from probe.arguments import Parser
from probe.cli import COMMANDS, DEFAULT_COMMAND
from probe.console import Console, UsageError


def probe_mistakes(words: list[str]) -> list[str]:
    """Return what the probe would not take of a command; words[0] is `probe`."""
    named = words[1:2] and words[1] in COMMANDS
    command, rest = (words[1], words[2:]) if named else (DEFAULT_COMMAND, words[1:])
    parser = Parser(command, "", Console(stdout=io.StringIO(), stderr=io.StringIO()))
    import_module(f"probe.commands.{command}").add_arguments(parser)
    try:
        parser.read(rest, argparse.Namespace())
    except UsageError as error:
        return [str(error)]
    return []
