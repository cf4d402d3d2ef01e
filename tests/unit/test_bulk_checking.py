"""A row becomes the thing to create, or says all that is wrong with it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.checking import BadRow, PlannedThing
from operate.bulk.columns import columns_of
from operate.bulk.files import CsvRow
from operate.bulk.problems import RowProblem
from tests.bulk_samples import DEVICE, TARGET, check_row
from tests.samples import APP_KEY, CODE, DEV_EUI, JOIN_EUI, QR_CODE, SECRET, STACK
from workflows.domain.attributes import ATTRIBUTES

CASES = json.loads(Path("tests/cases/registration.json").read_text())["cases"]
THING = {
    "stackName": STACK,
    "devEUI": DEV_EUI,
    "joinEUI": JOIN_EUI,
    "lorawanVersion": "MAC_V1_0_3",
    "regionalParametersVersion": "PHY_V1_0_3_REV_A",
    "appKey": APP_KEY,
}


def check(cells, target=TARGET):
    return check_row(CsvRow(7, tuple(cells.values())), columns_of(tuple(cells)), target)


def problems_of(cells, target=TARGET):
    found = check(cells, target)
    problems = found.missing if isinstance(found, PlannedThing) else (*found.problems, *found.missing)
    assert problems
    return {problem.column: problem.text for problem in problems}


def test_a_row_becomes_a_thing_of_this_stack():
    assert check(DEVICE) == PlannedThing(7, DEV_EUI, f"eui-{DEV_EUI.lower()}", DEV_EUI, THING)


def test_an_empty_cell_is_an_absent_attribute():
    thing = check(DEVICE | {"name": "", "nwk_key": "", "id": ""})

    assert thing.attributes == THING


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({name: text.lower() for name, text in DEVICE.items()}, id="lower case"),
        pytest.param({"lorawan_version": "1.0.3", "lorawan_phy_version": "1.0.3-a"}, id="versions as users write them"),
        pytest.param({"lorawan_version": "V1_0_3", "lorawan_phy_version": "RP001_V1_0_3_REV_A"}, id="other names"),
        pytest.param({"dev_eui": f"'{DEV_EUI}", "lorawan_version": "'1.0.3"}, id="marks of a text"),
        pytest.param({"dev_eui": "70 B3 D5 7E D0 05 12 34", "app_key": f"{APP_KEY[:8]} {APP_KEY[8:]}"}, id="groups"),
        pytest.param({"dev_eui": "70-B3-D5-7E-D0-05-12-34", "join_eui": "ec65:6e00:0000:0003"}, id="as on a label"),
        pytest.param({"dev_eui": f"\u200b{DEV_EUI[:4]}\ufeff{DEV_EUI[4:]}"}, id="characters that nobody sees"),
    ],
)
def test_what_means_the_same_becomes_the_same_thing(cells):
    assert check(DEVICE | cells) == check(DEVICE)


@pytest.mark.parametrize(
    ("cells", "attributes"),
    [
        pytest.param({"claim_authentication_code": CODE.lower()}, {"claimAuthenticationCode": CODE}, id="a code"),
        pytest.param({"claim_authentication_code": SECRET}, {"claimAuthenticationCode": SECRET}, id="a reference"),
        pytest.param({"qr_code": QR_CODE.lower()}, {"qrCode": QR_CODE.lower()}, id="a label"),
    ],
)
def test_codes_are_spelled_once_and_labels_and_references_stay(cells, attributes):
    thing = check({"dev_eui": DEV_EUI.lower(), "join_eui": JOIN_EUI} | cells)

    assert thing.attributes == {"stackName": STACK, "devEUI": DEV_EUI, "joinEUI": JOIN_EUI} | attributes


LABEL = f"LW:D0:{JOIN_EUI}:{DEV_EUI}:ABCD1234"


@pytest.mark.parametrize(
    ("label", "written", "replaced"),
    [
        pytest.param(f"{LABEL}:O{CODE}:CAF2C", f"{LABEL}:O{CODE}:CAF2C", (), id="as it is"),
        pytest.param(
            f"URN:DEV:LW:{JOIN_EUI}_{DEV_EUI}_ABCD1234_V{CODE}",
            f"URN:DEV:LW:{JOIN_EUI}_{DEV_EUI}_ABCD1234_V{CODE}",
            (),
            id="a draft that AWS IoT takes",
        ),
        pytest.param(
            f"URN:LW:DP:{JOIN_EUI}:{DEV_EUI}:ABCD1234:%V{CODE}%SA1", f"{LABEL}:O{CODE}:SA1", (), id="a draft with %"
        ),
        pytest.param(
            f"{LABEL}:O{CODE}:SA$1+2:CAF2C",
            f"{LABEL}:O{CODE}:SA_1_2",
            ("qrCode",),
            id="a serial number that it refuses",
        ),
        pytest.param(
            f"URN:DEV:LW:{JOIN_EUI}_{DEV_EUI}_ABCD1234_V{CODE}_X%VFFFF", f"{LABEL}:O{CODE}", (), id="no code is made up"
        ),
    ],
)
def test_a_label_is_written_as_aws_iot_takes_it(label, written, replaced):
    thing = check({"dev_eui": DEV_EUI, "qr_code": label})

    assert (thing.attributes["qrCode"], thing.replaced) == (written, replaced)


def test_a_label_that_is_none_is_never_made_one():
    problems = problems_of({"dev_eui": DEV_EUI, "qr_code": f"URN:DEV:LW:{JOIN_EUI}%{DEV_EUI}%ABCD1234"})

    assert problems["qr_code"].startswith("must be a LoRaWAN QR code, LW:D0:")


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        pytest.param({"dev_eui": "70B3 D57E+D005 1234"}, "dev_eui", "must be 16 hex digits without", id="plus"),
        pytest.param({"dev_eui": "70-B3-D57ED0051234"}, "dev_eui", "must be 16 hex digits without", id="odd dashes"),
        pytest.param(
            {"dev_eui": "1.123456789012E15"}, "dev_eui", "looks like a number that a", id="rounded, 16 digits"
        ),
        pytest.param({"dev_eui": f"\uff17{DEV_EUI[1:]}"}, "dev_eui", "must be 16 hex digits", id="wide digit"),
        pytest.param({"dev_eui": DEV_EUI.lstrip("7")}, "dev_eui", "must be 16 hex digits", id="15 digits"),
        pytest.param({"app_key": f"{APP_KEY}!"}, "app_key", "must be 32 hex digits without", id="key"),
        pytest.param({"lorawan_version": "LoRaWAN 1.0.3"}, "lorawan_version", "must be one of 1.0, ", id="version"),
        pytest.param({"id": "pump 7"}, "id", "must be 3 to 36 lower-case letters", id="device ID"),
        pytest.param({"stack_name": "another stack"}, "stack_name", "is another stack", id="stack"),
        pytest.param({"dev_eui": "7.08868E+15"}, "dev_eui", "looks like a number that a spreadsheet", id="rounded EUI"),
        pytest.param({"app_key": "1,12E+31"}, "app_key", "looks like a number that a spreadsheet", id="rounded key"),
    ],
)
def test_a_value_is_reported_by_its_attributes_own_rule(cells, column, rule):
    problem = problems_of(DEVICE | cells)[column]

    assert problem.startswith(rule)
    assert "AWS IoT does not take" not in problem


def test_a_rounded_value_is_reported_with_what_is_accepted():
    assert problems_of(DEVICE | {"dev_eui": "7.08868E+15"}) == {
        "dev_eui": "looks like a number that a spreadsheet rounded: format the column as text and enter the value "
        "again; it must be 16 hex digits without separators, not all zero"
    }


def test_digits_that_look_like_a_number_are_hex_digits_all_the_same():
    assert check(DEVICE | {"dev_eui": "1234567890123E45"}).dev_eui == "1234567890123E45"


@pytest.mark.parametrize(
    ("scheme", "cells", "name"),
    [
        pytest.param("DevEUI", {"dev_eui": DEV_EUI.lower()}, DEV_EUI, id="DevEUI"),
        pytest.param("StackNameDeviceID", {}, f"{STACK}_eui-{DEV_EUI.lower()}", id="stack and default device ID"),
        pytest.param("StackNameDeviceID", {"id": "pump-7"}, f"{STACK}_pump-7", id="stack and device ID"),
        pytest.param("DevEUI", {"thing": "cellar:pump_7"}, "cellar:pump_7", id="its own"),
    ],
)
def test_a_thing_is_named_by_its_row_or_by_the_stacks_scheme(scheme, cells, name):
    assert check(DEVICE | cells, replace(TARGET, naming_scheme=scheme)).thing_name == name


def test_what_aws_iot_refuses_in_a_name_or_description_is_replaced_and_reported():
    thing = check(DEVICE | {"name": "Pümpe 7 (Süd)", "description": "1+1"})

    assert (thing.attributes["name"], thing.attributes["description"]) == ("P_mpe_7__S_d_", "1_1")
    assert thing.replaced == ("name", "description")


def test_what_aws_iot_refuses_in_a_label_is_replaced_and_reported():
    thing = check(DEVICE | {"label:room": "Süd 7", "label:floor": "3"})

    assert (thing.attributes["label:room"], thing.attributes["label:floor"]) == ("S_d_7", "3")
    assert thing.replaced == ("label:room",)


def test_an_address_without_its_zeros_is_reported_with_what_is_accepted():
    session = {"app_key": "", "dev_addr": "1234567", "app_s_key": APP_KEY, "f_nwk_s_int_key": APP_KEY}

    assert problems_of(DEVICE | session) == {
        "dev_addr": "has too few digits, as if a spreadsheet left out zeros: format the column as text and enter the "
        "value again; it must be 8 hex digits without separators, not all zero"
    }


@pytest.mark.parametrize("cells", [{"brand_id": "elsys", "model_id": "ems"}, {"vendor_id": "", "model_id": ""}])
def test_numbers_of_a_model_are_told_only_where_they_would_count(cells):
    assert check(DEVICE | {"vendor_id": "259", "brand_id": "", "model_id": ""} | cells).warnings == ()
    assert "to name the model, give brand_id" in check(DEVICE | {"vendor_id": "259"}).warnings[0]


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        pytest.param({"dev_eui": "70B3"}, "dev_eui", "must be 16 hex digits", id="malformed"),
        pytest.param({"lorawan_version": "1.2"}, "lorawan_version", "must be one of 1.0, ", id="unknown version"),
        pytest.param({"app_key": ""}, "app_key", "is missing", id="missing"),
        pytest.param({"lorawan_version": "1.1"}, "nwkKey", "is missing", id="missing, without a column"),
        pytest.param({"app_eui": "0000000000000000"}, "app_eui", "differs from join_eui", id="contradicting"),
        pytest.param({"stack_name": "another"}, "stack_name", "is another stack; this is thingsync", id="stack"),
        pytest.param({"thing": "pump 7"}, "thing", "must be 1 to 128 letters, digits", id="thing name"),
        pytest.param({"frequency_plan_id": "EU 868"}, "frequency_plan_id", "a character that AWS IoT", id="character"),
        pytest.param({"dev_addr": "260B5C11"}, "dev_addr", "dev_addr and session keys (ABP), not both", id="both ways"),
        pytest.param({"supports_class_c": "yes"}, "supports_class_c", "must be true or false", id="class C"),
        pytest.param({"label:Room": "12"}, "label:Room", "must be label:<key>", id="label"),
        pytest.param(
            {"brand_id": "elsys"}, "modelID", "is missing; brand_id and modelID go together", id="half a model"
        ),
        pytest.param({"latitude": "52.37"}, "longitude", "is missing; latitude and longitude", id="half a place"),
        pytest.param({"latitude": "52.370.216", "longitude": "4.9"}, "latitude", "with a decimal point", id="degrees"),
        pytest.param(
            {"brand_id": "elsys", "model_id": "ems", "firmware_version": "1.0 (EU)"},
            "firmware_version",
            "in an attribute (allowed: letters, digits and _.,@/:#=[]-); leave it out: the model's newest is used then",
            id="firmware",
        ),
        pytest.param({"last_f_cnt_up": "1E+05"}, "last_f_cnt_up", "looks like a number that a", id="rounded counter"),
        pytest.param({"name": "x" * 51}, "name", "must be 1 to 50 characters", id="long name"),
        pytest.param({"app_key": f"{SECRET}{'x' * 800}"}, "app_key", "must be at most 800 characters", id="long"),
    ],
)
def test_what_is_wrong_is_reported_by_its_column(cells, column, expected):
    assert expected in problems_of(DEVICE | cells)[column]


def test_all_that_is_wrong_with_a_row_is_reported_at_once():
    row = DEVICE | {"dev_eui": "x", "app_key": "y", "dev_addr": "z", "stack_name": "another", "thing": "a b"}

    assert problems_of(row).keys() == {"dev_eui", "app_key", "dev_addr", "stack_name", "thing"}


def test_no_key_is_reported():
    found = check(DEVICE | {"app_key": "5EC2E7", "dev_eui": "x"})

    assert "5EC2E7" not in repr(found) + "".join(map(str, found.problems))
    assert APP_KEY not in repr(check(DEVICE))


def test_a_row_with_a_value_beyond_the_header_is_reported():
    found = check_row(CsvRow(7, ("A", "B", "C", "D")), columns_of(("dev_eui", "join_eui", "name")), TARGET)

    assert found == BadRow(7, (RowProblem(7, "", "has 4 cells where the header has 3"),))
    assert str(found.problems[0]) == "line 7: has 4 cells where the header has 3"


def test_a_row_beyond_the_header_counts_as_its_dev_eui():
    found = check_row(CsvRow(7, (DEV_EUI.lower(), "B")), columns_of(("dev_eui",)), TARGET)

    assert found.dev_eui == DEV_EUI


@pytest.mark.parametrize("left_out", [1, 2, 3])
def test_cells_that_are_not_there_are_empty(left_out):
    """Spreadsheets write no separators behind the last value of a row."""
    columns = columns_of((*DEVICE, "name", "brand_id", "dev_addr"))

    found = check_row(CsvRow(7, (*DEVICE.values(), "", "", "")[:-left_out]), columns, TARGET)

    assert found == check(DEVICE)


def test_a_row_that_ends_too_early_is_reported_so_beside_what_is_missing():
    """It may be the first half of a row that a line break has parted."""
    found = check_row(CsvRow(7, (*DEVICE.values(),)[:2]), columns_of(tuple(DEVICE)), TARGET)

    assert [(problem.column, problem.text.partition(";")[0]) for problem in found.missing] == [
        ("", "has 2 cells where the header has 5"),
        ("app_key", "is missing"),
        ("claimAuthenticationCode", "is missing"),
    ]


def test_empty_cells_beyond_the_header_are_what_spreadsheets_leave():
    found = check_row(CsvRow(7, (*DEVICE.values(), "", "")), columns_of(tuple(DEVICE)), TARGET)

    assert isinstance(found, PlannedThing)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"dev_eui": DEV_EUI, "join_eui": JOIN_EUI, "claim_authentication_code": CODE}, id="code"),
        pytest.param({"dev_eui": DEV_EUI, "qrCode": QR_CODE}, id="QR code"),
        pytest.param(DEVICE | {"app_key": SECRET}, id="a reference to a secret"),
    ],
)
def test_devices_may_be_claimed_and_keys_be_elsewhere(cells):
    assert isinstance(check(cells), PlannedThing)


def is_in_a_row(case):
    """A cell is never present but empty, a row without a stack name is this stack's, and an EUI may have separators."""
    values = case["attributes"]
    in_cells = values.get("stackName") == STACK and all(values.values())
    return case["region"] == "eu-west-1" and in_cells and case["id"] != "reject-dev-eui-separators"


@pytest.mark.parametrize("case", [*filter(is_in_a_row, CASES)], ids=lambda case: case["id"])
def test_a_row_is_refused_if_and_only_if_its_thing_would_be(case):
    cells = {name: text for name, text in case["attributes"].items() if name in {row.name for row in ATTRIBUTES}}

    found = check({"devEUI": ""} | cells)

    is_complete = isinstance(found, PlannedThing) and not found.missing
    assert is_complete == (case["expect"]["outcome"] in ("create", "claim"))


allowed = st.from_regex(r"[a-zA-Z0-9_.,@/:#=\[\]-]{1,50}", fullmatch=True)


@given(name=allowed, description=allowed)
def test_what_aws_iot_takes_stays_as_it_is(name, description):
    thing = check(DEVICE | {"name": name, "description": description})

    assert (thing.attributes["name"], thing.attributes["description"], thing.replaced) == (name, description, ())
