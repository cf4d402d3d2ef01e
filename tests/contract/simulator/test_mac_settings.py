"""MAC settings at the Network Server: kinds, ranges, and what the band of the plan has."""

import pytest

from tests.contract.simulator.client import DEVICE, IDS, NETWORK_SETTINGS

FIELD_VALUE = (400, "pkg/networkserver:field_value")
EU = NETWORK_SETTINGS
US = EU | {"frequency_plan_id": "US_902_928_FSB_2"}
AS = EU | {"frequency_plan_id": "AS_923"}
ISM = EU | {"frequency_plan_id": "ISM_2400_3CH_DRAFT2"}


def set_one(client, name, value, *, device=EU):
    """Set one setting of a device that is there with this plan; return the answer."""
    assert client.set("ns", device).status == 200
    return client.set("ns", {"mac_settings": {name: value}}, f"mac_settings.{name}")


@pytest.mark.parametrize(
    ("name", "given", "written"),
    [
        pytest.param("class_b_timeout", "1m", "60s", id="a minute"),
        pytest.param("class_b_timeout", "0.5s", "0.500s", id="half a second"),
        pytest.param("class_c_timeout", "-5s", "-5s", id="a negative duration"),
        pytest.param("class_c_timeout", "1h0m1.000002s", "3601.000002s", id="microseconds"),
        pytest.param("ping_slot_periodicity", "PING_EVERY_32S", "PING_EVERY_32S", id="a name"),
        pytest.param("ping_slot_periodicity", 5, "PING_EVERY_32S", id="an exponent"),
        pytest.param("ping_slot_periodicity", 0, "PING_EVERY_1S", id="exponent 0"),
        pytest.param("rx1_delay", "RX_DELAY_5", 5, id="the name of a delay"),
        pytest.param("rx1_delay", "5", 5, id="a delay as text"),
        pytest.param("rx1_delay", 0, 0, id="delay 0"),
        pytest.param("rx2_data_rate_index", "DATA_RATE_3", 3, id="the name of a data rate"),
        pytest.param("ping_slot_data_rate_index", 0, 0, id="data rate 0"),
        pytest.param("rx2_frequency", 869525000, "869525000", id="Hz as a number"),
        pytest.param("ping_slot_frequency", 0, "0", id="hopping"),
        pytest.param("beacon_frequency", "923000000", "923000000", id="out of the band"),
        pytest.param("supports_32_bit_f_cnt", False, False, id="false"),
        pytest.param("resets_f_cnt", True, True, id="true"),
        pytest.param("max_duty_cycle", 7, "DUTY_CYCLE_128", id="an exponent of a duty cycle"),
        pytest.param("max_duty_cycle", "DUTY_CYCLE_1", "DUTY_CYCLE_1", id="no limit"),
        pytest.param("factory_preset_frequencies", [868100000, "867100000"], ["868100000", "867100000"], id="presets"),
        pytest.param("status_count_periodicity", 0, 0, id="never asked for its status"),
        pytest.param("adr", {"static": {"data_rate_index": 5, "nb_trans": 1}}, None, id="static ADR"),
        pytest.param("adr", {"dynamic": {"margin": 0, "min_data_rate_index": 0}}, None, id="dynamic ADR from zero"),
        pytest.param("adr", {"disabled": {}}, None, id="no ADR"),
    ],
)
def test_a_setting_comes_out_in_the_things_stacks_spelling(client, name, given, written):
    answer = set_one(client, name, given)
    read = client.call("GET", f"/ns{DEVICE}?field_mask=mac_settings.{name}")

    expected = {name: given if written is None else written}
    assert (answer.status, answer.body.get("mac_settings")) == (200, expected)
    assert read.body["mac_settings"] == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("class_b_timeout", 60, id="seconds as a number"),
        pytest.param("class_b_timeout", "60", id="seconds without a unit"),
        pytest.param("ping_slot_periodicity", "32s", id="a period of its own spelling"),
        pytest.param("ping_slot_periodicity", {"value": 5}, id="a message"),
        pytest.param("rx1_delay", {"value": 5}, id="a wrapper"),
        pytest.param("rx2_frequency", "869.525", id="MHz"),
        pytest.param("supports_32_bit_f_cnt", "true", id="text for true"),
        pytest.param("factory_preset_frequencies", "868100000", id="text for a list"),
    ],
)
def test_what_a_setting_cannot_hold_is_refused_without_details(client, name, value):
    assert set_one(client, name, value).error == (400, None)


