import pytest

from tests.samples import CODE, DEV_EUI, JOIN_EUI, QR_CODE
from workflows.domain.qr_code import QRCode, read_qr_code

LABEL = f"LW:D0:{JOIN_EUI}:{DEV_EUI}:ABCD1234"
WITH_CODE = QRCode(JOIN_EUI, DEV_EUI, CODE)
WITHOUT_CODE = QRCode(JOIN_EUI, DEV_EUI, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(QR_CODE, WITH_CODE, id="as printed"),
        pytest.param(QR_CODE.lower(), WITH_CODE, id="lower case"),
        pytest.param(f"{LABEL}:O{CODE}", WITH_CODE, id="owner token alone"),
        pytest.param(f"{LABEL}:SYYWWNNNNNN:P01:O{CODE}:C1234", WITH_CODE, id="any order"),
        pytest.param(f"{LABEL}::O{CODE}::", WITH_CODE, id="empty fields between and behind"),
        pytest.param(f"{LABEL}:O:O{CODE}", WITH_CODE, id="empty owner token before the real one"),
        pytest.param(f"{LABEL}:XO99:Q:1:O{CODE}:Zebra", WITH_CODE, id="unknown fields"),
        pytest.param(f"{LABEL}:O{CODE}:OFFFF", WITH_CODE, id="the first of two owner tokens"),
        pytest.param(LABEL, WITHOUT_CODE, id="no fields"),
        pytest.param(f"{LABEL}:", WITHOUT_CODE, id="one empty field"),
        pytest.param(f"{LABEL}:O", WITHOUT_CODE, id="owner token empty"),
        pytest.param(f"{LABEL}:SYYWWNNNNNN:CO91B4D2F7", WITHOUT_CODE, id="an O inside another field"),
        pytest.param(f"LW:D0:{'0' * 16}:{DEV_EUI}:ABCD1234", QRCode("0" * 16, DEV_EUI, None), id="zero JoinEUI"),
    ],
)
def test_a_label_is_read_field_by_field(text, expected):
    assert read_qr_code(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("https://example.com/device", id="another code"),
        pytest.param(LABEL.replace("D0", "D1"), id="another version"),
        pytest.param(LABEL.removesuffix(":ABCD1234"), id="no profile"),
        pytest.param(LABEL[:-1], id="short profile"),
        pytest.param(f"{LABEL}5", id="long profile"),
        pytest.param(LABEL.replace(DEV_EUI, DEV_EUI[:-1]), id="short DevEUI"),
        pytest.param(LABEL.replace(":", "-"), id="dashes"),
        pytest.param(f" {LABEL}", id="space in front"),
        pytest.param(f"{LABEL}\n", id="line break behind"),
        pytest.param(f"{LABEL}:O91-B4", id="owner token that is no code"),
        pytest.param(f"{LABEL}:O{'A' * 33}", id="owner token of 33 characters"),
        pytest.param(f"{LABEL}:O{CODE}\n", id="line break behind the owner token"),
    ],
)
def test_a_text_that_is_no_label_is_none(text):
    assert read_qr_code(text) is None


def test_a_label_never_prints_its_code():
    assert CODE not in repr(WITH_CODE)
