"""A thing that is gone gives way; a living one is not robbed."""

from dataclasses import replace

import pytest

from tests.fakes.executions import FakeExecutions
from tests.fakes.journal import FakeJournal
from tests.fakes.things import FakeThings
from tests.journal_samples import CREATED, DELETION, OTHER_THING_ID, START, UPDATE, accepted, append, change, device
from tests.samples import DEVICE_ID, IDS, STACK, THING_ID
from workflows.domain.facts import DeviceCreated, DeviceFound, DeviceReleased, DeviceRemoved, EventFailed
from workflows.domain.run import UNREPORTED, Run
from workflows.errors import DeviceConflictError, OrphanedOwnerError, SupersededError, ThingBusyError
from workflows.ports.journal import Owner, Reservation
from workflows.steps.ownership import RETRIES_UNTIL_SHOWN, Ownership

RUN = change().run
TAKER = Run("the-takers-run", OTHER_THING_ID, "valve-3")
TAKER_CHANGE = change(run=TAKER.name)
TAKER_ACCEPTED = accepted(TAKER_CHANGE, "valve-3", thing_name="valve-3")
TAKER_FOUND = DeviceFound(TAKER_CHANGE, DEVICE_ID)
TAKER_OWNS = Owner(OTHER_THING_ID, "valve-3")
FAILED = EventFailed(change(), "RegistryUnavailableError")
OWNER = Owner(THING_ID, "pump-7")
HERE = ("pump-7", THING_ID, STACK)
GONE = [
    pytest.param(FakeThings(), id="nobody bears its name"),
    pytest.param(FakeThings(("pump-7", OTHER_THING_ID, STACK)), id="another thing bears its name"),
]


def ownership(*facts, things=None, status="ABORTED"):
    """``facts`` of the owner; ``status`` is how its run stands, None if Step Functions does not show it."""
    journal, executions = FakeJournal(), FakeExecutions()
    append(journal, *facts)
    if status:
        executions.start(RUN, "{}")
        executions.end(RUN, status)
    return Ownership(journal, executions, things or FakeThings(), TAKER, START)


def taking(*facts, **more):
    """The taker's run has accepted its event."""
    asked = ownership(*facts, **more)
    append(asked.journal, TAKER_ACCEPTED, thing_id=OTHER_THING_ID, thing_name="valve-3")
    return asked


def stream(asked):
    return [recorded.fact for recorded in asked.journal.facts(THING_ID)]


@pytest.mark.parametrize(
    ("facts", "thing_id"),
    [
        pytest.param([], OTHER_THING_ID, id="free"),
        pytest.param([CREATED], THING_ID, id="its own"),
    ],
)
def test_a_device_that_is_no_other_things_is_there_to_take(facts, thing_id):
    asked = replace(ownership(*facts, things=FakeThings(HERE)), run=replace(TAKER, thing_id=thing_id))
    before = dict(asked.journal.owners)

    asked.resolve(IDS, None)

    assert asked.journal.owners == before
    assert asked.things.asked == []


@pytest.mark.parametrize("things", GONE)
def test_a_device_of_a_thing_that_is_gone_becomes_free(things):
    asked = ownership(CREATED, things=things)

    asked.resolve(IDS, None)

    assert asked.journal.owners == {}
    assert asked.things.asked[-1] == "pump-7"


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([CREATED], id="registered"),
        pytest.param([accepted()], id="half-made by a run that is dead"),
        pytest.param([accepted(), FAILED], id="half-made by a run that failed"),
    ],
)
def test_a_device_of_a_thing_that_is_there_is_a_conflict_that_names_it(facts):
    asked = ownership(*facts, things=FakeThings(HERE))

    with pytest.raises(DeviceConflictError, match=f"Device {DEVICE_ID} belongs to thing pump-7"):
        asked.resolve(IDS, None)

    assert asked.journal.owners == {DEVICE_ID: OWNER}


@pytest.mark.parametrize("things", [FakeThings(), FakeThings(HERE)], ids=["gone", "there"])
def test_a_device_on_which_a_run_still_works_is_waited_for(things):
    asked = ownership(accepted(), things=things, status="RUNNING")

    with pytest.raises(ThingBusyError, match=f"{RUN} works on thing pump-7"):
        asked.resolve(IDS, None)

    assert asked.journal.owners == {DEVICE_ID: OWNER}


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT"])
@pytest.mark.parametrize("facts", [[accepted()], [accepted(), FAILED]], ids=["not settled", "settled"])
def test_a_device_on_which_nobody_works_any_more_becomes_free(facts, status):
    asked = ownership(*facts, status=status)

    asked.resolve(IDS, None)

    assert asked.journal.owners == {}


