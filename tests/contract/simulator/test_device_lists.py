import pytest

from tests.contract.simulator.client import DEVICE, DEVICES, IDS, OTHER_IDS

INVALID = (400, "pkg/errors:validation")


def ids_of(answer):
    return [device["ids"]["device_id"] for device in answer.body.get("end_devices", [])]


@pytest.fixture
def three_devices(client):
    for number in (3, 1, 2):
        ids = {"device_id": f"meter-{number}", "dev_eui": f"70B3D57ED005AAA{number}", "join_eui": IDS["join_eui"]}
        client.create(ids, name=f"Meter {9 - number}")
    return client


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        pytest.param("", ["meter-1", "meter-2", "meter-3"], id="all, by device ID"),
        pytest.param("?limit=2", ["meter-1", "meter-2"], id="first page"),
        pytest.param("?limit=2&page=2", ["meter-3"], id="second page"),
        pytest.param("?limit=2&page=3", [], id="beyond the last page"),
        pytest.param("?limit=0&page=0", ["meter-1", "meter-2", "meter-3"], id="zero means the default"),
        pytest.param("?order=-device_id", ["meter-3", "meter-2", "meter-1"], id="backwards"),
        pytest.param("?order=name", ["meter-3", "meter-2", "meter-1"], id="by name"),
    ],
)
def test_a_list_comes_in_pages_and_says_how_many_there_are(three_devices, query, listed):
    answer = three_devices.call("GET", DEVICES + query)

    assert ids_of(answer) == listed
    assert answer.headers["X-Total-Count"] == "3"


def test_a_list_shows_what_the_mask_asks_for(three_devices):
    answer = three_devices.call("GET", f"{DEVICES}?limit=1&field_mask=name")

    assert answer.body["end_devices"][0].keys() == {"ids", "created_at", "updated_at", "name"}


@pytest.mark.parametrize(
    ("query", "error"),
    [
        pytest.param("?limit=1001", INVALID, id="limit above 1000"),
        pytest.param("?order=colour", INVALID, id="unknown order"),
        pytest.param("?limit=many", (400, None), id="limit is no number"),
        pytest.param("?field_mask=root_keys", (400, "pkg/rpcmiddleware/validator:field_mask_paths"), id="mask"),
    ],
)
def test_a_list_that_cannot_be_is_refused(client, query, error):
    answer = client.call("GET", DEVICES + query)

    assert answer.error == error


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("dev_eui_contains=70B3D57ED005AAA2", ["meter-2"], id="a whole DevEUI"),
        pytest.param("dev_eui_contains=5aaa", ["meter-1", "meter-2", "meter-3"], id="a part, in lower case"),
        pytest.param("dev_eui_contains=FFFF", [], id="nothing"),
        pytest.param("id_contains=meter-1", ["meter-1"], id="by ID"),
        pytest.param("name_contains=Meter%207&id_contains=2", ["meter-2"], id="all parts count"),
        pytest.param("join_eui_contains=0001&limit=1", ["meter-1"], id="by JoinEUI, paged"),
    ],
)
def test_search_finds_devices_that_contain_what_is_asked(three_devices, query, found):
    answer = three_devices.call("GET", f"/search{DEVICES}?{query}")

    assert ids_of(answer) == found


def test_search_gives_at_most_a_hundred_devices_even_if_asked_for_more(client):
    for number in range(101):
        client.create({**OTHER_IDS, "device_id": f"lamp-{number:03}", "dev_eui": f"70B3D57ED00600{number:02X}"})

    found, rest = (client.call("GET", f"/search{DEVICES}?id_contains=lamp&limit=1000&page={page}") for page in (1, 2))

    assert [len(ids_of(answer)) for answer in (found, rest)] == [100, 1]


def test_the_filter_finds_what_was_updated_since(three_devices):
    updated = three_devices.call(
        "PUT", f"{DEVICES}/meter-2", {"end_device": {"name": "New"}, "field_mask": "name"}
    ).body["updated_at"]

    answer = three_devices.call("POST", f"{DEVICES}/filter", {"filters": [{"updated_since": updated}]})

    assert ids_of(answer) == ["meter-2"]


def test_a_batch_get_skips_what_is_not_there(client):
    client.create(name="Gate")
    client.create(OTHER_IDS)

    answer = client.call("GET", f"{DEVICES}/batch?device_ids=parking-7&device_ids=nobody&field_mask=name")

    assert ids_of(answer) == ["parking-7"]


@pytest.mark.parametrize("server", ["is", "js", "ns", "as"])
def test_a_batch_delete_skips_what_is_not_there(client, server):
    path = DEVICES if server == "is" else f"/{server}{DEVICES}"
    client.call("POST", path, {"end_device": {"ids": IDS}})
    client.call("POST", path, {"end_device": {"ids": OTHER_IDS}})

    answer = client.call("DELETE", f"{path}/batch?device_ids={IDS['device_id']}&device_ids=nobody")

    assert answer.body == {}
    assert list(client.state()[server]) == ["demo-app/parking-7"]


@pytest.mark.parametrize(
    "device_ids",
    [
        pytest.param([], id="none"),
        pytest.param([f"meter-{number}" for number in range(21)], id="twenty-one"),
        pytest.param(["Parking_Lot"], id="not an ID"),
    ],
)
@pytest.mark.parametrize("path", [DEVICES, "/js" + DEVICES, "/edcs/claim/demo-app/devices"])
def test_a_batch_has_one_to_twenty_ids(client, path, device_ids):
    query = "&".join(f"device_ids={device_id}" for device_id in device_ids)

    answer = client.call("DELETE", f"{path}/batch?{query}")

    assert answer.error == INVALID


def test_deleting_in_the_identity_server_leaves_the_others_alone(client):
    client.create()
    client.call("POST", "/as" + DEVICES, {"end_device": {"ids": IDS}})

    client.call("DELETE", DEVICE)

    state = client.state()
    assert (list(state["is"]), list(state["as"])) == ([], [f"demo-app/{IDS['device_id']}"])
