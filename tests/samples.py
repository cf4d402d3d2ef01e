"""A thing as its user writes it, the event that AWS IoT raises for it, and the device that it asks for."""

from dataclasses import fields, replace

from workflows.domain.attributes import DeviceKeys, DeviceValues, names_at
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fingerprint import fingerprints
from workflows.domain.mark import Mark
from workflows.domain.planning import PlannedDevice

STACK = "thingsync"
THING_ID = "5a3c1f0e-8d0b-4d62-9a51-0b1c2d3e4f50"
DEV_EUI = "70B3D57ED0051234"
JOIN_EUI = "EC656E0000000003"
DEVICE_ID = "eui-70b3d57ed0051234"
IDS = DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI)
APP_KEY = "9F3A6C0D51E27B84A0C95D1E3F7284B6"
NWK_KEY = "0102030405060708090A0B0C0D0E0F10"
CODE = "91B4D2F7"
DEV_ADDR = "00B6F063"
APP_S_KEY = "A1A2A3A4A5A6A7A8A9AAABACADAEAFA0"
NWK_S_KEY = "B1B2B3B4B5B6B7B8B9BABBBCBDBEBFB0"
S_NWK_S_INT_KEY = "C1C2C3C4C5C6C7C8C9CACBCCCDCECFC0"
NWK_S_ENC_KEY = "D1D2D3D4D5D6D7D8D9DADBDCDDDEDFD0"
RADIO = DeviceValues(None, None, "EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A")
FINGERPRINT_KEY = b"a secret of the stack"
PARAMETER = "/thingsync/thingsync/device/70B3D57ED0051234"
PARAMETER_ARN = f"arn:aws:ssm:eu-west-1:111122223333:parameter{PARAMETER}"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:thingsync/thingsync/device/70B3D57ED0051234-AbCdEf"

IDENTITY = {"devEUI": DEV_EUI, "stackName": STACK, "joinEUI": JOIN_EUI}
VERSIONS = {"lorawanVersion": "1.0.3", "regionalParametersVersion": "1.0.3-a"}
CREATE = IDENTITY | VERSIONS | {"appKey": APP_KEY}
CREATE_1_1 = CREATE | {"lorawanVersion": "1.1", "regionalParametersVersion": "1.1-b", "nwkKey": NWK_KEY}
CLAIM = IDENTITY | {"claimAuthenticationCode": CODE}
SESSION = {"devAddr": DEV_ADDR, "appSKey": APP_S_KEY, "nwkSKey": NWK_S_KEY}
PERSONALIZED = {"devEUI": DEV_EUI, "stackName": STACK} | VERSIONS | SESSION
QR_CODE = f"LW:D0:{JOIN_EUI}:{DEV_EUI}:ABCD1234:O{CODE}:SYYWWNNNNNN"
SCANNED = {"devEUI": DEV_EUI, "stackName": STACK, "qrCode": QR_CODE}

MARK = Mark(STACK, THING_ID, f"{THING_ID}-v1-CREATED")
RETRY_MARK = Mark(STACK, THING_ID, f"{THING_ID}-v1-CREATED-r0a1b2c3d")
OTHER_THING = Mark(STACK, "0f9e8d7c-0000-4000-8000-aabbccddeeff", "0f9e8d7c-v1-CREATED")
OTHER_STACK = Mark("another-stack", THING_ID, MARK.run)
OTHER_STACKS_THING = Mark("another-stack", OTHER_THING.thing_id, OTHER_THING.run)


def registry_event(**changes):
    """An event as captured from AWS IoT, the misspelt field and the eventId without dashes included."""
    event = {
        "eventType": "THING_EVENT",
        "eventId": "1b0e6f2c9d4a4c1f8a7b6c5d4e3f2a1b",
        "timestamp": 1764150000123,
        "operation": "CREATED",
        "accountId": "111122223333",
        "thingId": THING_ID,
        "thingName": "pump-7",
        "versionNumber": 1,
        "thingTypeName": "lorawan",
        "billinGroupName": None,
        "attributes": CREATE,
    }
    return event | changes


def radio(frequency_plan_id, lorawan_version, lorawan_phy_version):
    return DeviceValues(None, None, frequency_plan_id, lorawan_version, lorawan_phy_version)


def altered(record, /, **changes):
    """Return ``record`` with changes of its own fields, and of those of its values and keys."""
    own = {each.name for each in fields(record)}
    for holder in own & {"values", "keys"}:
        inner = getattr(record, holder)
        known = {each.name for each in fields(inner)}
        changes[holder] = replace(inner, **{name: changes.pop(name) for name in known & changes.keys()})
    return replace(record, **changes)


def planned(**changes):
    """A device to create, all of its values the thing's own."""
    values = replace(RADIO, name="Pump 7", description="cellar")
    return altered(PlannedDevice(DEVICE_ID, DEV_EUI, JOIN_EUI, values, DeviceKeys(APP_KEY)), **changes)


def planned_claim(**changes):
    return planned(**{"app_key": None, "authentication_code": CODE} | changes)


def planned_abp(**changes):
    """A device that never joins, without a JoinEUI."""
    keys = DeviceKeys(app_s_key=APP_S_KEY, nwk_s_key=NWK_S_KEY)
    return replace(planned(**{"join_eui": "", "dev_addr": DEV_ADDR} | changes), keys=changes.get("keys", keys))


def registered_device(device=None, **changes):
    """What the journal knows of ``device`` once this thing's first run has created it."""
    device = device or planned()
    known = RegisteredDevice(
        method="created",
        device_id=device.device_id,
        named=device.device_id,
        dev_eui=device.dev_eui,
        join_eui=device.join_eui,
        run=MARK.run,
        values=device.values,
        fingerprints=prints_of(device.keys),
    )
    return altered(known, **changes)


def prints_of(keys):
    return fingerprints(FINGERPRINT_KEY, keys)


def identity_record(ids, name=None, description=None, attributes=None, *, claimed=False):
    return IdentityRecord(ids, DeviceValues(name, description), attributes or {}, without_join_server=claimed)


def identity_of(device, mark=None, *, claimed=False):
    """The Identity Server's record of ``device``; somebody else's without a ``mark``."""
    attributes = mark.attributes() if mark else {}
    return IdentityRecord(device.ids, device.values.at("is"), attributes, without_join_server=claimed or device.is_abp)


def network_of(device):
    """The Network Server's record of ``device``."""
    return NetworkRecord(device.values.at("ns").only(names_at("ns")), joins=not device.is_abp)
