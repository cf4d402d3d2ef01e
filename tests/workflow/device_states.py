"""What stood in The Things Stack before the pipeline came: devices that someone else registered, half or whole."""

from tests.golden_events import attributes_of
from tests.samples import identity_record, radio
from tests.simulated_stack import stack_with
from workflows.domain.attributes import NO_VALUES, DeviceKeys
from workflows.domain.device import DeviceIds

CREATE = attributes_of("created")
CLAIM = attributes_of("created-real-capture")
OTHER_APPLICATION, OTHER_KEY = "other-app", "NNSXS.OTHERAPP.QWERTZ"
OTHER_APP_KEY = "0F0E0D0C0B0A09080706050403020100"
RADIO = radio("EU_863_870", "MAC_V1_0_2", "PHY_V1_0_2_REV_B")
WRITES = {
    "js": lambda stack, ids: stack.set_join(ids, DeviceKeys(OTHER_APP_KEY)),
    "ns": lambda stack, ids: stack.set_network(ids, RADIO),
    "as": lambda stack, ids: stack.set_application(ids, NO_VALUES),
    "claim": lambda stack, ids: stack.claim(ids, CLAIM["claimAuthenticationCode"]),
}


def ids_of(attributes, device_id=None):
    default = f"eui-{attributes['devEUI'].lower()}"
    return DeviceIds(device_id or default, attributes["devEUI"], attributes["joinEUI"])


CREATE_IDS = ids_of(CREATE)


def other_application(simulator):
    simulator.control("POST", "api-keys", key=OTHER_KEY, application_id=OTHER_APPLICATION)
    return stack_with(simulator, OTHER_KEY, application_id=OTHER_APPLICATION)


def device(*parts, ids=CREATE_IDS, mark=None, elsewhere=False, claimed=False):
    """Return what puts a device there, its identity and ``parts``; ``elsewhere``: in another application."""

    def put(simulator):
        stack = other_application(simulator) if elsewhere else stack_with(simulator)
        stack.create_identity(identity_record(ids, name="by hand", attributes=mark or {}, claimed=claimed))
        for part in parts:
            WRITES[part](stack, ids)

    return put


def orphan(server, ids):
    """Return what puts a record on one server that the Identity Server knows nothing of."""
    return lambda simulator: WRITES[server](stack_with(simulator), ids)


def mark(stack_name, thing_id="another-thing"):
    return {"aws-stack": stack_name, "aws-thing-id": thing_id, "aws-run": "an-earlier-run"}


def nothing(_simulator):
    """Leave The Things Stack empty."""


def claimed_elsewhere(simulator):
    other_application(simulator).claim(ids_of(CLAIM), CLAIM["claimAuthenticationCode"])
