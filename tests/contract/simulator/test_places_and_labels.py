"""What the Identity Server stores of a device's place, labels and making, and the Application Server of its payload."""

import pytest

from tests.contract.simulator.client import DEVICE, IDS

USER = {"latitude": -33.8, "longitude": 151.2, "altitude": 58, "accuracy": 10, "source": "SOURCE_REGISTRY"}
SOLVED = {"latitude": 52.5, "longitude": 4.9, "source": "SOURCE_GPS"}
MODEL = {
    "brand_id": "not-there",
    "model_id": "anything",
    "hardware_version": "1.0 (EU)",
    "firmware_version": "1.x",
    "band_id": "EU_863_870",
}


def stored(client, *mask):
    return {name: value for name, value in client.read(*mask).body.items() if name in mask}


def test_the_map_of_locations_is_replaced_whole(client):
    client.create(locations={"user": USER, "frm-payload": SOLVED})

    client.update({"locations": {"user": USER | {"altitude": 60}}}, "locations")

    assert stored(client, "locations") == {"locations": {"user": USER | {"altitude": 60}}}


@pytest.mark.parametrize("body", [{}, {"locations": {}}], ids=["absent", "empty"])
def test_no_location_clears_all(client, body):
    client.create(locations={"user": USER})

    client.update(body, "locations")

    assert stored(client, "locations") == {}


def test_one_location_is_no_path(client):
    client.create(locations={"user": USER})

    answer = client.update({"locations": {"user": SOLVED}}, "locations.user")

    assert answer.error == (400, "pkg/rpcmiddleware/validator:field_mask_paths")


@pytest.mark.parametrize(
    ("given", "written"),
    [
        pytest.param({"latitude": "-33.8", "longitude": "1e2"}, {"latitude": -33.8, "longitude": 100.0}, id="text"),
        pytest.param({"altitude": 5.5}, {"altitude": 5}, id="the whole part of metres"),
        pytest.param({"altitude": -5, "accuracy": -1}, {"altitude": -5, "accuracy": -1}, id="below zero"),
        pytest.param({"latitude": 0, "longitude": 0, "altitude": 0}, {}, id="zero is left out"),
        pytest.param({"latitude": 90, "longitude": -180}, {"latitude": 90, "longitude": -180}, id="the ends"),
    ],
)
def test_a_location_comes_out_as_numbers(client, given, written):
    client.create(locations={"user": given})

    assert stored(client, "locations") == {"locations": {"user": written}}


@pytest.mark.parametrize(
    ("locations", "field"),
    [
        pytest.param({"user": {"latitude": 90.1}}, "locations[user]", id="north of the pole"),
        pytest.param({"user": {"longitude": -180.1}}, "locations[user]", id="west of the date line"),
        pytest.param({"User": USER}, "locations[User]", id="a key in capitals"),
    ],
)
def test_a_place_is_on_earth_and_has_a_plain_name(client, locations, field):
    answer = client.create(locations=locations)

    assert answer.error == (400, "pkg/errors:validation")
    assert answer.cause["attributes"]["field"] == field


@pytest.mark.parametrize(
    ("labels", "error"),
    [
        pytest.param({f"key-{number}": "x" * 200 for number in range(10)}, (200, None), id="ten of 200 characters"),
        pytest.param({"room-no": "Küche, 2. Stock"}, (200, None), id="any text"),
        pytest.param({"room_no": "4"}, (400, "pkg/errors:validation"), id="an underscore in a key"),
        pytest.param({"no": "4"}, (400, "pkg/errors:validation"), id="a key of two"),
        pytest.param({"x" * 37: "4"}, (400, "pkg/errors:validation"), id="a key of 37"),
        pytest.param({"room-no": 4}, (400, None), id="a number"),
    ],
)
def test_labels_have_plain_keys_and_texts(client, labels, error):
    assert client.create(attributes=labels).error == error


def test_serial_number_model_and_profile_are_stored_unseen_and_change(client):
    making = {"serial_number": "ywwww1234", "lora_alliance_profile_ids": {"vendor_id": 601, "vendor_profile_id": 1}}
    client.create(version_ids=MODEL, **making)
    before = stored(client, "version_ids", *making)

    client.update(
        {"serial_number": "sn-2", "version_ids": MODEL | {"model_id": "other"}}, "serial_number", "version_ids"
    )

    assert before == {"version_ids": MODEL, **making}
    assert stored(client, "serial_number", "version_ids") == {
        "serial_number": "sn-2",
        "version_ids": MODEL | {"model_id": "other"},
    }


@pytest.mark.parametrize("server", ["ns", "as"])
def test_the_other_servers_store_any_model_too(client, server):
    client.set(server, {"version_ids": MODEL})

    assert client.call("GET", f"/{server}{DEVICE}?field_mask=version_ids").body["version_ids"] == MODEL


@pytest.mark.parametrize(
    ("given", "error"),
    [
        pytest.param("FORMATTER_REPOSITORY", (200, None), id="the model's"),
        pytest.param("CAYENNELPP", (200, None), id="without the prefix"),
        pytest.param("cayennelpp", (400, None), id="lower case"),
        pytest.param(5, (400, "pkg/errors:validation"), id="a number that has no name"),
    ],
)
def test_a_formatter_is_one_of_five(client, given, error):
    answer = client.set("as", {"formatters": {"up_formatter": given}}, "formatters.up_formatter")

    assert answer.error == error


def test_no_formatter_at_all_is_the_applications_own(client):
    both = {"up_formatter": "FORMATTER_REPOSITORY", "down_formatter": "FORMATTER_REPOSITORY"}
    client.set("as", {"formatters": both})
    off = client.set("as", {"formatters": dict.fromkeys(both, "FORMATTER_NONE")}, "formatters")
    client.set("as", {}, "formatters")

    assert off.body["formatters"] == {}
    assert "formatters" not in client.call("GET", f"/as{DEVICE}?field_mask=formatters").body
    assert client.state()["as"][f"demo-app/{IDS['device_id']}"]["ids"].items() >= IDS.items()
