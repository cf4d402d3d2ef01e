"""What of a registered device cannot change: its IDs, and how it is activated."""

from collections.abc import Iterator, Mapping

from workflows.domain import lorawan
from workflows.domain.attributes import ROOT_KEYS, DeviceValues
from workflows.domain.device import is_same_join_eui
from workflows.domain.facts import RegisteredDevice
from workflows.domain.thing import Thing
from workflows.errors import ImmutableChangeError

_CREATE_AGAIN = "Delete the thing and create it again."
_CLAIMED = "the device was claimed, so its keys are at its maker's Join Server; remove it from the thing"
_NEVER_JOINS = "the device is activated by personalization (ABP) and never joins; remove it from the thing"
_JOINS = "the device joins (OTAA), which makes its session; remove it from the thing"


def refuse_immutable(thing: Thing, device: RegisteredDevice, after: DeviceValues) -> None:
    """Raise ``ImmutableChangeError`` for what cannot change; ``after`` are the values that the device would have."""
    _refuse({**dict(_ids(thing, device)), **dict(_activation(thing, device)), **dict(_versions(device, after))})


def refuse_other_session(device: RegisteredDevice, after: DeviceValues) -> None:
    """Raise ``ImmutableChangeError`` for a version that the session of ``device`` does not go with."""
    _refuse(dict(_versions(device, after)))


def _refuse(changed: Mapping[str, str]) -> None:
    if changed:
        listed = "; ".join(f"{attribute}: {text}" for attribute, text in changed.items())
        raise ImmutableChangeError(f"{listed}. {_CREATE_AGAIN}")


def refuse_other_activation(names: list[str], *, joins: bool) -> None:
    """Refuse the attributes ``names``, which are not for a device that joins, or for one that never does."""
    if names:
        listed = "; ".join(f"{name}: {_JOINS if joins else _NEVER_JOINS}" for name in names)
        raise ImmutableChangeError(f"{listed}. Or delete the device in The Things Stack and update this thing.")


def _ids(thing: Thing, device: RegisteredDevice) -> Iterator[tuple[str, str]]:
    if thing.dev_eui != device.dev_eui:
        yield "devEUI", f"the device is registered as {device.dev_eui}, which cannot change"
    if thing.join_eui is not None and not is_same_join_eui(thing.join_eui, device.join_eui):
        has = f"with {device.join_eui}, which cannot change"
        without = "without a JoinEUI, and none can be added; remove it from the thing"
        yield "joinEUI", f"the device is registered {has if device.join_eui else without}"
    if thing.device_id not in (None, device.named, device.device_id):
        yield "deviceID", f"the device is registered as {device.device_id}, which cannot change"


def _activation(thing: Thing, device: RegisteredDevice) -> Iterator[tuple[str, str]]:
    """Of a device that was there before its thing, only the Network Server knows how it is activated."""
    if not device.is_things_own:
        return
    root_keys = [name for name in thing.keys.given() if name in ROOT_KEYS]
    session_keys = [name for name in thing.keys.given() if name not in ROOT_KEYS]
    code = ["claimAuthenticationCode"] if thing.authentication_code else []
    if device.is_abp:
        yield from dict.fromkeys([*root_keys, *code], _NEVER_JOINS).items()
        return
    yield from dict.fromkeys([*(["devAddr"] if thing.values.dev_addr else []), *session_keys], _JOINS).items()
    if device.method == "claimed":
        yield from dict.fromkeys(root_keys, _CLAIMED).items()
    elif code:
        yield "claimAuthenticationCode", "the device was created with root keys; remove it from the thing"


def _versions(device: RegisteredDevice, after: DeviceValues) -> Iterator[tuple[str, str]]:
    """The Network Server checks session keys by the version with which the session began, and 1.1 has other keys."""
    before, now = device.values.lorawan_version, after.lorawan_version
    if not (device.is_things_own and device.is_abp) or before is None or now is None:
        return
    if (before == lorawan.MAC_1_1) != (now == lorawan.MAC_1_1):
        was, wanted = lorawan.spelling_of(before), lorawan.spelling_of(now)
        yield "lorawanVersion", f"the device is registered with {was}; its session (ABP) lacks the keys of {wanted}"
