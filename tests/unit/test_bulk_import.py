"""A whole file: what is there twice, how things are created, how their outcomes are waited for and reported."""

import csv
import itertools
import tracemalloc

import pytest

from operate.adapters.things import DescribedThing
from operate.bulk.checking import BadRow, PlannedThing
from operate.bulk.files import read_rows
from operate.bulk.importing import OutcomeWatch, create_all
from operate.bulk.reading import open_sheet
from operate.bulk.register import Register, RegisterEntry, write_report
from operate.errors import WrongInputError
from operate.pacing import Pace, Timeout
from tests.bulk_samples import DEVICE, TARGET, dev_eui, device_row, planned_thing, written
from tests.journal_samples import CREATED, DELETION, START, UPDATE, accepted, change
from tests.samples import DEV_EUI, DEVICE_ID
from workflows.domain.facts import DeviceRemoved, EventFailed, EventRejected, EventSkipped
from workflows.domain.fold import fold, status_of
from workflows.ports.journal import Recorded, Snapshot

MEBIBYTE = 2**20


@pytest.fixture
def register():
    with Register.opened() as register:
        yield register


class Clock:
    def __init__(self):
        self.now_s, self.waits_s = 0.0, []

    def __call__(self):
        return self.now_s

    def sleep(self, seconds):
        self.waits_s.append(seconds)
        self.now_s += seconds


class Creator:
    """``there`` are things that AWS IoT has otherwise, by name; after ``interrupted_after`` the user stops."""

    type_name = "lorawan"

    def __init__(self, there=None, interrupted_after=None):
        self.made, self._there, self._interrupted_after = [], there or {}, interrupted_after

    def create(self, thing_name, attributes):
        if len(self.made) == self._interrupted_after:
            raise KeyboardInterrupt
        self.made.append(thing_name)
        return self._there.get(thing_name, f"id-{thing_name}")


def sheet_of(tmp_path, *table, **more):
    return open_sheet(written(tmp_path / "devices.csv", [*DEVICE], *table), TARGET, **more)


def unhurried():
    clock = Clock()
    return Pace(40, clock=clock, sleep=clock.sleep)


def test_a_file_is_checked_whole(tmp_path, register):
    sheet = sheet_of(tmp_path, device_row(1), device_row(2, app_key="x"), device_row(3), ["only one"])

    found = list(sheet.check(register))

    assert [type(each) for each in found] == [PlannedThing, BadRow, PlannedThing, BadRow]
    assert [each.line for each in found] == [2, 3, 4, 5]
    assert [entry.line for entry in register.entries()] == [2, 4]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(["A1", ""], ["A1", ""], ["line 3, dev_eui: is the same as on line 2"], id="DevEUI"),
        pytest.param(["A1", ""], ["a1", ""], ["line 3, dev_eui: is the same as on line 2"], id="DevEUI in any case"),
        pytest.param(["A1", "pump"], ["A2", "pump"], ["line 3, thing: is the same as on line 2"], id="thing"),
        pytest.param(["A1", ""], ["A2", dev_eui(0xA1)], ["line 3, thing: is the same as on line 2"], id="default name"),
    ],
)
def test_a_duplicate_is_reported_with_both_lines(tmp_path, register, first, second, expected):
    table = [[*device_row(int(eui, 16))[1:], device_row(int(eui, 16))[0], thing] for eui, thing in (first, second)]
    file = written(tmp_path / "devices.csv", [*[*DEVICE][1:], "dev_eui", "thing"], *table)

    [_, bad] = open_sheet(file, TARGET).check(register)

    assert [str(problem) for problem in bad.problems if problem.column in expected[0]] == expected


def test_a_dev_eui_of_a_bad_row_counts_too(tmp_path, register):
    sheet = sheet_of(tmp_path, device_row(1, app_key="x"), device_row(1), device_row(2), device_row(2, app_key="x"))

    problems = [str(problem) for row in sheet.check(register) if isinstance(row, BadRow) for problem in row.problems]

    assert [text for text in problems if "same" in text] == [
        "line 3, dev_eui: is the same as on line 2",
        "line 5, dev_eui: is the same as on line 4",
    ]


def test_a_device_id_that_is_a_duplicate_is_reported(tmp_path, register):
    file = written(tmp_path / "devices.csv", [*DEVICE, "id"], [*device_row(1), "pump"], [*device_row(2), "pump"])

    [_, bad] = open_sheet(file, TARGET).check(register)

    assert [str(problem) for problem in bad.problems] == ["line 3, id: is the same as on line 2"]


def test_memory_does_not_grow_with_the_file(tmp_path):
    """What is stored of the rows is on file; their names alone would take several times the bound."""
    file = tmp_path / "devices.csv"
    numbers = range(20_000)
    file.write_text("dev_eui\n" + "".join(f"{dev_eui(number)}\n" for number in numbers))
    with Register.opened() as register:
        tracemalloc.start()
        for row in read_rows(file):
            register.add(planned_thing(row.line))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert register.counts() == {"not reached": 20_001}
    assert peak < MEBIBYTE


