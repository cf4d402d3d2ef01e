"""Frame counters are a thing's to say only until the servers have the session: then they and the device count on."""

from collections.abc import Container

from workflows.domain.attribute import AnyServer
from workflows.domain.attributes import VALUES, DeviceValues
from workflows.ports.things_stack import DeviceRegistry

# The Network Server, and where it has the device the Application Server, too.
CALLS_AT_MOST = 2


def without_counters(values: DeviceValues, servers: Container[AnyServer] = ("ns", "as")) -> DeviceValues:
    """Leave out the counters that ``servers`` hold."""
    return values.only([row.name for row in VALUES if not (row.is_once and _is_at(row.servers, servers))])


def without_running_counters(registry: DeviceRegistry, device_id: str, values: DeviceValues) -> DeviceValues:
    """Leave out the counters that a server has already: a retry or a repair would set them back."""
    if without_counters(values) == values or not registry.has_record("ns", device_id):
        return values
    values = without_counters(values, ("ns",))
    if without_counters(values) == values or not registry.has_record("as", device_id):
        return values
    return without_counters(values)


def _is_at(own: tuple[AnyServer, ...], servers: Container[AnyServer]) -> bool:
    return any(server in servers for server in own)
