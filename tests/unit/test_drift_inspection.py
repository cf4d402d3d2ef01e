"""What seems to differ is inspected once more; and again after it was repaired."""

from dataclasses import replace

import pytest

from tests.drift import KNOWN, LISTED, MISSING, RECORD, REGISTERED, SCOPE, Registries, snapshot_of
from tests.journal_samples import DELETION, accepted, change
from tests.samples import (
    DEV_EUI,
    DEVICE_ID,
    OTHER_THING,
    STACK,
    THING_ID,
    altered,
    identity_of,
    planned,
    registered_device,
)
from workflows.domain.drift.comparison import Comparison
from workflows.domain.facts import DeviceAdopted, DeviceReleased, DeviceRemoved, EventFailed, EventRejected
from workflows.domain.registry_things import DescribedThing
from workflows.steps.drift.inspection import Inspector

OTHER_EUI = "70B3D57ED0059999"


def findings(registries, *seen, deep=False):
    return list(Inspector(SCOPE, registries, registries, registries, deep=deep).findings(seen))


def living(thing_id=THING_ID, version=1, type_name="lorawan", **attributes):
    return DescribedThing("pump-7", thing_id, version, type_name, {"stackName": STACK, "devEUI": DEV_EUI, **attributes})


def test_what_still_differs_when_it_is_inspected_again_is_reported():
    registries = Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED)])

    assert findings(registries, Comparison(LISTED, KNOWN, None)) == [MISSING]


@pytest.mark.parametrize(
    ("registries", "seen"),
    [
        pytest.param(
            Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            Comparison(LISTED, KNOWN, None),
            id="the device has been registered since",
        ),
        pytest.param(
            Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            Comparison(LISTED, None, None),
            id="the event has arrived since",
        ),
        pytest.param(
            Registries(snapshots=[snapshot_of(*REGISTERED, DeviceRemoved(DELETION, DEVICE_ID))]),
            Comparison(None, KNOWN, RECORD),
            id="the device has been removed since",
        ),
        pytest.param(
            Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            Comparison(None, KNOWN, RECORD),
            id="the thing was not gone",
        ),
        pytest.param(
            Registries(snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            Comparison(None, None, RECORD),
            id="the device has been linked since",
        ),
        pytest.param(
            Registries(snapshots=[snapshot_of(accepted())], records=[RECORD]),
            Comparison(None, None, RECORD),
            id="a run is at work",
        ),
        pytest.param(
            Registries(
                snapshots=[snapshot_of(*REGISTERED, DeviceReleased(DELETION, DEVICE_ID, "retained"))],
                records=[RECORD],
                facts=[DeviceReleased(DELETION, DEVICE_ID, "retained")],
            ),
            Comparison(None, None, RECORD),
            id="the device was left on purpose",
        ),
    ],
)
def test_what_was_only_under_way_is_not_reported(registries, seen):
    assert findings(registries, seen) == []


def test_a_thing_of_the_same_name_is_not_the_one_that_is_gone():
    registries = Registries(thing=living("another"), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])

    [found] = findings(registries, Comparison(None, KNOWN, RECORD))

    assert (found.kind, found.thing_id, found.repair) == ("orphaned", THING_ID, "remove")


LAMP = {"type_name": "lamp", "version": 2}


@pytest.mark.parametrize(
    ("now", "kind", "repair"),
    [
        pytest.param(LAMP, "orphaned", "release", id="another type"),
        pytest.param({"type_name": None, "version": 2}, "differing", "retype", id="no type"),
        pytest.param({"stackName": "another"}, "orphaned", "release", id="another stack's"),
        pytest.param({"version": 2}, "differing", "write", id="the list lacked it"),
    ],
)
def test_a_thing_that_is_not_listed_is_asked_for_and_reported_as_what_it_is(now, kind, repair):
    registries = Registries(thing=living(**now), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])

    [found] = findings(registries, Comparison(None, KNOWN, RECORD))

    assert (found.kind, found.repair) == (kind, repair)


def test_only_a_name_that_no_thing_has_shows_that_its_thing_is_gone():
    registries = Registries(snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])

    assert [found.repair for found in findings(registries, Comparison(None, KNOWN, RECORD))] == ["remove"]


def recreated(**changes):
    """Another thing bears the name of one whose deletion no event has reported."""
    return Registries(thing=living("new", **changes), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])


@pytest.mark.parametrize(
    ("seen", "deep"),
    [
        pytest.param(replace(LISTED, version=2), False, id="of another version"),
        pytest.param(replace(LISTED, dev_eui=OTHER_EUI), False, id="with another DevEUI"),
        pytest.param(LISTED, True, id="just the same, which only AWS IoT can show"),
    ],
)
def test_a_thing_that_was_made_again_under_the_name_is_reported_and_what_the_first_left_too(seen, deep):
    registries = recreated(version=seen.version, devEUI=seen.dev_eui)

    found = findings(registries, Comparison(seen, KNOWN, RECORD), deep=deep)

    assert [(each.kind, each.thing_id, each.repair) for each in found] == [
        ("orphaned", THING_ID, "remove"),
        ("missing", "new", "write"),
    ]