@pytest.mark.parametrize(
    ("name", "value", "path", "reason"),
    [
        pytest.param("rx2_data_rate_index", 16, ["value"], "one of the defined enum values", id="data rate 16"),
        pytest.param("rx1_data_rate_offset", 8, ["value"], "one of the defined enum values", id="offset 8"),
        pytest.param("ping_slot_periodicity", 8, ["value"], "one of the defined enum values", id="a period too long"),
        pytest.param("rx2_frequency", 99999, ["value"], "greater than or equal to 100000", id="kHz"),
        pytest.param("rx2_frequency", 0, ["value"], "greater than or equal to 100000", id="RX2 does not hop"),
        pytest.param("ping_slot_frequency", 1, ["value"], "outside range (0, 100000)", id="1 Hz"),
        pytest.param("factory_preset_frequencies", [868100000] * 97, [], "no more than 96 item(s)", id="97 presets"),
        pytest.param("adr", {"static": {}}, ["static", "nb_trans"], "inside range [1, 15]", id="static, sent never"),
        pytest.param("adr", {"dynamic": {"max_nb_trans": 4}}, ["dynamic", "max_nb_trans"], "[1, 3]", id="sent 4 times"),
    ],
)
def test_a_setting_out_of_its_range_breaks_a_rule(client, name, value, path, reason):
    answer = set_one(client, name, value)

    fields, error = [], answer.body["details"][0]
    while error:
        fields.append(error["attributes"]["field"])
        last, error = error, error.get("cause")
    assert answer.error == (400, "pkg/errors:validation")
    assert fields == ["end_device", "mac_settings", name, *path]
    assert reason in last["attributes"]["reason"]


@pytest.mark.parametrize(
    ("device", "name", "value", "field"),
    [
        pytest.param(EU, "rx2_data_rate_index", 8, "rx2_data_rate_index.value", id="EU has data rates to 7"),
        pytest.param(US, "ping_slot_data_rate_index", 7, "ping_slot_data_rate_index.value", id="US has no 7"),
        pytest.param(EU, "desired_rx2_data_rate_index", 9, "desired_rx2_data_rate_index.value", id="nor one to use"),
        pytest.param(US, "factory_preset_frequencies", [868100000], "factory_preset_frequencies", id="of another band"),
        pytest.param(
            US, "factory_preset_frequencies", [902400000], "factory_preset_frequencies", id="between channels"
        ),
        pytest.param(
            EU, "factory_preset_frequencies", [868650000], "factory_preset_frequencies", id="between sub-bands"
        ),
        pytest.param(EU, "uplink_dwell_time", False, "uplink_dwell_time.value", id="EU knows no dwell time"),
        pytest.param(US, "downlink_dwell_time", True, "downlink_dwell_time.value", id="US neither"),
        pytest.param(EU, "adr", {"static": {"data_rate_index": 8, "nb_trans": 1}}, None, id="static ADR"),
        pytest.param(ISM, "use_adr", True, "use_adr.value", id="2.4 GHz has no ADR"),
    ],
)
def test_what_the_band_does_not_have_is_refused(client, device, name, value, field):
    answer = set_one(client, name, value, device=device)

    assert answer.error == FIELD_VALUE
    assert answer.attributes == {"field": f"mac_settings.{field or 'adr.mode.static.data_rate_index'}"}


@pytest.mark.parametrize(
    ("device", "name", "value"),
    [
        pytest.param(US, "rx2_data_rate_index", 13, id="US has 13"),
        pytest.param(EU | {"lorawan_phy_version": "RP002_V1_0_2"}, "rx2_data_rate_index", 11, id="newer EU has 11"),
        pytest.param(US, "factory_preset_frequencies", ["902300000", "903000000"], id="channels of US"),
        pytest.param(AS, "factory_preset_frequencies", ["923500000"], id="the sub-band of AS"),
        pytest.param(AS, "uplink_dwell_time", True, id="AS knows a dwell time"),
    ],
)
def test_what_the_band_has_is_taken(client, device, name, value):
    assert set_one(client, name, value, device=device).body["mac_settings"] == {name: value}


def test_a_plans_own_sub_band_counts(client):
    presets = {"mac_settings": {"factory_preset_frequencies": ["924000000"]}}

    in_group_1 = client.set("ns", AS | presets)
    in_its_plan = client.set("ns", AS | {"frequency_plan_id": "AS_923_925"} | presets)

    assert (in_group_1.error, in_its_plan.status) == (FIELD_VALUE, 200)


def test_another_plan_must_have_what_the_device_has(client):
    set_one(client, "rx2_data_rate_index", 7)

    answer = client.set("ns", {"frequency_plan_id": "US_902_928_FSB_2", "lorawan_phy_version": "PHY_V1_0_3_REV_A"})

    assert (answer.error, answer.attributes) == (FIELD_VALUE, {"field": "mac_settings.rx2_data_rate_index.value"})


@pytest.mark.parametrize("mask", ["mac_settings", "mac_settings.rx1_delay", "mac_settings.rx1_delay.value"])
def test_a_masked_setting_that_is_not_given_is_cleared(client, mask):
    client.set("ns", EU | {"mac_settings": {"rx1_delay": 5, "class_c_timeout": "5s"}})

    client.set("ns", {}, mask)

    left = client.call("GET", f"/ns{DEVICE}?field_mask=mac_settings").body.get("mac_settings", {})
    assert left == ({} if mask == "mac_settings" else {"class_c_timeout": "5s"})


