"""Devices that are activated by personalization: a session instead of root keys."""

import pytest

from tests.contract.simulator.client import (
    ABP_IDS,
    ABP_MASK,
    ABP_SETTINGS,
    DEV_ADDR,
    DEVICES,
    IDS,
    NETWORK_SETTINGS,
    NWK_KEY,
    SESSION_KEY,
)

FIELD_VALUE = (400, "pkg/networkserver:field_value")
PATH = f"{DEVICES}/{ABP_IDS['device_id']}"
OTHER_KEY = "F" * 32
NETWORK_KEYS = ("f_nwk_s_int_key", "s_nwk_s_int_key", "nwk_s_enc_key")
KEY_PATHS = {name: f"session.keys.{name}.key" for name in NETWORK_KEYS}
UPLINK_KEY = KEY_PATHS["f_nwk_s_int_key"]
COUNTERS = {"last_f_cnt_up": 10, "last_n_f_cnt_down": 20}
APPLICATION_SESSION = {"dev_addr": DEV_ADDR, "keys": {"app_s_key": {"key": NWK_KEY}}}
APPLICATION_MASK = ("session.dev_addr", "session.keys.app_s_key.key")
LORAWAN_1_1 = {"lorawan_version": "MAC_V1_1", "lorawan_phy_version": "PHY_V1_1_REV_B"}


def keys(**given):
    return {name: {"key": key} for name, key in given.items()}


def create(client, *mask, ids=ABP_IDS, **values):
    """Set a new device at the Network Server, by default with all that one needs."""
    return client.set("ns", ABP_SETTINGS | values, *(mask or ABP_MASK), ids=ids)


def change(client, *mask, **values):
    return client.set("ns", values, *mask, ids=ABP_IDS)


def read(client, mask, server="ns", **options):
    return client.call("GET", f"/{server}{PATH}?field_mask={mask}", **options)


def session_with(**given):
    return {"dev_addr": DEV_ADDR, "keys": keys(**given)}


def test_below_1_1_one_key_is_all_three(client):
    create(client)

    session = read(client, "session").body["session"]

    assert session["keys"] == keys(**dict.fromkeys(NETWORK_KEYS, SESSION_KEY))


@pytest.mark.parametrize(
    ("values", "given", "refused"),
    [
        pytest.param({}, dict.fromkeys(NETWORK_KEYS, SESSION_KEY), None, id="three of the same"),
        pytest.param({}, {"f_nwk_s_int_key": SESSION_KEY, "nwk_s_enc_key": OTHER_KEY}, "nwk_s_enc_key", id="another"),
        pytest.param(LORAWAN_1_1, {"f_nwk_s_int_key": SESSION_KEY}, "nwk_s_enc_key", id="1.1 with one"),
        pytest.param(LORAWAN_1_1, dict.fromkeys(NETWORK_KEYS[::2], SESSION_KEY), "s_nwk_s_int_key", id="1.1 with two"),
        pytest.param(LORAWAN_1_1, dict.fromkeys(NETWORK_KEYS, SESSION_KEY), None, id="1.1 with three"),
        pytest.param(
            {"lorawan_version": "MAC_V1_0_4", "lorawan_phy_version": "RP002_V1_0_1"},
            {"f_nwk_s_int_key": SESSION_KEY},
            None,
            id="1.0.4 with one",
        ),
    ],
)
def test_the_version_says_how_many_keys_a_session_has(client, values, given, refused):
    mask = [*NETWORK_SETTINGS, "session.dev_addr", *(KEY_PATHS[name] for name in given)]

    answer = create(client, *mask, session=session_with(**given), **values)

    assert answer.error == (FIELD_VALUE if refused else (200, None))
    assert not refused or answer.attributes == {"field": KEY_PATHS[refused]}


def test_a_masked_key_that_is_not_given_is_refused(client):
    answer = create(client, *ABP_MASK, KEY_PATHS["nwk_s_enc_key"])

    assert (answer.error, answer.attributes) == (FIELD_VALUE, {"field": KEY_PATHS["nwk_s_enc_key"]})


