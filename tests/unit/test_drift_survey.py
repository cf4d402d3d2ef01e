"""Three lists ► each thing and device with what the others say."""

import tracemalloc
from datetime import timedelta

import pytest

from tests.bulk_samples import dev_eui
from tests.drift import AT, KNOWN, LISTED, RECORD, REGISTERED, snapshot_of
from tests.journal_samples import DELETION, accepted, change
from tests.samples import CREATE, DEVICE_ID, MARK, THING_ID, identity_of, planned, registered_device
from workflows.adapters.drift.survey import Survey
from workflows.domain.drift.comparison import Comparison
from workflows.domain.facts import DeviceCreated, DeviceReleased, DeviceRemoved
from workflows.domain.registry_things import ListedThing

MEBIBYTE = 2**20


def listed(name="pump-7", version=1, **attributes):
    return ListedThing(name, version, CREATE | attributes)


def comparisons(*, things=(), snapshots=(), records=()):
    with Survey.opened() as survey:
        for record in records:
            survey.add_record(record)
        for snapshot in snapshots:
            survey.add_snapshot(snapshot)
        for thing in things:
            survey.add_listed(thing)
        return list(survey.comparisons("lorawan"))


def test_a_thing_is_seen_with_its_journal_and_its_device():
    assert comparisons(things=[listed()], snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]) == [
        Comparison(LISTED, KNOWN, RECORD)
    ]


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        pytest.param({"things": [listed()]}, [Comparison(LISTED, None, None)], id="a thing alone"),
        pytest.param({"snapshots": [snapshot_of(*REGISTERED)]}, [Comparison(None, KNOWN, None)], id="a stream alone"),
        pytest.param({"records": [RECORD]}, [Comparison(None, None, RECORD)], id="a device alone"),
        pytest.param(
            {"snapshots": [snapshot_of(*REGISTERED)], "records": [RECORD]},
            [Comparison(None, KNOWN, RECORD)],
            id="a thing is gone",
        ),
        pytest.param(
            {"snapshots": [snapshot_of(*REGISTERED, DeviceRemoved(DELETION, DEVICE_ID))]},
            [],
            id="gone, and its device too",
        ),
    ],
)
def test_what_only_some_places_know_is_seen_too(lists, expected):
    assert comparisons(**lists) == expected


def test_a_device_that_the_journal_does_not_know_is_seen_with_the_thing_that_has_its_dev_eui():
    lower, other = listed(devEUI=RECORD.ids.dev_eui.lower()), listed("valve-3", devEUI=dev_eui(9))

    *_, alone = comparisons(things=[lower, other], records=[RECORD])

    assert alone == Comparison(None, None, RECORD, wanted_by="pump-7")


def test_what_the_pages_show_twice_counts_once():
    assert len(comparisons(things=[listed()] * 2, snapshots=[snapshot_of(*REGISTERED)] * 2, records=[RECORD] * 2)) == 1


def test_of_several_things_of_one_name_the_latest_is_the_living_one_and_all_are_inspected():
    other = registered_device(planned(device_id="pump-8"))
    new = snapshot_of(accepted(), DeviceCreated(change(), other), thing_id="new", at=AT + timedelta(days=1))

    found = comparisons(things=[listed()], snapshots=[snapshot_of(*REGISTERED), new])

    living, *left = [(comparison.thing, comparison.snapshot.thing_id) for comparison in found]
    assert living == (LISTED, "new")
    assert sorted(thing_id for _, thing_id in left) == [THING_ID, "new"]


def fleet_of(survey, numbers):
    for number in numbers:
        survey.add_record(fleet_record(number))
        survey.add_snapshot(fleet_snapshot(number))
        survey.add_listed(listed(dev_eui(number)))


def fleet_device(number):
    return planned(device_id=f"eui-{dev_eui(number).lower()}", dev_eui=dev_eui(number))


def fleet_record(number):
    return identity_of(fleet_device(number), MARK)


def fleet_snapshot(number):
    device = registered_device(fleet_device(number))
    return snapshot_of(accepted(), DeviceCreated(change(), device), thing_id=f"id-{number}", name=dev_eui(number))


def test_pages_go_on_from_the_place_of_the_last_though_another_reads_them():
    with Survey.opened() as survey:
        fleet_of(survey, range(1100))
        for number in range(1100, 1800):
            survey.add_snapshot(fleet_snapshot(number))
        for number in range(1800, 2500):
            survey.add_record(fleet_record(number))
        pages, place = [], ""
        while place is not None:
            pages.append(survey.page("lorawan", place))
            place = pages[-1].after
        found = [comparison for page in pages for comparison in page.items]

        assert found == list(survey.comparisons("lorawan"))

    assert [len(page.items) for page in pages] == [100] * 11 + [0] + [100] * 7 + [0] + [100] * 7 + [0]
    assert len({(each.thing_name, each.record and each.record.ids.device_id) for each in found}) == 2500


def test_memory_does_not_grow_with_the_fleet():
    with Survey.opened() as survey:
        tracemalloc.start()
        fleet_of(survey, range(2000))
        seen = sum(
            1
            for comparison in survey.comparisons("lorawan")
            if comparison.thing and comparison.snapshot and comparison.record
        )
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert seen == 2000
    assert peak < 2 * MEBIBYTE  # all at once would take 6 MiB


def test_a_device_that_a_thing_left_on_purpose_is_known_by_that_thing_until_it_has_it_again():
    released = DeviceReleased(DELETION, DEVICE_ID, "retained")
    with Survey.opened() as survey:
        survey.add_snapshot(snapshot_of(*REGISTERED, released))
        survey.add_snapshot(snapshot_of(*REGISTERED, thing_id="other", name="pump-8"))

        assert (survey.released_by(DEVICE_ID), survey.released_by("other")) == ("pump-7", None)
    with Survey.opened() as survey:
        survey.add_snapshot(snapshot_of(*REGISTERED, released, DeviceCreated(change(), registered_device())))

        assert survey.released_by(DEVICE_ID) is None
