"""The Things Stack in memory, as far as the steps can see.

Held to the truth by ``tests.ports.device_registry``, which the real client passes too.
"""

from dataclasses import dataclass, field, replace

from workflows.domain import labels
from workflows.domain.attributes import LOCATION, NO_KEYS, NO_VALUES, VALUES, DeviceKeys, DeviceValues, names_at
from workflows.domain.device import DeviceIds, NetworkRecord
from workflows.domain.lorawan import MAC_1_1
from workflows.errors import (
    ClaimDeniedAnswer,
    ClaimRejectedError,
    DeviceIdTakenAnswer,
    DeviceNotFoundAnswer,
    EuisFixedAnswer,
    EuisTakenAnswer,
    ValueRefusedAnswer,
)
from workflows.ports.things_stack import DeviceRegistry


@dataclass(frozen=True)
class Held:
    """A device on JS, NS or AS; ``settings`` are its root keys on JS, its record on NS, its values on AS."""

    ids: DeviceIds
    settings: DeviceKeys | NetworkRecord | DeviceValues = NO_VALUES


@dataclass
class FakeThingsStack:
    """One deployment. Records are stored by application ID and device ID, codes and claims by (JoinEUI, DevEUI).

    ``session_keys`` and ``counters`` of devices that never join: by application ID and device ID, then by attribute.
    """

    identities: dict = field(default_factory=dict)
    records: dict = field(default_factory=lambda: {"js": {}, "ns": {}, "as": {}})
    codes: dict = field(default_factory=dict)
    claims: dict = field(default_factory=dict)
    made: int = 0
    session_keys: dict = field(default_factory=dict)
    counters: dict = field(default_factory=dict)
    plans: frozenset = frozenset({"EU_863_870_TTN", "US_902_928_FSB_2"})
    reserved_ids: frozenset = frozenset({"test", "device", "batch"})

    def application(self, application_id="demo-app"):
        return FakeApplication(self, application_id)

    def make_claimable(self, join_eui, dev_eui, authentication_code):
        self.codes[join_eui, dev_eui] = authentication_code

    def held(self, device_id, application_id="demo-app"):
        """What the servers hold under a device ID: ``is`` a record, ``js`` keys, ``ns`` settings; absent where none."""
        key = (application_id, device_id)
        identity = {"is": self.identities[key]} if key in self.identities else {}
        return identity | {server: held[key] for server, held in self.records.items() if key in held}


def _as_read(values, server):
    """What a server answers of what it was given: a field that is zero is not there, and is read as such."""
    unsent = {row.name: row.unsent for row in VALUES if server in row.servers and not row.is_merged}
    return values.only(names_at(server)).over(DeviceValues.of(unsent))


def _identity(record, values):
    """The labels and the location are what the record's maps say."""
    place = record.locations.get("user")
    merged = {name: place.get(name, 0) for name in LOCATION} if place else {}
    merged[labels.PREFIX] = labels.in_record(record.attributes) or None
    plain = {row.name: None for row in VALUES if row.is_merged}
    return replace(record, values=DeviceValues.of({**values.at("is").given(), **plain, **merged}))