def test_a_run_that_step_functions_does_not_show_counts_as_working_until_enough_retries_have_passed():
    asked = ownership(accepted(), status=None)
    tries = [replace(asked, run=replace(TAKER, retries=number)) for number in range(RETRIES_UNTIL_SHOWN + 1)]

    for each in tries[:-1]:
        with pytest.raises(ThingBusyError, match=f"{RUN} works on thing pump-7"):
            each.resolve(IDS, None)
    tries[-1].resolve(IDS, None)

    assert asked.journal.owners == {}


def test_a_dead_run_whose_device_is_taken_has_failed_so_that_it_cannot_go_on_where_it_stood():
    asked = ownership(accepted())

    asked.resolve(IDS, None)

    assert stream(asked) == [accepted(), EventFailed(change(), "UnreportedRunError", TAKER.name, UNREPORTED)]
    assert asked.journal.read(THING_ID).busy is None


class Moving(FakeJournal):
    """The thing's next event is accepted right after its snapshot was read."""

    def read(self, thing_id):
        state = super().read(thing_id)
        append(super(), accepted(UPDATE))
        return state


@pytest.mark.parametrize("facts", [[accepted()], [CREATED]], ids=["by a run that is dead", "by a run that has ended"])
def test_a_device_whose_owner_moves_while_it_is_taken_is_waited_for(facts):
    journal = Moving()
    append(super(Moving, journal), *facts)
    asked = Ownership(journal, FakeExecutions(), FakeThings(), TAKER, START)

    with pytest.raises(ThingBusyError, match="pump-7"):
        asked.resolve(IDS, None)

    assert journal.owners == {DEVICE_ID: OWNER}


RELEASED = DeviceReleased(DELETION, DEVICE_ID, "retained")


@pytest.mark.parametrize(
    ("facts", "marked", "expected"),
    [
        pytest.param([], None, "not ours", id="no mark of this stack"),
        pytest.param([CREATED], THING_ID, "left behind", id="of a thing that had it"),
        pytest.param([accepted()], THING_ID, "left behind", id="of a thing that may have half-made it"),
        pytest.param(
            [CREATED, DeviceReleased(DELETION, DEVICE_ID, "taken over")],
            THING_ID,
            "left behind",
            id="it was taken from",
        ),
        pytest.param([CREATED, RELEASED], THING_ID, "retained", id="retained"),
        pytest.param([], THING_ID, "not ours", id="of a thing that the journal does not know"),
        pytest.param(
            [CREATED, DeviceReleased(UPDATE, DEVICE_ID, "other stack")],
            THING_ID,
            "not ours",
            id="given to another stack",
        ),
    ],
)
def test_whose_a_marked_device_is(facts, marked, expected):
    asked = taking(*facts)

    assert asked.resolve(IDS, marked) == expected
    assert asked.journal.owner(DEVICE_ID) == (None if expected == "not ours" else TAKER_OWNS)


@pytest.mark.parametrize("retains", [False, True])
@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([accepted(), CREATED], id="registered"),
        pytest.param([accepted(), FAILED], id="half-made"),
        pytest.param([accepted(device_id="pump-9"), DeviceFound(change(), DEVICE_ID), FAILED], id="found"),
    ],
)
def test_a_marked_device_of_a_thing_that_is_there_is_a_conflict_though_its_owner_item_was_lost(facts, retains):
    asked = replace(taking(*facts, things=FakeThings(HERE)), retains=retains)
    del asked.journal.owners[DEVICE_ID]

    with pytest.raises(DeviceConflictError, match=f"Device {DEVICE_ID} belongs to thing pump-7"):
        asked.resolve(IDS, THING_ID)

    assert DEVICE_ID not in asked.journal.owners
    assert takers_facts(asked) == [TAKER_ACCEPTED]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param([CREATED], "retained", id="its DELETED has yet to come"),
        pytest.param([accepted()], "left behind", id="half-made, which no policy retains"),
        pytest.param(
            [CREATED, DeviceReleased(DELETION, DEVICE_ID, "taken over")], "retained", id="adopted since by another"
        ),
    ],
)
def test_a_device_is_retained_even_before_the_end_of_its_thing_is_processed(facts, expected):
    assert replace(taking(*facts), retains=True).resolve(IDS, THING_ID) == expected


