"""What an import does about a row: it adds a thing, changes one, leaves it, or says why it cannot."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.checking import BadRow
from operate.bulk.columns import columns_of
from operate.bulk.comparing import ASKED_UP_TO, LISTED_FROM, FileComparison, plan_row
from operate.bulk.exporting import COLUMNS, ExportNotes, export_rows
from operate.bulk.files import CsvRow, read_rows
from operate.bulk.problem_list import ProblemList
from operate.bulk.reading import open_sheet
from operate.bulk.register import Register, RowPlan
from operate.safe_output import write_table
from operate.views.changes import why_rejected
from tests.bulk_samples import DEVICE, TARGET, check_row, dev_eui, device_row, planned_thing, written
from tests.samples import CLAIM, CODE, CREATE, CREATE_1_1, DEV_EUI, JOIN_EUI, QR_CODE, SECRET, registered_device
from workflows.domain.registry_things import DescribedThing, ListedThing
from workflows.domain.scope import StackScope

PLAN = CREATE | {"frequencyPlanID": "EU_863_870_TTN"}


def thing(attributes, type_name="lorawan"):
    return DescribedThing("pump-7", "its-id", 3, type_name, attributes)


def rejecting(device=None):
    return lambda there, attributes: why_rejected(there.thing_name, attributes, device, TARGET.defaults)


def planned(wanted, there, *, device=None, update=True):
    row = planned_thing(2, thing_name="pump-7", attributes=wanted)
    return plan_row(row, there, "lorawan", rejecting(device), update=update)


def test_a_thing_that_is_not_there_is_added():
    assert planned(PLAN, None) == RowPlan("add")


def test_a_thing_that_is_as_the_row_says_stays_untouched():
    assert planned(PLAN, thing(PLAN | {"site": "roof"})) == RowPlan("unchanged", "its-id", 3)


def test_a_thing_that_differs_is_changed_in_the_version_that_was_read():
    found = planned(PLAN, thing(PLAN | {"frequencyPlanID": "EU868"}))

    assert found == RowPlan("change", "its-id", 3, ("frequencyPlanID",), "frequencyPlanID: EU868 → EU_863_870_TTN")


def test_without_update_the_command_that_changes_it_is_named_and_nothing_is_written():
    found = planned(PLAN, thing(PLAN | {"frequencyPlanID": "EU868"}), update=False)

    assert (found.action, found.attributes, found.change) == (
        *("change", ()),
        "frequencyPlanID: EU868 → EU_863_870_TTN",
    )
    assert found.reason == (
        "exists, differs in frequencyPlanID (thing: EU868, file: EU_863_870_TTN); "
        "to write it: thingsync import --update"
    )


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        pytest.param(thing(PLAN, "meter"), "its thing type is meter, this stack's is lorawan", id="another type"),
        pytest.param(thing(PLAN, None), "it has no thing type, this stack's is lorawan", id="no type"),
        pytest.param(
            thing(PLAN | {"stackName": "thingsynk"}), "its stackName is thingsynk, this stack is thingsync", id="stack"
        ),
        pytest.param(thing({}), "it has no stackName, this stack is thingsync", id="no stack"),
    ],
)
def test_a_thing_of_somebody_else_is_never_changed(there, reason):
    assert planned(PLAN, there) == RowPlan("conflict", reason=f"exists, but {reason}; nothing of it was changed")


REGISTERED = registered_device(dev_eui=DEV_EUI, join_eui=JOIN_EUI)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"devEUI": "70B3D57ED0059999"}, id="DevEUI"),
        pytest.param({"joinEUI": "0" * 16}, id="JoinEUI"),
        pytest.param({"deviceID": "another-id"}, id="device ID"),
    ],
)
def test_what_cannot_change_of_a_registered_device_is_reported_and_not_written(change):
    found = planned(PLAN | change, thing(PLAN), device=REGISTERED)

    assert (found.action, found.attributes) == ("conflict", ())
    assert f"exists, differs in {next(iter(change))}" in found.reason
    assert found.reason.endswith("which cannot change. Delete the thing and create it again.")


@pytest.mark.parametrize("wrong", [{"joinEUI": "0" * 16}, {"joinEUI": "x"}, {"devEUI": "x"}])
def test_a_thing_without_a_device_may_get_other_euis(wrong):
    assert planned(PLAN, thing(PLAN | wrong)).attributes == tuple(wrong)


def test_the_whole_thing_is_examined_with_what_would_be_written():
    found = planned(CREATE, thing(CLAIM | {"claimAuthenticationCode": CODE}))

    assert found.action == "conflict"
    assert "a device is created with its keys or claimed with its code, not both" in found.reason


class Things:
    """``unheard`` are things of which no event has arrived; the journal knows the others, and ``deleted`` ones."""

    scope = StackScope("thingsync", "lorawan")

    def __init__(self, *things, unheard=(), deleted=()):
        self._things = {each.thing_name: each for each in (*things, *unheard)}
        self._in_journal = [*things, *deleted]
        self.described, self.asked_for, self.was_listed = [], [], False

    def listed(self):
        self.was_listed = True
        ours = [each for each in self._things.values() if each.thing_type_name == "lorawan"]
        return iter([ListedThing(each.thing_name, 3, each.attributes) for each in ours])

    def in_journal(self, dev_eui):
        return [each.thing_name for each in self._in_journal if each.attributes.get("devEUI", "").upper() == dev_eui]

    def in_aws_iot(self, dev_eui):
        self.asked_for.append(dev_eui)
        spellings = (dev_eui, dev_eui.lower())
        return [name for name, each in self._things.items() if each.attributes.get("devEUI") in spellings]

    def status(self, thing):
        return "rejected" if thing.attributes.get("frequencyPlanID") == "EU868" else "registered"

    def describe(self, thing_name):
        self.described.append(thing_name)
        return self._things.get(thing_name)


@pytest.fixture
def compare(tmp_path):
    """Compare the rows of a file with things; return the comparison after it."""
    with Register.opened() as register, ProblemList.opened() as problems:

        def compared(header, *rows, there=(), update=False, **others):
            sheet = open_sheet(written(tmp_path / "devices.csv", header, *rows), TARGET)
            for row in sheet.check(register):
                problems.add(row)
            comparison = FileComparison(Things(*there, **others), register, problems, lambda *_: "")
            comparison.find_things()
            if problems.are_certain():
                list(comparison.find_missing())
            else:
                list(comparison.plan(sheet.things(), update=update))
            return comparison

        yield compared


def named(thing_name, attributes):
    return DescribedThing(thing_name, f"id-{thing_name}", 3, "lorawan", attributes)


HEADER = ["thing", "dev_eui", "app_key", "lorawan_version", "lorawan_phy_version", "join_eui"]
VERSIONS = ["1.0.3", "1.0.3-a", JOIN_EUI]


def test_a_key_may_be_absent_only_if_the_thing_exists(compare):
    rows = [["pump-1", "70B3D57ED0000001", "", *VERSIONS], ["pump-2", "70B3D57ED0000002", "", *VERSIONS]]

    done = compare(HEADER, *rows, there=[named("pump-1", CREATE | {"devEUI": "70B3D57ED0000001"})])

    assert [(each.line, each.column) for each in done.problems.all()] == [
        (3, "app_key"),
        (3, "claimAuthenticationCode"),
    ]


def test_a_bad_row_of_a_thing_that_exists_lacks_no_key(compare):
    rows = [["pump-1", "70B3D57ED0000001", "", "9", "1.0.3-a", ""], ["pump-2", "70B3D57ED0000002", "", "9", "", ""]]

    done = compare(HEADER, *rows, there=[named("pump-1", CREATE)])

    found = [(each.line, each.column) for each in done.problems.all()]
    assert found[:1] == [(2, "lorawan_version")]
    assert {line for line, _ in found[1:]} == {3}
    assert (3, "app_key") in found


def test_of_a_long_file_only_things_that_are_listed_are_asked_for(compare):
    rows = [device_row(number) for number in range(1, LISTED_FROM + 1)]
    there = planned_thing(7)

    done = compare([*DEVICE], *rows, there=[named(there.thing_name, CREATE | {"devEUI": there.dev_eui})])

    assert done.register.actions() == {"add": LISTED_FROM - 1, "unchanged": 1}
    assert done.things.described == [there.thing_name]


def test_of_a_short_file_each_thing_is_asked_for_and_none_is_listed(compare):
    done = compare([*DEVICE], device_row(1), device_row(2))

    assert (done.things.was_listed, len(done.things.described)) == (False, 2)


def test_equal_changes_are_grouped(compare):
    rows = [[*device_row(number), "EU_863_870_TTN" if number < 4 else "AU_915_928_FSB_2"] for number in range(1, 6)]
    there = [
        named(row[0], {**CREATE, "devEUI": row[0], "appKey": row[4], "frequencyPlanID": "EU868"}) for row in rows[:-1]
    ]

    done = compare([*DEVICE, "frequency_plan_id"], *rows, there=there, update=True)

    groups = [(each.text, each.count, each.first) for each in done.register.changes("change", shown=2)]
    assert groups == [
        ("frequencyPlanID: EU868 → EU_863_870_TTN", 3, (rows[0][0], rows[1][0])),
        ("frequencyPlanID: EU868 → AU_915_928_FSB_2", 1, (rows[3][0],)),
    ]


OLD = {"devEUI": dev_eui(1), "frequencyPlanID": "EU868"}
IN_PLAN = [*DEVICE, "frequency_plan_id"]
LONG = range(1, LISTED_FROM + 1)
SOME = range(1, ASKED_UP_TO + 2)


def device_rows(numbers, *cells):
    return [[*device_row(number), *cells] for number in numbers]


def entry(done, line=2):
    [found] = [each for each in done.register.entries() if each.line == line]
    return found


@pytest.mark.parametrize("numbers", [[1], SOME, LONG], ids=["few rows", "some rows", "many rows"])
@pytest.mark.parametrize("known", ["there", "unheard"])
@pytest.mark.parametrize("spelled", [dev_eui(1), dev_eui(1).lower()])
def test_a_row_without_a_name_is_about_the_thing_that_has_its_dev_eui(compare, numbers, known, spelled):
    old = named("lot-000", CREATE | OLD | {"devEUI": spelled})

    done = compare(IN_PLAN, *device_rows(numbers, "EU_863_870_TTN"), update=True, **{known: [old]})

    assert done.register.actions() == {"change": 1} | ({"add": len(numbers) - 1} if len(numbers) > 1 else {})
    assert (entry(done).thing_name, entry(done).thing_id) == ("lot-000", "id-lot-000")
    [change] = done.register.changes("change", shown=1)
    assert (change.text, change.first) == ("frequencyPlanID: EU868 → EU_863_870_TTN", ("lot-000",))
    assert done.register.found_by_dev_eui() == (1, "lot-000")


def test_a_mixed_spelling_is_found_in_the_list(compare):
    mixed = f"{dev_eui(1)[:8].lower()}-{dev_eui(1)[8:]}"

    done = compare([*DEVICE], *device_rows(LONG), there=[named("lot-000", CREATE | {"devEUI": mixed})])

    assert entry(done).thing_name == "lot-000"


def test_what_the_journal_knows_is_not_asked_of_aws_iot(compare):
    done = compare([*DEVICE], device_row(1), device_row(2), there=[named("lot-000", CREATE | OLD)])

    assert (done.things.asked_for, done.things.was_listed) == ([dev_eui(2)], False)


@pytest.mark.parametrize(("count", "is_listed"), [(ASKED_UP_TO, False), (ASKED_UP_TO + 1, True)])
def test_for_many_unknown_dev_euis_the_list_is_read_once(compare, count, is_listed):
    """The last row's thing is in the journal."""
    rows = device_rows(range(1, count + 2))
    known = named("lot-000", CREATE | {"devEUI": dev_eui(count + 1)})

    done = compare([*DEVICE], *rows, there=[known])

    assert (done.things.was_listed, len(done.things.asked_for)) == (is_listed, 0 if is_listed else count)


