"""Devices join and send, and webhooks hear of it: the receiver is a canned server."""

import pytest

from tests.canned_server import Reply, served
from tests.contract.simulator.client import ABP_IDS, ABP_MASK, ABP_SETTINGS, DEV_ADDR, DEVICE, DEVICE_ID, IDS

WEBHOOKS = "/as/webhooks/demo-app"
DEVICE_IDS = {**IDS, "application_ids": {"application_id": "demo-app"}}
JOIN = {"device_id": DEVICE_ID, "kind": "join"}
UPLINK = {"device_id": DEVICE_ID, "kind": "uplink"}


@pytest.fixture
def receiver():
    with served() as server:
        yield server


@pytest.fixture
def client(client):
    client.create()
    yield client
    for webhook in client.call("GET", WEBHOOKS).body.get("webhooks", []):
        client.call("DELETE", f"{WEBHOOKS}/{webhook['ids']['webhook_id']}")


def listen(client, base_url, webhook_id="hook", **values):
    webhook = {"base_url": base_url, "format": "json", **values}
    body = {"webhook": webhook, "field_mask": {"paths": [*webhook]}}
    assert client.call("PUT", f"{WEBHOOKS}/{webhook_id}", body).status == 200


def test_a_join_reaches_the_webhook_as_the_things_stack_writes_it(client, receiver):
    listen(client, receiver.address, join_accept={"path": "/joins"})

    answer = client.control("POST", "/activity", JOIN)

    ((method, path, message),) = receiver.asked
    ids = message["end_device_ids"]
    assert (method, path) == ("POST", "/joins")
    assert message.keys() == {"end_device_ids", "correlation_ids", "received_at", "join_accept"}
    assert ids.items() >= DEVICE_IDS.items()
    assert len(ids["dev_addr"]) == 8
    assert message["received_at"].endswith("Z")
    assert answer == {"webhooks": [{"webhook_id": "hook", "status": 200}]}


def test_uplinks_are_counted_from_each_join(client, receiver):
    listen(client, receiver.address, uplink_message={})

    for order in (UPLINK, UPLINK, JOIN, UPLINK):
        client.control("POST", "/activity", order)

    counters = [message["uplink_message"].get("f_cnt") for _, _, message in receiver.asked]
    assert counters == [None, 1, None]


def test_only_what_the_mask_names_is_sent(client, receiver):
    mask = {"paths": ["end_device_ids", "received_at"]}
    listen(client, receiver.address, uplink_message={}, field_mask=mask)

    client.control("POST", "/activity", UPLINK)

    ((_, _, message),) = receiver.asked
    assert message.keys() == {"end_device_ids", "received_at"}


def test_a_mask_reaches_into_the_message_of_the_kind(client, receiver):
    mask = {"paths": ["up.uplink_message.frm_payload", "up.join_accept"]}
    listen(client, receiver.address, uplink_message={}, join_accept={}, field_mask=mask)

    for order in (UPLINK, JOIN):
        client.control("POST", "/activity", order)

    uplink, join = (message for _, _, message in receiver.asked)
    assert uplink == {"uplink_message": {"frm_payload": "AQpkAg=="}}
    assert join.keys() == {"join_accept"}


def test_the_webhooks_headers_and_the_domain_go_along(client, receiver):
    listen(client, receiver.address, headers={"X-Token": "abc"}, uplink_message={})

    client.control("POST", "/activity", UPLINK)

    assert receiver.sent("X-Token") == ["abc"]
    assert receiver.sent("X-Tts-Domain") == ["127.0.0.1"]
    assert receiver.sent("Content-Type") == ["application/json"]
    assert receiver.sent("X-Downlink-Apikey") == [None]


def test_a_webhook_for_downlinks_says_how_to_send_them(client, receiver):
    listen(client, receiver.address, downlink_api_key="NNSXS.DOWN.KEY", uplink_message={})

    client.control("POST", "/activity", UPLINK)

    assert receiver.sent("X-Downlink-Apikey") == ["NNSXS.DOWN.KEY"]
    (push,) = receiver.sent("X-Downlink-Push")
    assert push.endswith(f"/as/applications/demo-app/webhooks/hook/devices/{DEVICE_ID}/down/push")


def test_variables_in_the_url_become_the_devices_ids(client, receiver):
    listen(client, f"{receiver.address}/{{appID}}", uplink_message={"path": "{devEUI}?of={deviceID}"})

    client.control("POST", "/activity", UPLINK)

    assert receiver.asked[0][1] == f"/demo-app/{IDS['dev_eui']}?of={DEVICE_ID}"


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"join_accept": {}}, id="one for joins alone"),
        pytest.param({"uplink_message": {}, "paused": True}, id="a paused one"),
    ],
)
def test_a_webhook_that_does_not_ask_for_uplinks_is_not_called(client, receiver, values):
    listen(client, receiver.address, **values)

    answer = client.control("POST", "/activity", UPLINK)

    assert (answer, receiver.asked) == ({"webhooks": []}, [])


def test_what_a_receiver_answers_is_reported_and_nothing_is_sent_again(client, receiver):
    receiver.replies.append(Reply(503))
    listen(client, receiver.address, uplink_message={})
    listen(client, "http://127.0.0.1:9/nobody", webhook_id="lost", uplink_message={})

    answer = client.control("POST", "/activity", UPLINK)

    assert answer["webhooks"] == [
        {"webhook_id": "hook", "status": 503},
        {"webhook_id": "lost", "error": "ClientConnectorError"},
    ]
    assert len(receiver.asked) == 1


def test_a_device_that_no_server_holds_cannot_act(client):
    client.call("DELETE", DEVICE)

    answer = client.raw("POST", "/activity", UPLINK, base="/_control")

    assert answer.status == 404


def test_a_device_activated_by_personalization_sends_from_its_own_address(client, receiver):
    session = ABP_SETTINGS["session"] | {"last_f_cnt_up": 10}
    client.set("ns", ABP_SETTINGS | {"session": session}, *ABP_MASK, "session.last_f_cnt_up", ids=ABP_IDS)
    listen(client, receiver.address, uplink_message={})
    order = UPLINK | {"device_id": ABP_IDS["device_id"]}

    for _ in range(2):
        client.control("POST", "/activity", order)

    ids = {**ABP_IDS, "application_ids": {"application_id": "demo-app"}, "dev_addr": DEV_ADDR}
    messages = [message for _, _, message in receiver.asked]
    assert [message["end_device_ids"] for message in messages] == [ids, ids]
    assert [message["uplink_message"]["f_cnt"] for message in messages] == [11, 12]
    assert "session_key_id" not in messages[0]["uplink_message"]


def test_it_does_not_join(client, receiver):
    client.set("ns", ABP_SETTINGS, *ABP_MASK, ids=ABP_IDS)
    listen(client, receiver.address, join_accept={})

    answer = client.raw("POST", "/activity", JOIN | {"device_id": ABP_IDS["device_id"]}, base="/_control")

    assert (answer.status, receiver.asked) == (400, [])
