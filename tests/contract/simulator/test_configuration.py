import pytest


@pytest.mark.parametrize(
    ("query", "plans"),
    [
        pytest.param("?band_id=EU_433", ["EU_433"], id="by band"),
        pytest.param("?base_frequency=2450", ["ISM_2400_3CH_DRAFT2"], id="by frequency"),
        pytest.param("?base_frequency=868&band_id=RU_864_870", ["RU_864_870_TTN"], id="by both"),
        pytest.param("?base_frequency=868&band_id=EU_433", [], id="none"),
    ],
)
def test_frequency_plans_are_listed_without_a_key(client, query, plans):
    answer = client.call("GET", f"/configuration/frequency-plans{query}", authorization=None)

    assert [plan["id"] for plan in answer.body.get("frequency_plans", [])] == plans


def test_a_frequency_plan_is_described_without_its_countries(client):
    answer = client.call("GET", "/configuration/frequency-plans?band_id=KR_920_923")

    described = answer.body["frequency_plans"][0]
    assert described.keys() == {"id", "name", "base_frequency", "band_id"}
    assert described["base_frequency"] == 915


def test_every_plan_is_of_a_band_that_there_is(client):
    plans = client.call("GET", "/configuration/frequency-plans").body["frequency_plans"]
    versions = client.call("GET", "/configuration/phy-versions").body["version_info"]

    assert len(plans) == 71
    assert {plan["band_id"] for plan in plans} <= {band["band_id"] for band in versions}


def test_versions_of_a_band(client):
    answer = client.call("GET", "/configuration/phy-versions?band_id=AS_923_4")

    assert answer.body == {"version_info": [{"band_id": "AS_923_4", "phy_versions": ["RP002_V1_0_3", "RP002_V1_0_4"]}]}


@pytest.mark.parametrize(
    ("path", "versions"),
    [
        pytest.param("/AS_923_4", {"RP002_V1_0_3", "RP002_V1_0_4"}, id="band"),
        pytest.param("/AS_923_4/RP002_V1_0_4", {"RP002_V1_0_4"}, id="band and version"),
    ],
)
def test_bands_are_described_by_version(client, path, versions):
    answer = client.call("GET", f"/configuration/bands{path}")

    assert answer.body["descriptions"]["AS_923_4"]["band"].keys() == versions
