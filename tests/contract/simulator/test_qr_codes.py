"""QR codes on devices, as the QR Code Generator reads them."""

import base64

import pytest

PARSE = "/qr-codes/end-devices/parse"
JOIN_EUI, DEV_EUI = "70B3D57ED0001234", "A81758FE50001001"
FORMATS = "pkg/qrcodegenerator/qrcode/enddevices"


def body(text):
    return {"qr_code": base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("text", "format_id"),
    [
        pytest.param(f"LW:D0:{JOIN_EUI}:{DEV_EUI}:02590001:OAQA6P:Ssn1", "tr005", id="TR005"),
        pytest.param(f"URN:LW:DP:{JOIN_EUI}:{DEV_EUI}:02590001:%VAQA6P%25Ssn1", "tr005draft2", id="draft 2"),
        pytest.param(f"URN:DEV:LW:{JOIN_EUI}_{DEV_EUI}_02590001_VAQA6P_Ssn1", "tr005draft3", id="draft 3"),
    ],
)
def test_a_code_names_ids_claim_code_profile_and_serial_number(client, text, format_id):
    answer = client.call("POST", PARSE, body(text))

    assert answer.body["format_id"] == format_id
    assert answer.body["end_device_template"]["end_device"] == {
        "ids": {"dev_eui": DEV_EUI, "join_eui": JOIN_EUI},
        "claim_authentication_code": {"value": "AQA6P"},
        "serial_number": "sn1",
        "lora_alliance_profile_ids": {"vendor_id": 601, "vendor_profile_id": 1},
    }


def test_a_dev_eui_alone_is_a_code_too(client):
    answer = client.call("POST", PARSE, body(DEV_EUI.lower()))

    template = {"end_device": {"ids": {"dev_eui": DEV_EUI}}, "field_mask": {"paths": ["ids.dev_eui"]}}
    assert answer.body == {"format_id": "dev_eui", "end_device_template": template}


@pytest.mark.parametrize(
    ("path", "text", "error"),
    [
        pytest.param(PARSE, "https://example.com", (400, f"{FORMATS}:unknown_format"), id="a web page"),
        pytest.param(PARSE, "LW:D0", (400, "pkg/errors:validation"), id="fewer than ten bytes"),
        pytest.param("/qr-codes/end-devices/tr005/parse", DEV_EUI, (400, f"{FORMATS}:format"), id="another format"),
        pytest.param("/qr-codes/end-devices/tr006/parse", DEV_EUI, (400, f"{FORMATS}:unknown_format"), id="no format"),
    ],
)
def test_what_is_no_code_of_a_device(client, path, text, error):
    assert client.call("POST", path, body(text)).error == error


def test_the_key_that_is_sent_is_not_looked_at(client):
    answer = client.call("POST", PARSE, body(DEV_EUI), authorization="Bearer nonsense")

    assert answer.status == 200
