"""A whole file: what is there twice, how things are created, how their outcomes are waited for and reported."""

import csv
import itertools
import os
import tracemalloc

import pytest

from operate.bulk.checking import BadRow, PlannedThing
from operate.bulk.files import read_rows
from operate.bulk.importing import OutcomeWatch, PlanExecution
from operate.bulk.reading import open_sheet
from operate.bulk.register import Register, RegisterEntry, RowPlan
from operate.bulk.reports import move_earlier, write_report
from operate.errors import WrongInputError
from operate.pacing import Pace, Timeout
from tests.bulk_samples import DEVICE, TARGET, dev_eui, device_row, planned_thing, written
from tests.journal_samples import CREATED, DELETION, START, UPDATE, accepted, change
from tests.samples import CREATE, DEVICE_ID, JOIN_EUI
from workflows.domain.facts import DeviceRemoved, EventFailed, EventRejected, EventSkipped
from workflows.domain.fold import fold, status_of
from workflows.domain.registry_things import DescribedThing
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


class Writer:
    """``there`` are things that AWS IoT has otherwise, by name; after ``interrupted_after`` the user stops.

    ``results`` are those of writing to things that were there.
    """

    type_name = "lorawan"

    def __init__(self, there=None, interrupted_after=None, results=()):
        self.made, self.written = [], []
        self._there, self._interrupted_after, self._results = there or {}, interrupted_after, dict(results)

    def create(self, thing_name, attributes):
        if len(self.made) == self._interrupted_after:
            raise KeyboardInterrupt
        self.made.append(thing_name)
        return self._there.get(thing_name, f"id-{thing_name}")

    def write_attributes(self, thing_name, attributes, version):
        self.written.append((thing_name, dict(attributes), version))
        return self._results.get(thing_name, "written")


def carried_out(writer, register, things):
    return list(PlanExecution(writer, register, unhurried(), lambda *_: "").carry_out(things))


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
        pytest.param(
            ["A1", ""], ["A1", ""], [f"line 3 ({dev_eui(0xA1)}), dev_eui: is the same as on line 2"], id="DevEUI"
        ),
        pytest.param(
            ["A1", ""],
            ["a1", ""],
            [f"line 3 ({dev_eui(0xA1)}), dev_eui: is the same as on line 2"],
            id="DevEUI in any case",
        ),
        pytest.param(
            ["A1", "pump"], ["A2", "pump"], [f"line 3 ({dev_eui(0xA2)}), thing: is the same as on line 2"], id="thing"
        ),
        pytest.param(
            ["A1", ""],
            ["A2", dev_eui(0xA1)],
            [f"line 3 ({dev_eui(0xA2)}), thing: is the same as on line 2"],
            id="default name",
        ),
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
        f"line 3 ({dev_eui(1)}), dev_eui: is the same as on line 2",
        f"line 5 ({dev_eui(2)}), dev_eui: is the same as on line 4",
    ]


def test_a_device_id_that_is_a_duplicate_is_reported(tmp_path, register):
    file = written(tmp_path / "devices.csv", [*DEVICE, "id"], [*device_row(1), "pump"], [*device_row(2), "pump"])

    [_, bad] = open_sheet(file, TARGET).check(register)

    assert [str(problem) for problem in bad.problems] == [f"line 3 ({dev_eui(2)}), id: is the same as on line 2"]


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


