"""Facts and folded states ↔ what the journal and the state machine store of them.

Every fact and every state says its version. A new field with a default needs no new one: what was written before is
read with the default, and an older Thingsync refuses the field.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from workflows.domain.facts import (
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceFound,
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
from workflows.schemas.codec import Plain, UnfitError, from_plain, to_plain

Record = TypeVar("Record")

VERSION = 1

# The names are stored, so that they outlive a renaming of the classes.
_FACTS: dict[str, type[Fact]] = {
    "EventAccepted": EventAccepted,
    "DeviceFound": DeviceFound,
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
    return {"type": _NAMES[type(fact)], "version": VERSION, **to_plain(fact)}


def load_fact(stored: Mapping[str, Any], *, where: str) -> Fact:
    """Read what ``dump_fact`` wrote; ``where`` it is stored is for the error.

    Raises:
        UnknownFactError: a newer version wrote it.
    """
    name = str(stored.get("type"))
    if name not in _FACTS:
        raise _unknown(f"{where} is of the type {name}")
    written = {key: value for key, value in _of_known_version(stored, where).items() if key != "type"}
    return _load(_FACTS[name], written, f"{where} ({name})")


def dump_state(state: ThingState) -> dict[str, Plain]:
    return {"version": VERSION, **to_plain(state)}


def load_state(stored: Mapping[str, Any], *, where: str) -> ThingState:
    """Read what ``dump_state`` wrote; raise as ``load_fact``."""
    return _load(ThingState, _of_known_version(stored, where), where)


def _load(kind: type[Record], stored: Mapping[str, Any], where: str) -> Record:
    try:
        return from_plain(kind, stored, where)
    except UnfitError as unfit:
        raise _unknown(str(unfit)) from unfit


def _of_known_version(stored: Mapping[str, Any], where: str) -> dict[str, Any]:
    if stored.get("version") != VERSION:
        raise _unknown(f"{where} is of version {stored.get('version')}")
    return {name: value for name, value in stored.items() if name != "version"}


def _unknown(what: str) -> UnknownFactError:
    return UnknownFactError(
        f"{what}, which this version of Thingsync does not know. Deploy the newer version that wrote it, then redrive."
    )
