"""A run that reconciles: page by page, behind the brake, and not twice at a time."""

from dataclasses import replace

import pytest

from tests.bulk_samples import dev_eui
from tests.drift import AT, SCOPE, snapshot_of
from tests.fakes.reconcile_runs import FakeReconcileRuns
from tests.journal_samples import accepted, change
from tests.samples import STACK, identity_of, planned, registered_device
from workflows.adapters.drift.notebook import FileNotebook
from workflows.domain.drift.reconciling import Order, Reconciled, waiting_in_words
from workflows.domain.facts import DeviceCreated, DeviceRemoved, EventFailed, EventRejected, Fact
from workflows.domain.mark import Mark
from workflows.domain.pages import Page
from workflows.domain.registry_things import DescribedThing, ListedThing
from workflows.errors import RegistryUnavailableError
from workflows.ports.journal import Recorded
from workflows.steps.concurrency import MAX_CONCURRENT
from workflows.steps.drift.inspection import Inspector
from workflows.steps.drift.reconcile import LOOKS, Pauses, Reconciler, Sources, summary
from workflows.steps.drift.repairs import RepairPlanner

RUN = "the-run"
PAGE = 3


class Fleet:
    """Things, journal and devices that agree, until a test changes one of them; and all that a run asks for."""

    def __init__(self, count):
        self.things, self.snapshots_by_id, self.records, self.sent, self.lines = {}, {}, {}, [], []
        self.lacks, self.scrubbed, self.pauses, self.look_numbers, self.queued = set(), [], 0, [], 0
        self.runs = FakeReconcileRuns()
        self.runs.begin(RUN)
        for number in range(count):
            self.add(number)

    def add(self, number):
        eui, thing_id = dev_eui(number), f"id-{number:03}"
        device = planned(device_id=f"eui-{eui.lower()}", dev_eui=eui)
        registered = replace(registered_device(device), run=f"run-{number}")
        self.things[eui] = DescribedThing(eui, thing_id, 1, "lorawan", {"stackName": STACK, "devEUI": eui})
        facts = accepted(device_id=device.ids.device_id), DeviceCreated(change(), registered)
        self.snapshots_by_id[thing_id] = snapshot_of(*facts, thing_id=thing_id, name=eui)
        self.repair(thing_id)

    def repair(self, thing_id):
        """Write the device as the journal has it."""
        device = self.snapshots_by_id[thing_id].state.device
        mark = Mark(STACK, thing_id, device.run)
        self.records[device.device_id] = identity_of(device, mark)

    # The lists.

    def _page(self, items, place):
        begin = int(place or 0)
        return Page(items[begin : begin + PAGE], str(begin + PAGE) if begin + PAGE < len(items) else None)

    def list_devices(self, place):
        return self._page(list(self.records.values()), place)

    def list_journal(self, place):
        return self._page(list(self.snapshots_by_id.values()), place)

    def list_things(self, place):
        listed = [
            ListedThing(each.thing_name, each.version_number, each.attributes)
            for each in self.things.values()
            if each.thing_type_name == "lorawan"
        ]
        return self._page(listed, place)

    # The very thing, snapshot and device.

    def describe(self, thing_name):
        return self.things.get(thing_name)

    def snapshots(self, thing_ids):
        return iter([self.snapshots_by_id[each] for each in thing_ids if each in self.snapshots_by_id])

    def facts(self, thing_id):
        return iter([Recorded(0, AT, accepted())])

    def identity(self, device_id):
        return self.records.get(device_id)

    def has_record(self, server, device_id):
        return device_id not in self.lacks

    def holds_claim(self, device_id):
        return True

    def network(self, device_id):
        self.scrubbed.append(device_id)

    def application(self, device_id):
        return None

    # What a run does.

    def send(self, event, latest_run):
        self.sent.append((event, latest_run))
        if event.operation == "UPDATED" and event.thing_id in self.snapshots_by_id:
            self.repair(event.thing_id)

    def is_empty(self):
        return not self.queued

    def write(self, run, lines):
        assert run == RUN
        self.lines += lines

    def pause(self):
        self.pauses += 1

    @property
    def looks(self):
        return len(self.look_numbers)

    def look(self, number):
        self.look_numbers.append(number)

    def reconciler(self, has_time=lambda: True):
        return Reconciler(
            sources=Sources(self.list_devices, self.list_journal, self.list_things),
            inspector=Inspector(SCOPE, self, self, self),
            planner=RepairPlanner(SCOPE, self, self),
            queue=self,
            log=self,
            runs=self.runs,
            pauses=Pauses(self.pause, self.look),
            has_time=has_time,
        )

    def reconcile(self, mode="Repair", scrub=0):
        with FileNotebook.opened("") as notes:
            assert self.reconciler().work(Order(RUN, mode, scrub), notes) == "done"
            return summary(notes, complete=True)


