import pytest

from tests.contract.simulator.client import (
    APP_KEY,
    DEVICE,
    DEVICE_ID,
    DEVICES,
    IDS,
    NETWORK_SETTINGS,
    NWK_KEY,
    OTHER_IDS,
)

PACKAGES = {"js": "joinserver", "ns": "networkserver", "as": "applicationserver"}
ALL = pytest.mark.parametrize("server", PACKAGES)
IDS_MASK = ("ids.device_id", "ids.dev_eui", "ids.join_eui")
ZERO_KEY = "0" * 32


@ALL
def test_a_set_creates_a_device_that_the_identity_server_does_not_know(client, server):
    answer = client.set(server, {}, *IDS_MASK)

    ids = {**IDS, "application_ids": {"application_id": "demo-app"}}
    assert answer.body.keys() == {"ids", "created_at", "updated_at"}
    assert client.state()[server][f"demo-app/{DEVICE_ID}"]["ids"] == ids


@ALL
def test_a_set_again_is_an_update(client, server):
    created = client.set(server, {}, *IDS_MASK).body["created_at"]

    answer = client.set(server, {}, *IDS_MASK)

    assert (answer.status, answer.body["created_at"]) == (200, created)


@ALL
def test_a_device_can_be_posted_with_an_empty_mask(client, server):
    answer = client.call("POST", f"/{server}{DEVICES}", {"end_device": {"ids": IDS}})

    assert answer.body["ids"]["device_id"] == DEVICE_ID


@ALL
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_device_that_is_not_there_is_not_found(client, server, method):
    answer = client.call(method, f"/{server}{DEVICE}")

    assert answer.error == (404, f"pkg/{PACKAGES[server]}:device_not_found")


@ALL
def test_an_id_out_of_bounds_is_refused(client, server):
    answer = client.set(server, {}, *IDS_MASK, ids=IDS | {"device_id": "Parking_Lot"})

    assert answer.error == (400, "pkg/errors:validation")


@ALL
def test_a_pair_of_euis_is_one_device_on_each_server(client, server):
    client.set(server, {}, *IDS_MASK)

    answer = client.set(server, {}, *IDS_MASK, ids=IDS | {"device_id": "parking-7"})

    assert answer.error == (409, "pkg/internal/registry:end_device_euis_taken")
    euis = {"join_eui": IDS["join_eui"], "dev_eui": IDS["dev_eui"]}
    assert answer.attributes == {**euis, "device_id": DEVICE_ID, "application_id": "demo-app"}


@ALL
@pytest.mark.parametrize("eui", ["dev_eui", "join_eui"])
def test_the_euis_of_a_device_never_change(client, server, eui):
    client.set(server, {}, *IDS_MASK)

    answer = client.set(server, {}, *IDS_MASK, ids=IDS | {eui: "70B3D57ED0059999"})

    assert answer.error == (400, f"pkg/{PACKAGES[server]}/redis:read_only_field")
    assert answer.attributes == {"field": f"ids.{eui}"}


@ALL
def test_masked_but_absent_euis_are_not_cleared(client, server):
    client.set(server, {}, *IDS_MASK)
    body = {"end_device": {"ids": {"dev_eui": IDS["dev_eui"]}}, "field_mask": {"paths": ["ids.join_eui"]}}

    client.call("PUT", f"/{server}{DEVICE}", body)

    assert client.state()[server][f"demo-app/{DEVICE_ID}"]["ids"]["join_eui"] == IDS["join_eui"]


@ALL
@pytest.mark.parametrize(
    "path",
    [
        pytest.param("name", id="a field of IS"),
        pytest.param("nmae", id="no such field"),
        pytest.param("ids.dev_addr", id="set by the network"),
    ],
)
def test_a_path_that_the_server_does_not_take_is_refused(client, server, path):
    answer = client.set(server, {"name": "Gate"}, path)

    assert answer.error == (400, "pkg/rpcmiddleware/validator:field_mask_paths")
    assert answer.attributes == {"forbidden_paths": [path]}


WRAPPED_KEY = {"root_keys": {"app_key": {"key": APP_KEY, "kek_label": "kek"}}}
WITH_ADDRESS = {"ids": IDS | {"dev_addr": "260B5C11"}}


@pytest.mark.parametrize(
    ("call", "path"),
    [
        pytest.param(("js", WRAPPED_KEY, "root_keys"), "root_keys.app_key.kek_label", id="JS"),
        pytest.param(("ns", WITH_ADDRESS, "ids"), "ids.dev_addr", id="NS"),
        pytest.param(("as", WITH_ADDRESS, "ids"), "ids.dev_addr", id="AS"),
    ],
)
def test_a_value_below_a_masked_path_that_the_server_does_not_take_is_refused(client, call, path):
    answer = client.set(*call)

    assert answer.error == (400, "pkg/rpcmiddleware/validator:non_zero_path")
    assert answer.attributes == {"path": path}


