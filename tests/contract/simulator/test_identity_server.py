import pytest

from tests.contract.simulator.client import DEVICE, DEVICE_ID, DEVICES, IDS, NETWORK_SETTINGS, OTHER_IDS

NOT_FOUND = (404, "pkg/identityserver/store:end_device_not_found")
INVALID = (400, "pkg/errors:validation")
FORBIDDEN_PATHS = (400, "pkg/rpcmiddleware/validator:field_mask_paths")


def test_create_keeps_what_is_its_own_and_drops_the_rest_in_silence(client):
    device = {"name": "Gate", "attributes": {"aws-thing-id": "a1"}, "network_server_address": "127.0.0.1:1885"}

    answer = client.create(**device, **NETWORK_SETTINGS, root_keys={"app_key": {"key": "1" * 32}})

    ids = {**IDS, "application_ids": {"application_id": "demo-app"}}
    times = {"created_at": answer.body["created_at"], "updated_at": answer.body["updated_at"]}
    assert answer.body == {"ids": ids, **device, **times, "version_ids": {}, "lora_alliance_profile_ids": {}}
    assert client.state()["is"] == {f"demo-app/{DEVICE_ID}": {"ids": ids, **device, **times}}


def test_when_a_device_was_made_is_the_servers_to_say_and_the_same_in_every_answer(client):
    changes = ({"attributes": {"site": "north"}}, {"name": "Gate", "created_at": "2020-01-01T00:00:00Z"})

    made = client.create(created_at="2020-01-01T00:00:00Z").body["created_at"]
    updates = [
        client.call("PUT", DEVICE, {"end_device": change, "field_mask": {"paths": [next(iter(change))]}}).body
        for change in changes
    ]
    read = [client.call("GET", f"{DEVICE}{mask}").body for mask in ("", "?field_mask=name")]
    listed = client.call("GET", f"{DEVICES}?field_mask=name").body["end_devices"]
    searched = client.call("GET", f"/search{DEVICES}?dev_eui_contains={IDS['dev_eui']}").body["end_devices"]

    assert not made.startswith("2020")
    assert {device["created_at"] for device in (*updates, *read, *listed, *searched)} == {made}


@pytest.mark.parametrize(
    "device",
    [
        pytest.param({"ids": {}}, id="no device ID"),
        pytest.param({"ids": {"device_id": "ab"}}, id="ID of two characters"),
        pytest.param({"ids": {"device_id": "a" * 37}}, id="ID of 37 characters"),
        pytest.param({"ids": {"device_id": "Parking_Lot"}}, id="ID with capitals and underscore"),
        pytest.param({"ids": {"device_id": "parking--7"}}, id="ID with two dashes"),
        pytest.param({"name": "n" * 51}, id="name of 51 characters"),
        pytest.param({"description": "d" * 2001}, id="description of 2001 characters"),
        pytest.param({"attributes": {f"key-{n}": "v" for n in range(11)}}, id="eleven attributes"),
        pytest.param({"attributes": {"key": "v" * 201}}, id="attribute of 201 characters"),
        pytest.param({"attributes": {"awsThing": "v"}}, id="attribute key with capitals"),
        pytest.param({"frequency_plan_id": "p" * 65}, id="validated though not stored"),
        pytest.param({"lorawan_version": 99}, id="enum number out of range"),
        pytest.param({"serial_number": "S_1"}, id="serial number"),
        pytest.param({"network_server_address": "http://127.0.0.1"}, id="address with a scheme"),
        pytest.param({"claim_authentication_code": {"value": "c" * 33}}, id="claim code of 33 characters"),
    ],
)
def test_create_refuses_a_value_out_of_bounds(client, device):
    answer = client.create(**({"ids": IDS} | device))

    assert answer.error == INVALID


def test_a_broken_rule_is_named_from_the_request_down_to_the_field(client):
    answer = client.create(IDS | {"device_id": "Parking_Lot"})

    inner = answer.cause["cause"]
    assert [answer.attributes["field"], answer.cause["attributes"]["field"], inner["attributes"]["field"]] == [
        "end_device",
        "ids",
        "device_id",
    ]
    assert inner["attributes"]["name"] == "EndDeviceIdentifiersValidationError"
    assert "@type" not in answer.cause


def test_create_without_a_device_is_refused(client):
    answer = client.call("POST", DEVICES, {})

    assert answer.error == INVALID


@pytest.mark.parametrize("device_id", ["test", "device", "batch", "default", "example-device"])
def test_reserved_words_are_no_device_ids(client, device_id):
    answer = client.create({"device_id": device_id})

    assert answer.error == (400, "pkg/identityserver/blocklist:forbidden_id")
    assert answer.attributes == {"id": device_id}


@pytest.mark.parametrize("server", ["network_server", "application_server", "join_server"])
def test_a_server_address_on_another_host_than_the_applications_is_refused(client, server):
    answer = client.create(**{f"{server}_address": "eu2.example.com"})

    assert answer.error == (400, f"pkg/identityserver:{server}_address_mismatch")
    assert answer.attributes == {"address": "eu2.example.com", "expected": "127.0.0.1"}