def device_id(number):
    return f"eui-{dev_eui(number).lower()}"


def events(fleet):
    return [(event.operation, event.thing_name, event.repair) for event, _ in fleet.sent]


def test_what_agrees_is_left_alone():
    fleet = Fleet(10)

    assert fleet.reconcile() == Reconciled(10, 10, 0, 0, 0, 0, 0, 0, 0, 0, complete=True)
    assert (fleet.sent, fleet.lines) == ([], [])


def damage(fleet):
    """Edit one device, lose another, and let a thing go and another come unheard."""
    record = fleet.records[device_id(1)]
    fleet.records[device_id(1)] = replace(record, values=replace(record.values, name="by hand"))
    del fleet.records[device_id(2)]
    del fleet.things[dev_eui(3)]
    fleet.things["new"] = DescribedThing("new", "id-new", 1, "lorawan", {"stackName": STACK})
    fleet.records["theirs"] = identity_of(planned(device_id="theirs", dev_eui=dev_eui(99)))


def test_a_report_says_what_differs_and_changes_nothing():
    fleet = Fleet(10)
    damage(fleet)

    assert fleet.reconcile("Report") == Reconciled(10, 10, 2, 1, 1, 1, 0, 0, 4, 0, complete=True)
    assert (fleet.sent, fleet.looks) == ([], 1)
    assert sorted((line["kind"], line["thingName"], line["repair"], line["done"]) for line in fleet.lines[:4]) == [
        ("differing", dev_eui(1), "write", "reported"),
        ("missing", dev_eui(2), "write", "reported"),
        ("missing", "new", "write", "reported"),
        ("orphaned", dev_eui(3), "remove", "reported"),
    ]
    assert (fleet.lines[4]["kind"], fleet.lines[4]["deviceId"]) == ("foreign", "theirs")


def test_repairs_are_paced_events_and_what_they_leave_is_told():
    fleet = Fleet(10)
    damage(fleet)

    done = fleet.reconcile()

    assert sorted(events(fleet)) == [
        ("DELETED", dev_eui(3), False),
        ("UPDATED", dev_eui(1), True),
        ("UPDATED", dev_eui(2), True),
        ("UPDATED", "new", True),
    ]
    assert {latest for event, latest in fleet.sent if event.thing_name != "new"} == {change().run}
    assert fleet.pauses == 4
    assert (done.repairs, done.held_back, done.unrepaired) == (4, 0, 2)
    assert {line["thingName"]: line["done"] for line in fleet.lines if line["kind"] != "foreign"} == {
        dev_eui(1): "repaired",
        dev_eui(2): "repaired",
        dev_eui(3): "still differs",
        "new": "still differs",
    }
    assert fleet.look_numbers == [LOOKS, *range(1, LOOKS)]
    assert {line["text"] for line in fleet.lines if line["done"] == "still differs"} == {
        "no event of this thing has arrived",
        "the thing is gone, but the journal still has its device",
    }


def paused(fleet, count):
    """Things that were just made, one that was changed, and one that was deleted; Ingest takes no event of them."""
    for number in range(count):
        name = f"new-{number}"
        fleet.things[name] = DescribedThing(name, f"id-{name}", 1, "lorawan", {"stackName": STACK})
    fleet.things[dev_eui(1)] = replace(fleet.things[dev_eui(1)], version_number=2)
    del fleet.things[dev_eui(2)]
    fleet.queued = count + 2


@pytest.mark.parametrize("mode", ["Report", "Repair"])
def test_things_whose_events_are_in_the_queue_are_no_drift_and_get_no_second_event(mode):
    fleet = Fleet(5)
    paused(fleet, 30)
    del fleet.records[device_id(4)]

    done = fleet.reconcile(mode)

    assert (done.missing, done.differing, done.orphaned, done.waiting) == (1, 0, 0, 32)
    assert [line["thingName"] for line in fleet.lines] == [dev_eui(4)]
    assert [event.thing_name for event, _ in fleet.sent] == ([] if mode == "Report" else [dev_eui(4)])


