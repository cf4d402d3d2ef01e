"""A whole file: what stands twice, how things are created, how their outcomes are waited for and told."""

import csv
import itertools
import tracemalloc
from datetime import UTC, datetime

import pytest

from operate.bulk.checking import BadRow, PlannedThing
from operate.bulk.creating import create_all
from operate.bulk.files import rows
from operate.bulk.outcomes import Watch
from operate.bulk.reading import opened
from operate.bulk.register import Entry, Register
from operate.bulk.report import write_report
from operate.errors import WrongInputError
from operate.pace import Pace
from tests.bulk_samples import DEVICE, TARGET, dev_eui, device_row, planned_thing, written
from workflows.domain.fold import ThingState
from workflows.ports.journal import Head

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


class Maker:
    """``there`` are things that AWS IoT has with other attributes; after ``interrupted_after`` the user gives up."""

    def __init__(self, there=(), interrupted_after=None):
        self.made, self._there, self._interrupted_after = [], there, interrupted_after

    def make(self, thing):
        if len(self.made) == self._interrupted_after:
            raise KeyboardInterrupt
        self.made.append(thing.thing_name)
        return None if thing.thing_name in self._there else f"id-{thing.line}"


def sheet_of(tmp_path, *table, **more):
    return opened(written(tmp_path / "devices.csv", [*DEVICE], *table), TARGET, **more)


def unhurried():
    clock = Clock()
    return Pace(40, clock=clock, sleep=clock.sleep)


def test_a_file_is_checked_whole(tmp_path, register):
    sheet = sheet_of(tmp_path, device_row(1), device_row(2, app_key="x"), device_row(3), ["only one"])

    found = list(sheet.checked(register))

    assert [type(each) for each in found] == [PlannedThing, BadRow, PlannedThing, BadRow]
    assert [each.line for each in found] == [2, 3, 4, 5]
    assert [entry.line for entry in register.entries()] == [2, 4]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        pytest.param(["A1", ""], ["A1", ""], ["line 3, dev_eui: is the same as on line 2"], id="DevEUI"),
        pytest.param(["A1", ""], ["a1", ""], ["line 3, dev_eui: is the same as on line 2"], id="DevEUI in any case"),
        pytest.param(["A1", "pump"], ["A2", "pump"], ["line 3, thing: is the same as on line 2"], id="thing"),
        pytest.param(["A1", ""], ["A2", dev_eui(0xA1)], ["line 3, thing: is the same as on line 2"], id="default name"),
    ],
)
def test_what_stands_twice_is_told_with_both_lines(tmp_path, register, first, second, told):
    table = [[*device_row(int(eui, 16))[1:], device_row(int(eui, 16))[0], thing] for eui, thing in (first, second)]
    file = written(tmp_path / "devices.csv", [*[*DEVICE][1:], "dev_eui", "thing"], *table)

    [_, bad] = opened(file, TARGET).checked(register)

    assert [str(problem) for problem in bad.problems if problem.column in told[0]] == told


def test_a_dev_eui_of_a_bad_row_counts_too(tmp_path, register):
    sheet = sheet_of(tmp_path, device_row(1, app_key="x"), device_row(1), device_row(2), device_row(2, app_key="x"))

    problems = [str(problem) for row in sheet.checked(register) if isinstance(row, BadRow) for problem in row.problems]

    assert [text for text in problems if "same" in text] == [
        "line 3, dev_eui: is the same as on line 2",
        "line 5, dev_eui: is the same as on line 4",
    ]


def test_a_device_id_that_stands_twice_is_told(tmp_path, register):
    file = written(tmp_path / "devices.csv", [*DEVICE, "id"], [*device_row(1), "pump"], [*device_row(2), "pump"])

    [_, bad] = opened(file, TARGET).checked(register)

    assert [str(problem) for problem in bad.problems] == ["line 3, id: is the same as on line 2"]


def test_memory_does_not_grow_with_the_file(tmp_path):
    """What is kept of the rows is on file; their names alone would take several times the bound."""
    file = tmp_path / "devices.csv"
    numbers = range(20_000)
    file.write_text("dev_eui\n" + "".join(f"{dev_eui(number)}\n" for number in numbers))
    with Register.opened() as register:
        tracemalloc.start()
        for row in rows(file):
            register.add(planned_thing(row.line))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert register.counts() == {"not reached": 20_001}
    assert peak < MEBIBYTE


def test_an_empty_file_is_told(tmp_path):
    file = written(tmp_path / "devices.csv")

    with pytest.raises(WrongInputError, match="is empty"):
        opened(file, TARGET)


