"""The Device Repository: brands, models, templates and formatters, as The Things Stack answers for them."""

import json
from pathlib import Path

import pytest

from tests.contract.simulator.client import DEVICE_ID, DEVICES

TEMPLATE = "/dr/brands/{}/models/{}/{}/{}/template"
FORMATTER = "/dr/brands/{}/models/{}/{}/{}/formatters/{}"
AIR = ("nordlys-sensors", "fjord-air", "1.1", "EU_863_870")
BEACON = ("nordlys-sensors", "fjord-beacon", "1.10", "EU_863_870")
STORE = "pkg/devicerepository/store/remote"
LOCAL_MODELS = Path(__file__).parents[3] / "local" / "device-models.json"

OWN_PROFILE = {
    "macVersion": "1.0.3",
    "regionalParametersVersion": "RP001-1.0.3-RevA",
    "supportsJoin": True,
    "supports32bitFCnt": True,
}


def brand(brand_id="own-brand", model_id="own-model", vendor=None, **profile):
    """An order for a brand with one model, whose only profile is for EU868 and has the number 7."""
    entry = {"endDeviceID": model_id, "firmwareVersion": "1.0", "hardwareVersion": "", "region": "EU863-870"}
    version = {"version": "1.0", "profiles": {"EU863-870": {"id": "profile"}}}
    folder = {
        "index": {"endDevices": [model_id], "profileIDs": {"7": entry}},
        "models": {model_id: {"name": "Own Model", "firmwareVersions": [version]}},
        "profiles": {"profile": OWN_PROFILE | profile},
        "codecs": {},
        "scripts": {},
    }
    vendors = [{"id": brand_id, "name": "Own Brand", "vendorID": 900, **(vendor or {})}]
    return {"vendors": vendors, "brands": {brand_id: folder}}


def own_template(client, **profile):
    client.control("POST", "/device-repository", brand(**profile))
    return client.call("GET", TEMPLATE.format("own-brand", "own-model", "1.0", "EU_863_870"))


def settings(answer):
    """The MAC settings of a template, and the paths of them in its mask."""
    paths = [path.removeprefix("mac_settings.") for path in answer.body["field_mask"]["paths"] if "mac_set" in path]
    return answer.body["end_device"]["mac_settings"], paths


def test_without_a_mask_a_brand_and_a_model_are_their_ids(client):
    brands = client.call("GET", "/dr/brands?limit=1&order_by=-brand_id")
    model = client.call("GET", "/dr/brands/nordlys-sensors/models/fjord-air")

    assert brands.body == {"brands": [{"brand_id": "polder-metering"}]}
    assert brands.headers["X-Total-Count"] == "3"
    assert model.body == {"brand_id": "nordlys-sensors", "model_id": "fjord-air"}


@pytest.mark.parametrize(
    ("query", "models"),
    [
        pytest.param("order_by=model_id&limit=2&page=2", ["fjord-beacon", "fjord-duty"], id="a page of all brands"),
        pytest.param("search=FJORD%20room&field_mask=name,description", ["fjord-air"], id="all words of a search"),
        pytest.param("search=nothing-like-it", [], id="nothing found"),
    ],
)
def test_models_of_all_brands_are_listed_page_by_page(client, query, models):
    answer = client.call("GET", f"/dr/models?{query}")

    assert [model["model_id"] for model in answer.body.get("models", [])] == models


def test_a_models_photos_are_addresses_and_numbers_stay_numbers(client):
    order = brand()
    photos = {"main": "front.png", "other": ["back.png"]}
    order["brands"]["own-brand"]["models"]["own-model"] |= {"photos": photos, "productURL": "https://own.example"}
    client.control("POST", "/device-repository", order)

    own = client.call("GET", "/dr/brands/own-brand/models/own-model?field_mask=photos,product_url").body
    air = client.call("GET", "/dr/brands/nordlys-sensors/models/fjord-air?field_mask=dimensions,battery,ip_code").body

    base = "https://assets.example/devices/vendor/own-brand"
    assert own["photos"] == {"main": f"{base}/front.png", "other": [f"{base}/back.png"]}
    assert own["product_url"] == "https://own.example"
    assert air["dimensions"] == {"width": 40, "height": 20, "length": 60}
    assert (air["battery"], air["ip_code"]) == ({"replaceable": True, "type": "AA"}, "IP54")


