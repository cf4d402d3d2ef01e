"""What AWS IoT, the journal and The Things Stack say ► where they differ."""

from dataclasses import replace

import pytest

from tests.journal_samples import accepted, change
from tests.samples import (
    DEVICE_ID,
    MARK,
    OTHER_STACK,
    OTHER_THING,
    RADIO,
    STACK,
    THING_ID,
    altered,
    identity_of,
    planned,
    radio,
)
from tests.samples import registered_device as known
from workflows.domain.device import NetworkRecord
from workflows.domain.drift.comparison import ComparedSnapshot, ComparedThing, Comparison, ServerState
from workflows.domain.drift.findings import Finding, changed_type_finding, find_difference
from workflows.domain.facts import (
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceReleased,
    DeviceRemoved,
    EventFailed,
    EventRejected,
    EventSkipped,
)
from workflows.domain.fold import fold
from workflows.domain.scope import StackScope

SCOPE = StackScope(STACK, "lorawan")
THING = ComparedThing("pump-7", 1, "lorawan", STACK)
DEVICE = known()
RECORD = identity_of(planned(), MARK)
WHOLE = ServerState(NetworkRecord(RADIO), (), claimed=True)


def snapshot(*facts):
    return ComparedSnapshot(THING_ID, "pump-7", fold([accepted(), *facts]))


CREATED = snapshot(DeviceCreated(change(), DEVICE))
CLAIMED = snapshot(DeviceClaimed(change(), altered(DEVICE, method="claimed")))
ADOPTED = snapshot(DeviceAdopted(change(), altered(DEVICE, method="adopted", run="")))
RELEASED = snapshot(DeviceReleased(change(), DEVICE_ID, "other stack"))
MADE_AT = "2026-01-01T00:00:00.5Z"
MADE = snapshot(DeviceCreated(change(), replace(DEVICE, made_at=MADE_AT)))
NOT_MARKED = "mark: the attributes aws-stack, aws-thing-id and aws-run are not this thing's"
AGREEING = Comparison(THING, CREATED, RECORD)


def finding_for(**changes):
    """Return (kind, repair, text) of what a change makes of a comparison on which all agree."""
    found = find_difference(altered(AGREEING, **changes), SCOPE)
    return found and (found.kind, found.repair, found.text)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="all agree"),
        pytest.param({"servers": WHOLE}, id="all the way down"),
        pytest.param({"snapshot": snapshot()}, id="a run is at work"),
        pytest.param(
            {"snapshot": snapshot(EventFailed(change(), "AccessDeniedError"))}, id="failed: reported elsewhere"
        ),
        pytest.param(
            {"snapshot": snapshot(EventRejected(change(), "InvalidThingError"))}, id="rejected: reported elsewhere"
        ),
        pytest.param({"snapshot": ADOPTED, "record": identity_of(planned(name="Theirs"))}, id="adopted, as is"),
        pytest.param(
            {"snapshot": CLAIMED, "record": altered(RECORD, without_join_server=True), "servers": WHOLE}, id="claimed"
        ),
        pytest.param(
            {"thing": altered(THING, stack_name="other"), "snapshot": None, "record": None}, id="another stack's"
        ),
        pytest.param({"thing": None, "snapshot": snapshot()}, id="gone, and a run is at work"),
        pytest.param(
            {"thing": altered(THING, type_name="lamp"), "snapshot": snapshot()}, id="another type, a run at work"
        ),
        pytest.param(
            {"thing": altered(THING, type_name="lamp"), "snapshot": RELEASED, "record": None},
            id="another type, released",
        ),
        pytest.param({"thing": altered(THING, type_name=None), "snapshot": RELEASED, "record": None}, id="never ours"),
        pytest.param({"thing": None, "snapshot": None, "retained": True}, id="left on purpose"),
        pytest.param({"thing": None, "snapshot": None, "record": None}, id="nothing at all"),
    ],
)
def test_what_is_as_it_should_be_is_not_reported(changes):
    assert finding_for(**changes) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"snapshot": None, "record": None}, "no event of this thing has arrived", id="unheard of"),
        pytest.param({"record": None}, "the Identity Server does not know the device", id="device gone"),
        pytest.param(
            {"snapshot": snapshot(EventSkipped(change(), "ignored")), "record": None},
            "the thing has no device",
            id="skipped",
        ),
        pytest.param(
            {"snapshot": ADOPTED, "record": None}, "the Identity Server does not know the device", id="adopted"
        ),
    ],
)
def test_a_thing_whose_device_is_not_there_is_missing(changes, expected):
    assert finding_for(**changes) == ("missing", "write", expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"thing": altered(THING, version=3)},
            "version 3 of the thing has not arrived, the last was 1",
            id="a change that never came",
        ),
        pytest.param({"record": altered(RECORD, name="By hand")}, "name: 'By hand' instead of 'Pump 7'", id="name"),
        pytest.param(
            {"record": altered(RECORD, description=None)}, "description: none instead of the thing's", id="description"
        ),
        pytest.param(
            {"snapshot": MADE, "record": altered(RECORD, attributes={"site": "north"}, made_at=MADE_AT)},
            NOT_MARKED,
            id="mark taken off the very record that was made",
        ),
        pytest.param(
            {"record": altered(RECORD, attributes=replace(MARK, run="broken-off").attributes())},
            NOT_MARKED,
            id="mark of another run of this thing",
        ),
        pytest.param(
            {"record": altered(RECORD, without_join_server=True)},
            "it is claimed, though it was created",
            id="claimed by hand",
        ),
        pytest.param(
            {"record": altered(RECORD, ids=altered(RECORD.ids, dev_eui="70B3D57ED0059999"))},
            "EUIs: 70B3D57ED0059999, EC656E0000000003 instead of 70B3D57ED0051234, EC656E0000000003",
            id="EUIs",
        ),
        pytest.param(
            {"servers": altered(WHOLE, absent=("ns", "as"))},
            "the Network Server does not know the device; the Application Server does not know the device",
            id="servers",
        ),
        pytest.param(
            {"servers": altered(WHOLE, network=NetworkRecord(radio("EU_1", None, RADIO.lorawan_phy_version)))},
            "frequencyPlanID: EU_1 instead of EU_863_870_TTN; lorawanVersion: none instead of 1.0.3",
            id="radio",
        ),
        pytest.param(
            {
                "snapshot": CLAIMED,
                "record": altered(RECORD, without_join_server=True),
                "servers": altered(WHOLE, claimed=False),
            },
            "its claim is lost",
            id="claim",
        ),
    ],
)
def test_what_differs_of_a_device_of_ours_is_reported_and_can_be_repaired(changes, expected):
    assert finding_for(**changes) == ("differing", "write", expected)