@pytest.mark.parametrize("retains", [False, True])
def test_a_mark_that_was_copied_onto_another_device_makes_it_nobodys_to_remove(retains):
    copied = replace(IDS, dev_eui="70B3D57ED0059999")

    assert replace(ownership(CREATED), retains=retains).resolve(copied, THING_ID) == "not ours"


def test_a_device_that_bears_the_mark_of_the_thing_that_asks_is_its_own_only_if_it_had_it():
    asked = replace(ownership(CREATED), run=replace(TAKER, thing_id=THING_ID))

    assert asked.resolve(IDS, THING_ID) == "this thing's"
    assert asked.resolve(replace(IDS, device_id="a-copy"), THING_ID) == "not ours"


@pytest.mark.parametrize("retains", [False, True])
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param([CREATED], "not ours", id="living"),
        pytest.param([CREATED, DeviceRemoved(DELETION, DEVICE_ID)], "retained", id="gone"),
    ],
)
def test_a_device_that_its_mark_s_thing_never_had_was_left_by_nobody(facts, expected, retains):
    copied = replace(IDS, device_id="a-copy", dev_eui="70B3D57ED0059999")

    assert replace(taking(*facts), retains=retains).resolve(copied, THING_ID) == expected


def test_a_device_with_the_mark_of_a_thing_whose_journal_was_lost_is_its_own():
    assert ownership().resolve(IDS, OTHER_THING_ID) == "this thing's"


def takers_facts(asked):
    return [recorded.fact for recorded in asked.journal.facts(OTHER_THING_ID)]


def test_a_device_that_the_taker_may_write_becomes_its_own_in_the_journal_once():
    asked = taking(CREATED, RELEASED)

    assert [asked.resolve(IDS, THING_ID), asked.resolve(IDS, THING_ID)] == ["retained", "retained"]
    assert takers_facts(asked) == [TAKER_ACCEPTED, TAKER_FOUND]


def test_a_device_that_the_taker_had_planned_is_not_recorded_as_found():
    asked = ownership(CREATED, RELEASED)
    planned = replace(TAKER_ACCEPTED, device_id=DEVICE_ID)
    append(asked.journal, planned, thing_id=OTHER_THING_ID, thing_name="valve-3")

    assert asked.resolve(IDS, THING_ID) == "retained"
    assert takers_facts(asked) == [planned]


@pytest.mark.parametrize("marked", [THING_ID, OTHER_THING_ID], ids=["its former thing's mark", "the taker's own mark"])
def test_a_retained_device_that_an_earlier_run_found_and_perhaps_marked_is_retained(marked):
    asked = taking(CREATED, RELEASED)
    append(asked.journal, TAKER_FOUND, thing_id=OTHER_THING_ID, thing_name="valve-3")

    assert asked.resolve(IDS, marked) == "retained"


def test_a_device_that_a_thing_that_is_gone_had_found_and_perhaps_marked_is_retained():
    asked = taking(accepted(device_id="pump-9"), DeviceFound(change(), DEVICE_ID), FAILED)

    assert asked.resolve(IDS, THING_ID) == "retained"
    assert asked.journal.owner(DEVICE_ID) == TAKER_OWNS


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([], id="no run holds it"),
        pytest.param([accepted(UPDATE, "valve-3", thing_name="valve-3")], id="another run holds it"),
    ],
)
def test_a_run_that_no_longer_holds_its_thing_takes_nothing(facts):
    asked = ownership(CREATED, RELEASED)
    append(asked.journal, *facts, thing_id=OTHER_THING_ID, thing_name="valve-3")

    with pytest.raises(SupersededError, match="took thing valve-3 over"):
        asked.resolve(IDS, THING_ID)

    assert asked.journal.owner(DEVICE_ID) is None


class Growing(FakeJournal):
    """Another fact of the same thing is faster."""

    def append(self, entry):
        super().append(replace(entry, fact=TAKER_ACCEPTED))
        return super().append(entry)


def test_a_device_is_not_taken_while_the_takers_journal_grows():
    journal = Growing()
    append(super(Growing, journal), TAKER_ACCEPTED, thing_id=OTHER_THING_ID, thing_name="valve-3")
    append(super(Growing, journal), CREATED, RELEASED)
    asked = replace(ownership(), journal=journal)

    with pytest.raises(ThingBusyError, match=f"faster to take device {DEVICE_ID}"):
        asked.resolve(IDS, THING_ID)

    assert journal.owner(DEVICE_ID) is None


class Faster(FakeJournal):
    """Another thing takes the device right after it was found free."""

    def owner(self, device_id):
        found = super().owner(device_id)
        self.owners[device_id] = Owner("thing-4", "pump-4")
        return found


