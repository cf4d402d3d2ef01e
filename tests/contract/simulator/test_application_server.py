import pytest

from tests.contract.simulator.client import DEVICE, OTHER_IDS


@pytest.mark.parametrize(
    ("values", "mask", "field"),
    [
        pytest.param({}, "session.dev_addr", "session.dev_addr", id="masked session"),
        pytest.param({}, "session.keys.app_s_key.key", "session.keys.app_s_key.key", id="masked session key"),
        pytest.param({"ids": OTHER_IDS | {"dev_addr": "260B5C11"}}, "version_ids", "ids.dev_addr", id="address"),
    ],
)
def test_the_application_server_names_the_field_it_refuses(client, values, mask, field):
    answer = client.set("as", values, mask)

    assert answer.error == (400, "pkg/applicationserver:field_value")
    assert answer.attributes == {"field": field}


def test_a_formatter_has_40960_characters_at_most(client):
    answer = client.set("as", {"formatters": {"up_formatter_parameter": "x" * 40961}}, "formatters")

    assert answer.error == (400, "pkg/errors:validation")
    assert answer.cause["cause"]["attributes"]["field"] == "up_formatter_parameter"


def test_false_is_not_absent_where_the_application_server_distinguishes_them(client):
    client.set("as", {"skip_payload_crypto_override": False})

    answer = client.call("GET", f"/as{DEVICE}?field_mask=skip_payload_crypto_override")

    assert answer.body["skip_payload_crypto_override"] is False
