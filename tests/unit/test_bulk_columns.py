"""What a header says."""

import pytest

from operate.bulk.columns import THING_NAME, columns_of
from operate.errors import WrongInputError
from tests.samples import APP_KEY
from workflows.domain.attributes import ATTRIBUTES

# The Things Stack's CSV File Reference, "All columns".
THE_THINGS_STACK = (
    "id;dev_eui;join_eui;name;frequency_plan_id;lorawan_version;lorawan_phy_version;brand_id;model_id;"
    "hardware_version;firmware_version;band_id;app_key;nwk_key"
)


def test_the_columns_of_the_things_stack_are_known():
    columns = columns_of(tuple(THE_THINGS_STACK.split(";")))

    assert list(columns.meanings.values()) == [
        "deviceID",
        "devEUI",
        "joinEUI",
        "name",
        "frequencyPlanID",
        "lorawanVersion",
        "regionalParametersVersion",
        "appKey",
        "nwkKey",
    ]
    assert columns.unused == ("brand_id", "model_id", "hardware_version", "firmware_version", "band_id")


def test_the_attributes_of_things_are_known():
    header = (*(row.name for row in ATTRIBUTES), THING_NAME)

    columns = columns_of(header)

    assert tuple(columns.meanings.values()) == header
    assert columns.unused == ()


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        pytest.param("DevEUI", "devEUI", id="any case"),
        pytest.param("Dev EUI", "devEUI", id="spaces"),
        pytest.param("dev-eui", "devEUI", id="dashes"),
        pytest.param("device_id", "deviceID", id="ID"),
        pytest.param("app_eui", "appEUI", id="the old name of a JoinEUI"),
        pytest.param("claim_authentication_code", "claimAuthenticationCode", id="code"),
        pytest.param("thing", THING_NAME, id="thing"),
        pytest.param("stack_name", "stackName", id="stack"),
    ],
)
def test_names_are_known_in_any_spelling(name, meaning):
    columns = columns_of((name, *(() if meaning == "devEUI" else ("dev_eui",))))

    assert columns.meanings[0] == meaning
    assert columns.name_of(meaning) == name


def test_what_has_no_column_is_reported_by_its_own_name():
    assert columns_of(("dev_eui",)).name_of("appKey") == "appKey"


@pytest.mark.parametrize(
    ("column", "cell", "concerned"),
    [
        *(pytest.param(name, "1", True, id=name) for name in ("dev_addr", "app_s_key", "last_f_cnt_up", "rx1_delay")),
        pytest.param("dev_addr", "", False, id="an empty session"),
        pytest.param("supports_class_c", "true", True, id="class C"),
        pytest.param("supports_class_c", "FALSE", False, id="no class C"),
        pytest.param("supports_32_bit_f_cnt", "false", True, id="short counters"),
        pytest.param("supports_32_bit_f_cnt", "true", False, id="usual counters"),
        pytest.param("supports_32_bit_f_cnt", "t", False, id="usual counters, as Go takes it, too"),
    ],
)
def test_what_cannot_be_set_is_refused_where_it_would_count(column, cell, concerned):
    columns = columns_of(("dev_eui", column))

    assert columns.refusals[1].concerns(cell) is concerned


def test_an_ignored_column_is_left_out_whatever_it_means():
    columns = columns_of(("dev_eui", "rx1_delay", "name"), ignored=("rx1_delay", "name"))

    assert (columns.meanings, columns.refusals) == ({0: "devEUI"}, {})
    assert columns.unused == ("rx1_delay", "name")


@pytest.mark.parametrize(
    ("header", "ignored", "text"),
    [
        pytest.param(("name", "app_key"), (), "no column dev_eui", id="no DevEUI"),
        pytest.param(("A81758FFFE0312A1",), (), "The first line has no column", id="no header"),
        pytest.param(("dev_eui", "devEUI"), (), "dev_eui and devEUI both mean devEUI", id="twice"),
        pytest.param(("dev_eui",), ("colour",), "no column colour to ignore. The columns are: dev_eui", id="ignored"),
    ],
)
def test_a_header_that_is_not_understood_is_reported(header, ignored, text):
    with pytest.raises(WrongInputError, match=text):
        columns_of(header, ignored=ignored)


def test_a_key_that_got_into_the_header_is_reported_by_where_it_stands():
    key = APP_KEY[:-1]  # a whole one shows that the line is a device's
    header = ("dev_eui", key, "brand_id", "")

    with pytest.raises(WrongInputError, match="The columns are: dev_eui, column 2, brand_id, column 4") as refusal:
        columns_of(header, ignored=("colour",))

    assert key not in str(refusal.value)
    assert columns_of(header).unused == ("column 2", "brand_id")


@pytest.mark.parametrize(
    "ignored", [pytest.param((), id="nothing ignored"), pytest.param(("dev_addr",), id="a column ignored")]
)
def test_a_file_without_a_header_shows_none_of_its_first_devices_keys(ignored):
    with pytest.raises(WrongInputError, match="it has 2 cells") as refusal:
        columns_of(("A81758FFFE0312A1", APP_KEY), ignored=ignored)

    assert APP_KEY not in str(refusal.value)