def test_the_mask_of_all_settings_replaces_them(client):
    client.set("ns", EU | {"mac_settings": {"rx1_delay": 5, "class_c_timeout": "5s"}})

    answer = client.set("ns", {"mac_settings": {"rx1_delay": 1}}, "mac_settings")

    assert answer.body["mac_settings"] == {"rx1_delay": 1}


def test_a_setting_that_there_is_not_is_no_path(client):
    answer = client.set("ns", EU, *EU, "mac_settings.rx3_delay")

    assert answer.error == (400, "pkg/rpcmiddleware/validator:field_mask_paths")


@pytest.mark.parametrize("legacy", [{"use_adr": False}, {"adr_margin": 10}], ids=["use_adr", "adr_margin"])
def test_adr_is_set_in_one_way_only(client, legacy):
    client.set("ns", EU)

    together = client.set("ns", {"mac_settings": {**legacy, "adr": {"disabled": {}}}}, "mac_settings")
    client.set("ns", {"mac_settings": legacy}, *(f"mac_settings.{name}" for name in legacy))
    in_turn = client.set("ns", {"mac_settings": {"adr": {"disabled": {}}}}, "mac_settings.adr")

    assert (together.error, in_turn.error) == (FIELD_VALUE, FIELD_VALUE)


@pytest.mark.parametrize("mode", [{"static": {"nb_trans": 1}}, {"disabled": {}}], ids=["static", "disabled"])
def test_the_mode_of_adr_is_a_path(client, mode):
    client.set("ns", EU)

    answer = client.set("ns", {"mac_settings": {"adr": mode}}, "mac_settings.adr.mode")

    assert answer.body["mac_settings"] == {"adr": mode}


@pytest.mark.parametrize(
    "plan", ["EU_863_870_TTN", "US_902_928_FSB_2", "KR_920_923_TTN", "AS_923", "ISM_2400_3CH_DRAFT2"]
)
def test_class_b_needs_nothing_else_of_a_device_that_joins(client, plan):
    assert client.set("ns", EU | {"frequency_plan_id": plan, "supports_class_b": True}).status == 200


@pytest.mark.parametrize(
    ("plan", "version", "expected"),
    [
        pytest.param(
            "US_902_928_FSB_2",
            "PHY_V1_0_3_REV_A",
            {"rx2_frequency": "923300000", "desired_rx2_data_rate_index": 8, "ping_slot_frequency": "0"},
            id="US hops",
        ),
        pytest.param("US_903_0", "RP002_V1_0_1", {"desired_max_eirp": "DEVICE_EIRP_24"}, id="a plan's own power"),
        pytest.param("EU_863_870", "7", {"desired_rx2_data_rate_index": 0}, id="a version by number"),
        pytest.param("ISM_2400_3CH_DRAFT2", "TS001_V1_0", {"use_adr": False}, id="another name of a version"),
    ],
)
def test_the_default_settings_follow_from_plan_and_version(client, plan, version, expected):
    answer = client.call("GET", f"/ns/default_mac_settings/{plan}/{version}", authorization=None)

    assert answer.body.items() >= expected.items()


@pytest.mark.parametrize(
    ("path", "error"),
    [
        pytest.param("EU_868/PHY_V1_0_3_REV_A", (404, "pkg/frequencyplans:not_found"), id="no such plan"),
        pytest.param("AS_923/PHY_V1_0", (400, "pkg/networkserver/internal:no_band_version"), id="not in this band"),
        pytest.param("AS_923/1.0.3-a", (400, None), id="no such version"),
    ],
)
def test_there_are_default_settings_of_plans_and_versions_only(client, path, error):
    assert client.call("GET", f"/ns/default_mac_settings/{path}").error == error


def test_a_reset_of_a_device_that_joins_leaves_its_settings(client):
    client.set("ns", EU | {"mac_settings": {"rx1_delay": 5}})

    answer = client.call("PATCH", f"/ns{DEVICE}", {"field_mask": {"paths": ["mac_settings", "session"]}})

    assert (answer.body["mac_settings"], "session" in answer.body) == ({"rx1_delay": 5}, False)
    assert answer.body["ids"].items() >= IDS.items()


def test_only_a_device_that_is_there_can_be_reset(client):
    assert client.call("PATCH", f"/ns{DEVICE}", {}).error == (404, "pkg/networkserver:device_not_found")


def test_a_reset_needs_the_right_to_write(client):
    client.set("ns", EU)
    reader = client.add_key("RESETS", "DEVICES_READ")

    answer = client.call("PATCH", f"/ns{DEVICE}", {}, authorization=reader)

    assert answer.error == (403, "pkg/auth/rights:insufficient_application_rights")