@pytest.mark.parametrize(
    "vendor",
    [pytest.param({"draft": True}, id="a draft"), pytest.param({"id": "other-brand"}, id="a brand without a folder")],
)
def test_a_brand_that_is_not_listed_is_not_found(client, vendor):
    client.control("POST", "/device-repository", brand(vendor=vendor))
    brand_id = vendor.get("id", "own-brand")

    one = client.call("GET", f"/dr/brands/{brand_id}")
    models = client.call("GET", f"/dr/brands/{brand_id}/models")

    assert one.error == (404, "pkg/devicerepository:brand_not_found")
    assert (models.status, models.body, models.headers["X-Total-Count"]) == (200, {}, "0")


def test_a_draft_has_templates(client):
    answer = own_template(client, vendor={"draft": True})

    assert answer.body["end_device"]["lorawan_version"] == "MAC_V1_0_3"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        pytest.param("/dr/brands/no-such/models/fjord-air", "pkg/devicerepository:model_not_found", id="brand"),
        pytest.param(TEMPLATE.format("no-such", *AIR[1:]), f"{STORE}:brand_not_found", id="template of no brand"),
        pytest.param(TEMPLATE.format(AIR[0], "no-such", *AIR[2:]), f"{STORE}:model_not_found", id="of no model"),
        pytest.param(
            TEMPLATE.format(AIR[0], "fjord-lost", "1.0", AIR[3]), f"{STORE}:model_not_found", id="not in index"
        ),
        pytest.param(
            TEMPLATE.format(*AIR[:2], "9", "Mars"), f"{STORE}:firmware_version_not_found", id="before the band"
        ),
        pytest.param(TEMPLATE.format(*AIR[:3], "ISM_2400"), f"{STORE}:band_not_found", id="a band it does not know"),
        pytest.param(
            TEMPLATE.format(*AIR[:3], "EU_433"), f"{STORE}:no_profile_for_band", id="a band without a profile"
        ),
        pytest.param(
            TEMPLATE.format("leen-labs", "lent-one", "1.0", "AS_923"),
            "pkg/fetch:file_not_found",
            id="a missing profile",
        ),
        pytest.param(
            TEMPLATE.format("leen-labs", "own-one", "1.0", "EU_863_870"),
            "pkg/devicerepository/store:regional_parameters_version",
            id="a version of no name",
        ),
        pytest.param(FORMATTER.format(*AIR[:3], "US_902_928", "uplink/decoder"), f"{STORE}:no_codec", id="no codec"),
        pytest.param(FORMATTER.format(*AIR, "downlink/decoder"), f"{STORE}:no_decoder", id="no decoder"),
        pytest.param(FORMATTER.format(*AIR, "downlink/encoder"), f"{STORE}:no_encoder", id="no encoder"),
    ],
)
def test_what_is_not_in_the_repository_has_a_name(client, path, error):
    assert client.call("GET", path).error == (404, error)


def test_a_missing_file_is_named(client):
    answer = client.call("GET", TEMPLATE.format("leen-labs", "lent-one", "1.0", "AS_923"))

    assert answer.attributes == {"filename": "vendor/leen-labs/gone.yaml"}


def test_a_model_may_use_another_brands_profile(client):
    answer = client.call("GET", TEMPLATE.format("leen-labs", "lent-one", "1.0", "EU_863_870"))

    assert answer.body["end_device"]["version_ids"]["brand_id"] == "leen-labs"
    assert answer.body["end_device"]["lorawan_version"] == "MAC_V1_0_3"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/dr/brands/Bad_Brand", id="a brand"),
        pytest.param("/dr/brands/ab", id="two letters"),
        pytest.param("/dr/brands/nordlys-sensors/models/Bad_Model", id="a model"),
        pytest.param(TEMPLATE.format("Bad_Brand", *AIR[1:]), id="of a template"),
        pytest.param(TEMPLATE.format(*AIR[:2], "1" * 33, AIR[3]), id="33 characters of firmware"),
        pytest.param("/dr/brands?limit=1001", id="too many at once"),
        pytest.param("/dr/brands?order_by=website", id="an order that there is not"),
        pytest.param("/dr/vendors/0/profiles/1/template", id="vendor 0"),
    ],
)
def test_what_cannot_be_is_refused_before_the_key_is_looked_at(client, path):
    assert client.call("GET", path, authorization=None).error == (400, "pkg/errors:validation")