class Ingesting(Fleet):
    """The queue becomes empty after some looks, and the events of all but one thing have arrived in the journal."""

    def look(self, number):
        super().look(number)
        if self.looks == 3:
            self.queued = 0
        if self.looks == 4:
            for name in set(self.things) - {"new-0"}:
                self._arrives(self.things[name])
            gone = self.snapshots_by_id["id-002"]
            removed = DeviceRemoved(change("DELETED", 1), gone.state.device.device_id)
            self.snapshots_by_id["id-002"] = snapshot_of(accepted(), removed, thing_id="id-002", name=gone.thing_name)
            del self.records[gone.state.device.device_id]

    def _arrives(self, thing):
        changed = change("UPDATED", thing.version_number)
        facts = accepted(changed), EventRejected(changed, "InvalidThingError")
        if thing.thing_id not in self.snapshots_by_id or thing.version_number > 1:
            self.snapshots_by_id[thing.thing_id] = snapshot_of(*facts, thing_id=thing.thing_id, name=thing.thing_name)


@pytest.mark.parametrize("mode", ["Report", "Repair"])
def test_what_has_arrived_at_the_second_look_is_no_finding_and_the_rest_is(mode):
    fleet = Ingesting(5)
    paused(fleet, 130)
    fleet.records.pop(device_id(1))

    done = fleet.reconcile(mode)

    assert (done.missing, done.differing, done.orphaned, done.waiting) == (1, 0, 0, 0)
    assert [line["thingName"] for line in fleet.lines] == ["new-0"]
    assert [event.thing_name for event, _ in fleet.sent] == ([] if mode == "Report" else ["new-0"])


class ArrivingWithADifference(Ingesting):
    """The event has come, and its device is lost since."""

    def _arrives(self, thing):
        if thing.version_number > 1:
            device, changed = self.snapshots_by_id[thing.thing_id].state.device, change("UPDATED", 2)
            facts = accepted(changed, device.device_id), DeviceCreated(changed, device)
            self.snapshots_by_id[thing.thing_id] = snapshot_of(*facts, thing_id=thing.thing_id, name=thing.thing_name)


def test_what_an_event_leaves_that_has_come_is_the_finding():
    fleet = ArrivingWithADifference(5)
    paused(fleet, 0)
    fleet.records.pop(device_id(1))
    fleet.queued = 1

    fleet.reconcile("Report")

    assert [(line["kind"], line["text"]) for line in fleet.lines] == [
        ("missing", "the Identity Server does not know the device")
    ]


class ThingGivenAwayMeanwhile(Fleet):
    """After the second look, and before the event."""

    def describe(self, thing_name):
        found = super().describe(thing_name)
        self.things[thing_name] = replace(found, attributes={"stackName": "others"})
        return found


def test_what_is_gone_at_the_moment_of_repair_is_no_finding():
    fleet = ThingGivenAwayMeanwhile(3)
    del fleet.records[device_id(0)]

    done = fleet.reconcile()

    assert (fleet.sent, fleet.lines, done.missing) == ([], [], 0)


def test_the_brake_holds_removals_back_and_lets_other_repairs_pass():
    fleet = Fleet(20)
    for number in range(11):
        del fleet.things[dev_eui(number)]
    del fleet.records[device_id(15)]

    done = fleet.reconcile()

    assert events(fleet) == [("UPDATED", dev_eui(15), True)]
    assert (done.orphaned, done.held_back, done.repairs, done.unrepaired) == (11, 11, 1, 11)
    assert {line["done"] for line in fleet.lines if line["kind"] == "orphaned"} == {"held back"}


def test_few_removals_pass_the_brake():
    fleet = Fleet(20)
    for number in range(10):
        del fleet.things[dev_eui(number)]

    assert (fleet.reconcile().held_back, len(fleet.sent)) == (0, 10)


def test_after_an_empty_list_of_things_nothing_is_removed_however_small_the_fleet():
    fleet = Fleet(3)
    fleet.things.clear()

    done = fleet.reconcile()

    assert (fleet.sent, done.things, done.orphaned, done.held_back) == ([], 0, 3, 3)


def test_a_changed_type_is_one_finding_of_the_fleet():
    fleet = Fleet(20)
    for name, thing in fleet.things.items():
        fleet.things[name] = replace(thing, thing_type_name="sensor")

    done = fleet.reconcile()

    [line] = fleet.lines
    assert (fleet.sent, done.differing, done.orphaned, line["repair"]) == ([], 1, 0, None)
    assert "20 things have the type sensor" in line["text"]


