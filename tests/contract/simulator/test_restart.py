from tests.contract.simulator.client import CLAIM, CLAIMED_IDS, DEVICES, NETWORK_SETTINGS

WEBHOOK = "/as/webhooks/demo-app/hook"
NEW_WEBHOOK = {"webhook": {"base_url": "http://127.0.0.1:9/", "format": "json"}, "field_mask": "base_url,format"}
NEW_DEVICE = {"join_eui": "70B3D57ED0000002", "dev_eui": "70B3D57ED0077777", "authentication_code": "A1B2C3"}


def test_killed_and_started_again_it_has_forgotten_nothing(own_simulator):
    client = own_simulator.client
    client.create()
    client.set("ns", NETWORK_SETTINGS)
    client.create(CLAIMED_IDS)
    client.call("POST", "/edcs/claim", CLAIM)
    client.control("POST", "/claimable", NEW_DEVICE)
    authorization = client.add_key("READER", "DEVICES_READ")
    client.call("PUT", WEBHOOK, NEW_WEBHOOK)
    client.control("POST", "/faults", {"action": "503", "nth": 2})
    client.call("GET", DEVICES)
    before = client.state()

    own_simulator.kill()
    own_simulator.start()

    assert client.state() == before
    assert client.state()["webhooks"].keys() == {"demo-app/hook"}
    assert [client.call("GET", DEVICES, authorization=authorization).status for _ in range(2)] == [503, 200]
    newly_claimable = {"authenticated_identifiers": NEW_DEVICE, "target_device_id": "new-sensor"}
    assert client.call("POST", "/edcs/claim", CLAIM | newly_claimable).status == 200
