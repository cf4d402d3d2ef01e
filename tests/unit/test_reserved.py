"""The events of a thing that was made from its device find that device, in whatever order they come."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.executions import FakeExecutions
from tests.fakes.journal import FakeJournal
from tests.fakes.permits import FakePermits
from tests.fakes.things import FakeThings
from tests.journal_samples import OTHER_THING_ID, START, accepted, append, change
from tests.mirroring import IDS
from tests.ports.mirrored_things import ATTRIBUTES
from tests.samples import CREATE, DEV_EUI, DEVICE_ID, JOIN_EUI, STACK, THING_ID
from workflows.domain.decision import Decision, Policies, StackRules, ValidatedEvent
from workflows.domain.event import TOMBSTONE_LASTS
from workflows.domain.facts import (
    BEFORE_ALL_EVENTS,
    DeviceAdopted,
    DeviceMirrored,
    EventAccepted,
    EventSkipped,
    RegisteredDevice,
)
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults
from workflows.domain.run import Run
from workflows.errors import DeviceConflictError, ThingBusyError
from workflows.ports.journal import Owner, Reservation
from workflows.schemas.thing import examine
from workflows.steps.dispatch import Dispatcher

RULES = StackRules(STACK, StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3-a"))
RETAIN = replace(RULES, policies=Policies(retains=True))
CREATION, UPDATE, DELETION = change(), change("UPDATED", 2), change("DELETED", 1)
DEVICE = RegisteredDevice("mirrored", DEVICE_ID, DEVICE_ID, DEV_EUI, JOIN_EUI)
RESERVED = Reservation("", DEV_EUI, IDS)
BOUND = replace(RESERVED, thing_id=THING_ID)
HERE = (DEV_EUI, THING_ID, STACK)
each_reservation = pytest.mark.parametrize(
    "reservation", [pytest.param(RESERVED, id="reserved"), pytest.param(BOUND, id="bound")]
)


def dispatcher(reservation=None, things=(HERE,), rules=RULES):
    journal = FakeJournal()
    if reservation is not None:
        journal.reserve(replace(reservation, thing_id=""))
        journal.bind(reservation)
    return Dispatcher(journal, FakeExecutions(), FakeThings(*things), rules, FakePermits())


def dispatch(
    asked, of=CREATION, attributes=ATTRIBUTES, *, thing=(THING_ID, DEV_EUI), relevance="ours", age=timedelta()
):
    examined = examine(attributes)
    event = ValidatedEvent(
        of.operation,
        of.version_number,
        relevance,
        examined,
        device_id_for(examined.thing),
        occurred_at_ms=int((START - age).timestamp() * 1000),
    )
    return asked.dispatch(event, Run(of.run, *thing), START)


def stream(asked, thing_id=THING_ID):
    return [recorded.fact for recorded in asked.journal.facts(thing_id)]


@each_reservation
@pytest.mark.parametrize("of", [CREATION, UPDATE], ids=lambda of: of.operation)
def test_the_first_event_of_a_made_thing_links_it_with_its_device(reservation, of):
    asked = dispatcher(reservation)

    decision = dispatch(asked, of)

    assert decision == Decision("mirror", "the thing was made from its device", DEVICE_ID, known=DEVICE)
    assert stream(asked) == [DeviceMirrored(of, DEVICE)]
    assert asked.journal.owner(DEVICE_ID) == Owner(THING_ID, DEV_EUI)
    assert asked.journal.reservation(DEVICE_ID) is None


def test_the_mark_that_the_device_bears_goes_into_the_journal():
    asked = dispatcher(replace(BOUND, run="an earlier one"))

    dispatch(asked)

    assert asked.journal.read(THING_ID).device.run == "an earlier one"


def test_the_event_that_comes_again_is_a_duplicate():
    asked = dispatcher(BOUND)
    dispatch(asked)

    decision = dispatch(asked)

    assert decision.kind == "skip"
    assert len(stream(asked)) == 1


def test_the_creation_that_comes_after_an_update_is_superseded():
    asked = dispatcher(BOUND)
    dispatch(asked, UPDATE)

    assert dispatch(asked).reason == "superseded: UPDATED of version 2 is settled"


@pytest.mark.parametrize(
    "reservation",
    [
        pytest.param(None, id="nothing-was-made"),
        pytest.param(replace(RESERVED, thing_name="gone"), id="its-thing-is-gone"),
    ],
)
def test_a_thing_without_keys_that_was_not_made_from_a_device_takes_up_the_one_that_is_there(reservation):
    decision = dispatch(dispatcher(reservation))

    assert (decision.kind, decision.device_id) == ("create", DEVICE_ID)
    assert decision.device.lacks.keys() == {"appKey", "claimAuthenticationCode"}


@pytest.mark.parametrize(
    ("reservation", "thing"),
    [
        pytest.param(RESERVED, (THING_ID, "pump-7"), id="reserved-for-another-name"),
        pytest.param(BOUND, (OTHER_THING_ID, "pump-7"), id="bound-to-another-thing"),
    ],
)
def test_a_thing_without_keys_does_not_get_the_device_of_a_thing_that_was_made_from_it(reservation, thing):
    with pytest.raises(DeviceConflictError, match=f"belongs to thing {DEV_EUI}"):
        dispatch(dispatcher(reservation), thing=thing)


def test_a_thing_with_keys_costs_no_look_up_and_is_registered():
    """A user who was faster than we, under the very name."""
    asked = dispatcher(RESERVED)

    decision = dispatch(asked, attributes=CREATE)

    assert decision.kind == "create"
    assert stream(asked) == [EventAccepted(CREATION, DEV_EUI, DEVICE_ID, dev_eui=DEV_EUI)]
    assert asked.journal.owner(DEVICE_ID) == Owner(THING_ID, DEV_EUI)


class TestGoneAlready:
    @each_reservation
    def test_a_deletion_that_comes_first_removes_the_device(self, reservation):
        asked = dispatcher(reservation, things=())

        decision = dispatch(asked, DELETION)

        assert (decision.kind, decision.device_ids, decision.known) == ("remove", (DEVICE_ID,), DEVICE)
        assert stream(asked) == [EventAccepted(DELETION, DEV_EUI, DEVICE_ID, dev_eui=DEV_EUI)]

    def test_or_releases_it(self):
        decision = dispatch(dispatcher(BOUND, things=(), rules=RETAIN), DELETION)

        assert (decision.kind, decision.release_reason) == ("release", "retained")

    def test_a_creation_whose_thing_is_gone_removes_the_device_if_its_deletion_was_dropped(self):
        asked = dispatcher(BOUND, things=())
        asked.journal.write_tombstone(THING_ID)

        decision = dispatch(asked)

        assert (decision.kind, decision.known) == ("remove", DEVICE)
        assert stream(asked) == [EventAccepted(CREATION, DEV_EUI, DEVICE_ID, dev_eui=DEV_EUI)]

    def test_a_creation_whose_tombstone_may_have_expired_removes_the_device(self):
        asked = dispatcher(BOUND, things=())

        assert dispatch(asked, age=TOMBSTONE_LASTS).kind == "remove"

    def test_a_creation_whose_thing_aws_iot_does_not_show_yet_is_linked(self):
        asked = dispatcher(BOUND, things=())

        assert dispatch(asked).kind == "mirror"

    def test_a_name_that_a_later_thing_bears_is_gone_too(self):
        asked = dispatcher(BOUND, things=((DEV_EUI, OTHER_THING_ID, STACK),))

        assert dispatch(asked).kind == "remove"

    def test_a_deletion_without_attributes_knows_no_device(self):
        asked = dispatcher(BOUND, things=())

        decision = dispatch(asked, DELETION, {}, relevance="not evidently ours")

        assert decision == Decision("skip", "the thing never had a device")
        assert stream(asked) == [EventSkipped(DELETION, "the thing never had a device")]


class TestMeetingUsers:
    USERS = (OTHER_THING_ID, "pump-7")

    def test_a_user_s_thing_takes_what_is_reserved_for_one_that_is_not_there(self):
        asked = dispatcher(RESERVED, things=(("pump-7", OTHER_THING_ID, STACK),))

        decision = dispatch(asked, attributes=CREATE, thing=self.USERS)

        assert decision.kind == "create"
        assert asked.journal.owner(DEVICE_ID) == Owner(OTHER_THING_ID, "pump-7")

    @each_reservation
    def test_a_thing_that_was_made_already_stays(self, reservation):
        asked = dispatcher(reservation, things=(("pump-7", OTHER_THING_ID, STACK), HERE))

        with pytest.raises(DeviceConflictError, match=f"belongs to thing {DEV_EUI}"):
            dispatch(asked, attributes=CREATE, thing=self.USERS)

        assert asked.journal.reservation(DEVICE_ID) == reservation

    def test_a_bound_thing_that_is_gone_gives_way(self):
        asked = dispatcher(BOUND, things=(("pump-7", OTHER_THING_ID, STACK),))

        assert dispatch(asked, attributes=CREATE, thing=self.USERS).kind == "create"

    def test_a_device_that_another_took_in_this_very_moment_is_checked_again(self):
        asked = dispatcher(BOUND)
        theirs = {"thing_id": OTHER_THING_ID, "thing_name": "pump-7"}
        there = asked.things.thing

        def meanwhile(thing_name):
            asked.journal.unreserve(DEVICE_ID, Owner(THING_ID, DEV_EUI))
            append(asked.journal, accepted(), **theirs)
            return there(thing_name)

        asked.things.thing = meanwhile

        with pytest.raises(ThingBusyError, match="pump-7 has just taken device"):
            dispatch(asked)

    def test_a_thing_that_is_gone_leaves_its_device_to_the_thing_that_is_made_from_it(self):
        asked = dispatcher(things=())
        append(asked.journal, accepted(), thing_id=OTHER_THING_ID, thing_name="pump-7")
        asked.runs.start(CREATION.run, "{}")
        asked.runs.end(CREATION.run, "ABORTED")
        asked.journal.free(DEVICE_ID, Owner(OTHER_THING_ID, "pump-7"), facts=1)
        asked.journal.reserve(RESERVED)

        decision = dispatch(asked, change("DELETED", 1, f"{OTHER_THING_ID}-v1-DELETED"), {}, thing=self.USERS)

        assert decision.kind == "skip"
        assert asked.journal.reservation(DEVICE_ID) == RESERVED


class TestLinkedBefore:
    """A thing that was linked because its device sent before its own first event was processed."""

    ADOPTED = DeviceAdopted(BEFORE_ALL_EVENTS, replace(DEVICE, method="adopted"))

    def linked(self):
        asked = dispatcher()
        append(asked.journal, self.ADOPTED, thing_name=DEV_EUI)
        return asked

    def test_its_creation_registers_it_as_if_nothing_had_been(self):
        asked = self.linked()

        decision = dispatch(asked, attributes=CREATE)

        assert (decision.kind, decision.leftovers) == ("create", ())

    def test_a_device_under_another_id_than_it_asks_for_is_no_leftover(self):
        asked = self.linked()

        decision = dispatch(asked, attributes=CREATE | {"deviceID": "pump-a"})

        assert (decision.kind, decision.device_id, decision.leftovers) == ("create", "pump-a", ())

    def test_without_keys_it_has_its_device_and_needs_no_more(self):
        decision = dispatch(self.linked())

        assert decision == Decision("skip", "no change concerns the device")

    def test_a_change_without_keys_is_written_to_its_device(self):
        decision = dispatch(self.linked(), UPDATE, ATTRIBUTES | {"name": "Pump_7"})

        assert (decision.kind, decision.update.fields) == ("update", ("name",))

    def test_its_deletion_leaves_the_device(self):
        decision = dispatch(self.linked(), DELETION, {}, relevance="not evidently ours")

        assert (decision.kind, decision.release_reason) == ("release", "adopted")