@pytest.mark.parametrize("numbers", [[1], LONG], ids=["few rows", "many rows"])
@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"there": [named("x", CREATE | OLD | {"stackName": "other"})]}, id="of another stack"),
        pytest.param({"there": [DescribedThing("x", "id", 1, "meter", CREATE | OLD)]}, id="of another type"),
        pytest.param({"deleted": [named("x", CREATE | OLD)]}, id="deleted"),
    ],
)
def test_a_thing_that_is_not_of_this_stack_does_not_count(compare, numbers, others):
    done = compare([*DEVICE], *device_rows(numbers), **others)

    assert done.register.actions() == {"add": len(numbers)}
    assert entry(done).thing_name == dev_eui(1)


def test_a_thing_that_has_another_dev_eui_now_does_not_count(compare):
    now = named("lot-000", CREATE | {"devEUI": dev_eui(9)})

    done = compare([*DEVICE], device_row(1), unheard=[now], deleted=[named("lot-000", CREATE | OLD)])

    assert done.register.actions() == {"add": 1}


NAMED = ["thing", *DEVICE]


@pytest.mark.parametrize("numbers", [[1], LONG], ids=["few rows", "many rows"])
def test_a_row_that_names_a_thing_is_not_added_beside_the_one_that_has_its_dev_eui(compare, numbers):
    rows = [[f"pump-{number}", *device_row(number)] for number in numbers]

    done = compare(NAMED, *rows, there=[named("lot-000", CREATE | OLD)], update=True)

    assert (entry(done).action, entry(done).outcome, entry(done).thing_name) == ("conflict", "conflict", "pump-1")
    assert entry(done).reason == (
        "thing lot-000 has this DevEUI; to compare the row with it, write lot-000 into the row's thingName, or leave "
        "that cell empty. To give the device to thing pump-1, first delete the other: "
        "aws iot delete-thing --thing-name lot-000"
    )


