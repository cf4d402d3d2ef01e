import pytest

from tests.contract.simulator.client import (
    APP_KEY,
    CLAIM,
    DEVICE_ID,
    DEVICES,
    IDS,
    NETWORK_SETTINGS,
)

NEW_DEVICE = {"join_eui": "70b3d57ed0000002", "dev_eui": "70b3d57ed0077777", "authentication_code": "a1b2c3"}
CLAIM_OF_NEW = CLAIM | {"authenticated_identifiers": {key: value.upper() for key, value in NEW_DEVICE.items()}}


def test_a_device_made_claimable_can_be_claimed_at_once(client):
    client.control("POST", "/claimable", NEW_DEVICE)

    answer = client.call("POST", "/edcs/claim", CLAIM_OF_NEW)

    assert answer.status == 200


def test_the_state_shows_each_server_with_keys(client):
    client.create(name="Gate")
    client.set("js", {"root_keys": {"app_key": {"key": APP_KEY}}})
    client.set("ns", NETWORK_SETTINGS)
    client.set("as", {}, "ids.device_id")

    state = client.state()

    name = f"demo-app/{DEVICE_ID}"
    assert state["is"][name]["name"] == "Gate"
    assert state["js"][name]["root_keys"] == {"app_key": {"key": APP_KEY}}
    assert state["ns"][name].items() >= NETWORK_SETTINGS.items()
    assert state["as"][name]["ids"].items() >= IDS.items()


def test_a_reset_forgets_devices_claims_and_faults_and_restores_the_seed(client):
    client.control("POST", "/claimable", NEW_DEVICE)
    client.create()
    client.call("POST", "/edcs/claim", CLAIM)
    client.control("POST", "/faults", {"action": "503", "nth": 2, "times": 9})

    client.control("POST", "/reset")

    assert client.state() == {"is": {}, "js": {}, "ns": {}, "as": {}, "claims": {}, "webhooks": {}}
    assert client.call("GET", DEVICES).status == 200
    assert client.call("POST", "/edcs/claim", CLAIM_OF_NEW).status == 409
    assert client.call("POST", "/edcs/claim", CLAIM).status == 200


def test_a_revoked_key_is_unknown(client):
    authorization = client.add_key("REVOKED", "DEVICES_READ")

    client.control("DELETE", "/api-keys", {"key": "NNSXS.REVOKED.SECRET"})

    answer = client.call("GET", DEVICES, authorization=authorization)
    assert answer.error == (401, "pkg/identityserver:api_key_not_found")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/claimable", {"join_eui": IDS["join_eui"]}, id="a device without DevEUI"),
        pytest.param("/claimable", NEW_DEVICE | {"dev_eui": "7"}, id="a DevEUI too short"),
        pytest.param("/api-keys", {"key": "secret"}, id="a key without three parts"),
        pytest.param("/api-keys", {}, id="no key"),
        pytest.param("/join-server", {"message": "busy"}, id="an answer without a status"),
        pytest.param("/activity", {"kind": "join"}, id="an activity of no device"),
        pytest.param("/activity", {"device_id": DEVICE_ID, "kind": "dance"}, id="an activity that there is not"),
    ],
)
def test_an_order_that_cannot_be_is_refused(client, path, body):
    answer = client.raw("POST", path, body, base="/_control")

    assert answer.status == 400
