"""One application of The Things Stack, as the steps speak of it."""

from collections.abc import Collection, Container, Sequence
from dataclasses import replace
from typing import Protocol

from workflows.adapters.things_stack.addresses import Addresses
from workflows.adapters.things_stack.answers import Answer, identity_record, identity_records, made_at, network_record
from workflows.adapters.things_stack.calls import Call, Calls
from workflows.adapters.things_stack.error_table import NoClaimOfOurs, not_the_things_stack
from workflows.adapters.things_stack.fields import values_in
from workflows.adapters.things_stack.transport import Transport
from workflows.domain.attribute import Server
from workflows.domain.attributes import NO_KEYS, DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.errors import AccessDeniedError, DeviceNotFoundAnswer
from workflows.ports.things_stack import DeviceRegistry


class ApiKey(Protocol):
    def current(self) -> str:
        """Return the key as last read."""

    def refreshed(self) -> str:
        """Read the key again, since the last one was refused."""


class TheThingsStack(DeviceRegistry):
    """Every method is one call, or two where the key has changed since it was read."""

    def __init__(self, addresses: Addresses, application_id: str, *, api_key: ApiKey, transport: Transport) -> None:
        self._addresses = addresses
        self._calls = Calls(application_id, addresses.cluster.host)
        self._api_key = api_key
        self._transport = transport

    @property
    def application_id(self) -> str:
        return self._calls.application_id

    def identity(self, device_id: str) -> IdentityRecord | None:
        call = self._calls.read_identity(device_id)
        try:
            answer = self.ask(call)
        except DeviceNotFoundAnswer:
            return None
        record = identity_record(answer.body)
        if record is None:
            raise not_the_things_stack(call, answer.status)
        return record

    def with_dev_eui(self, dev_eui: str) -> Sequence[IdentityRecord]:
        return self._identities(self._calls.search_identities(dev_eui))

    def create_identity(self, record: IdentityRecord) -> IdentityRecord:
        return replace(record, made_at=made_at(self.ask(self._calls.create_identity(record)).body))

    def update_identity(self, record: IdentityRecord, names: Sequence[str], *, with_mark: bool = False) -> None:
        self.ask(self._calls.update_identity(record, names, with_mark=with_mark))

    def delete_identity(self, device_id: str) -> None:
        self._succeeds(self._calls.delete_identity(device_id), unless=DeviceNotFoundAnswer)

    def set_join(self, ids: DeviceIds, keys: DeviceKeys) -> None:
        self.ask(self._calls.set_join(ids, keys))

    def set_network(
        self, ids: DeviceIds, values: DeviceValues, keys: DeviceKeys = NO_KEYS, *, cleared: Collection[str] = ()
    ) -> None:
        self.ask(self._calls.set_network(ids, values, keys, cleared=cleared))

    def update_network(
        self, ids: DeviceIds, values: DeviceValues, names: Container[str], keys: DeviceKeys = NO_KEYS
    ) -> None:
        self.ask(self._calls.update_network(ids, values, names, keys))

    def network(self, device_id: str) -> NetworkRecord | None:
        try:
            return network_record(self.ask(self._calls.read_network(device_id)).body)
        except DeviceNotFoundAnswer:
            return None

    def set_application(
        self, ids: DeviceIds, values: DeviceValues, keys: DeviceKeys = NO_KEYS, *, cleared: Collection[str] = ()
    ) -> None:
        self.ask(self._calls.set_application(ids, values, keys, cleared=cleared))

    def update_application(
        self, ids: DeviceIds, values: DeviceValues, names: Container[str], keys: DeviceKeys = NO_KEYS
    ) -> None:
        self.ask(self._calls.update_application(ids, values, names, keys))

    def application(self, device_id: str) -> DeviceValues | None:
        try:
            return values_in(self.ask(self._calls.read_application(device_id)).body or {}, "as")
        except DeviceNotFoundAnswer:
            return None

    def has_record(self, server: Server, device_id: str) -> bool:
        return self._succeeds(self._calls.read_record(server, device_id), unless=DeviceNotFoundAnswer)

    def delete_record(self, server: Server, device_id: str) -> None:
        self._succeeds(self._calls.delete_record(server, device_id), unless=DeviceNotFoundAnswer)

    def claim(self, ids: DeviceIds, authentication_code: str) -> None:
        self.ask(self._calls.claim(ids, authentication_code))

    def unclaim(self, device_id: str) -> None:
        self._succeeds(self._calls.unclaim(device_id), unless=NoClaimOfOurs)

    def holds_claim(self, device_id: str) -> bool:
        return self._succeeds(self._calls.read_claim(device_id), unless=NoClaimOfOurs)

    def _identities(self, call: Call) -> list[IdentityRecord]:
        answer = self.ask(call)
        records = identity_records(answer.body)
        if records is None:
            raise not_the_things_stack(call, answer.status)
        return records

    def _succeeds(self, call: Call, *, unless: type[Exception]) -> bool:
        try:
            self.ask(call)
        except unless:
            return False
        return True

    def ask(self, call: Call) -> Answer:
        """Return the accepted answer. A key that was replaced since it was read costs one more call."""
        key = self._api_key.current()
        try:
            return self._transport.exchange(call, self._addresses, key)
        except AccessDeniedError:
            fresh = self._api_key.refreshed()
            if fresh == key:
                raise
        return self._transport.exchange(call, self._addresses, fresh)