def test_a_row_that_names_the_thing_that_has_its_dev_eui_is_about_it(compare):
    done = compare(NAMED, ["lot-000", *device_row(1)], there=[named("lot-000", CREATE | OLD)])

    assert (done.register.actions(), done.register.found_by_dev_eui()) == ({"unchanged": 1}, (0, ""))


@pytest.mark.parametrize("thing_name", ["", "lot-000", "pump-1"])
def test_two_things_with_one_dev_eui_are_both_named(compare, thing_name):
    """The suggestion is to delete the one that has no device."""
    there = [named("lot-000", CREATE | OLD), named(dev_eui(1), CREATE | {"devEUI": dev_eui(1)})]

    done = compare(NAMED, [thing_name, *device_row(1)], there=there, update=True)

    assert done.register.actions() == {"conflict": 1}
    reason = entry(done).reason
    for text in (f"{dev_eui(1)} (registered)", "lot-000 (rejected)", "delete-thing --thing-name lot-000."):
        assert text in reason


def test_a_thing_is_not_written_for_two_rows(compare):
    rows = [["", *device_row(1)], ["lot-000", *device_row(2)]]

    done = compare(NAMED, *rows, there=[named("lot-000", CREATE | OLD)], update=True)

    assert [each.action for each in done.register.entries()] == ["conflict", "change"]
    assert "thing lot-000 has this DevEUI, and line 3 names that thing" in entry(done).reason


