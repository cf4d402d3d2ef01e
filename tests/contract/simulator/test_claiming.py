import base64

import pytest

from tests.contract.simulator.client import CLAIM, CLAIMED_IDS, DEVICES, IDS, OTHER_IDS

EDCS = "pkg/deviceclaimingserver"
TTJS = "pkg/deviceclaimingserver/enddevices/ttjsv2"
PATH = "/edcs/claim/demo-app/devices/leak-sensor"
DENIED = (400, f"{TTJS}:device_access_denied")
INVALID = (400, "pkg/errors:validation")
UNREADABLE = (400, f"{EDCS}:qr_code_data")
CODE = "LW:D0:EC656E0000000003:EC656E0000105A2B:ABCD1234:O91B4D2F7:SYYWWNNNNNN"


def claim_of(**identifiers):
    return CLAIM | {"authenticated_identifiers": CLAIM["authenticated_identifiers"] | identifiers}


def scanned(text):
    others = {key: value for key, value in CLAIM.items() if key != "authenticated_identifiers"}
    return others | {"qr_code": base64.b64encode(text.encode()).decode()}


def test_a_claim_echoes_the_ids_and_makes_no_record_anywhere(client):
    answer = client.call("POST", "/edcs/claim", CLAIM)

    state = client.state()
    assert answer.body == {**CLAIMED_IDS, "application_ids": {"application_id": "demo-app"}}
    assert (state["is"], state["js"], state["ns"], state["as"]) == ({}, {}, {}, {})
    assert state["claims"] == {
        "EC656E0000105A2B": {
            "dev_eui": "EC656E0000105A2B",
            "join_eui": "EC656E0000000003",
            "application_id": "demo-app",
            "device_id": "leak-sensor",
            "authentication_code": "91B4D2F7",
        }
    }


def test_an_empty_target_device_id_stays_empty(client):
    answer = client.call("POST", "/edcs/claim", CLAIM | {"target_device_id": ""})

    assert answer.status == 200
    assert "device_id" not in answer.body


def test_a_claim_repeated_by_the_same_application_is_accepted(client):
    client.call("POST", "/edcs/claim", CLAIM)

    answer = client.call("POST", "/edcs/claim", CLAIM)

    assert answer.status == 200


@pytest.mark.parametrize(
    ("body", "error", "attributes"),
    [
        pytest.param(
            claim_of(join_eui="70B3D57ED0000001"),
            (409, f"{EDCS}:claiming_not_supported"),
            {"eui": "70B3D57ED0000001"},
            id="no such JoinEUI can be claimed",
        ),
        pytest.param(
            claim_of(dev_eui="EC656E00001FFFFF"),
            (404, f"{TTJS}:device_not_provisioned"),
            {"dev_eui": "EC656E00001FFFFF"},
            id="the maker does not know the device",
        ),
        pytest.param(claim_of(authentication_code="WRONG1"), DENIED, {"dev_eui": "EC656E0000105A2B"}, id="wrong code"),
        pytest.param(
            {"target_application_ids": {"application_id": "demo-app"}},
            INVALID,
            {"field": "source_device", "reason": "value is required", "name": "ClaimEndDeviceRequestValidationError"},
            id="no source",
        ),
        pytest.param(scanned("https://example.com/x"), UNREADABLE, {}, id="not a QR code"),
        pytest.param(scanned(CODE.lower()), UNREADABLE, {}, id="a QR code has capitals"),
        pytest.param(
            scanned("LW:D0:EC656E0000000003:EC656E0000105A2B:ABCD1234"),
            DENIED,
            {"dev_eui": "EC656E0000105A2B"},
            id="QR code without a code",
        ),
    ],
)
def test_a_claim_that_cannot_be_is_refused(client, body, error, attributes):
    answer = client.call("POST", "/edcs/claim", body)

    assert (answer.error, answer.attributes) == (error, attributes)
    assert client.state()["claims"] == {}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(claim_of(authentication_code="91b4d2f7"), id="code in lower case"),
        pytest.param(claim_of(authentication_code=""), id="no code"),
        pytest.param(claim_of(authentication_code="A" * 33), id="code of 33 characters"),
        pytest.param(CLAIM | {"target_device_id": "Leak_Sensor"}, id="target is no ID"),
        pytest.param(CLAIM | {"target_device_id": "a" * 37}, id="target of 37 characters"),
        pytest.param(CLAIM | {"target_application_ids": {}}, id="no application"),
        pytest.param(scanned("L" * 1025), id="QR code of 1025 bytes"),
    ],
)
def test_a_claim_out_of_bounds_is_refused(client, body):
    answer = client.call("POST", "/edcs/claim", body)

    assert answer.error == INVALID


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CODE, id="as printed"),
        pytest.param("LW:D0:ec656e0000000003:ec656e0000105a2b:abcd1234:S1::O91B4D2F7", id="in any order"),
    ],
)
def test_a_qr_code_claims_the_device_it_names(client, text):
    answer = client.call("POST", "/edcs/claim", scanned(text))

    assert (answer.status, answer.body["dev_eui"]) == (200, "EC656E0000105A2B")


