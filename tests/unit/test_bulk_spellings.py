"""Spellings that files have and things do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.spellings import in_things_spelling
from workflows.domain.attributes import ATTRIBUTES

ROWS = {row.name: row for row in ATTRIBUTES}


@pytest.mark.parametrize(
    ("attribute", "text", "meant"),
    [
        *(pytest.param("supportsClassC", text, "true", id=text) for text in ("1", "t", "T", "TRUE", "True", "WAHR")),
        *(pytest.param("supportsClassC", text, "false", id=text) for text in ("0", "f", "F", "FALSE", "False")),
        *(pytest.param("resetsFCnt", text, "true", id=text) for text in ("VRAI", "VERO", "VERDADERO", "SANT", "Tosi")),
        *(pytest.param("supports32BitFCnt", text, "false", id=text) for text in ("FALSCH", "FAUX", "FALSO", "FALSKT")),
        pytest.param("rx1Delay", "RX_DELAY_5", "5", id="a delay by its name"),
        pytest.param("rx1Delay", "0", "1", id="no delay, which is a second"),
        pytest.param("rx1Delay", "5.0", "5", id="a column of fractions"),
        pytest.param("rx1Delay", "5,0", "5", id="a column of fractions with commas"),
        pytest.param("rx2DataRateIndex", "DATA_RATE_3", "3", id="a data rate by its name"),
        pytest.param("pingSlotPeriodicity", "PING_EVERY_32S", "32", id="a periodicity by its name"),
        pytest.param("maxDutyCycle", "DUTY_CYCLE_128", "128", id="a duty cycle by its name"),
        pytest.param("classCTimeout", "60s", "60", id="seconds with their unit"),
        pytest.param("pingSlotFrequency", "869525000.0", "869525000", id="a frequency as a fraction"),
        pytest.param("factoryPresetFrequencies", "868100000; 868300000", "868100000,868300000", id="a list"),
        pytest.param("latitude", "-33,8", "-33.8", id="a decimal comma"),
        pytest.param("longitude", "4,895168", "4.895168", id="three digits behind it are no thousands"),
        pytest.param("latitude", "\u221233.8", "-33.8", id="a minus of typesetters"),
        pytest.param("latitude", "+33.8", "33.8", id="a plus, which AWS IoT refuses"),
        pytest.param("lorawanVersion", "3", "MAC_V1_0_2", id="a number of The Things Stack"),
        pytest.param("lorawanVersion", "5", "MAC_V1_0_3", id="a number whose order is another one"),
        pytest.param("regionalParametersVersion", "7", "PHY_V1_0_3_REV_A", id="a number of regional parameters"),
        pytest.param("regionalParametersVersion", "12", "RP002_V1_0_4", id="the last number"),
    ],
)
def test_what_a_thing_does_not_take_is_read_as_what_it_must_mean(attribute, text, meant):
    assert in_things_spelling(attribute, text) == meant
    assert ROWS[attribute].read(text) is None
    assert ROWS[attribute].read(meant) is not None


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        pytest.param("supportsClassC", "yes", id="another word"),
        pytest.param("supportsClassC", "2", id="another number"),
        pytest.param("rx1Delay", "16", id="out of range"),
        pytest.param("rx1Delay", "5.5", id="a fraction"),
        pytest.param("pingSlotFrequency", "869.525", id="MHz"),
        pytest.param("pingSlotFrequency", "869.525.000", id="points between thousands"),
        pytest.param("pingSlotFrequency", "869_525_000", id="underscores between thousands"),
        pytest.param("rx1Delay", "1_0", id="an underscore in a number"),
        pytest.param("altitude", "1,200", id="thousands or a fraction"),
        pytest.param("latitude", "52.370.216", id="two points"),
        pytest.param("latitude", "52\u00b0", id="a sign of degrees"),
        pytest.param("latitude", "123,4", id="beyond the pole"),
        pytest.param("lorawanVersion", "7", id="a number that stands for nothing"),
        pytest.param("lorawanVersion", "1.1", id="a version as things take it"),
        pytest.param("serialNumber", "SN_12", id="a whole serial number"),
        pytest.param("brandID", "BRAND_12", id="a whole brand"),
        pytest.param("devAddr", "X_26011234", id="no address"),
        pytest.param("name", "WAHR", id="a name"),
        pytest.param("label:room", "1.0", id="a label"),
    ],
)
def test_what_may_mean_something_else_stays(attribute, text):
    assert in_things_spelling(attribute, text) == text


def test_a_hardware_version_that_is_unknown_says_nothing():
    assert in_things_spelling("hardwareVersion", "_unknown_hw_version_") == ""


@given(st.sampled_from(ATTRIBUTES), st.text(max_size=12))
def test_what_is_read_is_read_as_the_same_once_more(row, text):
    once = in_things_spelling(row.name, text)

    assert in_things_spelling(row.name, once) == once
    assert once == text or row.read(once) is not None
