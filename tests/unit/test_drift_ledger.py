"""Findings on file: counted, summed up, and what repairing them takes away."""

from dataclasses import replace

import pytest

from tests.drift import MISSING, SCOPE
from workflows.adapters.drift.ledger import Ledger
from workflows.domain.brake import Removals
from workflows.domain.drift.findings import Finding

FOREIGN = Finding("foreign", "theirs", None, None, "x")


@pytest.fixture
def ledger():
    with Ledger.opened() as ledger:
        yield ledger


def filled(ledger, *findings):
    for each in findings:
        ledger.add(each)
    return ledger


def numbered(number, **changes):
    return replace(MISSING, thing_name=f"pump-{number}", thing_id=f"id-{number}", **changes)


def test_findings_stay_in_their_order(ledger):
    filled(ledger, numbered(1), FOREIGN, numbered(2))

    assert list(ledger.all()) == [numbered(1), FOREIGN, numbered(2)]
    assert ledger.of_kind("missing", 1) == [numbered(1)]
    assert (list(ledger.repairs()), ledger.repairable()) == ([numbered(1), numbered(2)], {"write": 2})
    assert ledger.counts() == {"missing": 2, "foreign": 1}


NAMED = Finding("missing", "no event of this thing has arrived", "pump-7", None, None)
SUMMED_UP = Finding("differing", "3 things have the type sensor", None, None, None)


@pytest.mark.parametrize(
    ("finding", "again"),
    [
        pytest.param(MISSING, replace(MISSING, text="found otherwise", device_id=None), id="of a thing"),
        pytest.param(FOREIGN, replace(FOREIGN, text="it has the mark of stack theirs"), id="of a device alone"),
        pytest.param(SUMMED_UP, SUMMED_UP, id="of the fleet"),
    ],
)
def test_what_is_reported_twice_counts_once(ledger, finding, again):
    assert list(filled(ledger, finding, again).all()) == [finding]


@pytest.mark.parametrize(
    ("finding", "other"),
    [
        pytest.param(MISSING, replace(MISSING, kind="orphaned"), id="of another kind"),
        pytest.param(MISSING, numbered(8), id="of another thing"),
        pytest.param(
            NAMED, replace(NAMED, thing_name="pump-8"), id="of another thing, of which only the name is known"
        ),
        pytest.param(FOREIGN, replace(FOREIGN, device_id="y"), id="of another device"),
        pytest.param(SUMMED_UP, replace(SUMMED_UP, text="2 things have the type lamp"), id="of another type"),
    ],
)
def test_what_is_reported_of_another_counts_beside_it(ledger, finding, other):
    assert list(filled(ledger, finding, other).all()) == [finding, other]


def test_removals_and_releases_are_what_takes_devices_away(ledger):
    repairs = ["write", "release", "retype", *["remove"] * 6]

    filled(ledger, *(numbered(number, repair=repair) for number, repair in enumerate(repairs)))

    assert ledger.removals() == Removals(7, ("pump-1", "pump-3", "pump-4", "pump-5", "pump-6"))


def of_type(number, type_name, repair):
    return numbered(number, kind="orphaned", repair=repair, other_type=type_name)


def test_a_type_that_one_thing_still_has_is_the_one_that_the_stack_had_and_none_of_its_things_is_released(ledger):
    lamp = of_type(9, "lamp", "release")
    filled(ledger, of_type(1, "sensor", "release"), lamp, of_type(2, "sensor", None), of_type(3, "sensor", "release"))

    ledger.sum_up_types(SCOPE)

    assert list(ledger.repairs()) == [lamp]
    [summed_up] = ledger.of_kind("differing", 9)
    assert summed_up.text.startswith("3 things have the type sensor (pump-1, pump-2, pump-3), but the stack's")


def test_things_that_were_given_another_type_are_released_one_by_one(ledger):
    filled(ledger, of_type(1, "lamp", "release"), of_type(2, "lamp", "release"))

    ledger.sum_up_types(SCOPE)

    assert ledger.repairable() == {"release": 2}


def test_devices_that_become_things_are_no_repairs_and_are_shown_behind_those_that_do_not(ledger):
    made = replace(FOREIGN, device_id="made", thing_name="pump", repair="mirror")
    filled(ledger, made, MISSING, FOREIGN)

    assert (list(ledger.repairs()), list(ledger.mirrored()), ledger.unmirrored()) == ([MISSING], [made], 1)
    assert ledger.of_kind("foreign", 2) == [FOREIGN, made]
    assert ledger.removals().count == 0


def test_how_a_device_was_registered_is_kept_with_its_finding(ledger):
    filled(ledger, replace(MISSING, method="claimed"))

    assert next(ledger.all()).method == "claimed"