REJECTED = snapshot(
    DeviceCreated(change(), DEVICE),
    accepted(change("UPDATED", 2)),
    EventRejected(change("UPDATED", 2), "InvalidThingError"),
)


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        pytest.param(altered(THING, version=2), None, id="as it was rejected: its user is told elsewhere"),
        pytest.param(
            altered(THING, version=3),
            ("differing", "write", "version 3 of the thing has not arrived, the last was 2"),
            id="corrected unheard",
        ),
        pytest.param(
            None,
            ("orphaned", "remove", "the thing is gone, but the journal still has its device"),
            id="deleted unheard",
        ),
        pytest.param(
            altered(THING, version=3, stack_name=OTHER_STACK),
            ("orphaned", "release", f"the thing's stackName is {OTHER_STACK} now, but its device is still linked"),
            id="given away unheard",
        ),
        pytest.param(
            altered(THING, version=2, stack_name=None), None, id="rejected without its stackName: told elsewhere, too"
        ),
        pytest.param(
            altered(THING, version=3, stack_name=None),
            ("orphaned", "write", "the thing's stackName is none now, but its device is still linked"),
            id="has lost its stackName unheard",
        ),
    ],
)
def test_a_rejected_thing_is_compared_if_it_is_no_longer_what_was_rejected(thing, expected):
    assert finding_for(thing=thing, snapshot=REJECTED) == expected


def test_what_differs_of_an_adopted_device_is_reported_and_left_alone():
    assert finding_for(snapshot=ADOPTED, servers=altered(WHOLE, absent=("as",))) == (
        "differing",
        None,
        "the Application Server does not know the device; the device existed before its thing, so a repair writes "
        "nothing to it",
    )


def test_a_network_server_without_the_device_has_no_radio_to_compare():
    assert finding_for(servers=ServerState(None, ("ns",), claimed=True)) == (
        "differing",
        "write",
        "the Network Server does not know the device",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"thing": None}, ("remove", "the thing is gone, but the journal still has its device"), id="gone"),
        pytest.param(
            {"thing": altered(THING, stack_name="other")},
            ("release", "the thing's stackName is other now, but its device is still linked"),
            id="given away",
        ),
        pytest.param(
            {"thing": altered(THING, stack_name=None)},
            ("write", "the thing's stackName is none now, but its device is still linked"),
            id="released",
        ),
        pytest.param(
            {"thing": altered(THING, type_name="lamp", version=2)},
            ("release", "the thing has another type now (lamp), but its device is still linked"),
            id="of another type",
        ),
        pytest.param(
            {"thing": altered(THING, type_name="lamp", version=2, stack_name="other")},
            ("release", "the thing has another type now (lamp), but its device is still linked"),
            id="of another type and another stack's",
        ),
        pytest.param(
            {"thing": altered(THING, type_name="lamp")},
            (None, "the thing still has another type than the stack (lamp), but its device is still linked"),
            id="the stack's type is another, and not the thing's",
        ),
    ],
)
def test_what_a_thing_has_left_is_orphaned(changes, expected):
    assert finding_for(**changes) == ("orphaned", *expected)