@pytest.mark.parametrize(
    ("session", "field"),
    [
        pytest.param({"keys": keys(f_nwk_s_int_key=SESSION_KEY)}, "session.dev_addr", id="no address"),
        pytest.param({"dev_addr": "0" * 8, "keys": keys(f_nwk_s_int_key=SESSION_KEY)}, "session.dev_addr", id="zero"),
        pytest.param({"dev_addr": DEV_ADDR, "keys": {}}, UPLINK_KEY, id="no key"),
        pytest.param(session_with(f_nwk_s_int_key="0" * 32), UPLINK_KEY, id="a key of zeros"),
    ],
)
def test_a_session_has_an_address_and_a_key(client, session, field):
    answer = create(client, session=session)

    assert (answer.error, answer.attributes) == (FIELD_VALUE, {"field": field})


def test_a_session_without_keys_breaks_a_rule(client):
    assert create(client, session={"dev_addr": DEV_ADDR}).error == (400, "pkg/errors:validation")


def test_a_first_session_needs_plan_and_versions_in_the_same_call(client):
    create(client, "lorawan_version", "lorawan_phy_version", "frequency_plan_id")

    answer = change(client, "session.dev_addr", UPLINK_KEY, session=ABP_SETTINGS["session"])
    with_plan = create(client, "session.dev_addr", UPLINK_KEY)

    assert (answer.error, answer.attributes) == ((404, "pkg/frequencyplans:not_found"), {"id": ""})
    assert with_plan.status == 200


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        pytest.param("26011234", "26011234", id="another network's"),
        pytest.param("FE000001", "FE000001", id="of NetID type 6"),
        pytest.param("00b6f063", "00B6F063", id="lower case"),
        pytest.param("00B6F0", "D3407A17", id="6 digits are base64"),
    ],
)
def test_an_address_is_not_judged(client, given, stored):
    assert create(client, session=ABP_SETTINGS["session"] | {"dev_addr": given}).body["ids"]["dev_addr"] == stored


@pytest.mark.parametrize("address", ["00B6F06", "00B6F06301", "00-B6-F0-63"])
def test_an_address_of_another_length_is_refused_without_details(client, address):
    assert create(client, session=ABP_SETTINGS["session"] | {"dev_addr": address}).error == (400, None)


def test_a_key_of_22_characters_is_base64(client):
    create(client, session=session_with(f_nwk_s_int_key="ABCDEFGHIJKLMNOPQRSTUQ"))

    assert read(client, UPLINK_KEY).body["session"]["keys"] == keys(f_nwk_s_int_key="00108310518720928B30D38F41149351")


def test_devices_may_share_an_address(client):
    answers = [create(client), create(client, ids={"device_id": "water-meter-4", "dev_eui": "A81758FE50000F02"})]

    assert [answer.body["ids"]["dev_addr"] for answer in answers] == [DEV_ADDR, DEV_ADDR]


def test_a_lone_dev_eui_may_be_there_twice_and_beside_one_that_joins(client):
    joins = {**IDS, "dev_eui": ABP_IDS["dev_eui"]}
    twins = [ABP_IDS, ABP_IDS | {"device_id": "water-meter-4"}]

    created = [client.create(ids).status for ids in (*twins, joins)]
    at_network = [create(client, ids=ids).status for ids in twins]
    found = client.call("GET", f"/search{DEVICES}?dev_eui_contains={ABP_IDS['dev_eui'].lower()}")

    assert created + at_network + [client.set("ns", NETWORK_SETTINGS, ids=joins).status] == [200] * 6
    names = [device["ids"]["device_id"] for device in found.body["end_devices"]]
    assert names == ["eui-70b3d57ed0051234", "water-meter-3", "water-meter-4"]


def test_the_pair_of_euis_is_unique_with_a_session_too(client):
    pair = {**ABP_IDS, "join_eui": IDS["join_eui"]}
    create(client, ids=pair)

    answer = create(client, ids=pair | {"device_id": "water-meter-4"})

    assert answer.error == (409, "pkg/internal/registry:end_device_euis_taken")


@pytest.mark.parametrize(
    ("version", "phy_version", "error"),
    [
        ("MAC_V1_0_3", "PHY_V1_0_3_REV_A", (200, None)),
        ("MAC_V1_0_4", "RP002_V1_0_1", FIELD_VALUE),
        ("MAC_V1_1", "PHY_V1_1_REV_B", FIELD_VALUE),
    ],
)
def test_from_1_0_4_on_a_device_needs_a_dev_eui(client, version, phy_version, error):
    versions = {"lorawan_version": version, "lorawan_phy_version": phy_version}
    session = session_with(**dict.fromkeys(NETWORK_KEYS, SESSION_KEY))
    ids = {"device_id": ABP_IDS["device_id"]}

    answer = create(
        client, *NETWORK_SETTINGS, "session.dev_addr", *KEY_PATHS.values(), ids=ids, session=session, **versions
    )

    assert answer.error == error
    assert answer.status == 200 or answer.attributes == {"field": "ids.dev_eui"}