def test_a_field_that_there_is_not_is_refused(client):
    answer = client.call("GET", "/dr/brands?field_mask=name,vendorID")

    assert answer.error == (400, "pkg/rpcmiddleware/validator:field_mask_paths")
    assert answer.attributes == {"forbidden_paths": ["vendorID"]}


@pytest.mark.parametrize(
    ("numbers", "error"),
    [
        pytest.param(
            "777/profiles/9", (404, "pkg/devicerepository/store/bleve:end_device_profile_not_found"), id="own"
        ),
        pytest.param(
            "999/profiles/1", (404, "pkg/devicerepository/store/bleve:end_device_profile_not_found"), id="none"
        ),
        pytest.param(
            "777/profiles/0", (400, "pkg/devicerepository/store/bleve:missing_profile_identifiers"), id="zero"
        ),
        pytest.param("abc/profiles/1", (400, None), id="no number"),
        pytest.param("0x309/profiles/1", (400, None), id="hexadecimal"),
    ],
)
def test_numbers_that_name_no_template(client, numbers, error):
    assert client.call("GET", f"/dr/vendors/{numbers}/template").error == error


def test_a_number_names_hardware_firmware_and_band(client):
    answer = client.call("GET", "/dr/vendors/777/profiles/258/template")

    ids = {"brand_id": "nordlys-sensors", "model_id": "fjord-abp", "hardware_version": "1", "firmware_version": "3"}
    assert answer.body["end_device"]["version_ids"] == ids | {"band_id": "EU_863_870"}
    assert "supports_join" not in answer.body["end_device"]


def test_the_hardware_version_of_a_query_comes_back_unseen(client):
    answer = client.call("GET", TEMPLATE.format(*AIR) + "?version_ids.hardware_version=77")

    assert answer.body["end_device"]["version_ids"]["hardware_version"] == "77"


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        pytest.param({"supports32bitFCnt": False}, {}, id="16 bits are not said"),
        pytest.param({"maxDutyCycle": 0.3}, {"max_duty_cycle": "DUTY_CYCLE_4"}, id="the stricter duty cycle"),
        pytest.param({"maxDutyCycle": 1}, {"max_duty_cycle": "DUTY_CYCLE_1"}, id="no limit"),
        pytest.param({"rx1Delay": 0, "rx2DataRateIndex": 0}, {"rx1_delay": 0, "rx2_data_rate_index": 0}, id="zeros"),
        pytest.param({"classBTimeout": 0, "pingSlotFrequency": 0}, {}, id="zeros that say nothing"),
        pytest.param({"rx2Frequency": 923.3}, {"rx2_frequency": "923300000"}, id="Hz as text"),
        pytest.param({"pingSlotPeriod": 32}, {"ping_slot_periodicity": "PING_EVERY_32S"}, id="seconds"),
    ],
)
def test_a_profile_becomes_mac_settings(client, profile, expected):
    held, paths = settings(own_template(client, **{"supports32bitFCnt": False, **profile}))

    assert (held, paths) == (expected, [*expected])


def test_only_a_template_of_a_device_that_does_not_join_has_its_power(client):
    joins = own_template(client, maxEIRP=16)
    never_joins = own_template(client, maxEIRP=16, supportsJoin=False)

    assert "mac_state" not in joins.body["end_device"]
    assert never_joins.body["end_device"]["mac_state"] == {"desired_parameters": {"max_eirp": 16}}


def test_a_formatter_shows_its_examples_if_asked(client):
    answer = client.call("GET", FORMATTER.format(*AIR, "uplink/decoder") + "?field_mask=codec_id,examples")

    payload = {"f_port": 2, "frm_payload": "ANI="}
    example = {"description": "21 degrees", "input": payload, "output": {"data": {"celsius": 21}}}
    assert (answer.body["codec_id"], answer.body["examples"]) == ("air-codec", [example])


