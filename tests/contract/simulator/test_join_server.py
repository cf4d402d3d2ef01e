import pytest

from tests.contract.simulator.client import APP_KEY, DEVICE, DEVICE_ID, IDS, NWK_KEY

IDS_MASK = ("ids.device_id", "ids.dev_eui", "ids.join_eui")
ZERO_KEY = "0" * 32


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


def test_new_keys_are_written_on_old_euis_by_a_mask_that_does_not_name_the_euis(client):
    client.set("js", {"root_keys": {"app_key": {"key": NWK_KEY}}})

    written = client.set(
        "js", {"root_keys": {"app_key": {"key": APP_KEY}}}, "root_keys", ids=IDS | {"dev_eui": "A" * 16}
    )

    stored = client.state()["js"][f"demo-app/{DEVICE_ID}"]
    assert written.status == 200
    assert written.body["ids"]["dev_eui"] == stored["ids"]["dev_eui"] == IDS["dev_eui"]
    assert stored["root_keys"]["app_key"]["key"] == APP_KEY
