"""What a pure function can rehearse with: an event of a thing that nobody has, and what ValidateEvent makes of it."""

EVENT = {
    "eventType": "THING_EVENT",
    "timestamp": 1,
    "operation": "CREATED",
    "thingId": "none",
    "thingName": "none",
    "versionNumber": 1,
    "thingTypeName": "none",
    "attributes": {"stackName": "none", "devEUI": "0000000000000000", "lorawanVersion": "1.0.3"},
}
VALIDATED = {
    "thing": {
        "stack_name": "none",
        "dev_eui": "0000000000000000",
        "values": {"lorawan_version": "MAC_V1_0_3", "location": {"latitude": 0.0, "longitude": 0.0}},
        "keys": {},
    }
}
