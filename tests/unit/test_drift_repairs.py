"""What differs becomes an event, if it is still so in the moment of sending; and its outcome is waited for."""

from dataclasses import replace

import pytest

from operate.drift.repairs import RepairResult, RepairWait
from operate.pacing import Timeout
from tests.drift import AT, MISSING, REGISTERED, SCOPE, Registries, snapshot_of
from tests.journal_samples import accepted, change
from tests.samples import CREATE, DEVICE_ID, MARK, THING_ID, registered_device
from workflows.domain.event import RegistryEvent
from workflows.domain.facts import DeviceRemoved, DeviceUpdated, EventFailed, EventRejected, EventSkipped
from workflows.domain.registry_things import DescribedThing
from workflows.errors import RegistryThrottledError
from workflows.ports.journal import Recorded
from workflows.steps.drift.inspection import Look
from workflows.steps.drift.repairs import Repair, RepairPlanner

DEVICE = registered_device()
THING = DescribedThing("pump-7", THING_ID, 3, "lorawan", CREATE)
LAMP = replace(THING, thing_type_name="lamp")
UNTYPED = replace(THING, thing_type_name=None)
THEIRS = replace(THING, attributes={**CREATE, "stackName": "another"})
ANOTHER = replace(THING, thing_id="another")
UPDATED = RegistryEvent("UPDATED", THING_ID, "pump-7", 3, "lorawan", attributes=CREATE, repair=True)


class Registry:
    """AWS IoT with one thing or none; ``changes`` meanwhile: before a type can be given."""

    def __init__(self, thing, *, changes=False):
        self.named, self.changes, self.typed = thing, changes, []

    def describe(self, thing_name):
        return self.named

    def restore_type(self, thing):
        self.typed.append(thing.thing_name)
        return not self.changes


def test_an_event_that_has_come_since_is_not_sent_again():
    """Between the comparison and its repair there may be minutes."""
    found = replace(MISSING, awaited=True)

    def events(*facts):
        snapshots = (snapshot_of(*facts),) if facts else ()
        return RepairPlanner(SCOPE, Registry(THING), Registries(snapshots=snapshots)).plan(found).event

    assert events() == events(*REGISTERED) == UPDATED
    assert events(*REGISTERED, accepted(change("UPDATED", 3, run="next"))) is None
    assert events(accepted(change("UPDATED", 3)), EventRejected(change("UPDATED", 3), "InvalidThingError")) is None


class Throttled(Registry):
    def describe(self, thing_name):
        raise RegistryThrottledError("AWS throttled DescribeThing.")


KNOWN = (snapshot_of(*REGISTERED),)


def planned_repair(repair, registry, snapshots=KNOWN):
    return RepairPlanner(SCOPE, registry, Registries(snapshots=snapshots), registry).plan(
        replace(MISSING, repair=repair)
    )


@pytest.mark.parametrize(
    ("repair", "thing", "event"),
    [
        pytest.param("write", THING, UPDATED, id="as it is now"),
        pytest.param("write", UNTYPED, replace(UPDATED, thing_type_name=None), id="no type says nothing"),
        pytest.param("release", LAMP, replace(UPDATED, thing_type_name="lamp"), id="of another type"),
        pytest.param("release", THEIRS, replace(UPDATED, attributes=THEIRS.attributes), id="another stack's"),
        pytest.param("remove", None, RegistryEvent("DELETED", THING_ID, "pump-7", 1), id="gone"),
        pytest.param("remove", ANOTHER, RegistryEvent("DELETED", THING_ID, "pump-7", 1), id="another of the name"),
    ],
)
def test_a_repair_is_the_event_of_the_thing_as_it_is_now(repair, thing, event):
    repair_made = planned_repair(repair, Registry(thing))

    assert (repair_made.event, repair_made.facts) == (event, 2)
    assert (repair_made.latest_run, repair_made.is_raised) == (MARK.run, False)


