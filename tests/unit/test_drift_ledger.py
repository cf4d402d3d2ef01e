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


def test_what_is_reported_twice_counts_once(ledger):
    assert list(filled(ledger, MISSING, FOREIGN, MISSING).all()) == [MISSING, FOREIGN]


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
