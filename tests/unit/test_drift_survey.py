"""Three lists ► each thing and device with what the others say; looked at once more; repaired."""

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operate.adapters.registry_thing import RegistryThing
from operate.adapters.things_of_type import ListedThing
from operate.drift.findings import Finding, SeenHead, SeenThing, Sight
from operate.drift.ledger import Ledger
from operate.drift.looking import Look
from operate.drift.repairs import Mended, Mending, Waiting, mending
from operate.drift.survey import Survey
from tests.bulk_samples import dev_eui
from tests.journal_samples import DELETION, accepted, change
from tests.samples import CREATE, DEVICE_ID, MARK, STACK, THING_ID, identity_of, planned, registered_device
from workflows.domain.event import RegistryEvent
from workflows.domain.facts import (
    DeviceCreated,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventFailed,
    EventRejected,
    EventSkipped,
)
from workflows.domain.fold import fold, status_of
from workflows.ports.journal import Head, Recorded

AT = datetime(2026, 1, 1, tzinfo=UTC)
MEBIBYTE = 2**20
DEVICE = registered_device()
REGISTERED = [accepted(), DeviceCreated(change(), DEVICE)]
RECORD = identity_of(planned(), MARK)
MISSING = Finding("missing", "the Identity Server does not know the device", "pump-7", THING_ID, DEVICE_ID, "write")


def head_of(*facts, thing_id=THING_ID, name="pump-7", at=AT):
    state = fold(facts)
    return Head(thing_id, name, at, status_of(state), state)


def listed(name="pump-7", version=1, **attributes):
    return ListedThing(name, version, CREATE | attributes)


def sights(*, things=(), heads=(), records=()):
    with Survey.opened() as survey:
        for record in records:
            survey.add_record(record)
        for head in heads:
            survey.add_head(head)
        for thing in things:
            survey.add_listed(thing)
        return list(survey.sights())


SEEN = SeenThing("pump-7", 1, STACK)
KNOWN = SeenHead(THING_ID, "pump-7", fold(REGISTERED))


def test_a_thing_is_seen_with_its_journal_and_its_device():
    assert sights(things=[listed()], heads=[head_of(*REGISTERED)], records=[RECORD]) == [Sight(SEEN, KNOWN, RECORD)]


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        pytest.param({"things": [listed()]}, [Sight(SEEN, None, None)], id="a thing alone"),
        pytest.param({"heads": [head_of(*REGISTERED)]}, [Sight(None, KNOWN, None)], id="a stream alone"),
        pytest.param({"records": [RECORD]}, [Sight(None, None, RECORD)], id="a device alone"),
        pytest.param(
            {"heads": [head_of(*REGISTERED)], "records": [RECORD]}, [Sight(None, KNOWN, RECORD)], id="a thing is gone"
        ),
        pytest.param(
            {"heads": [head_of(*REGISTERED, DeviceRemoved(DELETION, DEVICE_ID))]}, [], id="gone, and its device too"
        ),
    ],
)
def test_what_only_some_places_know_is_seen_too(lists, expected):
    assert sights(**lists) == expected


def test_what_the_pages_show_twice_counts_once():
    assert len(sights(things=[listed()] * 2, heads=[head_of(*REGISTERED)] * 2, records=[RECORD] * 2)) == 1


def test_of_several_things_of_one_name_the_latest_is_the_living_one_and_all_are_looked_at():
    other = registered_device(planned(device_id="pump-8"))
    new = head_of(accepted(), DeviceCreated(change(), other), thing_id="new", at=AT + timedelta(days=1))

    found = sights(things=[listed()], heads=[head_of(*REGISTERED), new])

    living, *left = [(sight.thing, sight.head.thing_id) for sight in found]
    assert living == (SEEN, "new")
    assert sorted(thing_id for _, thing_id in left) == [THING_ID, "new"]


def fleet_of(survey, numbers):
    for number in numbers:
        eui, thing_id = dev_eui(number), f"id-{number}"
        device = registered_device(planned(device_id=f"eui-{eui.lower()}", dev_eui=eui))
        survey.add_record(identity_of(planned(device_id=f"eui-{eui.lower()}", dev_eui=eui), MARK))
        survey.add_head(head_of(accepted(), DeviceCreated(change(), device), thing_id=thing_id, name=eui))
        survey.add_listed(listed(eui))


def test_memory_does_not_grow_with_the_fleet():
    with Survey.opened() as survey:
        tracemalloc.start()
        fleet_of(survey, range(2000))
        seen = sum(1 for sight in survey.sights() if sight.thing and sight.head and sight.record)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert seen == 2000
    assert peak < MEBIBYTE


