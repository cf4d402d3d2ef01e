"""What of a changed thing is written to its device: only what changed, and only what can change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Self

from workflows.domain import labels, lorawan
from workflows.domain.activation import needed_again, needless_keys
from workflows.domain.attributes import (
    LOCATION,
    NO_KEYS,
    NO_VALUES,
    RADIO,
    VALUES,
    DeviceKeys,
    DeviceValues,
    names_written,
)
from workflows.domain.device import DeviceIds
from workflows.domain.facts import RegisteredDevice
from workflows.domain.immutable import refuse_immutable, refuse_other_session
from workflows.domain.model import TEMPLATED
from workflows.domain.model_change import left_to_template, needs_template, with_former_model
from workflows.domain.thing import ExaminedThing, Thing, pair_problem
from workflows.errors import InvalidThingError
from workflows.values import value

# Among the fields of an update: all keys of the device, and all that its model's template may give.
KEYS_FIELD = "appKey"
TEMPLATE_FIELD = "template"


@value
class UpdateOptions:
    """``repair``: the device may lack what the journal says that it has.

    ``overwrite``: write the thing's values even to a device that was there before it; needs ``writes_adopted``, by
    which the stack allows that.
    """

    repair: bool = False
    overwrite: bool = False
    writes_adopted: bool = False


@value
class PlannedUpdate:
    """``fields`` names the attributes to write; ``device`` has the new values of all of them.

    ``missing``: what registering the device again would need, if The Things Stack has lost it.
    Keys may still be references to secrets. The step compares their fingerprints to find whether they changed, unless
    ``rewrite_keys``: an earlier update may have written other keys and ended before it could report.
    ``repair`` is explained at ``UpdateOptions``.
    ``corrects``: the change before was rejected or failed, so the user is notified even if there is nothing to write.
    ``keeps``: the device was there before its thing, so its keys and radio settings stay.
    ``before``: the values that the device has by the journal, and labels that unfinished updates may have written.
    ``asks_model``: the model's template is needed; ``device`` has its former values. ``is_unmodelled`` is explained at
    ``PlannedDevice``.
    """

    device: RegisteredDevice
    fields: tuple[str, ...]
    missing: Mapping[str, str]
    keys: DeviceKeys = NO_KEYS
    rewrite_keys: bool = False
    repair: bool = False
    corrects: bool = False
    keeps: bool = False
    before: DeviceValues = NO_VALUES
    asks_model: bool = False
    is_unmodelled: bool = False

    @property
    def writes(self) -> tuple[str, ...]:
        """Name the values to write; a device that was there before its thing keeps its own."""
        return tuple(
            row.name
            for row in VALUES
            if row.name in self.fields and not row.is_once and not (self.keeps and row.is_owners)
        )

    @property
    def may_write(self) -> tuple[str, ...]:
        """Name the attributes that may be half written if the update breaks off."""
        template = (TEMPLATE_FIELD,) if self.asks_model else ()
        keys = (KEYS_FIELD,) if self.keys.given() and not self.keeps else ()
        return (*self.named(self.writes), *template, *keys)

    def against(self, there: DeviceValues) -> "PlannedUpdate":
        """Return the update of a device whose record at the Identity Server says what is ``there``.

        What the thing gives no longer goes; but from a device that was there before its thing only if it is still what
        the thing gave. Else it is somebody else's.
        """
        if self.device.is_things_own:
            return self
        had, has, says = (values.given() for values in (self.before, there, self.device.values))
        going = {row.name for row in VALUES if row.absence == "goes" and not row.is_owners} - says.keys()
        theirs = {name for name in going.intersection(had) - {labels.PREFIX} if has.get(name) != had[name]}
        if theirs.intersection(LOCATION) and "latitude" not in says:
            theirs.update(LOCATION)
        before = self.before.only(had.keys() - theirs)
        fields = tuple(name for name in self.fields if name not in theirs)
        return replace(self, fields=fields, before=replace(before, labels=labels.common(before.labels, there.labels)))

    def named(self, fields: Iterable[str]) -> tuple[str, ...]:
        """Name ``fields`` as the thing does: each label that changed by itself, all of them if none did."""
        said = self.device.values.labels
        changed = labels.changed(self.before.labels, said) or labels.changed(None, said)
        return tuple(chain.from_iterable(changed if name == labels.PREFIX else (name,) for name in fields))

    @property
    def ids(self) -> DeviceIds:
        return self.device.ids

    def over_template(self, values: DeviceValues, from_model: tuple[str, ...]) -> Self:
        """Return the update with the values that the device has with its template; raise as ``plan_update``."""
        refuse_other_session(replace(self.device, values=self.before), values)
        fields = tuple(_to_write(self.before.given(), values.given(), self.fields))
        _refuse_needless_keys(self.keys, values)
        if any(name in RADIO for name in fields):
            refuse_unfit_radio(values)
        return replace(self, device=replace(self.device, values=values, from_model=from_model), fields=fields)


def plan_update(
    examined: ExaminedThing,
    named: str | None,
    device: RegisteredDevice,
    *,
    unfinished: tuple[str, ...],
    options: UpdateOptions = UpdateOptions(),
) -> PlannedUpdate | None:
    """Return what to write to ``device``; None if there is nothing. An absent attribute means unchanged.

    ``unfinished``: fields that earlier updates set out to write. Raise ``InvalidThingError`` for an attribute that is
    malformed or missing, ``ImmutableChangeError`` for an EUI, device ID or way of registration that changed.
    """
    _refuse_unclear(examined)
    thing = examined.thing
    changed = with_former_model(replace(device, named=thing.device_id or device.named), thing.values)
    refuse_immutable(thing, device, changed.values)
    template = TEMPLATED if TEMPLATE_FIELD in unfinished else ()
    unfinished = (*unfinished, *template, *_to_write_again(thing, changed, options))
    fields = tuple(_to_write(device.values.given(), changed.values.given(), unfinished))
    changed, asks_model = _with_question(changed, thing, fields)
    if not fields and not thing.keys.given() and not options.repair and not asks_model:
        return None
    planned = PlannedUpdate(changed, fields, _missing_for(device, examined.missing), thing.keys, asks_model=asks_model)
    keeps = not device.is_things_own and not options.writes_adopted
    before = replace(device.values, labels=_with_unfinished(device.values.labels, unfinished))
    return replace(planned, rewrite_keys=KEYS_FIELD in unfinished, repair=options.repair, keeps=keeps, before=before)


def _with_question(device: RegisteredDevice, thing: Thing, fields: tuple[str, ...]) -> tuple[RegisteredDevice, bool]:
    """Return the device, and whether its model's template is needed; without one, refuse what does not go together."""
    if device.is_things_own and needs_template(device, thing.values, fields):
        return left_to_template(device, thing.values), True
    _refuse_needless_keys(thing.keys, device.values)
    if device.is_things_own and any(name in RADIO for name in fields):
        refuse_unfit_radio(device.values)
    return device, False