def test_a_device_that_another_thing_takes_at_the_same_moment_is_waited_for():
    asked = replace(ownership(), journal=Faster())
    append(asked.journal, CREATED, RELEASED)
    append(asked.journal, TAKER_ACCEPTED, thing_id=OTHER_THING_ID, thing_name="valve-3")

    with pytest.raises(ThingBusyError, match=f"faster to take device {DEVICE_ID}"):
        asked.resolve(IDS, THING_ID)

    assert takers_facts(asked) == [TAKER_ACCEPTED]


def test_an_owner_without_facts_is_an_error_and_nothing_is_overwritten():
    asked = ownership()
    asked.journal.owners[DEVICE_ID] = OWNER

    with pytest.raises(OrphanedOwnerError, match=r"belongs to thing pump-7 .*, but the journal has no facts"):
        asked.resolve(IDS, None)

    assert asked.journal.owners == {DEVICE_ID: OWNER}


def test_a_device_that_its_taker_has_stays_the_takers():
    asked = ownership(CREATED)

    assert not asked.free_if_unused(OWNER, DEVICE_ID)
    assert asked.journal.owners == {DEVICE_ID: OWNER}


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([accepted()], id="half-made at most"),
        pytest.param([CREATED, accepted(device_id="pump-7")], id="another device is its own"),
    ],
)
def test_a_device_that_its_taker_never_came_to_have_is_taken_back(facts):
    asked = ownership(*facts)
    device_id = facts[-1].device_id

    assert asked.free_if_unused(OWNER, device_id)
    assert device_id not in asked.journal.owners


def test_a_device_on_which_its_taker_works_is_waited_for():
    asked = ownership(accepted(), status="RUNNING")

    with pytest.raises(ThingBusyError, match=f"{RUN} works on thing pump-7"):
        asked.free_if_unused(OWNER, DEVICE_ID)


def test_a_taker_without_facts_is_an_error():
    with pytest.raises(OrphanedOwnerError, match="but the journal has no facts"):
        ownership().free_if_unused(OWNER, DEVICE_ID)


def reserved(things, thing_id=THING_ID):
    asked = ownership(things=things)
    asked.journal.reserve(Reservation("", "pump-7", IDS))
    if thing_id:
        asked.journal.bind(Reservation(thing_id, "pump-7", IDS))
    return asked


@pytest.mark.parametrize("things", GONE)
def test_an_id_that_is_reserved_for_a_thing_that_is_gone_is_free(things):
    asked = reserved(things)

    asked.resolve(IDS, None)

    assert asked.journal.owners == {}


@pytest.mark.parametrize("thing_id", [THING_ID, ""], ids=["made", "being made"])
def test_an_id_that_is_reserved_for_a_thing_that_is_there_is_not_taken(thing_id):
    asked = reserved(FakeThings(HERE), thing_id)
    before = dict(asked.journal.owners)

    with pytest.raises(DeviceConflictError, match="pump-7"):
        asked.resolve(IDS, None)

    assert asked.journal.owners == before


GIVEN = DeviceCreated(change(), device(name="Pump 7", labels={"site": "works"}, latitude=47.5, longitude=8.5))


@pytest.mark.parametrize(
    ("facts", "found", "names"),
    [
        pytest.param([GIVEN], IDS, {"label:", "latitude", "longitude"}, id="its device"),
        pytest.param(
            [GIVEN, DeviceRemoved(DELETION, DEVICE_ID)], IDS, {"label:", "latitude", "longitude"}, id="it was"
        ),
        pytest.param([GIVEN], replace(IDS, dev_eui="70B3D57ED0050002"), set(), id="another device under its ID"),
        pytest.param([accepted(fields=("label:site", "latitude"))], IDS, {"label:", "latitude"}, id="half-made"),
        pytest.param([accepted(fields=("name", "rx1Delay"))], IDS, set(), id="written beside nobody's"),
        pytest.param([], IDS, set(), id="unknown to the journal"),
    ],
)
def test_of_a_thing_that_is_gone_the_labels_and_the_place_are_known(facts, found, names):
    assert ownership(*facts).left_by(THING_ID, found).given().keys() == names


def test_labels_that_a_thing_gave_and_those_of_an_unfinished_change_are_known_together():
    asked = ownership(GIVEN, accepted(UPDATE, fields=("label:floor",)))

    assert asked.left_by(THING_ID, IDS).labels.keys() == {"site", "floor"}