def test_only_masked_fields_are_written_and_absent_ones_cleared(client):
    client.set("js", {"network_server_address": "127.0.0.1", "net_id": "000013"})

    client.set("js", {"application_server_address": "127.0.0.1"}, "net_id")

    stored = client.state()["js"][f"demo-app/{DEVICE_ID}"]
    assert stored.keys() == {"ids", "created_at", "updated_at", "network_server_address"}


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        pytest.param({"dev_eui": IDS["dev_eui"]}, "no_join_eui", id="no JoinEUI"),
        pytest.param({"join_eui": IDS["join_eui"]}, "no_dev_eui", id="no DevEUI"),
        pytest.param(IDS | {"dev_eui": "0" * 16}, "no_dev_eui", id="DevEUI of zeros"),
    ],
)
def test_the_join_server_needs_both_euis(client, ids, name):
    answer = client.set("js", {}, *IDS_MASK, ids={"device_id": DEVICE_ID} | ids)

    assert answer.error == (400, f"pkg/joinserver:{name}")


def test_a_join_eui_of_zeros_is_one(client):
    answer = client.set("js", {}, *IDS_MASK, ids=IDS | {"join_eui": "0" * 16})

    assert answer.body["ids"]["join_eui"] == "0000000000000000"


@pytest.mark.parametrize(
    ("keys", "mask"),
    [
        pytest.param({}, "root_keys", id="no keys"),
        pytest.param({"nwk_key": {"key": NWK_KEY}}, "root_keys", id="no AppKey"),
        pytest.param({"app_key": {"key": ZERO_KEY}}, "root_keys.app_key.key", id="AppKey of zeros"),
    ],
)
def test_a_masked_app_key_must_be_there(client, keys, mask):
    answer = client.set("js", {"root_keys": keys}, mask)

    assert answer.error == (400, "pkg/joinserver:field_value")
    assert answer.attributes == {"field": "root_keys.app_key.key"}


@pytest.mark.parametrize(
    ("keys", "mask"),
    [
        pytest.param({"app_key": {"key": APP_KEY}}, ["root_keys"], id="the mask root_keys replaces both"),
        pytest.param(
            {"app_key": {"key": APP_KEY}, "nwk_key": {"key": ZERO_KEY}}, ["root_keys"], id="a key of zeros is none"
        ),
        pytest.param({}, ["root_keys.nwk_key.key"], id="masked alone and absent"),
    ],
)
def test_a_nwk_key_is_cleared(client, keys, mask):
    client.set("js", {"root_keys": {"app_key": {"key": APP_KEY}, "nwk_key": {"key": NWK_KEY}}})

    client.set("js", {"root_keys": keys}, *mask)

    stored = client.state()["js"][f"demo-app/{DEVICE_ID}"]["root_keys"]
    assert stored["app_key"] == {"key": APP_KEY}
    assert not stored.get("nwk_key")


def test_keys_are_shown_only_to_a_mask_that_asks_for_them(client):
    client.set("js", {"root_keys": {"app_key": {"key": APP_KEY.lower()}}})

    without = client.call("GET", f"/js{DEVICE}")
    asked = client.call("GET", f"/js{DEVICE}?field_mask=root_keys.app_key.key")

    assert "root_keys" not in without.body
    assert asked.body["root_keys"] == {"app_key": {"key": APP_KEY}}


def test_a_set_without_keys_needs_no_right_on_keys(client):
    authorization = client.add_key("NOKEYS", "DEVICES_WRITE")

    answer = client.set("js", {"net_id": "000013"}, authorization=authorization)

    assert answer.status == 200


@pytest.mark.parametrize(
    ("values", "mask", "field"),
    [
        pytest.param({}, ["frequency_plan_id"], "frequency_plan_id", id="masked plan is missing"),
        pytest.param({}, ["lorawan_version"], "lorawan_version", id="masked version is missing"),
        pytest.param({}, ["lorawan_phy_version"], "lorawan_phy_version", id="masked regional version is missing"),
        pytest.param({}, ["supports_join"], "session.dev_addr", id="a device that never joins needs a session"),
        pytest.param(
            NETWORK_SETTINGS | {"version_ids": {"band_id": "US_902_928"}},
            [*NETWORK_SETTINGS, "version_ids"],
            "version_ids.band_id",
            id="another band than the plan's",
        ),
    ],
)
def test_the_network_server_names_the_field_it_refuses(client, values, mask, field):
    answer = client.set("ns", values, *mask)

    assert answer.error == (400, "pkg/networkserver:field_value")
    assert answer.attributes == {"field": field}


@pytest.mark.parametrize("eui", ["dev_eui", "join_eui"])
def test_a_device_that_joins_needs_both_euis(client, eui):
    ids = {name: value for name, value in IDS.items() if name != eui}

    answer = client.set("ns", NETWORK_SETTINGS, ids=ids)

    assert answer.error == (400, "pkg/networkserver:field_value")
    assert answer.attributes == {"field": f"ids.{eui}"}


def test_a_band_mismatch_tells_both_bands(client):
    answer = client.set("ns", NETWORK_SETTINGS | {"version_ids": {"band_id": "US_902_928"}})

    assert answer.cause["name"] == "device_and_frequency_plan_band_mismatch"
    assert answer.cause["attributes"] == {"dev_band_id": "US_902_928", "fp_band_id": "EU_863_870"}