class FakeApplication(DeviceRegistry):
    def __init__(self, stack, application_id):
        self._stack, self._application_id = stack, application_id

    @property
    def application_id(self):
        return self._application_id

    def identity(self, device_id):
        return self._stack.identities.get(self._key(device_id))

    def with_dev_eui(self, dev_eui):
        held = [
            record
            for (application_id, _), record in self._stack.identities.items()
            if application_id == self._application_id and record.ids.dev_eui == dev_eui
        ]
        return sorted(held, key=lambda record: record.ids.device_id)

    def create_identity(self, record):
        if record.ids.device_id in self._stack.reserved_ids:
            raise ValueRefusedAnswer("this ID is a reserved word", attributes=("deviceID",))
        if self.identity(record.ids.device_id):
            raise DeviceIdTakenAnswer("the application has a device of this ID")
        self._check_euis_free({key: record.ids for key, record in self._stack.identities.items()}, record.ids)
        self._stack.made += 1
        made = replace(_identity(record, record.values), made_at=f"at-{self._stack.made}")
        self._stack.identities[self._key(record.ids.device_id)] = made
        return replace(record, made_at=made.made_at)

    def update_identity(self, record, names, *, with_mark=False):
        key = self._key(record.ids.device_id)
        there = self._stack.identities.get(key)
        if there is None:
            raise DeviceNotFoundAnswer(record.ids.device_id)
        values = record.values.at("is").only(names).over(there.values.only(set(names_at("is")) - set(names)))
        writes_labels = with_mark or labels.PREFIX in names
        attributes = record.attributes if writes_labels else there.attributes
        locations = record.locations if set(LOCATION) & set(names) else there.locations
        written = replace(there, attributes=attributes, locations=locations)
        self._stack.identities[key] = _identity(written, values)

    def delete_identity(self, device_id):
        self._stack.identities.pop(self._key(device_id), None)

    def set_join(self, ids, keys):
        self._set("js", Held(ids, keys))

    def set_network(self, ids, values, keys=NO_KEYS, *, cleared=()):
        self._check_plan(values)
        there = self._of_network(ids.device_id)
        there = there and replace(there, values=there.values.only(set(names_at("ns")) - set(cleared)))
        joins = values.dev_addr is None
        if there and there.joins != joins:
            raise EuisFixedAnswer("the record that is there is of a device that is activated otherwise")
        self._check_session(ids, values, keys)
        self._write_network(ids, values, there, joins=joins)
        self._keep_session("ns", ids, values, keys)

    def _check_session(self, ids, values, keys):
        """A device that never joins needs its keys; before 1.1 one serves for all three."""
        has = self._session("session_keys", ids).keys() | keys.given().keys()
        needed = ["nwkSKey", *(["sNwkSIntKey", "nwkSEncKey"] if values.lorawan_version == MAC_1_1 else [])]
        if values.dev_addr and (absent := [name for name in needed if name not in has]):
            raise ValueRefusedAnswer("the session lacks a key", attributes=(absent[0],))

    def register_on_network(self, ids, record):
        """Somebody else registers a device, one that joins or not."""
        self._set("ns", Held(ids, record))

    def update_network(self, ids, values, names, keys=NO_KEYS):
        written = values.only(names)
        self._check_plan(written)
        there = self._of_network(ids.device_id)
        before = there and replace(there, values=there.values.only(set(names_at("ns")) - set(names)))
        self._write_network(ids, written, before, joins=there is not None and there.joins)
        self._keep_session("ns", ids, NO_VALUES, keys)

    def _check_plan(self, values):
        if values.frequency_plan_id not in (*self._stack.plans, None):
            raise ValueRefusedAnswer("no frequency plan of this ID", attributes=("frequencyPlanID",))

    def _write_network(self, ids, values, there, *, joins):
        before = there.values if there else NO_VALUES
        self._set("ns", Held(ids, NetworkRecord(values.only(names_at("ns")).over(before), joins)))

    def network(self, device_id):
        record = self._of_network(device_id)
        return record and replace(record, values=_as_read(record.values, "ns"))

    def _of_network(self, device_id):
        held = self._stack.records["ns"].get(self._key(device_id))
        return held and (held.settings if isinstance(held.settings, NetworkRecord) else NetworkRecord())

    def set_application(self, ids, values, keys=NO_KEYS, *, cleared=()):
        there = self._of_application(ids.device_id).only(set(names_at("as")) - set(cleared))
        self._set("as", Held(ids, values.only(names_at("as")).over(there)))
        self._keep_session("as", ids, values, keys)

    def update_application(self, ids, values, names, keys=NO_KEYS):
        there = self._of_application(ids.device_id).only(set(names_at("as")) - set(names))
        self._set("as", Held(ids, values.at("as").only(names).over(there)))
        self._keep_session("as", ids, NO_VALUES, keys)

    def application(self, device_id):
        return _as_read(self._of_application(device_id), "as") if self.has_record("as", device_id) else None

    def _of_application(self, device_id):
        held = self._stack.records["as"].get(self._key(device_id))
        return held.settings if held else NO_VALUES

    def _keep_session(self, server, ids, values, keys):
        counters = {row.name for row in VALUES if row.is_once and server in row.servers}
        given = {"session_keys": keys.at(server).given(), "counters": values.only(counters).given()}
        for name, told in given.items():
            if told:
                getattr(self._stack, name).setdefault(self._key(ids.device_id), {}).update(told)

    def _session(self, name, ids):
        return getattr(self._stack, name).get(self._key(ids.device_id), {})

    def has_record(self, server, device_id):
        return self._key(device_id) in self._stack.records[server]

    def delete_record(self, server, device_id):
        self._stack.records[server].pop(self._key(device_id), None)
        self._forget_session(server, self._key(device_id))

    def _forget_session(self, server, key):
        theirs = {
            row.name for kind in (DeviceKeys, DeviceValues) for row in kind.rows().values() if server in row.servers
        }
        for held in (self._stack.session_keys, self._stack.counters):
            left = {name: value for name, value in held.pop(key, {}).items() if name not in theirs}
            held.update({key: left} if left else {})

    def claim(self, ids, authentication_code):
        device = (ids.join_eui, ids.dev_eui)
        if device not in self._stack.codes:
            raise ClaimRejectedError("the Join Server does not know this device")
        holder = self._stack.claims.get(device, self._application_id)
        if (authentication_code, self._application_id) != (self._stack.codes[device], holder):
            raise ClaimDeniedAnswer("the code is wrong, or the device is claimed already")
        self._stack.claims[device] = self._application_id

    def unclaim(self, device_id):
        if self.holds_claim(device_id):
            del self._stack.claims[self._euis(device_id)]

    def holds_claim(self, device_id):
        return self._stack.claims.get(self._euis(device_id)) == self._application_id

    def _euis(self, device_id):
        record = self.identity(device_id)
        if record is None:
            raise DeviceNotFoundAnswer(device_id)
        return record.ids.join_eui, record.ids.dev_eui

    def _set(self, server, held):
        """An upsert that never asks the Identity Server; EUIs stay, and are unique on the server."""
        records = self._stack.records[server]
        stored = records.get(self._key(held.ids.device_id))
        if stored is None:
            self._check_euis_free({key: record.ids for key, record in records.items()}, held.ids)
        elif stored.ids != held.ids:
            raise EuisFixedAnswer("the record that is there has other EUIs")
        records[self._key(held.ids.device_id)] = held

    def _check_euis_free(self, holders, ids):
        """Only the pair is unique: without a JoinEUI any number may have the same DevEUI."""
        for (application_id, device_id), held in holders.items() if ids.join_eui else ():
            if (held.join_eui, held.dev_eui) == (ids.join_eui, ids.dev_eui):
                text = f"the JoinEUI and DevEUI belong to device {device_id} of application {application_id}"
                raise EuisTakenAnswer(text, device_id=device_id, application_id=application_id)

    def _key(self, device_id):
        return self._application_id, device_id