def test_a_thing_that_was_given_another_type_is_released_and_not_taken_for_gone():
    fleet = Fleet(5)
    fleet.things[dev_eui(1)] = replace(fleet.things[dev_eui(1)], thing_type_name="lamp", version_number=2)

    fleet.reconcile()

    assert events(fleet) == [("UPDATED", dev_eui(1), True)]
    assert fleet.lines[0]["repair"] == "release"


def test_no_thing_gets_its_type_back_from_a_run_by_itself():
    fleet = Fleet(5)
    fleet.things[dev_eui(1)] = replace(fleet.things[dev_eui(1)], thing_type_name=None, version_number=2)

    done = fleet.reconcile()

    assert (fleet.sent, done.unrepaired) == ([], 1)
    assert [(line["repair"], line["done"]) for line in fleet.lines] == [("retype", "reported")]


def test_a_thing_that_was_made_again_after_a_rejection_is_not_taken_for_the_rejected_one():
    """Neither event arrived, and both have the name and version 1."""
    fleet = Fleet(1)
    rejected = accepted(dev_eui=dev_eui(7)), EventRejected(change(), "InvalidThingError")
    fleet.snapshots_by_id["id-old"] = snapshot_of(*rejected, thing_id="id-old", name="pump")
    fleet.things["pump"] = DescribedThing("pump", "id-old", 1, "lorawan", {"stackName": STACK})
    as_rejected = fleet.reconcile("Report")
    fleet.things["pump"] = DescribedThing("pump", "id-new", 1, "lorawan", {"stackName": STACK})

    again = fleet.reconcile("Report")

    assert (as_rejected.missing, again.missing) == (0, 1)
    assert [(line["kind"], line["thingId"]) for line in fleet.lines] == [("orphaned", "id-old"), ("missing", "id-new")]


def test_a_run_out_of_time_goes_on_where_it_stopped(tmp_path):
    """With time for a single page at a time, it does the same as in one go."""
    whole, parts = Fleet(30), Fleet(30)
    damage(whole)
    damage(parts)
    expected = whole.reconcile(scrub=7)
    path, ended, invocations, before = str(tmp_path / "notes"), "out of time", 0, ("devices", "")

    while ended == "out of time":
        with FileNotebook.opened(path) as notes:
            ended = parts.reconciler(lambda: False).work(Order(RUN, "Repair", 7), notes)
            assert ended == "done" or notes.place() != before, "invocations would follow each other for ever"
            before = notes.place()
            found = summary(notes, complete=ended == "done")
        invocations += 1

    assert (ended, found) == ("done", expected)
    assert (events(parts), parts.lines) == (events(whole), whole.lines)
    assert invocations > 30


def test_a_run_ends_when_another_has_begun():
    fleet = Fleet(3)
    del fleet.records[device_id(1)]
    fleet.runs.begin("another")

    with FileNotebook.opened("") as notes:
        assert fleet.reconciler().work(Order(RUN, "Repair", 0), notes) == "superseded"

    assert (fleet.sent, fleet.lines) == ([], [])


@pytest.mark.parametrize(("count", "share", "runs"), [(10, 3, 4), (10, 5, 2), (250, 120, 3), (7, 7, 1), (4, 100, 1)])
def test_the_whole_fleet_is_scrubbed_in_as_many_runs_as_it_has_shares(count, share, runs):
    fleet = Fleet(count)

    numbers = [fleet.reconcile(scrub=share).scrubbed for _ in range(runs)]

    assert set(fleet.scrubbed) == set(fleet.records)
    assert numbers == [min(share, count)] * runs
    assert max(map(fleet.scrubbed.count, fleet.scrubbed)) <= 2


class LogAwayAtFirst(Fleet):
    def __init__(self, count):
        super().__init__(count)
        self.is_away = True

    def write(self, run, lines):
        if self.is_away:
            self.is_away = False
            raise RegistryUnavailableError("no answer")
        super().write(run, lines)


def test_what_a_run_found_that_broke_off_is_found_by_the_next():
    fleet = LogAwayAtFirst(4)
    fleet.lacks.add(device_id(0))

    with pytest.raises(RegistryUnavailableError, match="no answer"):
        fleet.reconcile("Report", scrub=2)

    assert (fleet.reconcile("Report", scrub=2).differing, fleet.reconcile("Report", scrub=2).differing) == (1, 0)


class OneUnreadable(Fleet):
    """The Network Server cannot show a device, whoever asks."""

    def network(self, device):
        if device == device_id(2):
            raise RegistryUnavailableError(f"Network Server did not show device {device}")
        super().network(device)


