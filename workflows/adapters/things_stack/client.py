"""One application of The Things Stack, as the steps speak of it."""

from collections.abc import Mapping
from typing import Protocol

from workflows.adapters.things_stack.addresses import Addresses
from workflows.adapters.things_stack.answers import Answer, identity_record, radio_settings
from workflows.adapters.things_stack.calls import Call, Calls
from workflows.adapters.things_stack.error_table import NoClaimOfOurs, not_the_things_stack
from workflows.adapters.things_stack.transport import Transport
from workflows.domain.device import DeviceIds, IdentityRecord, RadioSettings, RootKeys
from workflows.errors import AccessDeniedError, DeviceNotFoundAnswer
from workflows.ports import DeviceRegistry, Server


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
            answer = self._ask(call)
        except DeviceNotFoundAnswer:
            return None
        record = identity_record(answer.body)
        if record is None:
            raise not_the_things_stack(call, answer.status)
        return record

    def create_identity(self, record: IdentityRecord) -> None:
        self._ask(self._calls.create_identity(record))

    def update_identity(self, device_id: str, changes: Mapping[str, str | Mapping[str, str]]) -> None:
        self._ask(self._calls.update_identity(device_id, changes))

    def delete_identity(self, device_id: str) -> None:
        self._succeeds(self._calls.delete_identity(device_id), unless=DeviceNotFoundAnswer)

    def set_join(self, ids: DeviceIds, root_keys: RootKeys) -> None:
        self._ask(self._calls.set_join(ids, root_keys))

    def set_network(self, ids: DeviceIds, settings: RadioSettings) -> None:
        self._ask(self._calls.set_network(ids, settings))

    def update_network(self, ids: DeviceIds, settings: RadioSettings) -> None:
        self._ask(self._calls.update_network(ids, settings))

    def radio(self, device_id: str) -> RadioSettings | None:
        try:
            return radio_settings(self._ask(self._calls.read_radio(device_id)).body)
        except DeviceNotFoundAnswer:
            return None

    def set_application(self, ids: DeviceIds) -> None:
        self._ask(self._calls.set_application(ids))

    def has_record(self, server: Server, device_id: str) -> bool:
        return self._succeeds(self._calls.read_record(server, device_id), unless=DeviceNotFoundAnswer)

    def delete_record(self, server: Server, device_id: str) -> None:
        self._succeeds(self._calls.delete_record(server, device_id), unless=DeviceNotFoundAnswer)

    def claim(self, ids: DeviceIds, authentication_code: str) -> None:
        self._ask(self._calls.claim(ids, authentication_code))

    def unclaim(self, device_id: str) -> None:
        self._succeeds(self._calls.unclaim(device_id), unless=NoClaimOfOurs)

    def holds_claim(self, device_id: str) -> bool:
        return self._succeeds(self._calls.read_claim(device_id), unless=NoClaimOfOurs)

    def _succeeds(self, call: Call, *, unless: type[Exception]) -> bool:
        try:
            self._ask(call)
        except unless:
            return False
        return True

    def _ask(self, call: Call) -> Answer:
        """Return the accepted answer. A key that was replaced since it was read costs one more call."""
        key = self._api_key.current()
        try:
            return self._transport.exchange(call, self._addresses, key)
        except AccessDeniedError:
            fresh = self._api_key.refreshed()
            if fresh == key:
                raise
        return self._transport.exchange(call, self._addresses, fresh)
