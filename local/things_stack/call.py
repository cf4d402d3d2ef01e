"""One call as the servers see it: who, on which device, with what; and the deployment it falls on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from multidict import MultiMapping

from local.things_stack import access
from local.things_stack.claims import Claims
from local.things_stack.decoding import Message, Shape, decode
from local.things_stack.devices import DeviceRecords
from local.things_stack.errors import Code, GatewayError
from local.things_stack.faults import Faults
from local.things_stack.repositories import Repositories
from local.things_stack.sessions import Sessions
from local.things_stack.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything that the servers remember, and the application the deployment was made for.

    ``server_address`` is the host that the application has set for its three servers.
    """

    application_id: str
    server_address: str
    keys: access.Keys
    devices: DeviceRecords
    claims: Claims
    faults: Faults
    webhooks: Webhooks
    sessions: Sessions
    repositories: Repositories


@dataclass(frozen=True, slots=True)
class ApiCall:
    deployment: Deployment
    authorization: str | None
    parameters: Mapping[str, str]
    query: MultiMapping[str]
    body: Message
    headers: dict[str, str] = field(default_factory=dict)  # of the answer
    meets_itself: bool = False  # another one of the same comes at the same moment and is faster

    @property
    def devices(self) -> DeviceRecords:
        return self.deployment.devices

    @property
    def application_id(self) -> str:
        return self.parameters["application_id"]

    @property
    def device_id(self) -> str:
        return self.parameters["device_id"]

    def require(self, *rights: str, application_id: str | None = None) -> None:
        """Raise unless the caller has the rights on the application, which is the path's if not given."""
        caller = self.deployment.keys.caller(self.authorization)
        access.require(caller, self.application_id if application_id is None else application_id, *rights)

    def query_mask(self) -> list[str]:
        """The field mask of a query: one comma list, or repeated paths.

        Raises:
            GatewayError: more than one list.
        """
        lists = self.query.getall("field_mask", [])
        if len(lists) > 1:
            raise GatewayError(Code.INVALID_ARGUMENT, 'too many values for field "field_mask"')
        return [path for each in lists for path in each.split(",")] + self.query.getall("field_mask.paths", [])

    def query_message(self, shape: Shape) -> Message:
        """The query as a message; fields that it does not have are dropped.

        Raises:
            GatewayError: a value that its field cannot hold, or several of them.
        """
        if repeated := [name for name in shape if len(self.query.getall(name, [])) > 1 and name != "field_mask"]:
            raise GatewayError(Code.INVALID_ARGUMENT, f'too many values for field "{repeated[0]}"')
        return decode({**self.query, "field_mask": {"paths": self.query_mask()}}, shape)


class Route(NamedTuple):
    """A call's method and path (after the base) with what answers it."""

    method: str
    path: str
    answer: Callable[[ApiCall], Message | Awaitable[Message]]
