"""Evidence of every shape that the types allow, for properties of the tellers and of saving."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, Union, get_args, get_origin

from hypothesis import strategies as st

from probe.evidence import FACTS_OF_STEP, Attempts, Evidence, Exchange, Outcome, Step

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_PLAIN: dict[type, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(0, 2**31),
    float: st.floats(0, 2**37, allow_nan=False),
}


def built(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for a dataclass of evidence."""
    hints = typing.get_type_hints(kind)
    if kind is Attempts:
        return st.builds(Attempts, exchanges=st.lists(built(Exchange), min_size=1, max_size=2).map(tuple))
    return st.builds(kind, **{field.name: _of(hints[field.name]) for field in dataclasses.fields(kind)})


def _of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type, of whatever kind
    if hint in _PLAIN:
        return _PLAIN[hint]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return built(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return st.one_of(*(st.none() if one is type(None) else _of(one) for one in arguments))
    if origin is tuple:
        return st.lists(_of(arguments[0]), max_size=2).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(TEXT, _of(arguments[1]), max_size=2)
    raise TypeError(f"no strategy for {hint}")


def _step(step_id: str) -> st.SearchStrategy[Step]:
    return st.builds(
        Step,
        id=st.just(step_id),
        outcome=st.sampled_from(Outcome),
        reason=st.none() | TEXT,
        started_ms=st.none() | _PLAIN[float],
        duration_ms=st.none() | _PLAIN[float],
        facts=st.none() | built(FACTS_OF_STEP[step_id]),
    )


def evidence() -> st.SearchStrategy[Evidence]:
    """Return a strategy for whole walks, with the facts that belong to each step; at most four steps, for speed."""
    hints = typing.get_type_hints(Evidence)
    rest = {field.name: _of(hints[field.name]) for field in dataclasses.fields(Evidence) if field.name != "steps"}
    some_ids = st.lists(st.sampled_from(list(FACTS_OF_STEP)), max_size=4, unique=True)
    steps = some_ids.flatmap(lambda ids: st.tuples(*map(_step, ids)))
    return st.builds(Evidence, steps=steps, **rest)
