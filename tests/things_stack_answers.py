"""Answers as The Things Stack writes them, and the calls that they answer."""

from dataclasses import replace

import orjson

from tests.samples import radio
from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Calls
from workflows.adapters.things_stack.error_table import exception_for
from workflows.domain.attributes import NO_VALUES, DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds, IdentityRecord

APP_KEY = "5C11D0AB00FF43219F3A6C0D51E27B84"
NWK_KEY = "77AA00BB11CC22DD33EE44FF55001122"
CODE = "K7QP2M9XW4"
SESSION_KEYS = DeviceKeys(app_s_key="88BB11CC22DD33EE44FF5500112277AA", nwk_s_key="99CC22DD33EE44FF55001122AA77BB00")

IDS = DeviceIds("eui-70b3d57ed0051234", "70B3D57ED0051234", "70B3D57ED0000001")
CALLS = Calls("demo-app", "eu1.example.com")
IS_READ = CALLS.read_identity(IDS.device_id)
IS_CREATE = CALLS.create_identity(IdentityRecord(IDS))
IS_UPDATE = CALLS.update_identity(
    IdentityRecord(IDS, DeviceValues("Pump 7"), {"room": "12", "aws-run": "run-1"}), ["name"], with_mark=True
)
JS_SET = CALLS.set_join(IDS, DeviceKeys(APP_KEY, NWK_KEY))
NS_SET = CALLS.set_network(IDS, radio("EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A"))
ABP_SET = CALLS.set_network(
    IDS, replace(radio("EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A"), dev_addr="00B6F063"), SESSION_KEYS
)
ABP_AS_SET = CALLS.set_application(IDS, DeviceValues(dev_addr="00B6F063"), SESSION_KEYS)
AS_SET = CALLS.set_application(IDS, NO_VALUES)
JS_DELETE = CALLS.delete_record("js", IDS.device_id)
NS_READ = CALLS.read_record("ns", IDS.device_id)
AS_READ = CALLS.read_record("as", IDS.device_id)
CLAIM = CALLS.claim(IDS, CODE)
UNCLAIM = CALLS.unclaim(IDS.device_id)
CLAIM_LOOK_UP = CALLS.read_claim(IDS.device_id)
EVERY_CALL = [
    IS_READ,
    IS_CREATE,
    IS_UPDATE,
    JS_SET,
    NS_SET,
    ABP_SET,
    AS_SET,
    JS_DELETE,
    NS_READ,
    CLAIM,
    UNCLAIM,
    CLAIM_LOOK_UP,
]

EDCS = "pkg/deviceclaimingserver"
TTJS = "pkg/deviceclaimingserver/enddevices/ttjsv2"


def refusal(name, code, *, attributes=None, cause=None, message=None):
    """Write an error as The Things Stack does; without a name, as its HTTP gateway does."""
    if not name:
        return {"code": code, "message": message or "Not Found"}
    detail = {"@type": "type.googleapis.com/ttn.lorawan.v3.ErrorDetails", **details(name, attributes, cause)}
    return {"code": code, "message": f"error:{name} ({message or 'refused'})", "details": [detail]}


def details(name, attributes=None, cause=None):
    namespace, error = name.split(":")
    optional = {"attributes": attributes, "cause": cause}
    return {"namespace": namespace, "name": error} | {key: value for key, value in optional.items() if value}


def raised(call, status, body, **answer):
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return exception_for(call, Answer.read(status, content, **answer))


class Keys:
    """An API key that may have been replaced since it was read."""

    def __init__(self, key, replacement=None):
        self.key, self.replacement = key, replacement or key

    def current(self):
        return self.key

    def refreshed(self):
        self.key = self.replacement
        return self.key