@pytest.mark.parametrize("is_bad", [False, True])
def test_a_key_may_be_absent_if_a_thing_of_another_name_has_the_dev_eui(compare, is_bad):
    bad = [device_row(2, app_key="x")] if is_bad else []

    done = compare([*DEVICE], device_row(1, app_key=""), *bad, there=[named("lot-000", CREATE | OLD)])

    assert [each.line for each in done.problems.all()] == [3] * len(bad)


# Any thing that the pipeline registers, and what may be taken off it later.

HEX = st.sampled_from("0123456789abcdefABCDEF")
TEXT = st.text(string.ascii_letters + string.digits + "_.,@/:#=[]-", min_size=1, max_size=50)
IDENTITY = st.fixed_dictionaries(
    {
        "stackName": st.just("thingsync"),
        "devEUI": st.text(HEX, min_size=16, max_size=16).filter(lambda eui: eui.strip("0")),
        "joinEUI": st.text(HEX, min_size=16, max_size=16),
    },
    optional={
        "name": TEXT,
        "description": TEXT,
        "frequencyPlanID": TEXT,
        "deviceID": st.from_regex(r"[a-z0-9](-?[a-z0-9]){2,12}", fullmatch=True).filter(lambda text: text != "batch"),
    },
)
WAYS = st.sampled_from(
    [
        {name: CREATE[name] for name in ("lorawanVersion", "regionalParametersVersion", "appKey")},
        {name: CREATE_1_1[name] for name in ("lorawanVersion", "regionalParametersVersion", "appKey", "nwkKey")},
        {"lorawanVersion": "MAC_V1_0_2", "regionalParametersVersion": "RP001-1.0.2-RevB", "appKey": "aB" * 16},
        {"lorawanVersion": "1.0.3", "regionalParametersVersion": "1.0.3-a", "appKey": SECRET},
        {"claimAuthenticationCode": CODE},
        {"claimAuthenticationCode": SECRET},
        {"claimAuthenticationCode": CODE, "lorawanVersion": "1.0.4", "regionalParametersVersion": "RP002-1.0.3"},
    ]
)
THING_NAME = st.from_regex(r"[a-zA-Z0-9:_-]{1,30}", fullmatch=True)


def way_of(identity, way):
    """References name secrets of the device itself."""
    return {name: text.replace(DEV_EUI, identity["devEUI"].upper()) for name, text in way.items()}


