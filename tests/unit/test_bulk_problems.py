"""What is wrong with a row is said in the file's own words, and equal problems once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.checking import BadRow
from operate.bulk.columns import columns_of
from operate.bulk.files import CsvRow
from operate.bulk.problem_list import ProblemList
from operate.bulk.problems import RowProblem, may_be_shown
from tests.bulk_samples import DEVICE, TARGET, check_row
from tests.samples import APP_KEY, CODE, DEV_EUI, NWK_KEY


def problems(cells):
    found = check_row(CsvRow(17, (*cells.values(),)), columns_of((*cells,)), TARGET)
    return [str(each) for each in (*getattr(found, "problems", ()), *found.missing)]


def test_versions_that_do_not_fit_are_reported_in_the_spelling_of_the_file():
    cells = DEVICE | {"id": "utrecht-meter-0016", "lorawan_phy_version": "PHY_V1_1_REV_B"}

    assert problems(cells) == [
        'line 17 (utrecht-meter-0016), lorawan_phy_version "PHY_V1_1_REV_B": does not fit MAC_V1_0_3; use '
        "PHY_V1_0_3_REV_A"
    ]


@pytest.mark.parametrize(
    ("mac", "phy", "expected"),
    [
        pytest.param("1.0.3", "1.1-b", '"1.1-b": does not fit 1.0.3; use 1.0.3-a', id="short names"),
        pytest.param("1.0.2", "1.1-b", '"1.1-b": does not fit 1.0.2; use 1.0.2-a or 1.0.2-b', id="several fit"),
        pytest.param("MAC_V1_0_3", "1.1-b", '"1.1-b": does not fit MAC_V1_0_3; use PHY_V1_0_3_REV_A', id="both"),
    ],
)
def test_the_versions_that_fit_are_named(mac, phy, expected):
    [problem] = problems(DEVICE | {"lorawan_version": mac, "lorawan_phy_version": phy})

    assert problem.endswith(f"lorawan_phy_version {expected}")


def test_a_device_id_that_is_close_is_named():
    [problem] = problems(DEVICE | {"id": "Utrecht_Meter_26"})

    assert problem.startswith(f'line 17 ({DEV_EUI}), id "Utrecht_Meter_26": must be 3 to 36 lower-case letters')
    assert problem.endswith('"batch" is reserved; use utrecht-meter-26')


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        pytest.param("Pump 7", True, id="blank"),
        pytest.param("PUMP_7", True, id="underscore"),
        pytest.param("PumpSeven", False, id="perhaps a code"),
        pytest.param("2B7E-1516-28AE-D2A6-ABF7-1588-09CF-4F3C", False, id="perhaps a key"),
    ],
)
def test_a_value_is_shown_only_if_it_cannot_be_a_secret(text, is_shown):
    assert may_be_shown(text) == is_shown
    assert (f'"{text}"' in problems(DEVICE | {"id": text})[0]) == is_shown


SECRETS = st.sampled_from([APP_KEY, NWK_KEY, APP_KEY.lower(), CODE, f"{APP_KEY[:8]} {APP_KEY[8:16]} {APP_KEY[16:]}"])
COLUMNS = st.sampled_from(["dev_eui", "join_eui", "id", "lorawan_version", "lorawan_phy_version", "app_key", "nwk_key"])


@given(st.dictionaries(COLUMNS, SECRETS, min_size=1))
def test_no_problem_repeats_a_secret_in_any_column(cells):
    text = " ".join(problems({**DEVICE, "app_key": "x", **cells})).upper()

    assert [secret for secret in (APP_KEY, NWK_KEY, CODE, APP_KEY[:8]) if secret in text] == []


@pytest.fixture
def listed():
    with ProblemList.opened() as listed:
        yield listed


def row(line, *texts):
    return BadRow(line, tuple(RowProblem(line, "app_key", text, f"pump-{line}") for text in texts))


def test_equal_problems_of_many_rows_are_one_group_where_the_first_is(listed):
    for line in range(2, 8):
        listed.add(row(line, "is short", *(["is odd"] if line in (3, 7) else [])))

    groups = list(listed.groups(largest_whole=3, shown=2))

    assert [(each.count, [problem.line for problem in each.first]) for each in groups] == [
        (6, [2, 3]),
        (1, [3]),
        (1, [7]),
    ]
    assert listed.bad_rows() == 6


def test_rows_with_other_values_are_other_groups_unless_each_is_advised(listed):
    for line in range(2, 12):
        value = "ab"[line % 2]
        problems = (
            RowProblem(line, "phy", "does not fit", "", value),
            RowProblem(line, "id", "is odd", "", value, "x"),
        )
        listed.add(BadRow(line, problems))

    groups = [(each.count, each.first[0].shared) for each in listed.groups(largest_whole=3, shown=2)]

    assert groups == [(5, 'phy "a": does not fit'), (10, "id: is odd"), (5, 'phy "b": does not fit')]


def test_what_a_thing_that_exists_has_need_not_be_in_its_row(listed):
    missing = (RowProblem(2, "app_key", "is missing"),)
    listed.add(BadRow(2, (), DEV_EUI, thing_name="pump-2", missing=missing))
    listed.add(BadRow(3, (RowProblem(3, "id", "is odd"),), thing_name="pump-3", missing=missing))

    assert list(listed.depend_on_things()) == [("pump-2", DEV_EUI), ("pump-3", "")]
    listed.thing_exists("pump-2")
    listed.thing_exists("pump-3")

    assert [(each.line, each.column) for each in listed.all()] == [(3, "id")]
    assert listed.are_certain()
