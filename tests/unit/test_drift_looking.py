"""What seems to differ is looked at once more; and again after it was repaired."""

from dataclasses import replace

import pytest

from operate.drift.comparison import Sight
from operate.drift.inspection import Look
from tests.drift import KNOWN, MISSING, OURS, RECORD, REGISTERED, SEEN, Places, snapshot_of
from tests.journal_samples import DELETION, accepted, change
from tests.samples import DEVICE_ID, OTHER_THING, THING_ID, altered, identity_of, planned
from workflows.domain.facts import DeviceReleased, DeviceRemoved

OTHER_EUI = "70B3D57ED0059999"


def findings(places, *seen, deep=False):
    return list(Look(OURS, places, places, places, deep=deep).findings(seen))


def living(thing_id=THING_ID, version=1, **changes):
    return replace(SEEN, version=version, thing_id=thing_id, **changes)


def test_what_still_differs_when_it_is_looked_at_again_is_told():
    places = Places(thing=living(), snapshots=[snapshot_of(*REGISTERED)])

    assert findings(places, Sight(SEEN, KNOWN, None)) == [MISSING]


@pytest.mark.parametrize(
    ("places", "seen"),
    [
        pytest.param(
            Places(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            Sight(SEEN, KNOWN, None),
            id="the device has been registered since",
        ),
        pytest.param(
            Places(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            Sight(SEEN, None, None),
            id="the event has arrived since",
        ),
        pytest.param(
            Places(snapshots=[snapshot_of(*REGISTERED, DeviceRemoved(DELETION, DEVICE_ID))]),
            Sight(None, KNOWN, RECORD),
            id="the device has been removed since",
        ),
        pytest.param(
            Places(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            Sight(None, KNOWN, RECORD),
            id="the thing was not gone",
        ),
        pytest.param(
            Places(snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            Sight(None, None, RECORD),
            id="the device has been linked since",
        ),
        pytest.param(
            Places(snapshots=[snapshot_of(accepted())], records=[RECORD]),
            Sight(None, None, RECORD),
            id="a run is at work",
        ),
        pytest.param(
            Places(
                snapshots=[snapshot_of(*REGISTERED, DeviceReleased(DELETION, DEVICE_ID, "retained"))],
                records=[RECORD],
                facts=[DeviceReleased(DELETION, DEVICE_ID, "retained")],
            ),
            Sight(None, None, RECORD),
            id="the device was left on purpose",
        ),
    ],
)
def test_what_was_only_under_way_is_not_told(places, seen):
    assert findings(places, seen) == []


def test_a_thing_of_the_same_name_is_not_the_one_that_is_gone():
    places = Places(thing=living("another"), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])

    [found] = findings(places, Sight(None, KNOWN, RECORD))

    assert (found.kind, found.thing_id, found.repair) == ("orphaned", THING_ID, "remove")


LAMP = {"type_name": "lamp", "version": 2}


@pytest.mark.parametrize(
    ("now", "kind", "repair"),
    [
        pytest.param(LAMP, "orphaned", "release", id="another type"),
        pytest.param({"type_name": None, "version": 2}, "differing", "retype", id="no type"),
        pytest.param({"stack_name": "another"}, "orphaned", "release", id="another stack's"),
        pytest.param({"version": 2}, "differing", "write", id="the list lacked it"),
    ],
)
def test_a_thing_that_is_not_listed_is_asked_for_and_told_as_what_it_is(now, kind, repair):
    places = Places(thing=living(**now), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])

    [found] = findings(places, Sight(None, KNOWN, RECORD))

    assert (found.kind, found.repair) == (kind, repair)


def test_only_a_name_that_no_thing_bears_tells_that_its_thing_is_gone():
    places = Places(snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])

    assert [found.repair for found in findings(places, Sight(None, KNOWN, RECORD))] == ["remove"]


def recreated(**changes):
    """Another thing bears the name of one whose end no event has told."""
    return Places(thing=living("new", **changes), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])


@pytest.mark.parametrize(
    ("seen", "deep"),
    [
        pytest.param(replace(SEEN, version=2), False, id="of another version"),
        pytest.param(replace(SEEN, dev_eui=OTHER_EUI), False, id="with another DevEUI"),
        pytest.param(SEEN, True, id="just the same, which only AWS IoT can tell"),
    ],
)
def test_a_thing_that_was_made_again_under_the_name_is_told_and_what_the_first_left_too(seen, deep):
    places = recreated(version=seen.version, dev_eui=seen.dev_eui)

    found = findings(places, Sight(seen, KNOWN, RECORD), deep=deep)

    assert [(each.kind, each.thing_id, each.repair) for each in found] == [
        ("orphaned", THING_ID, "remove"),
        ("missing", "new", "write"),
    ]


def test_a_thing_that_went_while_the_places_were_read_is_told_as_gone():
    places = Places(snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])

    assert [found.repair for found in findings(places, Sight(SEEN, KNOWN, RECORD), deep=True)] == ["remove"]
    assert findings(places, Sight(SEEN, None, None)) == []


def again(places, found=MISSING, *, deep=False):
    return Look(OURS, places, places, places, deep=deep).again(found)


def test_a_difference_that_is_gone_when_one_looks_again_is_none():
    assert again(Places(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])) is None


def test_a_difference_that_stands_when_one_looks_again_is_told_as_it_is_now():
    places = Places(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[altered(RECORD, name="By hand")])

    assert again(places).text == "name: 'By hand' instead of 'Pump 7'"


def test_one_looks_again_as_deep_as_before():
    places = Places(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])
    places.absent = {"as"}

    assert again(places) is None
    assert again(places, deep=True).text == "AS does not know the device"


REMOVED = [snapshot_of(*REGISTERED, DeviceRemoved(DELETION, DEVICE_ID))]
RELEASE = DeviceReleased(change("UPDATED", 2), DEVICE_ID, "other stack")
RELEASED = {"snapshots": [snapshot_of(*REGISTERED, RELEASE)], "facts": [RELEASE]}


@pytest.mark.parametrize(
    ("places", "left"),
    [
        pytest.param(Places(snapshots=REMOVED), None, id="removed"),
        pytest.param(Places(snapshots=REMOVED, records=[RECORD]), "orphaned", id="removed says the journal alone"),
        pytest.param(Places(thing=living(**LAMP), records=[RECORD], **RELEASED), None, id="released"),
        pytest.param(
            Places(thing=living(**LAMP), records=[identity_of(planned())], **RELEASED), None, id="released, unmarked"
        ),
        pytest.param(
            Places(
                snapshots=[*REMOVED, snapshot_of(*REGISTERED, thing_id=OTHER_THING.thing_id)],
                records=[identity_of(planned(), OTHER_THING)],
            ),
            None,
            id="taken over by another thing",
        ),
        pytest.param(
            Places(thing=living("another"), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            "orphaned",
            id="not yet",
        ),
    ],
)
def test_the_device_of_a_thing_that_had_to_give_it_up_is_looked_at_too(places, left):
    found = again(places, replace(MISSING, kind="orphaned", repair="remove"))

    assert (found and found.kind) == left