@pytest.mark.parametrize(
    ("repair", "thing"),
    [
        pytest.param("write", None, id="gone"),
        pytest.param("write", ANOTHER, id="another bears the name"),
        pytest.param("write", LAMP, id="given another type: that is no repair, and the brake has not counted it"),
        pytest.param("write", THEIRS, id="given to another stack"),
        pytest.param("release", THING, id="ours again"),
        pytest.param("release", None, id="to be released, and gone"),
        pytest.param("remove", THING, id="not gone"),
        pytest.param("remove", LAMP, id="not gone, but of another type"),
        pytest.param("remove", UNTYPED, id="not gone, but of no type"),
        pytest.param("retype", THING, id="has its type"),
        pytest.param("retype", LAMP, id="has another type"),
        pytest.param("retype", None, id="to be given a type, and gone"),
    ],
)
def test_what_is_no_longer_as_it_was_found_is_left_alone(repair, thing):
    registry = Registry(thing)

    assert (planned_repair(repair, registry).event, registry.typed) == (None, [])


def test_a_gone_thing_that_the_journal_does_not_know_any_more_has_nothing_to_remove():
    assert planned_repair("remove", Registry(None), snapshots=()).event is None


def test_a_thing_of_which_the_journal_knows_nothing_has_no_run():
    repair_made = planned_repair("write", Registry(THING), snapshots=())

    assert (repair_made.event.thing_id, repair_made.facts, repair_made.latest_run) == (THING_ID, 0, "")


@pytest.mark.parametrize("repair", ["write", "release", "remove", "retype"])
def test_a_thing_that_aws_iot_does_not_show_now_is_not_taken_for_gone(repair):
    with pytest.raises(RegistryThrottledError, match="throttled DescribeThing"):
        planned_repair(repair, Throttled(None))


def test_a_thing_that_lost_its_type_gets_it_back_and_aws_iot_raises_the_event():
    registry = Registry(UNTYPED)

    repair_made = planned_repair("retype", registry)

    assert (registry.typed, repair_made.is_raised) == (["pump-7"], True)
    assert repair_made.event == replace(UPDATED, version_number=4, repair=False)


def test_a_thing_that_changed_in_this_moment_is_not_given_a_type():
    assert planned_repair("retype", Registry(UNTYPED, changes=True)).event is None


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s

    def sleep(self, seconds):
        self.now_s += seconds


class Unfolding:
    """Each read shows what has happened since to things that were registered; the last one stays."""

    def __init__(self, *reads):
        self.reads = list(reads)

    def snapshots(self, thing_ids):
        since = self.reads.pop(0) if len(self.reads) > 1 else self.reads[0]
        self.streams = {f"id-{number}": [*REGISTERED, *facts] for number, facts in since.items()}
        return iter([snapshot_of(*self.streams[each], thing_id=each) for each in thing_ids if each in self.streams])

    def recent(self, thing_id):
        return reversed([Recorded(number, AT, fact) for number, fact in enumerate(self.streams[thing_id])])


def repair_of(number, operation="UPDATED", **changes):
    event = RegistryEvent(operation, f"id-{number}", "pump", 1, repair=operation == "UPDATED")
    return Repair(replace(MISSING, thing_id=f"id-{number}"), event, facts=2, **changes)


def waited(journal, *sent, timeout_s=60, **more):
    clock = Clock()
    waiting = RepairWait(journal, Timeout(timeout_s, clock=clock, sleep=clock.sleep), **more)
    return [
        (repair.finding.thing_id, result.outcome, result.error_name)
        for some in waiting.outcomes(sent)
        for repair, result in some
    ]


AGAIN = change("UPDATED", 1, "again")
AT_WORK = [accepted(AGAIN)]
REPAIRED = [*AT_WORK, DeviceUpdated(AGAIN, registered_device())]
REFUSED = [*AT_WORK, EventRejected(AGAIN, "InvalidThingError")]
REMOVED = [DeviceRemoved(change("DELETED", 1), DEVICE_ID)]
# An adoption by its device's activity comes before all events of the thing.
OF_AN_OLDER_CHANGE = [EventSkipped(change("CREATED", 0), "superseded")]


def test_outcomes_of_repairs_are_waited_for():
    journal = Unfolding({1: [], 2: AT_WORK}, {1: REPAIRED, 2: AT_WORK}, {2: REFUSED})

    assert waited(journal, [repair_of(1), repair_of(2)]) == [
        ("id-1", "registered", None),
        ("id-2", "rejected", "InvalidThingError"),
    ]