def test_a_thing_that_went_while_the_places_were_read_is_reported_as_gone():
    registries = Registries(snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])

    assert [found.repair for found in findings(registries, Comparison(LISTED, KNOWN, RECORD), deep=True)] == ["remove"]
    assert findings(registries, Comparison(LISTED, None, None)) == []


def again(registries, found=MISSING, *, deep=False):
    return look_at(registries, found, deep=deep).left


def look_at(registries, found=MISSING, *, deep=False):
    return Inspector(SCOPE, registries, registries, registries, deep=deep).inspect_again(found)


def test_a_difference_that_is_gone_when_one_inspects_again_is_none():
    assert again(Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])) is None


def test_a_difference_that_remains_when_one_inspects_again_is_reported_as_it_is_now():
    registries = Registries(
        thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[altered(RECORD, name="By hand")]
    )

    assert again(registries).text == "name: 'By hand' instead of 'Pump 7'"


def test_it_is_inspected_again_as_deep_as_before():
    registries = Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD])
    registries.absent = {"as"}

    assert again(registries) is None
    assert again(registries, deep=True).text == "the Application Server does not know the device"


REMOVED = [snapshot_of(*REGISTERED, DeviceRemoved(DELETION, DEVICE_ID))]
RELEASE = DeviceReleased(change("UPDATED", 2), DEVICE_ID, "other stack")
RELEASED = {"snapshots": [snapshot_of(*REGISTERED, RELEASE)], "facts": [RELEASE]}


@pytest.mark.parametrize(
    ("registries", "left"),
    [
        pytest.param(Registries(snapshots=REMOVED), None, id="removed"),
        pytest.param(Registries(snapshots=REMOVED, records=[RECORD]), "orphaned", id="removed says the journal alone"),
        pytest.param(Registries(thing=living(**LAMP), records=[RECORD], **RELEASED), None, id="released"),
        pytest.param(
            Registries(thing=living(**LAMP), records=[identity_of(planned())], **RELEASED),
            None,
            id="released, unmarked",
        ),
        pytest.param(
            Registries(
                snapshots=[*REMOVED, snapshot_of(*REGISTERED, thing_id=OTHER_THING.thing_id)],
                records=[identity_of(planned(), OTHER_THING)],
            ),
            None,
            id="taken over by another thing",
        ),
        pytest.param(
            Registries(thing=living("another"), snapshots=[snapshot_of(*REGISTERED)], records=[RECORD]),
            "orphaned",
            id="not yet",
        ),
    ],
)
def test_the_device_of_a_thing_that_had_to_release_it_is_inspected_too(registries, left):
    found = again(registries, replace(MISSING, kind="orphaned", repair="remove"))

    assert (found and found.kind) == left


LINKED = DeviceAdopted(change("UPDATED", 1, "again"), registered_device(method="adopted", run=""))
AGAIN = change("UPDATED", 1, "again")


@pytest.mark.parametrize(
    ("facts", "done"),
    [
        pytest.param(REGISTERED, "repaired", id="as its thing says"),
        pytest.param([*REGISTERED, LINKED], "linked", id="linked with a device that was there before"),
        pytest.param([*REGISTERED, accepted(AGAIN)], "sent", id="a run is at work"),
        pytest.param([*REGISTERED, accepted(AGAIN), EventFailed(AGAIN, "Error")], "still differs", id="failed"),
        pytest.param([*REGISTERED, accepted(AGAIN), EventRejected(AGAIN, "Error")], "still differs", id="rejected"),
    ],
)
def test_a_repair_has_done_only_what_a_look_shows(facts, done):
    registries = Registries(thing=living(), snapshots=[snapshot_of(*facts)], records=[RECORD])

    assert look_at(registries).done(replace(MISSING, method="created")) == done


def test_a_repair_whose_difference_is_still_there_is_looked_at_again():
    registries = Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED)])

    assert look_at(registries).done(MISSING) == "sent"


def test_a_device_that_was_adopted_before_is_not_linked_by_the_repair():
    registries = Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED, LINKED)], records=[RECORD])

    assert look_at(registries).done(replace(MISSING, method="adopted")) == "repaired"


def test_a_finding_says_how_its_device_was_registered():
    registries = Registries(thing=living(), snapshots=[snapshot_of(*REGISTERED)])

    assert again(registries).method == "created"


def test_a_device_of_a_thing_whose_journal_was_lost_is_still_wanted_when_it_is_read_again():
    [found] = findings(Registries(records=[RECORD]), Comparison(None, None, RECORD, wanted_by="pump-7"))

    assert found.text.endswith("thingsync status pump-7")


@pytest.mark.parametrize(
    ("end", "stays"),
    [
        pytest.param(DeviceRemoved(DELETION, DEVICE_ID), False, id="removed"),
        pytest.param(DeviceReleased(DELETION, DEVICE_ID, "retained"), True, id="retained"),
        pytest.param(DeviceReleased(DELETION, DEVICE_ID, "taken over"), True, id="another thing's by now"),
    ],
)
def test_a_look_shows_whether_the_device_of_a_thing_that_is_gone_stayed(end, stays):
    registries = Registries(snapshots=[snapshot_of(*REGISTERED, end)])
    orphaned = replace(MISSING, kind="orphaned", repair="remove", device_id=DEVICE_ID)

    assert Inspector(SCOPE, registries, registries, registries).inspect_again(orphaned).stays is stays