def test_an_empty_file_is_reported(tmp_path):
    file = written(tmp_path / "devices.csv")

    with pytest.raises(WrongInputError, match="is empty"):
        open_sheet(file, TARGET)


def test_a_file_that_changes_while_it_is_imported_stops_the_import(tmp_path, register):
    sheet = sheet_of(tmp_path, device_row(1))
    list(sheet.check(register))
    written(sheet.source, [*DEVICE], device_row(1, app_key="x"))

    with pytest.raises(WrongInputError, match="changed during the import: line 2, app_key"):
        list(sheet.things())


def test_calls_go_at_a_steady_rate():
    clock = Clock()
    pace = Pace(4, clock=clock, sleep=clock.sleep)

    for _ in range(5):
        pace.wait()

    assert clock.waits_s == [0.25] * 4


def test_time_that_nobody_used_is_not_saved_up():
    clock = Clock()
    pace = Pace(4, clock=clock, sleep=clock.sleep)
    clock.now_s = 60

    for _ in range(3):
        pace.wait()

    assert clock.waits_s == [0.25] * 2


def test_things_are_created_and_noted(register):
    things = [planned_thing(number) for number in range(1, 26)]
    for thing in things:
        register.add(thing)
    other, same, gone = (thing.thing_name for thing in things[3:6])
    creator = Creator({other: found(other, {"devEUI": DEV_EUI}), same: found(same, {"site": "cellar"}), gone: None})

    done = sum(create_all(things, creator, register, unhurried()))

    assert done == 25
    assert sorted(creator.made) == sorted(thing.thing_name for thing in things)
    assert register.counts() == {"created": 23, "conflict": 2}
    assert {e.thing_name: e.reason for e in register.entries() if e.outcome == "conflict"} == {
        other: f"AWS IoT has a thing of this name that differs in deviceID (eui-{DEV_EUI.lower()} there, none in the "
        f"file), devEUI ({DEV_EUI} there, none in the file); nothing of it was overwritten. Update that thing, delete "
        "it, or give this one another name",
        gone: "AWS IoT had a thing of this name, but it was deleted meanwhile. Run the same command again",
    }
    assert {e.thing_id for e in register.entries() if e.thing_name == same} == {"found"}


def found(name, attributes):
    return DescribedThing(name, "found", 1, "lorawan", attributes)


def test_an_interrupted_import_knows_how_far_it_came(register):
    things = [planned_thing(number) for number in range(1, 31)]
    for thing in things:
        register.add(thing)

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        sum(create_all(things, Creator(interrupted_after=12), register, unhurried()))

    counts = register.counts()
    assert counts.keys() == {"created", "not reached"}
    assert counts["created"] + counts["not reached"] == 30


AT_WORK = [accepted()]
REGISTERED = [*AT_WORK, CREATED]
REJECTED = [EventRejected(change(), "InvalidThingError")]
FAILED = [*AT_WORK, EventFailed(change(), "RegistryUnavailableError")]
SKIPPED = [EventSkipped(change(), "ignored")]
REMOVED = [*REGISTERED, accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID)]


class Journal:
    """Shows, read by read, what has happened to things; the last read lasts."""

    def __init__(self, *reads):
        self._reads = itertools.chain(reads, itertools.repeat(reads[-1]))

    def snapshots(self, thing_ids):
        self._seen = next(self._reads)
        for thing_id in thing_ids:
            if thing_id in self._seen:
                state = fold(self._seen[thing_id])
                yield Snapshot(thing_id, "pump", START, status_of(state), state)

    def recent(self, thing_id):
        numbered = enumerate(self._seen[thing_id])
        return reversed([Recorded(number, START, fact) for number, fact in numbered])


def as_created(thing_name):
    """Return the thing as it stands in AWS IoT, unchanged since it was made."""
    return DescribedThing(thing_name, f"id-{int(thing_name[-2:], 16)}", 1, "lorawan", {})


def watched(register, *reads, timeout_s=60, describe=as_created):
    clock = Clock()
    reasons = {"id-2": "InvalidThingError: app_key"}

    def explain(snapshot):
        return reasons.get(snapshot.thing_id, "")

    watch = OutcomeWatch(
        register, Journal(*reads), describe, explain, Timeout(timeout_s, clock=clock, sleep=clock.sleep)
    )
    return sum(watch.rounds()), clock


@pytest.fixture
def three_created(register):
    for number in (1, 2, 3):
        register.add(planned_thing(number, replaced=("name",) if number == 3 else ()))
        register.record_created(number, f"id-{number}")
    return register


def outcomes(register):
    return {entry.line: (entry.outcome, entry.reason) for entry in register.entries()}


def test_outcomes_are_waited_for(three_created):
    settled, _ = watched(
        three_created,
        {"id-1": AT_WORK},
        {"id-1": REGISTERED, "id-2": AT_WORK},
        {"id-2": REJECTED, "id-3": REGISTERED},
    )

    assert settled == 3
    assert outcomes(three_created) == {
        1: ("registered", ""),
        2: ("rejected", "InvalidThingError: app_key"),
        3: ("registered", "name: characters that AWS IoT does not allow became _"),
    }