def test_while_repairs_are_waited_for_the_things_without_an_outcome_are_checked():
    journal, checked = Unfolding({1: [], 2: AT_WORK}, {1: REPAIRED, 2: AT_WORK}, {2: REFUSED}), []

    waited(journal, [repair_of(1), repair_of(2)], check=lambda ids: checked.append(list(ids)))

    assert checked == [["id-2"]]


def test_a_repair_of_which_nothing_is_heard_is_reported_as_that():
    journal = Unfolding({1: []})

    assert waited(journal, [repair_of(1), repair_of(2)]) == [("id-1", "in flight", None), ("id-2", "in flight", None)]


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        pytest.param(OF_AN_OLDER_CHANGE, ("in flight", None), id="an older change was skipped"),
        pytest.param([*OF_AN_OLDER_CHANGE, *REPAIRED], ("registered", None), id="and then it was repaired"),
        pytest.param([EventFailed(AGAIN, "ThingBusyError")], ("failed", "ThingBusyError"), id="it was never accepted"),
        pytest.param(REMOVED, ("removed", None), id="the thing was deleted"),
    ],
)
def test_a_repair_has_its_own_outcome_and_no_other(facts, outcome):
    assert waited(Unfolding({1: facts}), [repair_of(1)]) == [("id-1", *outcome)]


def test_what_two_findings_ask_of_one_thing_is_reported_twice():
    journal = Unfolding({1: REPAIRED}, {1: [*REPAIRED, *REMOVED]})

    assert waited(journal, [repair_of(1), repair_of(1, "DELETED")]) == [
        ("id-1", "registered", None),
        ("id-1", "removed", None),
    ]


def test_nothing_is_waited_for_where_nothing_was_sent():
    nothing = replace(repair_of(1), event=None)

    assert waited(Unfolding({}), [nothing]) == [("id-1", "not sent", None)]


def test_more_is_sent_before_all_of_it_is_known():
    """Two batches are well within what may be under way at once."""
    journal = Unfolding({}, {1: REPAIRED, 2: REPAIRED})

    assert waited(journal, [repair_of(1)], [repair_of(2)]) == [
        ("id-1", "registered", None),
        ("id-2", "registered", None),
    ]


@pytest.mark.parametrize(
    ("outcome", "left", "is_good"),
    [
        ("registered", None, True),
        ("removed", None, True),
        ("skipped", None, True),
        ("not sent", None, True),
        ("registered", MISSING, False),
        ("skipped", MISSING, False),
        ("removed", MISSING, False),
        ("not sent", MISSING, False),
        ("rejected", None, False),
        ("failed", None, False),
        ("in flight", None, False),
    ],
)
def test_a_repair_is_good_if_nothing_differs_any_more(outcome, left, is_good):
    assert RepairResult(MISSING, outcome, None, Look(left, "registered", DEVICE)).is_good is is_good


def test_a_repair_is_not_good_while_another_run_works_on_the_thing():
    assert not RepairResult(MISSING, "registered", None, Look(None, "in flight", DEVICE)).is_good


@pytest.mark.parametrize(
    ("outcome", "method", "done"),
    [
        ("registered", "created", "write"),
        ("registered", "adopted", "link"),
        ("skipped", "adopted", "link"),
        ("not sent", "created", None),
    ],
)
def test_a_repair_by_which_a_thing_got_anothers_device_says_so(outcome, method, done):
    device = replace(DEVICE, method=method, differences=("name: 'a' instead of 'b'",))

    result = RepairResult(replace(MISSING, method="created"), outcome, None, Look(None, "registered", device))

    assert (result.done, result.differences) == (done, device.differences if done == "link" else ())


@pytest.mark.parametrize(("stays", "done"), [(False, "remove"), (True, "release")])
def test_a_device_that_stayed_is_not_said_to_be_removed(stays, done):
    orphaned = replace(MISSING, kind="orphaned", repair="remove")

    assert RepairResult(orphaned, "removed", None, Look(None, "removed", None, stays)).done == done