def test_an_eui_that_was_left_out_cannot_be_added(client):
    create(client)

    with_join_eui = client.set("ns", ABP_SETTINGS, *ABP_MASK, ids=ABP_IDS | {"join_eui": IDS["join_eui"]})

    assert with_join_eui.error == (400, "pkg/networkserver/redis:read_only_field")
    assert with_join_eui.attributes == {"field": "ids.join_eui"}


@pytest.mark.parametrize(
    ("path", "session"),
    [
        pytest.param("session.dev_addr", {"dev_addr": "00B6F064"}, id="the address"),
        pytest.param("session.last_f_cnt_up", {"last_f_cnt_up": 3}, id="a counter, backwards"),
        pytest.param(UPLINK_KEY, {"keys": keys(f_nwk_s_int_key=OTHER_KEY)}, id="the key"),
    ],
)
def test_a_session_goes_on_after_a_change(client, path, session):
    create(client, *ABP_MASK, *(f"session.{name}" for name in COUNTERS), session=ABP_SETTINGS["session"] | COUNTERS)
    before = read(client, "session").body["session"]

    answer = change(client, path, session={"keys": {}} | session)
    after = read(client, "session").body["session"]

    expected = keys(**dict.fromkeys(NETWORK_KEYS, OTHER_KEY)) if "keys" in session else before["keys"]
    assert answer.status == 200
    assert after == before | session | {"keys": expected}


def test_the_same_session_once_more_resets_nothing(client):
    create(client, *ABP_MASK, *(f"session.{name}" for name in COUNTERS), session=ABP_SETTINGS["session"] | COUNTERS)
    before = read(client, "session").body["session"]

    create(client)

    assert read(client, "session").body["session"] == before


@pytest.mark.parametrize(
    ("values", "mask", "field"),
    [
        pytest.param({"supports_join": True}, ["supports_join"], "ids.join_eui", id="to a device that joins"),
        pytest.param({}, ["session"], "supports_join", id="without its session"),
    ],
)
def test_a_device_stays_what_it_is(client, values, mask, field):
    create(client)

    answer = change(client, *mask, **values)

    assert (answer.error, answer.attributes) == (FIELD_VALUE, {"field": field})


def test_its_keys_have_no_id(client):
    key_id = "session.keys.session_key_id"
    session = session_with(f_nwk_s_int_key=SESSION_KEY)
    session["keys"]["session_key_id"] = "AZLv3nRk0U6p"

    answer = create(client, *ABP_MASK, key_id, session=session)

    assert (answer.error, answer.attributes, answer.cause["name"]) == (FIELD_VALUE, {"field": key_id}, "field_not_zero")


def test_an_address_among_the_ids_is_the_sessions(client):
    answers = [create(client, ids=ABP_IDS | {"dev_addr": address}) for address in ("00B6F064", DEV_ADDR)]

    assert [answer.error for answer in answers] == [FIELD_VALUE, (200, None)]
    assert answers[0].attributes == {"field": "session.dev_addr"}


def test_a_device_that_joins_stays_one_too(client):
    client.set("ns", NETWORK_SETTINGS)

    answer = client.set("ns", ABP_SETTINGS, *ABP_MASK)

    assert (answer.error, answer.attributes) == (FIELD_VALUE, {"field": "supports_join"})


def test_a_session_keeps_the_version_and_class_it_began_with_until_a_reset(client):
    create(client)
    change(client, *LORAWAN_1_1, "supports_class_c", **LORAWAN_1_1, supports_class_c=False)
    during = read(client, "mac_state.lorawan_version,lorawan_version").body

    client.call("PATCH", f"/ns{PATH}", {"field_mask": {"paths": ["mac_state.device_class"]}})
    after = read(client, "mac_state.lorawan_version").body

    assert (during["lorawan_version"], during["mac_state"]["lorawan_version"]) == ("MAC_V1_1", "MAC_V1_0_3")
    assert after["mac_state"]["lorawan_version"] == "MAC_V1_1"


