"""Devices as they stand in The Things Stack, by the servers that hold their parts."""

from tests.fakes.things_stack import FakeThingsStack, Held
from tests.samples import CODE, DEV_EUI, JOIN_EUI, MARK, identity_of, network_of


def complete(device, mark=MARK):
    """What the servers hold of a device that was created."""
    return {
        "is": identity_of(device, mark),
        "js": Held(device.ids, device.keys),
        "ns": Held(device.ids, network_of(device)),
        "as": Held(device.ids),
    }


def claimed(device, mark=MARK):
    """What they hold of one that was claimed: the Join Server is somebody else's."""
    servers = complete(device, mark) | {"is": identity_of(device, mark, claimed=True)}
    del servers["js"]
    return servers


def holding(servers, application_id="demo-app"):
    """The Things Stack with one device on some of its servers."""
    stack = FakeThingsStack(codes={(JOIN_EUI, DEV_EUI): CODE})
    for server, held in servers.items():
        records = stack.identities if server == "is" else stack.records[server]
        records[application_id, held.ids.device_id] = held
    return stack
