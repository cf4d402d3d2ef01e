import pytest

from tests.contract.simulator.client import IDS, NETWORK_SETTINGS

FIELD_VALUE = (400, "pkg/networkserver:field_value")


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

    assert answer.error == FIELD_VALUE
    assert answer.attributes == {"field": field}


@pytest.mark.parametrize("eui", ["dev_eui", "join_eui"])
def test_a_device_that_joins_needs_both_euis(client, eui):
    ids = {name: value for name, value in IDS.items() if name != eui}

    answer = client.set("ns", NETWORK_SETTINGS, ids=ids)

    assert answer.error == FIELD_VALUE
    assert answer.attributes == {"field": f"ids.{eui}"}


def test_a_band_mismatch_names_both_bands(client):
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


def test_forgetting_supports_join_makes_a_device_that_never_joins_and_cannot_be_repaired(client):
    forgotten = {name: value for name, value in NETWORK_SETTINGS.items() if name != "supports_join"}

    created = client.set("ns", NETWORK_SETTINGS, *forgotten)
    repaired = client.set("ns", NETWORK_SETTINGS)

    assert created.status == 200
    assert "supports_join" not in created.body
    assert (repaired.error, repaired.attributes) == (FIELD_VALUE, {"field": "supports_join"})


def test_the_mac_version_and_the_regional_version_need_not_be_a_pair(client):
    answer = client.set("ns", NETWORK_SETTINGS | {"lorawan_phy_version": "PHY_V1_1_REV_B"})

    assert answer.status == 200
