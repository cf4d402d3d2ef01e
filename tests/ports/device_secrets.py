"""What every ``DeviceSecrets`` does: subclasses give ``secrets``, and ``stored``, which stores a text under an ARN."""

import json

import pytest

from tests.samples import APP_KEY, NWK_KEY, SECRET

BOTH_KEYS = json.dumps({"appKey": APP_KEY, "nwkKey": NWK_KEY, "lot": 7})


class DeviceSecretsContract:
    def test_a_plain_text_is_read_as_it_is(self, secrets, stored):
        assert secrets.read(stored(f"{APP_KEY}\n")) == f"{APP_KEY}\n"

    @pytest.mark.parametrize(
        ("json_key", "expected"),
        [
            pytest.param("appKey", APP_KEY, id="one"),
            pytest.param("nwkKey", NWK_KEY, id="another"),
            pytest.param("lot", None, id="no text"),
            pytest.param("missing", None, id="not there"),
        ],
    )
    def test_a_field_of_a_json_secret_is_read(self, secrets, stored, json_key, expected):
        assert secrets.read(f"{stored(BOTH_KEYS)}#{json_key}") == expected

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("no json", id="no JSON"),
            pytest.param('["appKey"]', id="no object"),
            pytest.param("7", id="a number"),
            pytest.param('"appKey"', id="a text"),
        ],
    )
    def test_a_secret_without_fields_has_no_field(self, secrets, stored, text):
        assert secrets.read(f"{stored(text)}#appKey") is None

    @pytest.mark.parametrize(
        "reference", [pytest.param(SECRET, id="text"), pytest.param(f"{SECRET}#appKey", id="field")]
    )
    def test_a_secret_that_is_not_there_is_none(self, secrets, reference):
        assert secrets.read(reference) is None