def test_a_device_with_our_mark_that_no_thing_has_is_left_to_people():
    kind, repair, text = finding_for(thing=None, snapshot=None)

    assert (kind, repair) == ("orphaned", None)
    assert text.startswith("it has this stack's mark, but the journal has no thing for it; delete it in")
    assert f"thingsync status {DEVICE.dev_eui}" in text


def test_nobody_is_told_to_delete_the_device_of_a_thing_whose_journal_was_lost():
    kind, repair, text = finding_for(thing=None, snapshot=None, wanted_by="--pump")

    assert (kind, repair) == ("orphaned", None)
    assert "delete" not in text
    assert text.endswith(
        "keep it, because a thing has its DevEUI. What to do about that thing: thingsync status -- --pump"
    )


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        pytest.param(None, "it has no mark of Thingsync", id="nobody's"),
        pytest.param(OTHER_STACK, "it has the mark of stack another-stack", id="another stack's"),
    ],
)
def test_a_device_that_is_not_ours_is_foreign(mark, expected):
    assert finding_for(thing=None, snapshot=None, record=identity_of(planned(), mark)) == ("foreign", None, expected)


def test_a_finding_names_thing_and_device_wherever_they_are_known():
    gone = snapshot(DeviceReleased(change(), DEVICE_ID, "retained"))

    assert find_difference(altered(AGREEING, record=None), SCOPE) == Finding(
        "missing", "the Identity Server does not know the device", "pump-7", THING_ID, DEVICE_ID, "write"
    )
    assert find_difference(Comparison(None, gone, RECORD), SCOPE).device_id == DEVICE_ID
    assert find_difference(Comparison(altered(THING, thing_id="id"), None, None), SCOPE).thing_id == "id"


def test_a_thing_without_a_type_is_still_ours_and_gets_it_back():
    assert finding_for(thing=altered(THING, type_name=None, version=2)) == (
        "differing",
        "retype",
        "the thing has lost its thing type, lorawan, so none of its changes arrives",
    )


def test_a_thing_that_lives_though_its_deletion_is_settled_is_for_people_to_fix():
    ended = snapshot(DeviceCreated(change(), DEVICE), DeviceRemoved(change("DELETED", 1), DEVICE_ID))

    kind, repair, text = finding_for(snapshot=ended, record=None)

    assert (kind, repair) == ("missing", None)
    assert text.endswith("delete the thing and create it again")


def test_things_that_still_have_the_type_which_the_stack_had_are_reported_at_once():
    found = changed_type_finding("sensor", 7, ["a", "b"], SCOPE)

    assert (found.kind, found.repair, found.thing_name) == ("differing", None, None)
    assert found.text.startswith(
        "7 things have the type sensor (a, b, …), but the stack's ThingTypeName is lorawan now"
    )
    assert changed_type_finding("sensor", 1, ["a"], SCOPE).text.startswith("1 thing has the type sensor (a), ")


@pytest.mark.parametrize(
    ("known", "found", "whose"),
    [
        pytest.param(
            CREATED, {"attributes": {"site": "north"}}, "nobody noted when the thing's was registered", id="unknown"
        ),
        pytest.param(
            CREATED, {"attributes": {}, "made_at": MADE_AT}, "nobody noted when the thing's was", id="not noted then"
        ),
        pytest.param(
            MADE,
            {"attributes": {}, "made_at": "2026-02-02T00:00:00Z"},
            f"it was registered again at 2026-02-02T00:00:00Z, and the thing's was at {MADE_AT}",
            id="registered again",
        ),
        pytest.param(
            MADE,
            {"attributes": OTHER_THING.attributes(), "made_at": MADE_AT},
            f"it has the mark of stack {STACK} for the thing with the ID {OTHER_THING.thing_id}",
            id="another thing's",
        ),
        pytest.param(
            MADE,
            {"attributes": OTHER_STACK.attributes(), "made_at": MADE_AT},
            "mark of stack another-stack",
            id="theirs",
        ),
    ],
)
def test_a_device_that_may_be_anothers_is_reported_with_what_to_do_and_not_repaired(known, found, whose):
    kind, repair, text = finding_for(snapshot=known, record=replace(altered(RECORD, attributes={}), **found))

    assert (kind, repair) == ("differing", None)
    assert 0 <= text.index(whose) < text.index(f"; {NOT_MARKED}. Thingsync writes nothing to it.")
    assert f"aws-stack={STACK}, aws-thing-id={THING_ID}, aws-run={DEVICE.run}" in text
    assert text.endswith(
        "A repair may then write the thing's values and keys to it. If it is another device, delete it there, then: "
        "thingsync reconcile --apply pump-7"
    )


def test_another_device_under_the_id_is_never_taken_for_the_things_own():
    record = replace(altered(RECORD, attributes={}), ids=replace(RECORD.ids, join_eui="1" * 16), made_at=MADE_AT)

    assert finding_for(snapshot=MADE, record=record)[:2] == ("differing", None)