class Places:
    """All three places as they are when they are asked; ``asked`` counts."""

    def __init__(self, *, thing=None, heads=(), records=(), facts=()):
        self.thing, self.known, self.records, self.recorded = thing, heads, records, facts

    def seen(self, thing_name):
        return self.thing

    def heads(self, thing_ids):
        wanted = set(thing_ids)
        return iter([head for head in self.known if head.thing_id in wanted])

    def facts(self, thing_id):
        return (Recorded(number, AT, fact) for number, fact in enumerate(self.recorded))

    def identity(self, device_id):
        return next((record for record in self.records if record.ids.device_id == device_id), None)


def findings(places, *seen):
    return list(Look(STACK, places, places, places).findings(seen))


def living(thing_id=THING_ID, version=1):
    return SeenThing("pump-7", version, STACK, thing_id)


def test_what_still_differs_when_it_is_looked_at_again_is_told():
    places = Places(thing=living(), heads=[head_of(*REGISTERED)])

    assert findings(places, Sight(SEEN, KNOWN, None)) == [MISSING]


@pytest.mark.parametrize(
    ("places", "seen"),
    [
        pytest.param(
            Places(thing=living(), heads=[head_of(*REGISTERED)], records=[RECORD]),
            Sight(SEEN, KNOWN, None),
            id="the device has been registered since",
        ),
        pytest.param(
            Places(thing=living(), heads=[head_of(*REGISTERED)], records=[RECORD]),
            Sight(SEEN, None, None),
            id="the event has arrived since",
        ),
        pytest.param(
            Places(heads=[head_of(*REGISTERED, DeviceRemoved(DELETION, DEVICE_ID))]),
            Sight(None, KNOWN, RECORD),
            id="the device has been removed since",
        ),
        pytest.param(
            Places(thing=living(), heads=[head_of(*REGISTERED)], records=[RECORD]),
            Sight(None, KNOWN, RECORD),
            id="the thing was not gone",
        ),
        pytest.param(
            Places(heads=[head_of(*REGISTERED)], records=[RECORD]),
            Sight(None, None, RECORD),
            id="the device has been linked since",
        ),
        pytest.param(
            Places(heads=[head_of(accepted())], records=[RECORD]), Sight(None, None, RECORD), id="a run is at work"
        ),
        pytest.param(
            Places(
                heads=[head_of(*REGISTERED, DeviceReleased(DELETION, DEVICE_ID, "retained"))],
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
    places = Places(thing=living("another"), heads=[head_of(*REGISTERED)], records=[RECORD])

    [found] = findings(places, Sight(None, KNOWN, RECORD))

    assert (found.kind, found.thing_id, found.repair) == ("orphaned", THING_ID, "remove")


def test_findings_are_kept_in_their_order():
    foreign = Finding("foreign", "theirs", None, None, "x", None)
    with Ledger.opened() as ledger:
        for each in (MISSING, foreign, MISSING):
            ledger.add(each)

        assert list(ledger.all()) == [MISSING, foreign, MISSING]
        assert ledger.of_kind("missing", 1) == [MISSING]
        assert (list(ledger.repairs()), ledger.repairable()) == ([MISSING, MISSING], 2)
        assert ledger.counts() == {"missing": 2, "foreign": 1}


THING = RegistryThing("pump-7", THING_ID, 3, "lorawan", CREATE)


def test_a_repair_is_the_thing_as_it_is_now():
    places = Places(heads=[head_of(*REGISTERED)])

    repair = mending(MISSING, lambda name: THING, places)

    event = RegistryEvent("UPDATED", THING_ID, "pump-7", 3, "lorawan", attributes=CREATE, repair=True)
    assert repair == Mending(MISSING, event, facts=2, latest_run=MARK.run)


def test_a_thing_that_bears_the_name_by_now_is_repaired_with_its_own_facts():
    other = Head("other", "pump-7", AT, "registered", fold([*REGISTERED, EventSkipped(change("UPDATED", 2), "any")]))

    repair = mending(MISSING, lambda name: replace(THING, thing_id="other"), Places(heads=[other]))

    assert (repair.event.thing_id, repair.facts) == ("other", 3)


def test_a_thing_of_which_the_journal_knows_nothing_has_no_run():
    repair = mending(replace(MISSING, thing_id=None), lambda name: THING, Places())

    assert (repair.event.thing_id, repair.facts, repair.latest_run) == (THING_ID, 0, "")


def test_what_a_gone_thing_left_is_removed_by_the_event_of_its_end():
    found = replace(MISSING, kind="orphaned", repair="remove")

    repair = mending(found, lambda name: None, Places(heads=[head_of(*REGISTERED)]))

    assert repair.event == RegistryEvent("DELETED", THING_ID, "pump-7", 1)


@pytest.mark.parametrize("kind", ["write", "remove"])
def test_what_is_gone_meanwhile_needs_no_repair(kind):
    assert mending(replace(MISSING, repair=kind), lambda name: None, Places()) is None


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s

    def sleep(self, seconds):
        self.now_s += seconds


class Unfolding:
    """Each look shows what has happened since to things that were registered; the last one stays."""

    def __init__(self, *looks):
        self.looks = list(looks)

    def heads(self, thing_ids):
        since = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        self.streams = {f"id-{number}": [*REGISTERED, *facts] for number, facts in since.items()}
        return iter([head_of(*self.streams[each], thing_id=each) for each in thing_ids if each in self.streams])

    def recent(self, thing_id):
        return reversed([Recorded(number, AT, fact) for number, fact in enumerate(self.streams[thing_id])])


def repair_of(number, operation="UPDATED"):
    event = RegistryEvent(operation, f"id-{number}", "pump", 1, repair=operation == "UPDATED")
    return Mending(replace(MISSING, thing_id=f"id-{number}"), event, facts=2, latest_run="")


REPAIR = change("UPDATED", 1, "repair")
AT_WORK = [accepted(REPAIR)]
REPAIRED = [*AT_WORK, DeviceUpdated(REPAIR, DEVICE)]
REFUSED = [*AT_WORK, EventRejected(REPAIR, "InvalidThingError")]
REMOVED = [DeviceRemoved(change("DELETED", 1), DEVICE_ID)]
# An adoption by its device's activity comes before all events of the thing.
OF_AN_OLDER_CHANGE = [EventSkipped(change("CREATED", 0), "superseded")]


def waited(journal, *sent, patience_s=60):
    clock = Clock()
    waiting = Waiting(journal, patience_s, clock=clock, sleep=clock.sleep)
    return [(each.finding.thing_id, each.status) for each in waiting.outcomes(sent)]


def test_outcomes_of_repairs_are_waited_for():
    journal = Unfolding({1: [], 2: AT_WORK}, {1: REPAIRED, 2: AT_WORK}, {2: REFUSED})

    assert waited(journal, [repair_of(1), repair_of(2)]) == [("id-1", "registered"), ("id-2", "rejected")]


def test_a_repair_of_which_nothing_is_heard_is_told_as_that():
    assert waited(Unfolding({1: REPAIRED}), [repair_of(1), repair_of(2)]) == [("id-1", "registered"), ("id-2", None)]


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param(OF_AN_OLDER_CHANGE, None, id="an-older-change-was-skipped"),
        pytest.param([*OF_AN_OLDER_CHANGE, *REPAIRED], "registered", id="and-then-it-was-repaired"),
        pytest.param([EventFailed(REPAIR, "ThingBusyError")], "failed", id="it-failed-before-it-was-accepted"),
        pytest.param([EventRejected(REPAIR, "InvalidThingError")], "rejected", id="or-was-rejected"),
        pytest.param(REMOVED, "removed", id="the-thing-was-deleted"),
    ],
)
def test_a_repair_has_its_own_outcome_and_no_other(facts, status):
    assert waited(Unfolding({1: facts}), [repair_of(1)]) == [("id-1", status)]


def test_what_two_findings_ask_of_one_thing_is_told_of_both():
    journal = Unfolding({1: REPAIRED}, {1: [*REPAIRED, *REMOVED]})

    assert waited(journal, [repair_of(1), repair_of(1, "DELETED")]) == [("id-1", "registered"), ("id-1", "removed")]


def test_more_is_sent_before_all_of_it_is_known():
    """Two batches are well within what may be under way at once."""
    journal = Unfolding({}, {1: REPAIRED, 2: REPAIRED})

    assert waited(journal, [repair_of(1)], [repair_of(2)]) == [("id-1", "registered"), ("id-2", "registered")]


@pytest.mark.parametrize(
    ("status", "is_good"),
    [("registered", True), ("removed", True), ("skipped", True), ("rejected", False), ("failed", False), (None, False)],
)
def test_a_repair_is_good_if_the_thing_stands_well(status, is_good):
    assert Mended(MISSING, status).is_good is is_good
