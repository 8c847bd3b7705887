"""A record behaves as the standard library's dataclass does; each test holds one against the other."""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import dacite
import pytest

from probe import records

Decorator = Callable[..., Callable[[type], Any]]
Example = Callable[..., Any]


def made_by(decorator: Decorator, **options: bool) -> Any:  # noqa: ANN401 - a class, the same in two makes
    """Define one class with a decorator."""

    @decorator(frozen=True, kw_only=True, **options)
    class Place:
        """An example."""

        place: str
        hops: int = 1
        seen: list[str] = dataclasses.field(default_factory=list)
        secret: str = dataclasses.field(default="s", repr=False)
        note: str = dataclasses.field(default="", compare=False)

        @property
        def twice(self) -> int:
            """Twice the hops."""
            return self.hops * 2

    return Place


OURS, STANDARD = made_by(records.dataclass), made_by(dataclasses.dataclass)
GIVEN = {"place": "node", "hops": 2, "seen": ["a"], "secret": "t", "note": "n"}
both = pytest.mark.parametrize("example", [OURS, STANDARD], ids=["ours", "standard"])


def test_it_looks_the_same_and_hides_the_same() -> None:
    assert repr(OURS(**GIVEN)) == repr(STANDARD(**GIVEN))
    assert "'t'" not in repr(OURS(**GIVEN))


def test_its_fields_are_the_same() -> None:
    assert [str(field) for field in dataclasses.fields(OURS)] == [str(field) for field in dataclasses.fields(STANDARD)]
    assert dataclasses.asdict(OURS(**GIVEN)) == dataclasses.asdict(STANDARD(**GIVEN)) == GIVEN


@both
def test_a_value_that_is_not_given_is_the_default_and_is_made_anew(example: Example) -> None:
    one, other = example(place="pod"), example(place="pod")
    assert (one.hops, one.seen, one.secret, one.twice) == (1, [], "s", 2)
    assert one.seen is not other.seen


@both
@pytest.mark.parametrize("given", [{}, {"hops": 1}, {"place": "pod", "colour": "red"}])
def test_a_missing_or_an_unknown_value_is_refused(example: Example, given: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        example(**given)


@both
def test_positions_are_refused(example: Example) -> None:
    with pytest.raises(TypeError):
        example("pod")


@both
def test_nothing_can_be_changed_or_removed(example: Example) -> None:
    record = example(place="pod")
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.place = "node"
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.colour = "red"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del record.place
    assert record.place == "pod"


@both
def test_records_are_equal_when_what_is_compared_is(example: Example) -> None:
    assert example(place="pod", note="a") == example(place="pod", note="b")
    assert example(place="pod") != example(place="node")
    assert example(place="pod") != "pod"
    assert len({record.place: record for record in (example(place="pod"), example(place="pod"))}) == 1


@both
def test_a_record_is_hashed_by_what_is_compared(example: Example) -> None:
    given = {"place": "pod", "seen": ()}
    assert hash(example(**given, note="a")) == hash(example(**given, note="b")) == hash(("pod", 1, (), "s"))


def test_records_of_two_classes_are_never_equal() -> None:
    assert OURS(**GIVEN) != made_by(records.dataclass)(**GIVEN)


@both
def test_one_can_be_made_from_another(example: Example) -> None:
    record = dataclasses.replace(example(place="pod"), hops=3)
    assert (record.place, record.hops) == ("pod", 3)
    assert copy.deepcopy(record) == record


@both
def test_dacite_fills_it(example: type) -> None:
    assert dacite.from_dict(example, {"place": "pod", "hops": 3}) == example(place="pod", hops=3)


def test_a_class_may_keep_its_own_methods_and_show_itself_otherwise() -> None:
    @records.dataclass(frozen=True, kw_only=True, repr=False)
    class Own:
        """A class with methods of its own."""

        place: str

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1

        def __repr__(self) -> str:
            return "own"

    assert (repr(Own(place="pod")), hash(Own(place="pod")), Own(place="pod") == 5) == ("own", 1, True)


@pytest.mark.parametrize("decorator", [records.dataclass, dataclasses.dataclass], ids=["ours", "standard"])
def test_without_kw_only_values_may_be_given_in_order(decorator: Decorator) -> None:
    @decorator(frozen=True)
    class Two:
        """Two values."""

        left: int
        right: int = 2

    pair: Example = Two
    assert pair(1) == pair(1, 2) == pair(1, right=2) == pair(right=2, left=1)
    for values, named in [((1, 2, 3), {}), ((1,), {"left": 1}), ((), {"right": 1})]:
        with pytest.raises(TypeError):
            pair(*values, **named)


def test_a_record_may_extend_another() -> None:
    @records.dataclass(frozen=True)
    class Base:
        """The first field."""

        place: str

    @records.dataclass(frozen=True, kw_only=True)
    class Extended(Base):
        """One more."""

        hops: int = 1

    assert repr(Extended(place="pod", hops=2)).endswith("Extended(place='pod', hops=2)")
    assert isinstance(Extended(place="pod"), Base)


def test_what_is_not_frozen_is_made_by_the_standard_library() -> None:
    @records.dataclass
    class Open:
        """A class that can be changed."""

        place: str

    record = Open("pod")
    record.place = "node"
    assert record == Open(place="node")


def test_a_record_without_a_docstring_costs_no_look_at_its_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("inspect.signature", asked.append)

    @records.dataclass(frozen=True, kw_only=True)
    class Undocumented:
        place: str

    assert asked == []
    assert Undocumented(place="node").place == "node"
