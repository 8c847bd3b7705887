"""Frozen dataclasses that cost next to nothing to define.

`dataclasses` writes the methods of each class as text and has them compiled: half a millisecond a class, a fifth of a
whole run for the 120 classes that a run defines, and ten times that in a pod with a tenth of a processor. Here they
are written once. For type checkers, `fields`, `replace`, `asdict` and dacite these are the dataclasses they look like.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        frozen: bool = False,
        kw_only: bool = False,
        repr: bool = True,  # noqa: A002 - dataclass' own name
    ) -> type | Callable[[type], type]:
        """Stand in for `dataclasses.dataclass`, which still makes the classes that are not frozen."""
        if not frozen:
            return dataclasses.dataclass(cls, kw_only=kw_only, repr=repr)
        methods = {**_METHODS, "__init__": _init if kw_only else _init_in_order}
        if not repr:
            del methods["__repr__"]

        def define(cls: type) -> type:
            # Without one, `dataclasses` works out the signature to put it there: 9 ms for the first such class.
            cls.__doc__ = cls.__doc__ or cls.__name__
            made = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
            for name in methods.keys() - cls.__dict__.keys():
                setattr(made, name, methods[name])
            return made

        return define


__all__ = ["dataclass"]


def _init(self: Any, /, **given: object) -> None:  # noqa: ANN401 - a record of any class, as in all of these
    values = self.__dict__
    for name, field in self.__dataclass_fields__.items():
        if name in given:
            values[name] = given.pop(name)
        elif field.default is not dataclasses.MISSING:
            values[name] = field.default
        elif field.default_factory is not dataclasses.MISSING:
            values[name] = field.default_factory()
        else:
            raise TypeError(f"{type(self).__qualname__} needs a value for {name}")
    if given:
        raise TypeError(f"{type(self).__qualname__} has no field {', '.join(given)}")


def _init_in_order(self: Any, /, *values: object, **given: object) -> None:  # noqa: ANN401 - any record
    names = tuple(self.__dataclass_fields__)[: len(values)]
    if len(names) < len(values) or given.keys() & set(names):
        raise TypeError(f"{type(self).__qualname__} was given too many values")
    _init(self, **dict(zip(names, values, strict=True)), **given)


def _set(self: Any, name: str, value: object) -> NoReturn:  # noqa: ANN401 - any record
    del self, value
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> NoReturn:  # noqa: ANN401 - any record
    del self
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _compared(record: Any) -> tuple[object, ...]:  # noqa: ANN401 - any record
    return tuple(getattr(record, name) for name, field in record.__dataclass_fields__.items() if field.compare)


def _equal(self: Any, other: object) -> bool:  # noqa: ANN401 - any record
    return _compared(self) == _compared(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:  # noqa: ANN401 - any record
    return hash(_compared(self))


def _repr(self: Any) -> str:  # noqa: ANN401 - any record
    shown = (name for name, field in self.__dataclass_fields__.items() if field.repr)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


_METHODS: dict[str, Callable[..., object]] = {
    "__setattr__": _set,
    "__delattr__": _delete,
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _repr,
}
