"""What stands in a cell around a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.cells import as_meant, looks_cut, looks_rounded, trimmed
from tests.samples import APP_KEY, CODE, DEV_EUI, SECRET

GROUPS = "70 B3 D5 7E D0 05 12 34"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param(f" {DEV_EUI}\t", DEV_EUI, id="white space"),
        pytest.param(f"\u00a0{DEV_EUI}\u2003", DEV_EUI, id="blanks that do not break and wide ones"),
        pytest.param(f"\ufeff\u200b{DEV_EUI}\u200b", DEV_EUI, id="blanks of no width"),
        pytest.param(f'="{DEV_EUI}"', DEV_EUI, id="text formula"),
        pytest.param(f' ="\u200b{DEV_EUI} "', DEV_EUI, id="text formula, blanks outside and inside"),
        pytest.param('="the ""big"" one"', 'the "big" one', id="text formula with quotes"),
        pytest.param("", "", id="empty"),
        pytest.param(" \u200b\u00a0", "", id="nothing but blanks"),
        pytest.param('=""', "", id="empty text formula"),
        pytest.param('="A"&"B"', 'A"&"B', id="no text formula, whatever it is"),
        pytest.param("=1+1", "=1+1", id="another formula"),
        pytest.param("Pump 7", "Pump 7", id="a blank inside"),
    ],
)
def test_a_cell_is_read_without_what_is_around_it(cell, text):
    assert trimmed(cell) == text


@pytest.mark.parametrize(
    ("attribute", "text", "meant"),
    [
        pytest.param("devEUI", GROUPS, DEV_EUI, id="EUI in groups"),
        pytest.param("joinEUI", GROUPS.replace(" ", "\u00a0"), DEV_EUI, id="groups with blanks that do not break"),
        pytest.param("appKey", f"{APP_KEY[:16]} {APP_KEY[16:]}", APP_KEY, id="key in groups"),
        pytest.param("nwkKey", f"{APP_KEY[:16]}\n{APP_KEY[16:]}", APP_KEY, id="key on two lines"),
        pytest.param("claimAuthenticationCode", f"{CODE[:4]} {CODE[4:]}", CODE, id="code in groups"),
        pytest.param("devEUI", f"'{DEV_EUI}", DEV_EUI, id="Excel's mark of a text"),
        pytest.param("appKey", f"' {APP_KEY}", APP_KEY, id="the mark and a blank"),
        pytest.param("devEUI", f"'{DEV_EUI}'", DEV_EUI, id="single quotes"),
        pytest.param("devEUI", f"{DEV_EUI[:4]}\u200b{DEV_EUI[4:]}", DEV_EUI, id="a blank of no width inside"),
        pytest.param("deviceID", "'pump\u00ad-7", "pump-7", id="a hyphen that nobody sees"),
        pytest.param("lorawanVersion", "'1.0.3", "1.0.3", id="a version prevented from becoming a date"),
        pytest.param("appKey", f"\u200b{SECRET}", SECRET, id="a reference"),
        pytest.param("appKey", f"{SECRET} #a b", f"{SECRET} #a b", id="a blank in a reference stays, to be reported"),
        pytest.param("frequencyPlanID", "EU 868", "EU 868", id="a blank that may stand for anything"),
        pytest.param("thingName", "pump 7", "pump 7", id="a blank in a thing's name"),
        pytest.param("qrCode", "LW:D0:1 2", "LW:D0:1 2", id="a blank in a QR code, which may hold one"),
        pytest.param("devEUI", "70-B3-D5-7E-D0-05-12-34", "70B3D57ED0051234", id="dashes between the bytes of an EUI"),
        pytest.param("devEUI", "70-B3D57ED0051234", "70-B3D57ED0051234", id="a dash anywhere else"),
        pytest.param("joinEUI", "70B3.D57E.D005.1234", "70B3D57ED0051234", id="dots between groups of four"),
        pytest.param("appKey", "-".join([APP_KEY[at : at + 2] for at in range(0, 32, 2)]), APP_KEY, id="a key's bytes"),
        pytest.param("appSKey", ":".join([APP_KEY[at : at + 8] for at in range(0, 32, 8)]), APP_KEY, id="colons"),
        pytest.param("appKey", "70-B3-D5-7E-D0-05-12-34", "70-B3-D5-7E-D0-05-12-34", id="half of a key with dashes"),
        pytest.param("devAddr", "26 01 1b 2c", "26011b2c", id="an address in groups"),
        pytest.param("devAddr", "26:01:1B:2C", "26011B2C", id="an address with colons"),
        pytest.param("claimAuthenticationCode", "AB-CD", "AB-CD", id="dashes in a code"),
        pytest.param("devEUI", f"\uff17{DEV_EUI[1:]}", f"\uff17{DEV_EUI[1:]}", id="wide digits are reported"),
        pytest.param("name", "'s-Hertogenbosch 7", "'s-Hertogenbosch 7", id="an apostrophe of a name"),
        pytest.param("name", "'=7", "=7", id="a name that is no formula"),
        pytest.param("description", "'@cellar", "@cellar", id="a description that is no formula"),
        pytest.param("name", "'", "'", id="an apostrophe alone"),
        pytest.param("devEUI", "'", "", id="a mark of a text that is empty"),
    ],
)
def test_a_text_is_read_where_its_meaning_is_certain(attribute, text, meant):
    assert as_meant(attribute, text) == meant


@given(st.text(), st.sampled_from(["devEUI", "appKey", "qrCode", "thingName"]))
def test_what_was_read_is_read_as_the_same_once_more(text, attribute):
    once = as_meant(attribute, text)

    assert as_meant(attribute, once) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1.12E+15", True, id="Excel"),
        pytest.param("7,08868E+15", True, id="Excel with a comma"),
        pytest.param("1e+31", True, id="one digit, lower case"),
        pytest.param("2.5E15", True, id="no sign"),
        pytest.param("1E15", False, id="what may as well be hex digits"),
        pytest.param("1234567890123E45", False, id="an EUI"),
        pytest.param("1.0.3", False, id="a version"),
        pytest.param("1,120,000", False, id="a number in groups"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_what_a_spreadsheet_made_a_number_is_distinguished_from_hex_digits(text, expected):
    assert looks_rounded(text) is expected


@pytest.mark.parametrize(
    ("attribute", "text", "expected"),
    [
        pytest.param("devAddr", "1234567", True, id="an address"),
        pytest.param("devEUI", "16435934", True, id="an EUI"),
        pytest.param("appKey", "1", False, id="a key with nearly nothing left"),
        pytest.param("devAddr", "12345678", False, id="a whole address"),
        pytest.param("devAddr", "123456789", False, id="too many digits"),
        pytest.param("devAddr", "1234F67", False, id="what no spreadsheet takes for a number"),
        pytest.param("lastFCntUp", "17", False, id="a number"),
        pytest.param("claimAuthenticationCode", "17", False, id="a code"),
    ],
)
def test_what_a_spreadsheet_cut_the_zeros_of_is_recognized(attribute, text, expected):
    assert looks_cut(attribute, text) is expected
