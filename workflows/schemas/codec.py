"""Dataclasses ↔ plain maps, lists, texts and numbers: one way for the journal, the state machine and files.

What is absent (None) is left out. A field with a default may be absent, so that what was written before it was there is
still read.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record")
Kind = TypeVar("Kind")
Plain = str | int | float | list["Plain"] | dict[str, "Plain"]
Read = Callable[[Any], Any]

_AS_THEY_ARE = (str, bool, int, float)


class UnfitError(ValueError):
    """Says where what is stored does not fit its dataclass; of values it shows only unknown words of a closed list."""


def to_plain(record: "DataclassInstance") -> dict[str, Plain]:
    given = {name: getattr(record, name) for name in _fields(type(record))}
    return {name: _plain(value) for name, value in given.items() if value is not None}


def from_plain(kind: type[Record], stored: object, where: str) -> Record:
    """Make ``kind`` of its stored fields, each as its type says; ``where`` they are is for the error.

    Raises:
        UnfitError: a field is unknown, missing or of another type.
    """
    try:
        return cast(Record, _reader(cast(Any, kind))(stored))
    except UnfitError as unfit:
        raise UnfitError(f"{where}{unfit}") from None


def know(*kinds: type[Any]) -> None:
    """Work out how dataclasses are read, which their first message would wait for."""
    for kind in kinds:
        _reader(cast(Any, kind))


@cache
def _fields(kind: type[Any]) -> "dict[str, Field[Any]]":
    return {field.name: field for field in fields(kind)}


def _plain(value: object) -> Plain:
    if type(value) in _AS_THEY_ARE:
        return cast(str | int | float, value)
    if is_dataclass(value):
        return to_plain(cast("DataclassInstance", value))
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(each) for each in value] if isinstance(value, tuple) else cast(str | int | float, value)


@cache
def _reader(kind: Any) -> Read:  # noqa: ANN401 - a type, or one of typing's
    """Make what reads a value of the type; a run reads hundreds of values of the same few types.

    What it raises begins after the place of the value, which who holds the value puts in front.
    """
    choices, origin = get_args(kind), get_origin(kind)
    if NoneType in choices:
        return _reader_of_none_or(_reader(choices[0]))
    if is_dataclass(kind):
        return _reader_of_fields(kind)
    if origin is tuple:
        return _reader_of_items(_reader(choices[0]))
    if origin is Mapping:
        return _reader_of_entries(_reader(choices[1]))
    if kind is datetime:
        return lambda stored: datetime.fromisoformat(_of_type(str, stored))
    return _reader_of_choices(choices) if choices else lambda stored: _of_type(kind, stored)


def _reader_of_none_or(read: Read) -> Read:
    return lambda stored: None if stored is None else read(stored)


def _reader_of_items(read: Read) -> Read:
    return lambda stored: tuple([read(item) for item in _of_type(list, stored)])


def _reader_of_entries(read: Read) -> Read:
    return lambda stored: {name: read(each) for name, each in _of_type(dict, stored).items()}


def _reader_of_choices(choices: tuple[object, ...]) -> Read:
    def read(stored: object) -> object:
        if stored not in choices:
            raise UnfitError(f" is {stored!r}")
        return stored

    return read


def _reader_of_fields(kind: Any) -> Read:  # noqa: ANN401 - a dataclass
    readers = {name: _reader(cast(Any, field.type)) for name, field in _fields(kind).items()}
    required = [name for name, field in _fields(kind).items() if _is_required(field)]

    def read(stored: object) -> object:
        given, values, name = _of_type(dict, stored), {}, ""
        _refuse_unless_complete(given, readers, required)
        try:
            for name, value in given.items():
                values[name] = readers[name](value)
        except UnfitError as unfit:
            raise UnfitError(f", {name}{unfit}") from None
        return kind(**values)

    return read


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _refuse_unless_complete(given: Mapping[str, Any], known: Mapping[str, Read], required: list[str]) -> None:
    for name in given:
        if name not in known:
            raise UnfitError(f" has a field {name}")
    for name in required:
        if name not in given:
            raise UnfitError(f" lacks the field {name}")


def _of_type(kind: type[Kind], stored: object) -> Kind:
    """A whole number is a float, too: neither JSON nor DynamoDB distinguishes them."""
    if kind is float and type(stored) is int:
        return cast(Kind, float(stored))
    if type(stored) is not kind:
        raise UnfitError(f" is no {kind.__name__}")
    return stored
