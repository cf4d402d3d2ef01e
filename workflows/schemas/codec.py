"""Dataclasses ↔ plain maps, lists, texts and numbers: one way for the journal, the state machine and files.

What is absent (None) is left out. A field with a default may be absent, so that what was written before it was there is
still read.
"""

from collections.abc import Hashable, Mapping
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


class UnfitError(ValueError):
    """Says where what is stored does not fit its dataclass; of values it shows only unknown words of a closed list."""


def to_plain(record: "DataclassInstance") -> dict[str, Plain]:
    given = {name: getattr(record, name) for name in _known(type(record))}
    return {name: _plain(value) for name, value in given.items() if value is not None}


def from_plain(kind: type[Record], stored: object, where: str) -> Record:
    """Make ``kind`` of its stored fields, each as its type says; ``where`` they are is for the error.

    Raises:
        UnfitError: a field is unknown, missing or of another type.
    """
    known = _known(cast("Hashable", kind))
    given = _of_type(dict, stored, where)
    for name in given:
        if name not in known:
            raise UnfitError(f"{where} has a field {name}")
    for name, field in known.items():
        if name not in given and _is_required(field):
            raise UnfitError(f"{where} lacks the field {name}")
    return kind(**{name: _value(known[name].type, value, f"{where}, {name}") for name, value in given.items()})


@cache
def _known(kind: Hashable) -> "Mapping[str, Field[Any]]":
    return {field.name: field for field in fields(cast("type[DataclassInstance]", kind))}


@cache
def _shape(kind: object) -> tuple[tuple[Any, ...], object, bool]:
    return get_args(kind), get_origin(kind), is_dataclass(kind)


def _plain(value: object) -> Plain:
    if isinstance(value, str | int | float):
        return value
    if is_dataclass(value):
        return to_plain(cast("DataclassInstance", value))
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(each) for each in value] if isinstance(value, tuple) else cast(str | int | float, value)


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(kind: object, stored: object, where: str) -> object:
    choices, origin, is_record = _shape(kind)
    if NoneType in choices:
        return None if stored is None else _value(choices[0], stored, where)
    if is_record:
        return from_plain(cast(type[Any], kind), stored, where)
    if origin is tuple:
        return tuple(_value(choices[0], item, where) for item in _of_type(list, stored, where))
    if origin is Mapping:
        return {name: _value(choices[1], each, where) for name, each in _of_type(dict, stored, where).items()}
    if kind is datetime:
        return datetime.fromisoformat(_of_type(str, stored, where))
    if choices and stored not in choices:
        raise UnfitError(f"{where} is {stored!r}")
    return stored if choices else _of_type(cast(type[object], kind), stored, where)


def _of_type(kind: type[Kind], stored: object, where: str) -> Kind:
    """A whole number is a float, too: neither JSON nor DynamoDB distinguishes them."""
    if kind is float and type(stored) is int:
        return cast(Kind, float(stored))
    if type(stored) is not kind:
        raise UnfitError(f"{where} is no {kind.__name__}")
    return stored
