import pytest

from tests.contract.simulator.client import DEVICE, DEVICES, IDS, OTHER_IDS


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        pytest.param(("POST", DEVICES, b"{not json"), 400, 3, id="not JSON"),
        pytest.param(("POST", DEVICES, b"[]"), 400, 3, id="no object"),
        pytest.param(("POST", DEVICES, b'{"end_device":NaN}'), 400, 3, id="NaN is not JSON"),
        pytest.param(("POST", DEVICES, b"[" * 100_000), 400, 3, id="nested without end"),
        pytest.param(("POST", DEVICES, b"\xff"), 400, 3, id="not UTF-8"),
        pytest.param(("GET", "/nowhere"), 404, 5, id="unknown path"),
        pytest.param(("GET", f"{DEVICES}/pump%2F7"), 404, 5, id="a quoted slash is a slash"),
        pytest.param(("PATCH", DEVICE), 501, 12, id="wrong method on a device"),
        pytest.param(("GET", "/edcs/claim"), 501, 12, id="wrong method on claiming"),
    ],
)
def test_what_is_refused_before_any_server_has_no_details(client, call, status, code):
    answer = client.call(*call)

    assert answer.status == status
    assert answer.body == {"code": code, "message": answer.body["message"]}


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        pytest.param("/nowhere/..%2F..%2Felsewhere", "/api/elsewhere", id="upwards"),
        pytest.param("/nowhere/.%2Fdevice", "/api/v3/nowhere/device", id="on the spot"),
        pytest.param("/nowhere/%2Fdevice", "/api/v3/nowhere/device", id="nothing between"),
    ],
)
def test_a_path_that_has_a_shorter_form_is_redirected_to_that(client, path, plain):
    answer = client.raw("GET", path)

    assert (answer.status, answer.headers["Location"], answer.data) == (301, plain, b"")


@pytest.mark.parametrize(
    "device",
    [
        pytest.param({"lorawan_version": "1.0.9"}, id="unknown MAC version"),
        pytest.param({"lorawan_version": "mac_v1_0_3"}, id="names are case-sensitive"),
        pytest.param({"lorawan_version": ["1.0.3"]}, id="a version is no list"),
        pytest.param({"lorawan_phy_version": "1.0.3"}, id="only 1.0.3-a exists"),
        pytest.param({"lorawan_phy_version": "RP002-1.0.1"}, id="RP002 has no dotted alias"),
        pytest.param({"ids": IDS | {"dev_eui": "70B3D57ED00512"}}, id="EUI too short"),
        pytest.param({"ids": IDS | {"dev_eui": "70-B3-D5-7E-D0-05-12-34"}}, id="EUI with separators"),
        pytest.param({"ids": IDS | {"dev_eui": "70B3D57ED005123G"}}, id="EUI that is not hex"),
        pytest.param({"root_keys": {"app_key": {"key": "9F3A6C0D"}}}, id="key too short"),
        pytest.param({"activated_at": "2024-11-03T08:15:21+00:00"}, id="times end in Z"),
        pytest.param({"name": 7}, id="text is text"),
        pytest.param({"supports_join": "yes"}, id="a flag is true or false"),
        pytest.param({"min_frequency": "-1"}, id="unsigned is not negative"),
        pytest.param({"attributes": ["a"]}, id="attributes are an object"),
        pytest.param({"version_ids": "x"}, id="a message is an object"),
        pytest.param({"locations": {"user": "here"}}, id="a place is an object"),
        pytest.param({"locations": {"user": {"latitude": "north"}}}, id="text that is no number"),
        pytest.param({"locations": {"user": {"altitude": "1.5"}}}, id="text of whole metres"),
        pytest.param({"locations": {"user": {"source": "SOURCE_MAP"}}}, id="a place has a known source"),
        pytest.param({"battery_percentage": "full"}, id="a share is a number"),
    ],
)
def test_a_value_that_its_field_cannot_hold_is_refused_without_details(client, device):
    answer = client.create(**({"ids": IDS} | device))

    assert answer.error == (400, None)
    assert answer.body["message"].startswith("unmarshal error at path")


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        pytest.param("70b3d57ed0051234", "70B3D57ED0051234", id="hex in lower case"),
        pytest.param("cLPVftAFEjQ=", "70B3D57ED0051234", id="base64"),
        pytest.param("cLPVftAFEjQ", "70B3D57ED0051234", id="base64 without padding"),
    ],
)
def test_euis_come_out_in_upper_case_hex_whatever_they_came_in_as(client, sent, written):
    answer = client.create(IDS | {"dev_eui": sent})

    assert answer.body["ids"]["dev_eui"] == written


