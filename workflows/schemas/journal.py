"""Facts and folded states ↔ plain maps, lists, texts and numbers, as the journal and the state machine keep them.

Every fact and every state says its version. A new field with a default needs no new one: what was written before is
read with the default, and an older Thingsync refuses the field. Absent (None) values are left out.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin

from workflows.domain.facts import (
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceMirrored,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventAccepted,
    EventFailed,
    EventRejected,
    EventSkipped,
    Fact,
)
from workflows.domain.fold import ThingState
from workflows.errors import UnknownFactError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind")
Plain = str | int | list["Plain"] | dict[str, "Plain"]

VERSION = 1

# The names are stored, so that they outlive a renaming of the classes.
_FACTS: dict[str, type[Fact]] = {
    "EventAccepted": EventAccepted,
    "DeviceCreated": DeviceCreated,
    "DeviceClaimed": DeviceClaimed,
    "DeviceAdopted": DeviceAdopted,
    "DeviceMirrored": DeviceMirrored,
    "DeviceUpdated": DeviceUpdated,
    "DeviceRemoved": DeviceRemoved,
    "DeviceReleased": DeviceReleased,
    "EventSkipped": EventSkipped,
    "EventRejected": EventRejected,
    "EventFailed": EventFailed,
}
_NAMES = {kind: name for name, kind in _FACTS.items()}


def dump_fact(fact: Fact) -> dict[str, Plain]:
    return {"type": _NAMES[type(fact)], "version": VERSION, **_plain_fields(fact)}


def load_fact(stored: Mapping[str, Any], *, where: str) -> Fact:
    """Read what ``dump_fact`` wrote; ``where`` it stands is for the error.

    Raises:
        UnknownFactError: a newer version wrote it.
    """
    name = str(stored.get("type"))
    if name not in _FACTS:
        raise _unknown(where, f"is of the type {name}")
    written = {key: value for key, value in _of_known_version(stored, where).items() if key != "type"}
    return cast(Fact, _record(_FACTS[name], written, f"{where} ({name})"))


def dump_state(state: ThingState) -> dict[str, Plain]:
    return {"version": VERSION, **_plain_fields(state)}


def load_state(stored: Mapping[str, Any], *, where: str) -> ThingState:
    """Read what ``dump_state`` wrote; raise as ``load_fact``."""
    return cast(ThingState, _record(ThingState, _of_known_version(stored, where), where))


def _plain_fields(record: "DataclassInstance") -> dict[str, Plain]:
    given = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: _plain(value) for name, value in given.items() if value is not None}


def _plain(value: object) -> Plain:
    if is_dataclass(value):
        return _plain_fields(cast("DataclassInstance", value))
    return list(value) if isinstance(value, tuple) else cast(str | int, value)


def _of_known_version(stored: Mapping[str, Any], where: str) -> dict[str, Any]:
    if stored.get("version") != VERSION:
        raise _unknown(where, f"is of version {stored.get('version')}")
    return {name: value for name, value in stored.items() if name != "version"}


def _record(kind: type[Any], stored: object, where: str) -> object:
    """Make ``kind`` of its stored fields, each as its type says."""
    known = {field.name: field for field in fields(kind)}
    given = _of_type(dict, stored, where)
    for name in given:
        if name not in known:
            raise _unknown(where, f"has a field {name}")
    for name, field in known.items():
        if name not in given and _is_required(field):
            raise _unknown(where, f"lacks the field {name}")
    return kind(**{name: _value(known[name].type, value, f"{where}, {name}") for name, value in given.items()})


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING


def _value(kind: object, stored: object, where: str) -> object:
    choices = get_args(kind)
    if NoneType in choices:
        return _value(choices[0], stored, where)
    if is_dataclass(kind):
        return _record(cast(type[Any], kind), stored, where)
    if get_origin(kind) is tuple:
        return tuple(_of_type(str, item, where) for item in _of_type(list, stored, where))
    if choices and stored not in choices:
        raise _unknown(where, f"is {stored!r}")
    return stored if choices else _of_type(cast(type[object], kind), stored, where)


def _of_type(kind: type[Kind], stored: object, where: str) -> Kind:
    if type(stored) is not kind:
        raise _unknown(where, f"is no {kind.__name__}")
    return stored


def _unknown(where: str, what: str) -> UnknownFactError:
    return UnknownFactError(
        f"{where} {what}, which this version of Thingsync does not know. Deploy the newer version that wrote it, "
        "then redrive."
    )