@pytest.mark.parametrize(
    ("version", "device_class"), [("MAC_V1_0_3", "CLASS_C"), ("MAC_V1_1", None)], ids=["below 1.1", "1.1"]
)
def test_class_c_begins_with_the_session_below_1_1_alone(client, version, device_class):
    session = session_with(**dict.fromkeys(NETWORK_KEYS, SESSION_KEY))
    values = {"lorawan_version": version, "supports_class_c": True, "session": session}
    create(client, *ABP_MASK, *KEY_PATHS.values(), "supports_class_c", **values)

    assert read(client, "mac_state.device_class").body["mac_state"].get("device_class") == device_class


def test_a_reset_begins_the_session_again_with_the_same_address_and_keys(client):
    create(client, *ABP_MASK, *(f"session.{name}" for name in COUNTERS), session=ABP_SETTINGS["session"] | COUNTERS)
    before = read(client, "session").body["session"]

    client.call("PATCH", f"/ns{PATH}", {"field_mask": {"paths": ["session"]}})
    after = read(client, "session").body["session"]

    assert {name: after[name] for name in ("dev_addr", "keys")} == {name: before[name] for name in ("dev_addr", "keys")}
    assert after.keys() == before.keys() - COUNTERS.keys()
    assert after["started_at"] > before["started_at"]


def test_a_device_without_a_session_cannot_be_reset(client):
    create(client, "lorawan_version", "lorawan_phy_version", "frequency_plan_id")

    answer = client.call("PATCH", f"/ns{PATH}", {})

    assert answer.error == (500, "pkg/networkserver/internal:corrupted_mac_state")


def test_the_templates_power_may_be_sent_as_it_is(client):
    power = {"desired_parameters": {"max_eirp": 16}}

    answer = create(client, *ABP_MASK, "mac_state.desired_parameters.max_eirp", mac_state=power)

    assert answer.body["mac_state"] == power
    assert read(client, "mac_state.lorawan_version").body["mac_state"] == {"lorawan_version": "MAC_V1_0_3"}


@pytest.mark.parametrize("given", [{}, {"mac_settings": {"ping_slot_data_rate_index": 3}}], ids=["none", "another"])
def test_class_b_needs_a_ping_slot(client, given):
    mask = (*ABP_MASK, "supports_class_b", "mac_settings")

    without = create(client, *mask, supports_class_b=True, **given)
    with_period = create(client, *mask, supports_class_b=True, mac_settings={"ping_slot_periodicity": 0})

    assert without.error == FIELD_VALUE
    assert without.attributes == {"field": "mac_settings.ping_slot_periodicity.value"}
    assert with_period.status == 200


def test_class_b_may_follow_its_ping_slot(client):
    create(client, *ABP_MASK, "mac_settings", mac_settings={"ping_slot_periodicity": "PING_EVERY_32S"})

    assert change(client, "supports_class_b", supports_class_b=True).status == 200


@pytest.mark.parametrize(
    ("mask", "rights", "status"),
    [
        pytest.param("session.dev_addr,session.last_f_cnt_up", [], 200, id="address and counters"),
        pytest.param("session", [], 403, id="all"),
        pytest.param("session", ["DEVICES_READ_KEYS"], 403, id="all, with keys but not traffic"),
        pytest.param("session", ["DEVICES_READ_KEYS", "TRAFFIC_READ"], 200, id="all, with both"),
        pytest.param(UPLINK_KEY, ["DEVICES_READ_KEYS"], 200, id="a key"),
        pytest.param(UPLINK_KEY, ["TRAFFIC_READ"], 403, id="a key without the right"),
    ],
)
def test_a_session_is_read_with_the_rights_on_what_it_holds(client, mask, rights, status):
    create(client)
    reader = client.add_key("SESSIONS", "DEVICES_READ", *rights)

    assert read(client, mask, authorization=reader).status == status


@pytest.mark.parametrize(
    ("server", "values", "mask"),
    [("ns", ABP_SETTINGS, ABP_MASK), ("as", {"session": APPLICATION_SESSION}, APPLICATION_MASK)],
    ids=["Network Server", "Application Server"],
)
def test_a_session_is_written_with_the_right_on_keys(client, server, values, mask):
    writer = client.add_key("WRITER", "DEVICES_READ", "DEVICES_WRITE")

    answer = client.set(server, values, *mask, ids=ABP_IDS, authorization=writer)

    assert answer.error == (403, "pkg/auth/rights:insufficient_application_rights")
    assert answer.attributes["missing"] == ["RIGHT_APPLICATION_DEVICES_WRITE_KEYS"]