@pytest.mark.parametrize(
    ("field", "sent", "written"),
    [
        *(
            pytest.param("lorawan_version", sent, written, id=f"MAC {sent}")
            for sent, written in {
                "1.0": "MAC_V1_0",
                "1.0.0": "MAC_V1_0",
                "V1_0_1": "MAC_V1_0_1",
                "1.0.2": "MAC_V1_0_2",
                "MAC_V1_0_3": "MAC_V1_0_3",
                "1.0.4": "MAC_V1_0_4",
                "1.1.0": "MAC_V1_1",
                5: "MAC_V1_0_3",
                "6": "MAC_V1_0_4",
                1.1: "MAC_V1_0",
            }.items()
        ),
        *(
            pytest.param("lorawan_phy_version", sent, written, id=f"PHY {sent}")
            for sent, written in {
                "1.0": "PHY_V1_0",
                "TS001_V1_0_1": "PHY_V1_0_1",
                "1.0.2": "PHY_V1_0_2_REV_A",
                "1.0.2-b": "PHY_V1_0_2_REV_B",
                "RP001_V1_0_3_REV_A": "PHY_V1_0_3_REV_A",
                "1.1-a": "PHY_V1_1_REV_A",
                "1.1.0-b": "PHY_V1_1_REV_B",
                "RP002_V1_0_4": "RP002_V1_0_4",
            }.items()
        ),
    ],
)
def test_versions_come_out_under_their_canonical_name(client, field, sent, written):
    settings = {"lorawan_phy_version": "PHY_V1_0", "frequency_plan_id": "EU_863_870", field: sent}

    answer = client.set("ns", settings)

    assert answer.body[field] == written


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"endDevice": {"ids": {"deviceId": "parking-7"}}}, id="camelCase"),
        pytest.param({"end_device": {"ids": {"device_id": "parking-7"}, "nmae": "typo"}}, id="unknown fields"),
        pytest.param({"end_device": {"ids": {"device_id": "parking-7"}, "name": ""}}, id="zero values"),
        pytest.param(
            {"end_device": {"ids": {"device_id": "parking-7", "application_ids": {"application_id": "x-y"}}}},
            id="the path's application counts",
        ),
    ],
)
def test_spelling_unknown_fields_and_zeros_make_no_difference(client, body):
    client.call("POST", DEVICES, body)

    stored = client.state()["is"]["demo-app/parking-7"]
    assert stored.keys() == {"ids", "created_at", "updated_at"}
    assert stored["ids"] == {"device_id": "parking-7", "application_ids": {"application_id": "demo-app"}}


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param({"field_mask": {"paths": ["name", "attributes"]}}, id="object"),
        pytest.param({"field_mask": "name,attributes"}, id="text"),
        pytest.param({"fieldMask": {"paths": ["name", "attributes"]}}, id="camelCase"),
    ],
)
def test_a_field_mask_is_read_in_every_form(client, mask):
    client.create(OTHER_IDS)

    answer = client.call("PUT", f"{DEVICES}/parking-7", {"end_device": {"name": "Gate", "description": "no"}} | mask)

    assert answer.body["name"] == "Gate"
    assert "description" not in answer.body