@pytest.mark.parametrize("way", ["uplink/decoder", "downlink/decoder", "downlink/encoder"])
def test_each_way_has_its_script(client, way):
    answer = client.call("GET", FORMATTER.format(*BEACON, way))

    verb, end = ("encode", "Downlink") if way.endswith("encoder") else ("decode", way.split("/")[0].title())
    assert answer.body["formatter_parameter"].startswith(f"function {verb}{end}(")


def test_the_older_routes_look_at_no_application(client):
    answer = client.call("GET", TEMPLATE.format(*AIR).replace("/dr/", "/dr/applications/no-such-app/"))

    assert answer.status == 200


def test_a_key_without_rights_is_enough_and_a_wrong_one_is_not(client):
    nobodys = client.add_key("NORIGHTS")

    answers = [
        client.call("GET", "/dr/brands", authorization=key) for key in (nobodys, "Bearer nonsense", "Basic YTpi")
    ]

    refused = (401, "pkg/auth/rights:unauthenticated")
    assert [answer.error for answer in answers] == [(200, None), refused, refused]


def test_a_deployment_may_be_without_it(client):
    client.control("POST", "/device-repository", {"present": False})
    without = client.call("GET", TEMPLATE.format(*AIR), authorization=None)
    client.control("POST", "/device-repository", {"present": True})

    assert (without.status, without.body) == (404, {"code": 5, "message": "Not Found"})
    assert client.call("GET", TEMPLATE.format(*AIR)).status == 200


def test_what_was_added_is_found_until_the_next_reset(client):
    client.control("POST", "/device-repository", brand())
    added = client.call("GET", "/dr/vendors/900/profiles/7/template")
    client.control("POST", "/reset")

    assert added.body["end_device"]["version_ids"]["model_id"] == "own-model"
    assert client.call("GET", "/dr/vendors/900/profiles/7/template").status == 404


@pytest.mark.parametrize(
    ("action", "status"),
    [({"action": "html"}, 502), ({"action": "error", "error": "pkg/errors:request", "code": 2}, 500)],
)
def test_it_fails_on_demand(client, action, status):
    client.control("POST", "/faults", {"path": "^/dr/", **action})

    assert client.raw("GET", TEMPLATE.format(*AIR)).status == status
    assert client.call("GET", DEVICES).status == 200


def test_every_model_of_the_local_cloud_has_a_template_that_the_network_server_takes(client):
    client.control("POST", "/device-repository", json.loads(LOCAL_MODELS.read_text(encoding="utf-8")))
    plans = {"EU_863_870": "EU_863_870_TTN", "US_902_928": "US_902_928_FSB_2"}
    models = client.call("GET", "/dr/brands/lindenhof-devices/models?field_mask=firmware_versions").body["models"]
    versions = [(model["model_id"], version) for model in models for version in model["firmware_versions"]]

    for model_id, version in versions:
        for band_id in version["profiles"]:
            of = ("lindenhof-devices", model_id, version["version"], band_id)
            formatter = client.call("GET", FORMATTER.format(*of, "uplink/decoder"))
            template = client.call("GET", TEMPLATE.format(*of)).body
            device = template["end_device"] | {"frequency_plan_id": plans[band_id], **activation(template)}
            mask = [path for path in (*template["field_mask"]["paths"], "frequency_plan_id") if path != "formatters"]
            sessions = ["session.dev_addr", "session.keys.f_nwk_s_int_key.key"] if "session" in device else []
            body = {"end_device": device, "field_mask": {"paths": [*mask, *sessions]}}
            answer = client.call("PUT", f"/ns{DEVICES}/{DEVICE_ID}", body)
            assert (answer.status, formatter.status) == (200, 200), (of, answer.body)
            client.call("DELETE", f"/ns{DEVICES}/{DEVICE_ID}")


def activation(template):
    """What the device needs beside its template."""
    if template["end_device"].get("supports_join"):
        return {"ids": {"dev_eui": "70B3D57ED0051234", "join_eui": "70B3D57ED0000001"}}
    session = {"dev_addr": "00B6F063", "keys": {"f_nwk_s_int_key": {"key": "0102030405060708090A0B0C0D0E0F10"}}}
    return {"ids": {"dev_eui": "70B3D57ED0051234"}, "session": session}