@pytest.mark.parametrize(
    "ids",
    [
        pytest.param(IDS, id="the very same device"),
        pytest.param(OTHER_IDS | {"device_id": DEVICE_ID}, id="another device of this ID"),
    ],
)
def test_the_id_is_compared_before_the_euis(client, ids):
    client.create()

    answer = client.create(ids)

    assert answer.error == (409, "pkg/util/store:id_taken")
    assert answer.body["code"] == 6
    assert answer.cause["name"] == "already_exists"


@pytest.mark.parametrize("application_id", ["demo-app", "other-app"])
def test_a_pair_of_euis_is_one_device_across_all_applications(client, application_id):
    authorization = client.add_key("OTHER", "DEVICES_WRITE", application_id=application_id)
    client.create()

    body = {"end_device": {"ids": IDS | {"device_id": "parking-7"}}}
    answer = client.call("POST", f"/applications/{application_id}/devices", body, authorization=authorization)

    assert answer.error == (409, "pkg/identityserver:end_device_euis_taken")
    euis = {"join_eui": IDS["join_eui"], "dev_eui": IDS["dev_eui"]}
    assert answer.attributes == {**euis, "device_id": DEVICE_ID, "application_id": "demo-app"}


def test_half_a_pair_of_euis_is_free(client):
    client.create()

    answer = client.create(IDS | {"device_id": "parking-7", "join_eui": "0000000000000000"})

    assert answer.status == 200


def test_a_deleted_device_frees_its_id_and_euis_at_once(client):
    client.create()

    client.call("DELETE", DEVICE)
    answer = client.create()

    assert answer.status == 200


@pytest.mark.parametrize(
    ("method", "body"),
    [
        pytest.param("GET", None, id="get"),
        pytest.param("PUT", {"end_device": {"name": "x"}, "field_mask": "name"}, id="update"),
        pytest.param("DELETE", None, id="delete"),
    ],
)
def test_a_device_that_is_not_there_is_not_found(client, method, body):
    answer = client.call(method, DEVICE, body)

    assert answer.error == NOT_FOUND


@pytest.mark.parametrize(
    ("mask", "shown"),
    [
        pytest.param([], set(), id="no mask"),
        pytest.param(["name"], {"name"}, id="one field"),
        pytest.param(["name", "attributes", "description"], {"name", "attributes"}, id="absent fields stay absent"),
    ],
)
def test_get_shows_ids_times_and_what_the_mask_asks_for(client, mask, shown):
    client.create(name="Gate", attributes={"site": "north"}, network_server_address="127.0.0.1")

    answer = client.read(*mask)

    assert answer.body.keys() == {"ids", "created_at", "updated_at"} | shown


def test_a_query_mask_may_be_repeated_paths(client):
    client.create(name="Gate", attributes={"site": "north"})

    answer = client.call("GET", f"{DEVICE}?field_mask.paths=name&field_mask.paths=attributes")

    assert (answer.body["name"], answer.body["attributes"]) == ("Gate", {"site": "north"})


def test_update_writes_masked_fields_replaces_attributes_whole_and_clears_what_is_absent(client):
    client.create(name="Gate", description="North gate", attributes={"site": "north", "floor": "1"})

    answer = client.update({"name": "ignored", "attributes": {"site": "south"}}, "attributes", "description")

    stored = client.state()["is"][f"demo-app/{DEVICE_ID}"]
    assert (stored["name"], stored["attributes"]) == ("Gate", {"site": "south"})
    assert "description" not in stored
    assert answer.body.keys() == {"ids", "created_at", "updated_at", "attributes"}


@pytest.mark.parametrize(
    ("device", "mask", "error"),
    [
        pytest.param({"ids": IDS}, ["ids.dev_eui"], FORBIDDEN_PATHS, id="EUIs are not updated"),
        pytest.param({}, ["frequency_plan_id"], FORBIDDEN_PATHS, id="a field of another server"),
        pytest.param({}, ["nmae"], FORBIDDEN_PATHS, id="no such field"),
        pytest.param({"name": "n" * 51}, ["name"], INVALID, id="a masked value out of bounds"),
    ],
)
def test_update_refuses_a_mask_or_value(client, device, mask, error):
    client.create()

    answer = client.update(device, *mask)

    assert answer.error == error


def test_forbidden_paths_are_named(client):
    answer = client.call("GET", f"{DEVICE}?field_mask=name,root_keys,nmae")

    assert answer.error == FORBIDDEN_PATHS
    assert answer.attributes == {"forbidden_paths": ["root_keys", "nmae"]}


def test_an_update_that_does_not_mask_the_euis_ignores_them(client):
    client.create()

    answer = client.update({"ids": {"dev_eui": "70B3D57ED0059999"}, "name": "Gate"}, "name")

    assert answer.body["ids"]["dev_eui"] == IDS["dev_eui"]


def test_an_unmasked_value_out_of_bounds_is_not_checked(client):
    client.create()

    answer = client.update({"name": "Gate", "description": "d" * 2001}, "name")

    assert answer.status == 200
