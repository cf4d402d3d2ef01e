"""What most classes here are: values, which nothing changes once they are made."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(kind: type[Kind]) -> type[Kind]:
    """Make a class of values: ``dataclass`` with ``frozen`` and ``slots`` in a third of its time.

    ``dataclass`` writes and compiles six methods for each class. That was a fifth of a cold start, which makes a
    hundred classes; here they share all but ``__init__``. The type checker sees to it that nothing is set later.
    """
    kind.__doc__ = kind.__doc__ or kind.__qualname__  # else dataclass works out a signature to have one
    made = dataclass(slots=True, repr=False, eq=False)(kind)
    for name in ("__eq__", "__hash__", "__repr__"):
        if name not in vars(kind):
            setattr(made, name, vars(_Shared)[name])
    return made


class _Shared:
    def __eq__(self: "DataclassInstance", other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        compared = _compared(type(self))
        return compared(self) == compared(other)

    def __hash__(self: "DataclassInstance") -> int:
        return hash(_compared(type(self))(self))

    def __repr__(self: "DataclassInstance") -> str:
        shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"


@cache
def _compared(kind: "type[DataclassInstance]") -> Callable[[object], object]:
    names = [each.name for each in fields(kind) if each.compare]
    return attrgetter(*names) if names else lambda _: ()