def test_the_application_server_has_a_session_of_its_own(client):
    session = APPLICATION_SESSION | {"dev_addr": "00B6F064", "last_a_f_cnt_down": 7}
    create(client)
    client.set("as", {"session": session}, *APPLICATION_MASK, "session.last_a_f_cnt_down", ids=ABP_IDS)

    assert read(client, "session", "as").body["session"] == session


def test_it_shows_the_address_among_the_ids_after_a_change(client):
    client.set("as", {"session": APPLICATION_SESSION}, *APPLICATION_MASK, ids=ABP_IDS)
    before = read(client, "ids", "as").body["ids"]
    client.set("as", {"session": {"dev_addr": "00B6F064", "keys": {}}}, "session.dev_addr", ids=ABP_IDS)

    assert ("dev_addr" in before, read(client, "ids", "as").body["ids"]["dev_addr"]) == (False, "00B6F064")


@pytest.mark.parametrize(
    ("server", "path"),
    [
        ("ns", "session.keys.app_s_key.key"),
        ("ns", "session.last_a_f_cnt_down"),
        ("ns", "formatters"),
        ("as", "session"),
        ("as", "ids.dev_addr"),
        ("as", "locations"),
    ],
)
def test_what_another_server_has_is_no_path(client, server, path):
    answer = client.set(server, {}, path, ids=ABP_IDS)

    assert answer.error == (400, "pkg/rpcmiddleware/validator:field_mask_paths")
    assert answer.attributes == {"forbidden_paths": [path]}


def test_the_join_server_does_not_know_it_and_the_others_forget_it(client):
    client.create(ABP_IDS)
    create(client)
    client.set("as", {"session": APPLICATION_SESSION}, *APPLICATION_MASK, ids=ABP_IDS)

    deleted = [client.call("DELETE", f"{server}{PATH}").error for server in ("/as", "/ns", "/js", "")]

    assert deleted == [(200, None), (200, None), (404, "pkg/joinserver:device_not_found"), (200, None)]
    assert client.state()["ns"] == {}


@pytest.mark.parametrize("ids", [ABP_IDS, {"device_id": ABP_IDS["device_id"]}], ids=["a DevEUI alone", "no EUIs"])
def test_a_device_without_both_euis_cannot_be_unclaimed(client, ids):
    client.create(ids)

    answer = client.call("DELETE", f"/edcs/claim{PATH}".replace("/applications", ""))

    assert answer.error == (400, "pkg/deviceclaimingserver:no_euis")


def test_the_network_server_names_its_own_addresses_to_anybody(client):
    (prefix,) = client.call("GET", "/ns/dev_addr_prefixes", authorization=None).body["dev_addr_prefixes"]
    address = client.call("GET", "/ns/dev_addr", authorization=None).body["dev_addr"]

    assert (prefix, int(address, 16) >> 25) == ("00000000/7", 0)
    assert client.call("GET", "/ns/net_id", authorization=None).body == {"net_id": "000000"}


@pytest.mark.parametrize(
    ("classes", "error"),
    [
        pytest.param({}, FIELD_VALUE, id="class A"),
        pytest.param({"supports_class_c": True}, (200, None), id="class C"),
    ],
)
def test_a_group_of_devices_is_of_class_b_or_c_and_needs_no_euis(client, classes, error):
    versions = {"lorawan_version": "MAC_V1_0_4", "lorawan_phy_version": "RP002_V1_0_1"}
    ids = {"device_id": ABP_IDS["device_id"]}

    answer = create(client, *ABP_MASK, "multicast", *classes, ids=ids, multicast=True, **versions, **classes)

    assert answer.error == error
    assert answer.status == 200 or answer.attributes == {"field": "supports_class_b"}


def test_a_device_that_joins_may_bring_its_session_with_the_id_of_its_keys(client):
    key_id = "session.keys.session_key_id"
    session = session_with(f_nwk_s_int_key=SESSION_KEY)
    values = NETWORK_SETTINGS | {"session": session}
    mask = (*NETWORK_SETTINGS, "session.dev_addr", UPLINK_KEY)

    without = client.set("ns", values, *mask)
    session["keys"]["session_key_id"] = "AZLv3nRk0U6pQm1ZcT8Yxw=="
    with_id = client.set("ns", values, *mask, key_id)

    assert (without.error, without.attributes) == (FIELD_VALUE, {"field": key_id})
    assert with_id.body["ids"]["dev_addr"] == DEV_ADDR