def test_waiting_ends_when_nothing_happens_any_more(three_created):
    settled, clock = watched(three_created, {"id-1": REGISTERED}, timeout_s=10)

    assert settled == 1
    assert 10 <= clock.now_s < 20
    assert three_created.counts() == {"registered": 1, "created": 2}


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        pytest.param(FAILED, "failed", id="failed"),
        pytest.param(REMOVED, "removed", id="removed"),
        pytest.param(SKIPPED, "removed", id="skipped"),
    ],
)
def test_every_end_is_one(three_created, facts, outcome):
    watched(three_created, dict.fromkeys(("id-1", "id-2", "id-3"), facts))

    assert three_created.counts() == {outcome: 3}


CORRECTED = [*REJECTED, accepted(UPDATE), type(CREATED)(UPDATE, CREATED.device)]
REFUSED_AGAIN = [*REJECTED, EventRejected(UPDATE, "InvalidThingError")]


@pytest.mark.parametrize(
    ("reads", "outcome"),
    [
        pytest.param([REJECTED], "created", id="corrected-and-nothing-heard-of-it"),
        pytest.param([REJECTED, CORRECTED], "registered", id="corrected-and-registered"),
        pytest.param([REJECTED, REFUSED_AGAIN], "rejected", id="corrected-and-refused-again"),
        pytest.param([FAILED, [*FAILED, accepted(UPDATE)]], "created", id="changed-and-a-run-is-at-work"),
        pytest.param([REGISTERED], "created", id="changed-and-nothing-heard-of-it"),
        pytest.param([REGISTERED, REMOVED], "removed", id="deleted"),
    ],
)
def test_a_thing_that_was_there_before_has_the_outcome_of_its_latest_version(register, reads, outcome):
    register.add(planned_thing(1))
    register.record_created(1, "id-1")

    watched(
        register,
        *({"id-1": facts} for facts in reads),
        describe=lambda name: DescribedThing(name, "id-1", 2, "lorawan", {}),
    )

    assert register.counts() == {outcome: 1}


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        pytest.param(REJECTED, "rejected", id="rejected"),
        pytest.param(FAILED, "failed", id="failed"),
        pytest.param(
            [*AT_WORK, EventFailed(change(), "UnreportedRunError", found_by=change("UPDATED", 2).run)],
            "created",
            id="a-run-goes-on-with-it",
        ),
    ],
)
def test_a_thing_that_has_not_changed_since_an_earlier_import_has_that_one_s_outcome(register, facts, outcome):
    register.add(planned_thing(1))
    register.record_created(1, "id-1")

    watched(register, {"id-1": facts})

    assert register.counts() == {outcome: 1}


@pytest.mark.parametrize("now", [None, DescribedThing("pump", "id-9", 1, "lorawan", {})], ids=["gone", "made-again"])
def test_a_thing_that_was_deleted_meanwhile_is_not_reported_as_registered(three_created, now):
    watched(three_created, {"id-1": REGISTERED}, {"id-1": REMOVED}, describe=lambda _name: now)

    assert three_created.counts() == {"removed": 1, "created": 2}


def test_a_read_asks_for_a_hundred_things_at_once(register):
    for number in range(1, 251):
        register.add(planned_thing(number))
        register.record_created(number, f"id-{number}")
    asked = []

    class Counting(Journal):
        def snapshots(self, thing_ids):
            asked.append(len(ids := list(thing_ids)))
            return super().snapshots(ids)

    everything = {f"id-{number}": REGISTERED for number in range(1, 251)}
    watch = OutcomeWatch(
        register, Counting(everything), as_created, str, Timeout(60, clock=Clock(), sleep=Clock().sleep)
    )
    settled = sum(watch.rounds())

    assert (asked, settled) == ([100, 100, 50], 250)


def test_the_report_lists_each_row(tmp_path):
    entries = [
        RegisterEntry(2, "pump-1", "eui-1", "registered", ""),
        RegisterEntry(3, "pump-2", "eui-2", "rejected", "InvalidThingError: no"),
        RegisterEntry(4, "pump-3", "eui-3", "created", "name: changed"),
        RegisterEntry(5, "pump-4", "eui-4", "not reached", ""),
    ]

    write_report(tmp_path / "report.csv", entries)

    with (tmp_path / "report.csv").open(newline="") as file:
        written = list(csv.reader(file))
    assert written == [
        ["line", "thing", "device", "outcome", "reason"],
        ["2", "pump-1", "eui-1", "registered", ""],
        ["3", "pump-2", "eui-2", "rejected", "InvalidThingError: no"],
        [
            *["4", "pump-3", "eui-3", "created"],
            "no outcome yet; run the same command again, or see `thingsync status`; name: changed",
        ],
        ["5", "pump-4", "eui-4", "not reached", "the import ended before this row; run the same command again"],
    ]
