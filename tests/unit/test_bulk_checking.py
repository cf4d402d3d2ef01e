"""A row becomes the thing to create, or says all that is wrong with it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.checking import BadRow, PlannedThing, Problem, checked
from operate.bulk.columns import ATTRIBUTES, columns_of
from operate.bulk.files import Row
from tests.bulk_samples import DEVICE, TARGET
from tests.samples import APP_KEY, CODE, DEV_EUI, JOIN_EUI, QR_CODE, SECRET, STACK

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
    return checked(Row(7, tuple(cells.values())), columns_of(tuple(cells)), target)


def problems_of(cells, target=TARGET):
    found = check(cells, target)
    assert isinstance(found, BadRow)
    return {problem.column: problem.text for problem in found.problems}


def test_a_row_becomes_a_thing_of_this_stack():
    assert check(DEVICE) == PlannedThing(7, DEV_EUI, f"eui-{DEV_EUI.lower()}", DEV_EUI, THING)


def test_an_empty_cell_is_an_absent_attribute():
    thing = check(DEVICE | {"name": "", "nwk_key": "", "id": ""})

    assert thing.attributes == THING


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


def test_what_aws_iot_refuses_in_a_name_or_description_is_replaced_and_told():
    thing = check(DEVICE | {"name": "Pümpe 7 (Süd)", "description": "1+1"})

    assert (thing.attributes["name"], thing.attributes["description"]) == ("P_mpe_7__S_d_", "1_1")
    assert thing.replaced == ("name", "description")


@pytest.mark.parametrize(
    ("cells", "column", "told"),
    [
        pytest.param({"dev_eui": "70B3"}, "dev_eui", "must be 16 hex digits", id="malformed"),
        pytest.param({"lorawan_version": "1.2"}, "lorawan_version", "must be one of 1.0, ", id="unknown version"),
        pytest.param({"app_key": ""}, "app_key", "is missing", id="missing"),
        pytest.param({"lorawan_version": "1.1"}, "nwkKey", "is missing", id="missing, without a column"),
        pytest.param({"app_eui": "0000000000000000"}, "app_eui", "differs from joinEUI", id="contradicting"),
        pytest.param({"stack_name": "another"}, "stack_name", "is another stack's; this is thingsync", id="stack"),
        pytest.param({"thing": "pump 7"}, "thing", "must be 1 to 128 letters, digits", id="thing name"),
        pytest.param({"frequency_plan_id": "EU 868"}, "frequency_plan_id", "a character that AWS IoT", id="character"),
        pytest.param({"dev_addr": "260B5C11"}, "dev_addr", "cannot take over a session", id="session"),
        pytest.param({"supports_class_c": "true"}, "supports_class_c", "--ignore supports_class_c", id="class C"),
        pytest.param({"name": "x" * 51}, "name", "must be 1 to 50 characters", id="long name"),
        pytest.param({"app_key": f"{SECRET}{'x' * 800}"}, "app_key", "must be at most 800 characters", id="long"),
    ],
)
def test_what_is_wrong_is_told_by_its_column(cells, column, told):
    assert told in problems_of(DEVICE | cells)[column]


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    row = DEVICE | {"dev_eui": "x", "app_key": "y", "dev_addr": "z", "stack_name": "another", "thing": "a b"}

    assert problems_of(row).keys() == {"dev_eui", "app_key", "dev_addr", "stack_name", "thing"}


def test_no_key_is_told():
    found = check(DEVICE | {"app_key": "5EC2E7", "dev_eui": "x"})

    assert "5EC2E7" not in repr(found) + "".join(map(str, found.problems))
    assert APP_KEY not in repr(check(DEVICE))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        pytest.param(("A", "B"), "has 2 cells where the header has 3", id="too few"),
        pytest.param(("A", "B", "C", "D"), "has 4 cells where the header has 3", id="too many"),
    ],
)
def test_a_row_of_another_width_is_told(cells, told):
    found = checked(Row(7, cells), columns_of(("dev_eui", "join_eui", "name")), TARGET)

    assert found == BadRow(7, (Problem(7, "", told),))
    assert str(found.problems[0]) == f"line 7: {told}"


def test_empty_cells_beyond_the_header_are_what_spreadsheets_leave():
    found = checked(Row(7, (*DEVICE.values(), "", "")), columns_of(tuple(DEVICE)), TARGET)

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
    """A cell is never present but empty, and a row without a stack name is this stack's."""
    values = case["attributes"]
    return case["region"] == "eu-west-1" and values.get("stackName") == STACK and all(values.values())


@pytest.mark.parametrize("case", [*filter(is_in_a_row, CASES)], ids=lambda case: case["id"])
def test_a_row_is_refused_if_and_only_if_its_thing_would_be(case):
    cells = {name: text for name, text in case["attributes"].items() if name in ATTRIBUTES}

    found = check({"devEUI": ""} | cells)

    assert isinstance(found, PlannedThing) == (case["expect"]["outcome"] in ("create", "claim"))


allowed = st.from_regex(r"[a-zA-Z0-9_.,@/:#=\[\]-]{1,50}", fullmatch=True)


@given(name=allowed, description=allowed)
def test_what_aws_iot_takes_stays_as_it_is(name, description):
    thing = check(DEVICE | {"name": name, "description": description})

    assert (thing.attributes["name"], thing.attributes["description"], thing.replaced) == (name, description, ())