def test_of_a_large_fleet_only_the_dev_euis_of_the_file_are_stored(register):
    register.duplicate_line(dev_eui(1), 2)
    tracemalloc.start()
    register.record_listed((f"lot-{number}", dev_eui(number)) for number in range(20_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (register.holders(dev_eui(1)), register.holders(dev_eui(2))) == (("lot-1",), ())
    assert peak < MEBIBYTE


def test_an_empty_file_is_reported(tmp_path):
    file = written(tmp_path / "devices.csv")

    with pytest.raises(WrongInputError, match="is empty"):
        open_sheet(file, TARGET)


def test_a_file_that_changes_while_it_is_imported_stops_the_import(tmp_path, register):
    sheet = sheet_of(tmp_path, device_row(1))
    list(sheet.check(register))
    written(sheet.source, [*DEVICE], device_row(1, app_key="x"))

    with pytest.raises(WrongInputError, match=rf"changed during the import: line 2 \({dev_eui(1)}\), app_key"):
        list(sheet.things())


@pytest.mark.parametrize("changes", [{"line": 2}, {"thing_name": "pump"}], ids=["another line", "another thing"])
def test_a_row_that_was_not_checked_is_not_written(register, changes):
    register.add(planned_thing(1))
    writer = Writer()

    with pytest.raises(WrongInputError, match="The file changed during the import"):
        carried_out(writer, register, [planned_thing(1, **changes)])

    assert writer.made == []


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
    other, same, gone, theirs = (thing.thing_name for thing in things[3:7])
    writer = Writer(
        {
            other: found(other, CREATE | {"joinEUI": "0" * 16}),
            same: found(same, CREATE | {"site": "cellar"}),
            gone: None,
            theirs: found(theirs, CREATE | {"stackName": "theirs"}),
        }
    )

    done = carried_out(writer, register, things)

    assert done == ["created"] * 21
    assert sorted(writer.made) == sorted(thing.thing_name for thing in things)
    assert register.counts() == {"created": 21, "unchanged": 1, "conflict": 3}
    assert {e.thing_name: e.reason for e in register.entries() if e.outcome == "conflict"} == {
        other: f"exists, differs in joinEUI (thing: {'0' * 16}, file: {JOIN_EUI}); to write it: thingsync import "
        "--update",
        gone: "the thing was deleted during the import. Run the same command again",
        theirs: "exists, but its stackName is theirs, this stack is thingsync; nothing of it was changed",
    }
    assert {e.thing_id for e in register.entries() if e.thing_name == same} == {"found"}


def found(name, attributes):
    return DescribedThing(name, "found", 1, "lorawan", attributes)


def test_only_what_differs_is_written_and_only_to_the_version_that_was_read(register):
    things = [planned_thing(number, attributes=CREATE | {"name": f"pump_{number}"}) for number in range(1, 6)]
    for thing in things:
        register.add(thing)
    plan = RowPlan("change", "found", 7, ("name",), "name: 'x' → 'y'")
    for number in (1, 2, 3):
        register.record_plan(number, plan)
    register.record_plan(4, RowPlan("unchanged", "found", 7))
    register.record_plan(5, RowPlan("change", "found", 7, (), "name: changed", "exists, differs in name"))
    writer = Writer(results={dev_eui(2): "changed meanwhile", dev_eui(3): "deleted meanwhile"})

    done = carried_out(writer, register, things)

    assert (done, writer.made) == (["updated"], [])
    assert writer.written == [(dev_eui(number), {"name": f"pump_{number}"}, 7) for number in (1, 2, 3)]
    assert outcomes(register) == {
        1: ("updated", ""),
        2: ("conflict", "the thing was changed during the import. Run the same command again"),
        3: ("conflict", "the thing was deleted during the import. Run the same command again"),
        4: ("unchanged", ""),
        5: ("conflict", "exists, differs in name"),
    }


def test_a_thing_that_was_found_by_its_dev_eui_is_written_and_reported_by_its_own_name(register):
    things = [planned_thing(number, attributes=CREATE | {"name": "pump"}) for number in (1, 2)]
    for thing in things:
        register.add(thing)
    register.record_plan(1, RowPlan("change", "found", 7, ("name",), thing_name="lot-000"))
    register.record_plan(2, RowPlan("unchanged", "there", 1, thing_name="lot-001"))
    writer = Writer()

    done = carried_out(writer, register, things)

    assert (done, writer.written) == (["updated"], [("lot-000", {"name": "pump"}, 7)])
    assert [each.thing_name for each in register.entries()] == ["lot-000", "lot-001"]
    assert [each.thing_name for each in register.waiting(after_line=0, limit=9)] == ["lot-000", "lot-001"]
    register.record_outcome(1, "rejected", "no")
    assert [each.first for each in register.reasons("rejected", shown=1)] == [("lot-000",)]


def test_an_interrupted_import_knows_how_far_it_came(register):
    things = [planned_thing(number) for number in range(1, 31)]
    for thing in things:
        register.add(thing)

    writer = Writer(interrupted_after=12)
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        carried_out(writer, register, things)

    assert register.counts() == {"created": len(writer.made), "not reached": 30 - len(writer.made)}


def test_an_import_that_is_not_followed_to_its_end_records_what_it_did(register):
    """The user stops while the outcome of one thing is shown; others were made at the same time."""
    things = [planned_thing(number) for number in range(1, 31)]
    for thing in things:
        register.add(thing)
    writer = Writer()

    outcomes = PlanExecution(writer, register, unhurried(), lambda *_: "").carry_out(things)
    next(outcomes)
    outcomes.close()

    assert register.counts() == {"created": len(writer.made), "not reached": 30 - len(writer.made)}


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
        register.record_written(number, "created", f"id-{number}")
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
        3: ("registered", ""),
    }
    assert [entry.warning for entry in three_created.entries()] == [
        *("", "", "name: characters that AWS IoT does not allow became _")
    ]


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
    register.record_written(1, "created", "id-1")

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
    register.record_written(1, "created", "id-1")

    watched(register, {"id-1": facts})

    assert register.counts() == {outcome: 1}


@pytest.mark.parametrize("now", [None, DescribedThing("pump", "id-9", 1, "lorawan", {})], ids=["gone", "made-again"])
def test_a_thing_that_was_deleted_meanwhile_is_not_reported_as_registered(three_created, now):
    watched(three_created, {"id-1": REGISTERED}, {"id-1": REMOVED}, describe=lambda _name: now)

    assert three_created.counts() == {"removed": 1, "created": 2}


def test_a_read_asks_for_a_hundred_things_at_once(register):
    for number in range(1, 251):
        register.add(planned_thing(number))
        register.record_written(number, "created", f"id-{number}")
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
        RegisterEntry(2, "pump-1", "eui-1", "registered", "", action="unchanged"),
        RegisterEntry(3, "pump-2", "eui-2", "rejected", "InvalidThingError: no", action="change"),
        RegisterEntry(4, "pump-3", "eui-3", "created", "", warning="name: changed"),
        RegisterEntry(5, "pump-4", "eui-4", "not reached", ""),
    ]

    write_report(tmp_path / "report.csv", entries)

    with (tmp_path / "report.csv").open(newline="") as file:
        written = list(csv.reader(file))
    assert written == [
        ["line", "thing", "device", "action", "outcome", "reason", "warning"],
        ["2", "pump-1", "eui-1", "unchanged", "registered", "", ""],
        ["3", "pump-2", "eui-2", "change", "rejected", "InvalidThingError: no", ""],
        [
            *["4", "pump-3", "eui-3", "add", "created"],
            "no outcome yet; run the same command again, or see `thingsync status THING`",
            "name: changed",
        ],
        [
            *["5", "pump-4", "eui-4", "add", "not reached"],
            "the import ended before this row; run the same command again",
            "",
        ],
    ]


def test_earlier_reports_stay_under_numbered_names(tmp_path):
    report = tmp_path / "devices.csv.report.csv"
    moved = []
    for text in ("first", "second", "third"):
        moved.append(move_earlier(report))
        report.write_text(text)

    assert [each and each.name for each in moved] == [None, "devices.csv.report.1.csv", "devices.csv.report.2.csv"]
    assert [each.read_text() for each in sorted(tmp_path.iterdir())] == ["first", "second", "third"]


def test_a_pipe_and_a_link_are_no_earlier_reports(tmp_path):
    pipe, link, file = (tmp_path / name for name in ("pipe", "link", "file"))
    os.mkfifo(pipe)
    file.touch()
    link.symlink_to(file)

    assert (move_earlier(pipe), move_earlier(link)) == (None, None)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "link", "pipe"]
