"""What a pure function can rehearse with: an event of a thing that nobody has, and what ValidateEvent makes of it."""

EVENT = {
    "eventType": "THING_EVENT",
    "timestamp": 1,
    "operation": "CREATED",
    "thingId": "none",
    "thingName": "none",
    "versionNumber": 1,
    "thingTypeName": "none",
    "attributes": {"stackName": "none", "devEUI": "0000000000000000", "lorawanVersion": "1.0.3", "appKey": "none"},
}
VALIDATED = {
    "thing": {
        "stack_name": "none",
        "dev_eui": "0000000000000000",
        "join_eui": "0000000000000000",
        "device_id": "none",
        "values": {"lorawan_version": "MAC_V1_0_3", "lorawan_phy_version": "PHY_V1_0_3_REV_A"},
        "keys": {"app_key": "none"},
    }
}