@st.composite
def things_of_the_pipeline(draw):
    identity = draw(IDENTITY)
    attributes = {**identity, **way_of(identity, draw(WAYS))}
    if draw(st.booleans()):
        attributes["appEUI"] = attributes.pop("joinEUI")
    if "claimAuthenticationCode" in attributes and draw(st.booleans()):
        attributes = _on_a_label(attributes)
    attributes |= {"site": "roof"} if draw(st.booleans()) else {}
    taken_off = draw(st.sets(st.sampled_from(["appKey", "nwkKey", "claimAuthenticationCode", "qrCode"])))
    return draw(THING_NAME), {name: text for name, text in attributes.items() if name not in taken_off}


def _on_a_label(attributes):
    """Name the device by its QR code alone."""
    join_eui = attributes.get("joinEUI") or attributes["appEUI"]
    label = QR_CODE.replace(JOIN_EUI, join_eui).replace(DEV_EUI, attributes["devEUI"])
    left = {
        name: text for name, text in attributes.items() if name not in ("joinEUI", "appEUI", "claimAuthenticationCode")
    }
    return left | {"qrCode": label}


@given(st.lists(things_of_the_pipeline(), min_size=1, max_size=3, unique_by=lambda each: each[0]))
def test_an_export_is_imported_as_it_is_and_changes_nothing(tmp_path_factory, fleet):
    file = tmp_path_factory.mktemp("export") / "things.csv"
    there = {name: DescribedThing(name, f"id-{name}", 3, "lorawan", attributes) for name, attributes in fleet}
    listed = [ListedThing(name, 3, attributes) for name, attributes in fleet]
    with ExportNotes.opened() as notes, file.open("w", newline="") as table:
        write_table(table, COLUMNS, export_rows(listed, "thingsync", notes))

    header, *rows = read_rows(file)
    checked = [check_row(row, columns_of(header.cells), TARGET) for row in rows]

    assert [each for each in checked if isinstance(each, BadRow)] == []
    for row in checked:
        found = plan_row(row, there[row.thing_name], "lorawan", rejecting(), update=True)
        assert found == RowPlan("unchanged", f"id-{row.thing_name}", 3)


def as_labels_print_it(eui):
    return "-".join(eui[at : at + 2] for at in range(0, 16, 2))


@given(IDENTITY, WAYS)
def test_a_file_that_was_imported_changes_nothing_however_it_is_spelled_then(identity, way):
    cells = {**identity, **way_of(identity, way)}
    first = check_row(CsvRow(2, (*cells.values(),)), columns_of((*cells,)), TARGET)
    respelled = {
        **cells,
        **{name: as_labels_print_it(cells[name].lower()) for name in ("devEUI", "joinEUI")},
        **({"lorawanVersion": cells["lorawanVersion"].lower()} if "lorawanVersion" in cells else {}),
    }
    again = check_row(CsvRow(2, (*respelled.values(),)), columns_of((*respelled,)), TARGET)

    there = DescribedThing(first.thing_name, "its-id", 1, "lorawan", first.attributes)

    assert plan_row(again, there, "lorawan", rejecting(), update=True) == RowPlan("unchanged", "its-id", 1)


def test_a_row_is_new_only_if_no_listed_thing_has_its_name_or_its_dev_eui():
    with Register.opened() as register:
        for number in range(3):
            row = planned_thing(number, line=number + 2, thing_name=f"pump-{number}")
            register.duplicate_line(row.dev_eui, row.line)
            register.add(row)
        assert not any(map(register.is_new, (2, 3, 4)))

        register.record_listed([("pump-0", ""), ("another", dev_eui(1))])

        assert [register.is_new(line) for line in (2, 3, 4, 5)] == [False, False, True, False]
        assert register.count_new() == 1


def test_a_row_that_is_certainly_new_needs_no_second_look_and_is_added(tmp_path):
    rows = [device_row(number) for number in range(LISTED_FROM)]
    sheet = open_sheet(written(tmp_path / "fleet.csv", [*DEVICE], *rows), TARGET)
    with Register.opened() as register, ProblemList.opened() as problems:
        assert not [each for each in sheet.check(register) if isinstance(each, BadRow)]
        there = Things(named(dev_eui(7), CREATE | {"devEUI": dev_eui(7)}))
        comparison = FileComparison(there, register, problems, lambda *_: "")
        comparison.find_things()
        looked_at = [each for each in sheet.things() if not register.is_new(each.line)]

        assert sum(comparison.plan(looked_at, update=False)) == LISTED_FROM
        assert [each.dev_eui for each in looked_at] == [dev_eui(7)]
        assert register.actions() == {"add": LISTED_FROM - 1, "unchanged": 1}
