"""What a header says."""

import pytest

from operate.bulk.columns import THING_NAME, columns_of
from operate.errors import WrongInputError
from tests.samples import APP_KEY
from workflows.domain import labels
from workflows.domain.attributes import ATTRIBUTES

# The Things Stack's CSV File Reference, "All columns".
THE_THINGS_STACK = (
    "id;dev_eui;join_eui;app_eui;dev_addr;name;description;frequency_plan_id;lorawan_version;lorawan_phy_version;brand_id;"
    "model_id;hardware_version;firmware_version;band_id;vendor_id;vendor_profile_id;app_key;nwk_key;app_s_key;"
    "f_nwk_s_int_key;last_f_cnt_up;last_n_f_cnt_down;last_a_f_cnt_down;rx1_delay;supports_32_bit_f_cnt;supports_class_c"
)


def test_the_columns_of_the_things_stack_are_known():
    columns = columns_of(tuple(THE_THINGS_STACK.split(";")))

    assert len(columns.header) == 27
    assert list(columns.meanings.values()) == [
        *("deviceID", "devEUI", "joinEUI", "appEUI", "devAddr", "name", "description", "frequencyPlanID"),
        *("lorawanVersion", "regionalParametersVersion"),
        *("brandID", "modelID", "hardwareVersion", "firmwareVersion", "bandID"),
        *("appKey", "nwkKey", "appSKey", "fNwkSIntKey", "lastFCntUp", "lastNFCntDown", "lastAFCntDown"),
        *("rx1Delay", "supports32BitFCnt", "supportsClassC"),
    ]
    assert columns.unused == ("vendor_id", "vendor_profile_id")


def test_the_attributes_of_things_are_known():
    header = (*(row.name for row in ATTRIBUTES if row.name != labels.PREFIX), THING_NAME)

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
        pytest.param("label:room-no", "label:room-no", id="label"),
        pytest.param("Label: room", "label:room", id="label with a blank"),
        pytest.param("label:Room_No", "label:Room_No", id="a label's key stays, to be reported"),
    ],
)
def test_names_are_known_in_any_spelling(name, meaning):
    columns = columns_of((name, *(() if meaning == "devEUI" else ("dev_eui",))))

    assert columns.meanings[0] == meaning
    assert columns.name_of(meaning) == name


def test_what_has_no_column_is_reported_by_its_own_name():
    assert columns_of(("dev_eui",)).name_of("appKey") == "appKey"


def test_each_label_is_a_column_of_its_own():
    columns = columns_of(("dev_eui", "label:room", "label:floor"))

    assert columns.meanings == {0: "devEUI", 1: "label:room", 2: "label:floor"}


@pytest.mark.parametrize("name", ["label", "label:", "labels"])
def test_a_label_without_a_key_is_no_column(name):
    assert columns_of(("dev_eui", name)).meanings == {0: "devEUI"}


def test_an_ignored_column_is_left_out_whatever_it_means():
    columns = columns_of(("dev_eui", "rx1_delay", "name"), ignored=("rx1_delay", "name"))

    assert columns.meanings == {0: "devEUI"}
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
    header = ("dev_eui", key, "vendor_id", "")

    with pytest.raises(WrongInputError, match="The columns are: dev_eui, column 2, vendor_id, column 4") as refusal:
        columns_of(header, ignored=("colour",))

    assert key not in str(refusal.value)
    assert columns_of(header).unused == ("column 2", "vendor_id")


@pytest.mark.parametrize(
    "ignored", [pytest.param((), id="nothing ignored"), pytest.param(("dev_addr",), id="a column ignored")]
)
def test_a_file_without_a_header_shows_none_of_its_first_devices_keys(ignored):
    with pytest.raises(WrongInputError, match="it has 2 cells") as refusal:
        columns_of(("A81758FFFE0312A1", APP_KEY), ignored=ignored)

    assert APP_KEY not in str(refusal.value)