def test_an_unknown_plan_is_a_404_that_is_not_about_the_device(client):
    answer = client.set("ns", NETWORK_SETTINGS | {"frequency_plan_id": "EU_868"})

    assert answer.error == (404, "pkg/frequencyplans:not_found")
    assert answer.attributes == {"id": "EU_868"}


@pytest.mark.parametrize(
    ("plan", "version", "band"),
    [
        pytest.param("AU_915_928_FSB_2", "PHY_V1_0", "AU_915_928", id="AU knows no 1.0"),
        pytest.param("AS_923", "PHY_V1_0_1", "AS_923", id="AS1 knows no TS001"),
        pytest.param("KR_920_923_TTN", "PHY_V1_0", "KR_920_923", id="KR knows no TS001"),
        pytest.param("IN_865_867", "PHY_V1_0_2_REV_A", "IN_865_867", id="IN begins with 1.0.2 B"),
        pytest.param("RU_864_870_TTN", "PHY_V1_0_2_REV_B", "RU_864_870", id="RU begins with 1.0.3 A"),
        pytest.param("CN_470_510_FSB_11", "RP002_V1_0_0", "CN_470_510", id="CN knows no RP002"),
        pytest.param("AS_923_2", "RP002_V1_0_0", "AS_923_2", id="AS2 begins with RP002 1.0.1"),
        pytest.param("IL_917_920_TTN", "PHY_V1_0_3_REV_A", "AS_923_4", id="IL begins with RP002 1.0.3"),
    ],
)
def test_a_version_that_the_band_does_not_have_is_refused(client, plan, version, band):
    answer = client.set("ns", NETWORK_SETTINGS | {"frequency_plan_id": plan, "lorawan_phy_version": version})

    assert answer.error == (400, "pkg/networkserver/internal:no_band_version")
    assert answer.attributes == {"ver": version, "id": band}


@pytest.mark.parametrize(
    ("plan", "version"),
    [
        ("EU_863_870_TTN", "PHY_V1_0"),
        ("US_902_928_FSB_2", "RP002_V1_0_4"),
        ("AU_915_928_FSB_2", "PHY_V1_0_1"),
        ("IN_865_867", "PHY_V1_0_2_REV_B"),
        ("RU_864_870_TTN", "PHY_V1_0_3_REV_A"),
        ("CN_470_510_FSB_11", "PHY_V1_0_1"),
        ("AS_923_2", "RP002_V1_0_1"),
        ("IL_917_920_TTN", "RP002_V1_0_3"),
    ],
)
def test_a_version_that_the_band_has_is_taken(client, plan, version):
    answer = client.set("ns", NETWORK_SETTINGS | {"frequency_plan_id": plan, "lorawan_phy_version": version})

    assert answer.body["frequency_plan_id"] == plan


def test_a_plan_without_a_version_is_refused_at_create_and_taken_at_update(client):
    plan = {"frequency_plan_id": "EU_863_870"}

    at_create = client.set("ns", plan)
    client.set("ns", NETWORK_SETTINGS)
    at_update = client.set("ns", plan)

    assert at_create.error == (400, "pkg/networkserver/internal:no_band_version")
    assert at_update.body["frequency_plan_id"] == "EU_863_870"


def test_forgetting_supports_join_makes_a_device_that_never_joins_and_cannot_be_mended(client):
    forgotten = {name: value for name, value in NETWORK_SETTINGS.items() if name != "supports_join"}

    created = client.set("ns", NETWORK_SETTINGS, *forgotten)
    mended = client.set("ns", NETWORK_SETTINGS)

    assert created.status == 200
    assert "supports_join" not in created.body
    assert (mended.error, mended.attributes) == ((400, "pkg/networkserver:field_value"), {"field": "supports_join"})


def test_the_mac_version_and_the_regional_version_need_not_be_a_pair(client):
    answer = client.set("ns", NETWORK_SETTINGS | {"lorawan_phy_version": "PHY_V1_1_REV_B"})

    assert answer.status == 200


@pytest.mark.parametrize(
    ("values", "mask", "field"),
    [
        pytest.param({}, "session.dev_addr", "session.dev_addr", id="masked session"),
        pytest.param({}, "session.keys.app_s_key.key", "session.keys.app_s_key.key", id="masked session key"),
        pytest.param(
            {"formatters": {"up_formatter_parameter": "x" * 40961}},
            "formatters",
            "formatters.up_formatter_parameter",
            id="formatter of 40961 characters",
        ),
        pytest.param({"ids": OTHER_IDS | {"dev_addr": "260B5C11"}}, "serial_number", "ids.dev_addr", id="address"),
    ],
)
def test_the_application_server_names_the_field_it_refuses(client, values, mask, field):
    answer = client.set("as", values, mask)

    assert answer.error == (400, "pkg/applicationserver:field_value")
    assert answer.attributes == {"field": field}


def test_false_is_not_absent_where_the_application_server_tells_them_apart(client):
    client.set("as", {"skip_payload_crypto_override": False})

    answer = client.call("GET", f"/as{DEVICE}?field_mask=skip_payload_crypto_override")

    assert answer.body["skip_payload_crypto_override"] is False