def test_a_device_that_a_server_cannot_show_stops_the_scrub_and_neither_comparison_nor_repairs():
    fleet = OneUnreadable(4)
    fleet.lacks.add(device_id(0))
    del fleet.records[device_id(3)]

    done = fleet.reconcile(scrub=100)

    assert (done.missing, done.differing, done.repairs, done.scrubbed, done.complete) == (1, 2, 2, 0, True)
    assert events(fleet) == [("UPDATED", dev_eui(0), True), ("UPDATED", dev_eui(3), True)]
    [stopped] = [line for line in fleet.lines if line["thingName"] is None]
    assert (stopped["repair"], stopped["done"]) == (None, "reported")
    assert stopped["text"].endswith(f"begins it here again: Network Server did not show device {device_id(2)}")
    assert fleet.runs.scrubbed_to() == ""


def test_what_one_server_alone_lacks_is_found_when_it_is_the_device_s_turn():
    fleet = Fleet(4)
    fleet.lacks.add(device_id(3))

    first, second = fleet.reconcile("Report", scrub=2), fleet.reconcile("Report", scrub=2)

    assert (first.differing, second.differing) == (0, 1)
    assert "the Join Server does not know the device" in fleet.lines[0]["text"]


def test_what_both_comparisons_find_is_one_finding():
    fleet = Fleet(2)
    record = fleet.records[device_id(1)]
    fleet.records[device_id(1)] = replace(record, values=replace(record.values, name="by hand"))
    fleet.lacks.add(device_id(1))

    assert fleet.reconcile(scrub=2).differing == 1
    assert len(fleet.sent) == 1


class Rejecting(Fleet):
    """The event of a repair is rejected; or its run is still at work, which shows no difference either."""

    outcome: tuple[Fact, ...] = (EventRejected(change("UPDATED", run="again"), "InvalidThingError"),)

    def repair(self, thing_id):
        known = self.snapshots_by_id[thing_id]
        if known.state.device.device_id in self.records or not self.sent:
            super().repair(thing_id)
            return
        facts = accepted(device_id=known.state.device.device_id), DeviceCreated(change(), known.state.device)
        again = accepted(change("UPDATED", run="again"), known.state.device.device_id), *self.outcome
        self.snapshots_by_id[thing_id] = snapshot_of(*facts, *again, thing_id=thing_id, name=known.thing_name)


class Working(Rejecting):
    outcome = ()


class Failing(Rejecting):
    outcome = (EventFailed(change("UPDATED", run="again"), "RegistryUnavailableError"),)


@pytest.mark.parametrize(
    ("kind", "looks", "text"),
    [
        (
            Rejecting,
            0,
            f"the thing was rejected, so its device was not written: thingsync status {dev_eui(1)} says why",
        ),
        (Failing, 0, "its event waits in the dead-letter queue"),
        (Working, LOOKS - 1, "a run is still working on the thing"),
    ],
)
def test_a_repair_that_was_rejected_or_is_under_way_has_repaired_nothing(kind, looks, text):
    fleet = kind(3)
    del fleet.records[device_id(1)]

    done = fleet.reconcile()

    assert ([line["done"] for line in fleet.lines], done.unrepaired) == (["still differs"], 1)
    assert fleet.looks == looks
    assert text in fleet.lines[0]["text"]


class UnreadableAfterRepairs(Fleet):
    """A server answers no more once repairs were sent; each call waits for its timeout."""

    asked = 0

    def network(self, device):
        if self.sent:
            self.asked += 1
            raise RegistryUnavailableError(f"Network Server did not show device {device}")


def test_repairs_that_nobody_can_look_at_are_reported_as_sent():
    fleet = UnreadableAfterRepairs(40)
    for number in range(30):
        del fleet.records[device_id(number)]

    done = fleet.reconcile()

    assert (done.repairs, done.unrepaired, done.complete, len(fleet.sent)) == (30, 30, True, 30)
    assert {line["done"] for line in fleet.lines} == {"sent"}
    assert all("nobody could look" in line["text"] and "did not show device" in line["text"] for line in fleet.lines)
    assert 0 < fleet.asked <= MAX_CONCURRENT


@pytest.mark.parametrize(("count", "text"), [(1, "1 thing waits for events"), (2300, "2,300 things wait for events")])
def test_how_many_things_wait_is_said_in_words(count, text):
    assert waiting_in_words(count) == f"{text} that are in the queue"
