"""A line of shell, cut into the simple commands in it: what a person pastes is often a pipe with a command inside."""

import shlex
from collections.abc import Iterator

SUBSTITUTED = "SUBSTITUTED"
"""Stands in a command for what `$(…)` puts there."""
BETWEEN = {"|", "||", "&&", ";", "&"}


def simple_commands(line: str) -> Iterator[list[str]]:
    """Yield the words of every command of a line, those of `$(…)` first."""
    outer, inner = _without_substitutions(line)
    for each in inner:
        yield from simple_commands(each)
    words: list[str] = []
    for word in _words(outer):
        if word in BETWEEN:
            yield words
            words = []
        else:
            words.append(word)
    if words:
        yield words


def _words(line: str) -> Iterator[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words = iter(lexer)
    for word in words:
        if word in {">", "<", ">>"}:
            next(words)
        else:
            yield word


def _without_substitutions(line: str) -> tuple[str, list[str]]:
    """Return the line with a word for every `$(…)`, and what stood in them."""
    outer, inner, quote, position = "", [], "", 0
    while position < len(line):
        character = line[position]
        if quote != "'" and line.startswith("$(", position):
            end = _closing(line, position + 2)
            inner.append(line[position + 2 : end])
            outer += SUBSTITUTED
            position = end
        elif character in "'\"":
            quote = "" if quote == character else quote or character
            outer += character
        else:
            outer += character
        position += 1
    return outer, inner


def _closing(line: str, start: int) -> int:
    """Return where the parenthesis that was opened before `start` is closed, outside single quotes."""
    depth, quoted = 1, False
    for position in range(start, len(line)):
        character = line[position]
        quoted ^= character == "'"
        if not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return position
    raise ValueError(line)