def _with_unfinished(before: Mapping[str, str] | None, unfinished: tuple[str, ...]) -> Mapping[str, str] | None:
    return {**labels.among(unfinished), **(before or {})} or None


def _refuse_unclear(examined: ExaminedThing) -> None:
    needed = {name: text for name, text in examined.missing.items() if name in ("devEUI", "stackName")}
    if examined.problems or needed:
        raise InvalidThingError({**needed, **examined.problems})


def _to_write_again(thing: Thing, device: RegisteredDevice, options: UpdateOptions) -> tuple[str, ...]:
    """Name what the thing's own device has from it; of one that was there before, what the thing says."""
    if device.is_things_own and options.repair:
        return (*names_written(device.values), *RADIO, *((KEYS_FIELD,) if device.method == "created" else ()))
    if device.is_things_own or not (options.overwrite and options.writes_adopted):
        return ()
    return (*thing.values.given(), *((KEYS_FIELD,) if thing.keys.given() else ()))


def _missing_for(device: RegisteredDevice, missing: Mapping[str, str]) -> Mapping[str, str]:
    """Leave out the other ways of registration: a device that was claimed needs no keys, one with keys no code."""
    if device.is_things_own and device.is_abp:
        return needed_again(missing)
    if device.method == "claimed" and "claimAuthenticationCode" in missing:
        return {"claimAuthenticationCode": "is missing; give the device's code, or its qrCode"}
    if device.method == "created":
        return {name: text for name, text in missing.items() if name != "claimAuthenticationCode"}
    return missing


def _refuse_needless_keys(keys: DeviceKeys, values: DeviceValues) -> None:
    """The thing may leave its version out, and then the device's decides; with the key its joins would fail."""
    needless = needless_keys(keys.given())
    if needless and values.lorawan_version not in (None, lorawan.MAC_1_1):
        raise InvalidThingError(needless)


def _to_write(before: Mapping[str, object], after: Mapping[str, object], unfinished: tuple[str, ...]) -> Iterator[str]:
    """What stays where it is not said, as a DevAddr that was refused and then taken back, is nothing to write again."""
    again = {labels.PREFIX if labels.is_label(name) else name for name in unfinished}
    for row in VALUES:
        is_again = row.name in again and (row.absence != "stays" or row.name in after)
        if is_again or before.get(row.name) != after.get(row.name):
            yield row.name


def refuse_unfit_radio(values: DeviceValues) -> None:
    """The Network Server takes the plan and both versions together.

    Raises:
        InvalidThingError: one of them is absent, or the versions do not go together.
    """
    mac, phy = values.lorawan_version, values.lorawan_phy_version
    given = values.given()
    if absent := [name for name in RADIO if name not in given]:
        raise InvalidThingError(dict.fromkeys(absent, f"is missing; {', '.join(RADIO)} are written together"))
    if mac and phy and not lorawan.is_pair(mac, phy):
        raise InvalidThingError({"regionalParametersVersion": pair_problem(mac)})