def test_a_device_claimed_by_another_application_is_denied(client):
    authorization = client.add_key("OTHER", "DEVICES_READ", "DEVICES_WRITE", application_id="other-app")
    elsewhere = CLAIM | {"target_application_ids": {"application_id": "other-app"}}
    client.call("POST", "/edcs/claim", elsewhere, authorization=authorization)
    client.create(CLAIMED_IDS)

    claimed = client.call("POST", "/edcs/claim", CLAIM)
    status = client.call("GET", PATH)
    unclaimed = client.call("DELETE", PATH)

    assert [claimed.error, status.error, unclaimed.error] == [DENIED, DENIED, DENIED]


@pytest.mark.parametrize(
    ("device", "error"),
    [
        pytest.param(None, (404, f"{EDCS}:device_not_found"), id="no record in IS"),
        pytest.param({"device_id": "leak-sensor"}, (400, f"{EDCS}:no_euis"), id="no EUIs in IS"),
        pytest.param(IDS | {"device_id": "leak-sensor"}, (409, f"{EDCS}:claiming_not_supported"), id="JoinEUI"),
        pytest.param(
            CLAIMED_IDS | {"dev_eui": "EC656E0000105A2C"}, (404, f"{TTJS}:device_not_claimed"), id="not claimed"
        ),
    ],
)
@pytest.mark.parametrize("method", ["DELETE", "GET"])
def test_unclaim_and_status_look_the_device_up_in_the_identity_server(client, method, device, error):
    client.call("POST", "/edcs/claim", CLAIM)
    if device:
        client.create(device)

    answer = client.call(method, PATH)

    assert answer.error == error


def test_a_claim_can_be_read_and_given_back(client):
    client.call("POST", "/edcs/claim", CLAIM)
    client.create(CLAIMED_IDS)

    status = client.call("GET", PATH)
    unclaimed = client.call("DELETE", PATH)

    ids = {**CLAIMED_IDS, "application_ids": {"application_id": "demo-app"}}
    assert status.body == {"end_device_ids": ids, "home_net_id": "000013", "home_ns_id": "EC656E0000000181"}
    assert unclaimed.body == {}
    assert client.state()["claims"] == {}


def test_a_batch_unclaim_says_which_failed_and_why(client):
    client.call("POST", "/edcs/claim", CLAIM)
    client.create(CLAIMED_IDS)
    client.create(OTHER_IDS)

    path = "/edcs/claim/demo-app/devices/batch"
    answer = client.call("DELETE", f"{path}?device_ids=leak-sensor&device_ids=parking-7&device_ids=nobody")

    assert answer.body["application_ids"] == {"application_id": "demo-app"}
    assert {name: error["name"] for name, error in answer.body["failed"].items()} == {
        "parking-7": "claiming_not_supported"
    }
    assert client.state()["claims"] == {}


def test_a_batch_unclaim_of_unknown_devices_is_refused(client):
    answer = client.call("DELETE", "/edcs/claim/demo-app/devices/batch?device_ids=nobody")

    assert answer.error == (400, f"{EDCS}:no_devices_found")


@pytest.mark.parametrize(
    ("join_eui", "support"),
    [
        pytest.param("ec656e0000000003", {"join_eui": "EC656E0000000003", "supports_claiming": True}, id="yes"),
        pytest.param("70B3D57ED0000001", {"join_eui": "70B3D57ED0000001"}, id="no is omitted"),
    ],
)
def test_anyone_may_ask_which_join_euis_can_be_claimed(client, join_eui, support):
    one = client.call("POST", "/edcs/claim/info", {"join_eui": join_eui}, authorization=None)
    many = client.call("POST", "/edcs/claim/info/batch", {"requests": [{"join_eui": join_eui}]}, authorization=None)

    assert one.body == support
    assert many.body == {"infos": [support]}


def test_a_batch_has_at_most_twenty_join_euis(client):
    answer = client.call("POST", "/edcs/claim/info/batch", {"requests": [{"join_eui": IDS["join_eui"]}] * 21})

    assert answer.error == INVALID


def test_claims_outlive_the_record_so_that_an_unclaim_after_a_delete_fails(client):
    client.call("POST", "/edcs/claim", CLAIM)
    client.create(CLAIMED_IDS)

    client.call("DELETE", f"{DEVICES}/leak-sensor")
    answer = client.call("DELETE", PATH)

    assert answer.error == (404, f"{EDCS}:device_not_found")
    assert list(client.state()["claims"]) == ["EC656E0000105A2B"]


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        pytest.param(
            {"status": 401, "message": "who?"}, (500, f"{TTJS}:credentials"), id="The Things Stack is unknown"
        ),
        pytest.param({"status": 400, "message": "what?"}, (500, f"{TTJS}:internal_error"), id="a call not understood"),
        pytest.param({"status": 0}, (500, "pkg/errors:request"), id="it hangs up"),
    ],
)
def test_the_join_server_can_be_given_its_next_answer(client, answered, error):
    client.control("POST", "/join-server", answered)

    refused, claimed = (client.call("POST", "/edcs/claim", CLAIM) for _ in range(2))

    assert refused.error == error
    assert claimed.status == 200


def test_what_the_join_server_answers_without_a_name_has_details_without_one(client):
    client.control("POST", "/join-server", {"status": 503, "message": "busy"})

    answer = client.call("POST", "/edcs/claim", CLAIM)

    assert answer.status == 503
    assert answer.body["details"][0]["namespace"] == TTJS
    assert "name" not in answer.body["details"][0]


def test_orders_of_the_join_server_end_with_a_reset(client):
    client.control("POST", "/join-server", {"status": 503})

    client.control("POST", "/reset")

    assert client.call("POST", "/edcs/claim", CLAIM).status == 200
