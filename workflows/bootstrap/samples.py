"""What a pure function can rehearse with: an event of a thing that nobody has, and what ValidateEvent makes of it."""

_EUI = "01" * 8
_KEY = "01" * 16

EVENT = {
    "eventType": "THING_EVENT",
    "timestamp": 1,
    "operation": "CREATED",
    "thingId": "none",
    "thingName": "none",
    "versionNumber": 1,
    "thingTypeName": "none",
    "attributes": {
        "stackName": "none",
        "devEUI": _EUI,
        "joinEUI": _EUI,
        "deviceID": "none",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.0.3-a",
        "appKey": _KEY,
    },
}
VALIDATED = {
    "thing": {
        "stack_name": "none",
        "dev_eui": _EUI,
        "join_eui": _EUI,
        "device_id": "none",
        "values": {"lorawan_version": "MAC_V1_0_3", "lorawan_phy_version": "PHY_V1_0_3_REV_A"},
        "keys": {"app_key": _KEY},
    }
}