def test_a_file_that_changes_while_it_is_imported_stops_the_import(tmp_path, register):
    sheet = sheet_of(tmp_path, device_row(1))
    list(sheet.checked(register))
    written(sheet.path, [*DEVICE], device_row(1, app_key="x"))

    with pytest.raises(WrongInputError, match="changed while it was imported: line 2, app_key"):
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
    maker = Maker(there={things[3].thing_name})

    done = sum(create_all(things, maker, register, unhurried()))

    assert done == 25
    assert sorted(maker.made) == sorted(thing.thing_name for thing in things)
    assert register.counts() == {"created": 24, "conflict": 1}
    assert "nothing of it was overwritten" in next(e.reason for e in register.entries() if e.outcome == "conflict")


def test_an_interrupted_import_knows_how_far_it_came(register):
    things = [planned_thing(number) for number in range(1, 31)]
    for thing in things:
        register.add(thing)

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        sum(create_all(things, Maker(interrupted_after=12), register, unhurried()))

    counts = register.counts()
    assert counts.keys() == {"created", "not reached"}
    assert counts["created"] + counts["not reached"] == 30


class Journal:
    """Tells, look by look, where things stand; the last look lasts."""

    def __init__(self, *looks):
        self._looks = itertools.chain(looks, itertools.repeat(looks[-1]))

    def heads(self, thing_ids):
        look = next(self._looks)
        for thing_id in thing_ids:
            if thing_id in look:
                yield Head(thing_id, "pump", datetime(2026, 1, 1, tzinfo=UTC), look[thing_id], ThingState())


def watched(register, *looks, patience_s=60):
    clock = Clock()
    reasons = {"id-2": "InvalidThingError: app_key"}

    def explain(head):
        return reasons.get(head.thing_id, "")

    watch = Watch(register, Journal(*looks), explain, patience_s, clock=clock, sleep=clock.sleep)
    return sum(watch.rounds()), clock


@pytest.fixture
def three_created(register):
    for number in (1, 2, 3):
        register.add(planned_thing(number, replaced=("name",) if number == 3 else ()))
        register.created(number, f"id-{number}")
    return register


def outcomes(register):
    return {entry.line: (entry.outcome, entry.reason) for entry in register.entries()}


def test_outcomes_are_waited_for(three_created):
    settled, _ = watched(
        three_created,
        {"id-1": "in flight"},
        {"id-1": "registered", "id-2": "in flight"},
        {"id-2": "rejected", "id-3": "registered"},
    )

    assert settled == 3
    assert outcomes(three_created) == {
        1: ("registered", ""),
        2: ("rejected", "InvalidThingError: app_key"),
        3: ("registered", "name: characters that AWS IoT does not take became _"),
    }


def test_waiting_ends_when_nothing_happens_any_more(three_created):
    settled, clock = watched(three_created, {"id-1": "registered"}, patience_s=10)

    assert settled == 1
    assert 10 <= clock.now_s < 20
    assert three_created.counts() == {"registered": 1, "created": 2}


@pytest.mark.parametrize(("status", "outcome"), [("failed", "failed"), ("removed", "removed"), ("skipped", "removed")])
def test_every_end_is_one(three_created, status, outcome):
    watched(three_created, dict.fromkeys(("id-1", "id-2", "id-3"), status))

    assert three_created.counts() == {outcome: 3}


def test_a_look_asks_for_a_hundred_things_at_once(register):
    for number in range(1, 251):
        register.add(planned_thing(number))
        register.created(number, f"id-{number}")
    asked = []

    class Counting(Journal):
        def heads(self, thing_ids):
            asked.append(len(ids := list(thing_ids)))
            return super().heads(ids)

    everything = {f"id-{number}": "registered" for number in range(1, 251)}
    settled = sum(Watch(register, Counting(everything), str, 60, clock=Clock(), sleep=Clock().sleep).rounds())

    assert (asked, settled) == ([100, 100, 50], 250)


def test_the_report_tells_of_each_row(tmp_path):
    entries = [
        Entry(2, "pump-1", "eui-1", "registered", ""),
        Entry(3, "pump-2", "eui-2", "rejected", "InvalidThingError: no"),
        Entry(4, "pump-3", "eui-3", "created", "name: changed"),
        Entry(5, "pump-4", "eui-4", "not reached", ""),
    ]

    write_report(tmp_path / "report.csv", entries)

    with (tmp_path / "report.csv").open(newline="") as file:
        told = list(csv.reader(file))
    assert told == [
        ["line", "thing", "device", "outcome", "reason"],
        ["2", "pump-1", "eui-1", "registered", ""],
        ["3", "pump-2", "eui-2", "rejected", "InvalidThingError: no"],
        [
            *["4", "pump-3", "eui-3", "created"],
            "no outcome yet; look with `thingsync status`, or run the same command again; name: changed",
        ],
        ["5", "pump-4", "eui-4", "not reached", "the import ended before; run the same command again"],
    ]
