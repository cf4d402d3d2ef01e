"""Devices as they stand in The Things Stack, by the servers that hold their parts."""

from tests.fakes.things_stack import FakeThingsStack, Held
from tests.samples import CODE, DEV_EUI, JOIN_EUI, MARK, identity_of, network_of
from workflows.domain.attributes import names_at


def complete(device, mark=MARK):
    """What the servers hold of a device that was created; the Join Server nothing of one that never joins."""
    join = {} if device.is_abp else {"js": Held(device.ids, device.keys)}
    return {
        "is": identity_of(device, mark),
        **join,
        "ns": Held(device.ids, network_of(device)),
        "as": Held(device.ids, device.values.only(names_at("as"))),
    }


def claimed(device, mark=MARK):
    """What they hold of one that was claimed: the Join Server is somebody else's."""
    servers = complete(device, mark) | {"is": identity_of(device, mark, claimed=True)}
    return {server: held for server, held in servers.items() if server != "js"}


def holding(servers, application_id="demo-app"):
    """The Things Stack with one device on some of its servers."""
    stack = FakeThingsStack(codes={(JOIN_EUI, DEV_EUI): CODE})
    for server, held in servers.items():
        records = stack.identities if server == "is" else stack.records[server]
        records[application_id, held.ids.device_id] = held
    return stack


def with_session(device, **more):
    """The Things Stack with a device that never joins; ``more`` as ``complete``."""
    stack = holding(complete(device, **more))
    stack.session_keys["demo-app", device.device_id] = device.keys.given()
    return stack
