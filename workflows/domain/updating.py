"""What of a changed thing its device must be told: only what changed, and only what can change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from workflows.domain import lorawan
from workflows.domain.device import DeviceIds, is_same_join_eui
from workflows.domain.facts import RegisteredDevice
from workflows.domain.thing import NEEDLESS_NWK_KEY, ExaminedThing, Thing, pair_problem
from workflows.errors import ImmutableChangeError, InvalidThingError

_RADIO = ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion")
# The Join Server takes the root keys as a whole.
KEYS_FIELD = "appKey"
_ANEW = "Delete the thing and create it anew."


@dataclass(frozen=True, slots=True)
class PlannedUpdate:
    """``fields`` names the attributes to write; ``device`` has the new values of all of them.

    ``missing`` is what registering the device anew would need, if The Things Stack has lost it.
    Keys may still be references to secrets. Whether they changed is for the step to find, by their fingerprints,
    unless ``rewrite_keys``: an earlier update may have written others and not lived to tell.
    ``repair``: the device may lack what the journal says that it has.
    ``corrects``: the change before was rejected or failed, so that it is news if there is nothing to write.
    """

    device: RegisteredDevice
    fields: tuple[str, ...]
    missing: Mapping[str, str]
    app_key: str | None = field(default=None, repr=False)
    nwk_key: str | None = field(default=None, repr=False)
    rewrite_keys: bool = False
    repair: bool = False
    corrects: bool = False

    @property
    def may_write(self) -> tuple[str, ...]:
        """Name the attributes that may be half written if the update breaks off."""
        return (*self.fields, *((KEYS_FIELD,) if self.app_key or self.nwk_key else ()))

    @property
    def ids(self) -> DeviceIds:
        return self.device.ids


def plan_update(
    examined: ExaminedThing,
    named: str | None,
    device: RegisteredDevice,
    *,
    unfinished: tuple[str, ...],
    repair: bool = False,
) -> PlannedUpdate | None:
    """Return what to write to ``device``; None if there is nothing. An absent attribute means unchanged.

    ``unfinished`` are the fields that earlier updates set out to write and did not finish. With ``repair`` so are all
    that the thing's own device has.

    Raises:
        InvalidThingError: an attribute is malformed, devEUI or stackName is missing, or the device takes no NwkKey.
        ImmutableChangeError: an EUI, the device ID or the way of registration changed.
    """
    _refuse_unclear(examined)
    thing = examined.thing
    _refuse_immutable(thing, device)
    after = _with_values_of(thing, device)
    _refuse_needless_nwk_key(thing, after)
    unfinished = (*unfinished, *(_written_to(after) if repair else ()))
    fields = tuple(name for name, changed in _changes(device, after) if changed or name in unfinished)
    if any(name in _RADIO for name in fields):
        _refuse_incomplete_radio(after)
    if not fields and thing.app_key is None and thing.nwk_key is None and not repair:
        return None
    planned = PlannedUpdate(after, fields, examined.missing, thing.app_key, thing.nwk_key)
    return replace(planned, rewrite_keys=KEYS_FIELD in unfinished, repair=repair)


def _refuse_unclear(examined: ExaminedThing) -> None:
    needed = {name: text for name, text in examined.missing.items() if name in ("devEUI", "stackName")}
    if examined.problems or needed:
        raise InvalidThingError({**needed, **examined.problems})


def _written_to(device: RegisteredDevice) -> tuple[str, ...]:
    """Name what a device of this thing's own has from it; of one that was there before, only changes are ours."""
    if device.method not in ("created", "claimed"):
        return ()
    return ("name", "description", *_RADIO, *((KEYS_FIELD,) if device.method == "created" else ()))


def _refuse_immutable(thing: Thing, device: RegisteredDevice) -> None:
    changed = dict(_immutable(thing, device))
    if changed:
        listed = "; ".join(f"{attribute}: {text}" for attribute, text in changed.items())
        raise ImmutableChangeError(f"{listed}. {_ANEW}")


def _immutable(thing: Thing, device: RegisteredDevice) -> Iterator[tuple[str, str]]:
    if thing.dev_eui != device.dev_eui:
        yield "devEUI", f"the device is registered as {device.dev_eui}, which cannot change"
    if thing.join_eui is not None and not is_same_join_eui(thing.join_eui, device.join_eui):
        yield "joinEUI", f"the device is registered with {device.join_eui}, which cannot change"
    if thing.device_id not in (None, device.named, device.device_id):
        yield "deviceID", f"the device is registered as {device.device_id}, which cannot change"
    if device.method == "claimed" and (thing.app_key or thing.nwk_key):
        yield "appKey", "the device was claimed, so its keys are at its maker's Join Server"
    if device.method == "created" and thing.authentication_code:
        yield "claimAuthenticationCode", "the device was created with root keys, so it cannot be claimed"


def _with_values_of(thing: Thing, device: RegisteredDevice) -> RegisteredDevice:
    """Take what the thing gives; without a name or description it has none, anything else absent is unchanged."""
    return replace(
        device,
        named=thing.device_id or device.named,
        name=thing.name or "",
        description=thing.description or "",
        frequency_plan_id=thing.frequency_plan_id or device.frequency_plan_id,
        lorawan_version=thing.lorawan_version or device.lorawan_version,
        lorawan_phy_version=thing.lorawan_phy_version or device.lorawan_phy_version,
    )


def _refuse_needless_nwk_key(thing: Thing, after: RegisteredDevice) -> None:
    """The thing may leave its version out, and then the device's decides; with the key its joins would fail."""
    if thing.nwk_key is not None and after.lorawan_version not in (None, lorawan.MAC_1_1):
        raise InvalidThingError({"nwkKey": NEEDLESS_NWK_KEY})


def _changes(before: RegisteredDevice, after: RegisteredDevice) -> Iterator[tuple[str, bool]]:
    yield "name", before.name != after.name
    yield "description", before.description != after.description
    yield "frequencyPlanID", before.frequency_plan_id != after.frequency_plan_id
    yield "lorawanVersion", before.lorawan_version != after.lorawan_version
    yield "regionalParametersVersion", before.lorawan_phy_version != after.lorawan_phy_version


def _refuse_incomplete_radio(device: RegisteredDevice) -> None:
    """The Network Server takes the plan and both versions together; of an adopted device the thing may give none."""
    values = (device.frequency_plan_id, device.lorawan_version, device.lorawan_phy_version)
    absent = [name for name, value in zip(_RADIO, values, strict=True) if value is None]
    if absent:
        raise InvalidThingError(dict.fromkeys(absent, f"is missing; {', '.join(_RADIO)} are written together"))
    mac, phy = device.lorawan_version, device.lorawan_phy_version
    if mac is not None and phy is not None and not lorawan.is_pair(mac, phy):
        raise InvalidThingError({"regionalParametersVersion": pair_problem(mac)})
