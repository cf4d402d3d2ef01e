"""Dispatch decides, and accepts what it decided, so that one run works on a thing and on a device."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.executions import FakeExecutions
from tests.fakes.journal import FakeJournal
from tests.fakes.permits import FakePermits
from tests.fakes.things import FakeThings
from tests.journal_samples import OTHER_DEVICE_ID, OTHER_THING_ID, START, accepted, append, change
from tests.samples import CREATE, DEV_EUI, DEVICE_ID, STACK, THING_ID, planned, registered_device
from workflows.domain.decision import Decision, Policies, StackRules, ValidatedEvent
from workflows.domain.event import TOMBSTONE_LASTS
from workflows.domain.facts import DeviceCreated, DeviceReleased, EventAccepted, EventFailed, EventSkipped
from workflows.domain.fold import Settled
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults
from workflows.domain.run import UNREPORTED, Run
from workflows.errors import (
    DeletionHeldError,
    DeviceConflictError,
    InvalidThingError,
    JournalMovedAnswer,
    OrphanedOwnerError,
    ThingBusyError,
)
from workflows.ports.journal import Owner
from workflows.schemas.thing import examine
from workflows.steps.dispatch import Dispatcher
from workflows.steps.ownership import RETRIES_UNTIL_SHOWN

RULES = StackRules(STACK, StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3-a"))
HERE = ("pump-7", THING_ID, STACK)
CREATION, UPDATE, DELETION = change(), change("UPDATED", 2), change("DELETED", 2)
FAILED = EventFailed(CREATION, "KeyError")
MADE = DeviceCreated(CREATION, registered_device(planned(name=None, description=None)))
OTHER = Owner(OTHER_THING_ID, "valve-3")


def change_of_other(operation="CREATED"):
    return change(operation, run=f"{OTHER_THING_ID}-v1-{operation}")


def dispatcher(*facts, things=(HERE,), journal=None, rules=RULES):
    """``facts`` of the thing that the event is about; ``things`` are those that are there."""
    journal = journal or FakeJournal()
    append(journal, *facts)
    return Dispatcher(journal, FakeExecutions(), FakeThings(*things), rules, FakePermits())


def dispatch(dispatcher, of=CREATION, attributes=CREATE, run=None, relevance="ours", age=timedelta(), retries=0):
    examined = examine(attributes)
    event = ValidatedEvent(
        of.operation,
        of.version_number,
        relevance,
        examined,
        device_id_for(examined.thing),
        occurred_at_ms=None if age is None else int((START - age).timestamp() * 1000),
    )
    return dispatcher.dispatch(event, Run(run or of.run, THING_ID, "pump-7", retries), START)


def stream(dispatcher, thing_id=THING_ID):
    return [recorded.fact for recorded in dispatcher.journal.facts(thing_id)]


def running(dispatcher, run, status="RUNNING"):
    dispatcher.runs.start(run, "{}")
    dispatcher.runs.end(run, status)


def owned_by_other(dispatcher, *facts, device_id=DEVICE_ID):
    """Another thing has taken the device from a thing that is gone; ``facts`` are its own."""
    dispatcher.journal.owners.pop(device_id, None)
    append(dispatcher.journal, *facts, thing_id=OTHER_THING_ID, thing_name="valve-3")


class TestAccepting:
    def test_a_registration_is_accepted_with_its_device(self):
        asked = dispatcher()

        decision = dispatch(asked)

        assert (decision.kind, decision.device_id) == ("create", DEVICE_ID)
        assert stream(asked) == [EventAccepted(CREATION, "pump-7", DEVICE_ID, dev_eui=DEV_EUI)]
        assert asked.journal.snapshots[THING_ID]["at"] == START
        assert asked.journal.owners == {DEVICE_ID: Owner(THING_ID, "pump-7")}
        assert asked.runs.by_name == {}

    def test_an_update_is_accepted_with_what_it_may_write(self):
        asked = dispatcher(MADE)

        decision = dispatch(asked, UPDATE, CREATE | {"name": "Pump_7"})

        assert decision.kind == "update"
        assert stream(asked)[-1] == EventAccepted(UPDATE, "pump-7", DEVICE_ID, ("name", "appKey"), DEV_EUI)

    def test_a_removal_is_accepted(self):
        asked = dispatcher(MADE, things=())

        decision = dispatch(asked, DELETION, {})

        assert (decision.kind, decision.known) == ("remove", MADE.device)
        assert stream(asked)[-1] == EventAccepted(DELETION, "pump-7", DEVICE_ID)

    def test_the_end_of_a_thing_that_never_had_a_device_is_known_at_once(self):
        asked = dispatcher()

        decision = dispatch(asked, DELETION, {})

        assert decision == Decision("skip", reason := "the thing never had a device")
        assert stream(asked) == [EventSkipped(DELETION, reason)]

    def test_that_nothing_changed_is_known_at_once_so_that_no_older_change_is_processed_after_it(self):
        asked = dispatcher(MADE)
        unchanged = {name: value for name, value in CREATE.items() if name != "appKey"}

        decision = dispatch(asked, change("UPDATED", 3), unchanged)

        assert decision == Decision("skip", reason := "no change concerns the device")
        assert stream(asked) == [MADE, EventSkipped(change("UPDATED", 3), reason)]
        assert dispatch(asked, UPDATE).reason == "superseded: UPDATED of version 3 is settled"

    def test_what_is_another_stacks_leaves_an_unknown_thing_unknown(self):
        asked = dispatcher()

        decision = dispatch(asked, UPDATE, CREATE, relevance="other stack")

        assert decision == Decision("skip", "ignored: other stack")
        assert asked.journal.streams == {}

    def test_a_refusal_is_not_accepted(self):
        asked = dispatcher()

        with pytest.raises(InvalidThingError, match="devEUI: is missing"):
            dispatch(asked, attributes={})

        assert stream(asked) == []

    @pytest.mark.parametrize(
        ("facts", "of", "attributes"),
        [
            pytest.param([], CREATION, CREATE, id="create"),
            pytest.param([MADE], UPDATE, CREATE | {"name": "Pump_7"}, id="update"),
            pytest.param([MADE], DELETION, {}, id="remove"),
        ],
    )
    def test_a_retry_finds_what_it_accepted_and_decides_the_same(self, facts, of, attributes):
        asked = dispatcher(*facts)
        first = dispatch(asked, of, attributes)
        before = stream(asked)

        again = dispatch(asked, of, attributes)

        assert (again.kind, again.device_id, again.device_ids) == (first.kind, first.device_id, first.device_ids)
        assert stream(asked) == before


class TestOneAtATime:
    def test_a_thing_that_a_running_run_holds_is_waited_for(self):
        asked = dispatcher(accepted())
        running(asked, CREATION.run)

        with pytest.raises(ThingBusyError, match=f"{CREATION.run} works on thing pump-7"):
            dispatch(asked, UPDATE)

        assert stream(asked) == [accepted()]

    @pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
    def test_a_dead_holder_has_failed_and_is_taken_over(self, status):
        asked = dispatcher(accepted())
        running(asked, CREATION.run, status)

        decision = dispatch(asked, UPDATE)

        failed = EventFailed(CREATION, "UnreportedRunError", UPDATE.run, UNREPORTED)
        assert decision.kind == "create"
        assert stream(asked) == [accepted(), failed, EventAccepted(UPDATE, "pump-7", DEVICE_ID, dev_eui=DEV_EUI)]

    def test_a_dead_holder_of_a_later_change_has_failed_and_is_the_one_to_run_again(self):
        asked = dispatcher(accepted(UPDATE))
        running(asked, UPDATE.run, "ABORTED")

        decision = dispatch(asked, CREATION)

        assert decision == Decision("skip", "superseded: UPDATED of version 2 is settled")
        assert asked.journal.read(THING_ID).settled == Settled(
            "UPDATED", 2, "failed", "UnreportedRunError", UNREPORTED, UPDATE.run
        )

    def test_a_holder_that_step_functions_does_not_show_may_have_just_begun_and_is_waited_for(self):
        asked = dispatcher(accepted())
        running(asked, CREATION.run)
        asked.runs.not_shown.add(CREATION.run)

        for retries in range(RETRIES_UNTIL_SHOWN):
            with pytest.raises(ThingBusyError, match=f"{CREATION.run} works on thing pump-7"):
                dispatch(asked, UPDATE, retries=retries)

        assert stream(asked) == [accepted()]

    def test_a_holder_that_step_functions_has_forgotten_is_taken_over(self):
        asked = dispatcher(accepted())

        dispatch(asked, UPDATE, retries=RETRIES_UNTIL_SHOWN)

        assert asked.journal.read(THING_ID).busy == UPDATE

    def test_another_run_of_the_same_change_waits_too(self):
        asked = dispatcher(accepted())
        running(asked, CREATION.run)

        with pytest.raises(ThingBusyError, match="works on thing pump-7"):
            dispatch(asked, run=f"{CREATION.run}-r0a1b2c3d")

    def test_what_comes_too_late_waits_for_nobody(self):
        asked = dispatcher(MADE, accepted(UPDATE))
        running(asked, UPDATE.run)

        decision = dispatch(asked, CREATION)

        assert decision == Decision("skip", "duplicate: CREATED of version 1 is settled")

    def test_a_run_that_accepts_at_the_same_moment_is_waited_for(self):
        class Moving(FakeJournal):
            def append(self, entry):
                raise JournalMovedAnswer(entry.thing_id)

        with pytest.raises(ThingBusyError, match="Another run has just accepted an event of thing pump-7"):
            dispatch(dispatcher(journal=Moving()))


class TestADeviceThatAnotherThingOwns:
    def test_stays_its_if_that_thing_is_there(self):
        asked = dispatcher(things=(HERE, ("valve-3", OTHER_THING_ID, STACK)))
        owned_by_other(asked, replace(MADE, change=change_of_other()))

        with pytest.raises(DeviceConflictError, match=f"Device {DEVICE_ID} belongs to thing valve-3"):
            dispatch(asked)

        assert stream(asked) == []
        assert asked.journal.owners == {DEVICE_ID: OTHER}

    def test_is_taken_if_that_thing_is_gone(self):
        asked = dispatcher()
        owned_by_other(asked, replace(MADE, change=change_of_other()))

        decision = dispatch(asked)

        assert decision.kind == "create"
        assert stream(asked) == [EventAccepted(CREATION, "pump-7", DEVICE_ID, dev_eui=DEV_EUI)]
        assert asked.journal.owners == {DEVICE_ID: Owner(THING_ID, "pump-7")}

    def test_is_waited_for_while_a_run_works_on_it(self):
        asked = dispatcher()
        owned_by_other(asked, accepted(change_of_other(), thing_name="valve-3"))
        running(asked, change_of_other().run)

        with pytest.raises(ThingBusyError, match=f"{change_of_other().run} works on thing valve-3"):
            dispatch(asked)

        assert stream(asked) == []

    def test_is_nobodys_to_take_if_the_journal_has_lost_that_thing(self):
        asked = dispatcher()
        asked.journal.owners[DEVICE_ID] = OTHER

        with pytest.raises(OrphanedOwnerError, match=r"belongs to thing valve-3 .* no facts"):
            dispatch(asked)

        assert asked.journal.owners == {DEVICE_ID: OTHER}

    def test_is_waited_for_if_it_is_taken_again_at_the_same_moment(self):
        class Retaken(FakeJournal):
            def free(self, device_id, owner, *, facts):
                self.owners[device_id] = owner

        asked = dispatcher(journal=Retaken())
        owned_by_other(asked, replace(MADE, change=change_of_other()))

        with pytest.raises(ThingBusyError, match=f"Thing valve-3 has just taken device {DEVICE_ID}"):
            dispatch(asked)

    @pytest.mark.parametrize(
        ("of", "attributes"),
        [pytest.param(DELETION, {}, id="deleted"), pytest.param(UPDATE, CREATE | {"name": "Pump_7"}, id="updated")],
    )
    def test_is_given_up_by_the_thing_that_had_it(self, of, attributes):
        asked = dispatcher(MADE)
        owned_by_other(asked, replace(MADE, change=change_of_other()))

        decision = dispatch(asked, of, attributes)

        assert decision == Decision("skip", f"thing valve-3 has taken over device {DEVICE_ID}")
        assert stream(asked) == [MADE, DeviceReleased(of, DEVICE_ID, "taken over")]
        assert asked.journal.owners == {DEVICE_ID: OTHER}

    def test_is_taken_back_if_that_thing_never_came_to_have_it(self):
        asked = dispatcher(MADE)
        owned_by_other(asked, accepted(change_of_other()), EventFailed(change_of_other(), "KeyError"))

        decision = dispatch(asked, DELETION, {})

        assert decision.kind == "remove"
        assert asked.journal.owners == {DEVICE_ID: Owner(THING_ID, "pump-7")}

    def test_is_waited_for_while_that_thing_may_come_to_have_it(self):
        asked = dispatcher(MADE)
        owned_by_other(asked, accepted(change_of_other()))
        running(asked, change_of_other().run)

        with pytest.raises(ThingBusyError, match=f"{change_of_other().run} works on thing valve-3"):
            dispatch(asked, DELETION, {})

        assert stream(asked) == [MADE]

    @pytest.mark.parametrize(
        "facts",
        [
            pytest.param([accepted(), FAILED, accepted(UPDATE, OTHER_DEVICE_ID)], id="first"),
            pytest.param([accepted(device_id=OTHER_DEVICE_ID), FAILED, accepted(UPDATE)], id="last"),
        ],
    )
    def test_does_not_keep_what_is_half_made_beside_it_from_being_removed(self, facts):
        asked = dispatcher(*facts, things=())
        running(asked, UPDATE.run, "ABORTED")
        owned_by_other(asked, replace(MADE, change=change_of_other()))

        decision = dispatch(asked, DELETION, {})

        assert (decision.kind, decision.device_id) == ("remove", OTHER_DEVICE_ID)
        assert stream(asked)[-1] == EventAccepted(DELETION, "pump-7", OTHER_DEVICE_ID)
        assert asked.journal.owners == {DEVICE_ID: OTHER, OTHER_DEVICE_ID: Owner(THING_ID, "pump-7")}


class TestAThingThatIsGoneAlready:
    @pytest.mark.parametrize(
        "things",
        [
            pytest.param([("pump-7", OTHER_THING_ID, STACK)], id="another bears its name"),
            pytest.param([("pump-7", THING_ID, "another-stack")], id="another stack's now"),
        ],
    )
    def test_is_not_registered_any_more_and_what_is_half_made_is_removed(self, things):
        asked = dispatcher(accepted(device_id=OTHER_DEVICE_ID), FAILED, things=things)

        decision = dispatch(asked, UPDATE)

        ids = (DEVICE_ID, OTHER_DEVICE_ID)
        assert decision == Decision("remove", "the thing is already gone", DEVICE_ID, device_ids=ids)
        assert stream(asked)[-1] == EventAccepted(UPDATE, "pump-7", DEVICE_ID, dev_eui=DEV_EUI)

    def test_is_gone_for_good_once_its_end_was_noted(self):
        asked = dispatcher(things=())
        asked.journal.write_tombstone(THING_ID)

        assert dispatch(asked).kind == "remove"

    @pytest.mark.parametrize(
        "age",
        [
            pytest.param(timedelta(), id="an event of now"),
            pytest.param(TOMBSTONE_LASTS - timedelta(days=2), id="an event that is younger than any tombstone's end"),
            pytest.param(None, id="an event that does not say when"),
        ],
    )
    def test_is_not_gone_for_good_before_its_end_has_come(self, age):
        assert dispatch(dispatcher(things=()), age=age).kind == "create"

    def test_is_gone_for_good_when_its_tombstone_may_have_expired(self):
        asked = dispatcher(things=())

        decision = dispatch(asked, age=TOMBSTONE_LASTS)

        assert (decision.kind, decision.reason) == ("remove", "the thing is already gone")
        assert [type(fact) for fact in stream(asked)] == [EventAccepted]

    def test_is_registered_however_old_its_event_is_while_it_is_there(self):
        assert dispatch(dispatcher(), age=2 * TOMBSTONE_LASTS).kind == "create"

    @pytest.mark.parametrize("stack_name", [STACK, None])
    def test_is_not_gone_while_it_is_ours_or_does_not_say_whose_it_is(self, stack_name):
        assert dispatch(dispatcher(things=[("pump-7", THING_ID, stack_name)])).kind == "create"

    @pytest.mark.parametrize(
        ("of", "attributes", "kind"),
        [
            pytest.param(UPDATE, CREATE | {"name": "Pump_7"}, "update", id="update"),
            pytest.param(DELETION, {}, "remove", id="remove"),
        ],
    )
    def test_is_not_asked_for_where_it_had_a_device(self, of, attributes, kind):
        asked = dispatcher(MADE, things=())

        decision = dispatch(asked, of, attributes)

        assert (decision.kind, asked.things.asked) == (kind, [])


def test_a_skip_that_was_recorded_is_superseded_by_nothing():
    asked = dispatcher(EventSkipped(change("DELETED", 1), "the thing never had a device"))

    decision = dispatch(asked)

    assert decision == Decision("skip", "superseded: DELETED of version 1 is settled")


class TestBrake:
    """At most so many devices of deleted things are removed in an hour."""

    LIMITED = replace(RULES, deletions_per_hour=1)

    def spent(self, *facts, things=(), rules=LIMITED):
        asked = dispatcher(*facts, things=things, rules=rules)
        asked.permits.take(START, per_hour=1)
        return asked

    def test_a_removal_takes_a_permit(self):
        asked = dispatcher(MADE, things=(), rules=self.LIMITED)

        assert dispatch(asked, DELETION, {}).kind == "remove"
        assert not asked.permits.take(START, per_hour=1)

    def test_without_a_permit_nothing_is_accepted_and_the_error_says_the_limit(self):
        asked = self.spent(MADE)

        with pytest.raises(DeletionHeldError, match=r"not removed: .*DeletionsPerHour is 1"):
            dispatch(asked, DELETION, {})

        assert stream(asked) == [MADE]

    def test_what_a_failed_run_left_may_be_a_whole_device_so_it_needs_a_permit(self):
        asked = self.spent(accepted(), FAILED)

        with pytest.raises(DeletionHeldError, match="was not removed"):
            dispatch(asked, DELETION, {})

    def test_what_the_operator_granted_suffices(self):
        asked = self.spent(MADE)
        asked.permits.grant(1, until=START + timedelta(minutes=1))

        assert dispatch(asked, DELETION, {}).kind == "remove"

    def test_a_retry_of_the_run_takes_no_second_permit(self):
        asked = dispatcher(MADE, things=(), rules=self.LIMITED)

        assert [dispatch(asked, DELETION, {}).kind for _ in range(2)] == ["remove", "remove"]

    def test_without_a_limit_nothing_is_counted(self):
        asked = dispatcher(MADE, things=())

        dispatch(asked, DELETION, {})

        assert asked.permits.taken == {}

    @pytest.mark.parametrize(
        ("facts", "rules"),
        [
            pytest.param([MADE], replace(LIMITED, policies=Policies(retains=True)), id="retained"),
            pytest.param([], LIMITED, id="no-device"),
        ],
    )
    def test_what_removes_no_registered_device_is_never_held(self, facts, rules):
        asked = self.spent(*facts, rules=rules)

        assert dispatch(asked, DELETION, {}).kind in ("remove", "release", "skip")

    def test_a_device_that_another_thing_took_over_is_never_held(self):
        asked = self.spent(MADE)
        owned_by_other(asked, replace(MADE, change=change_of_other()))

        assert dispatch(asked, DELETION, {}).kind == "skip"
        assert isinstance(stream(asked)[-1], DeviceReleased)

    def test_a_device_that_another_thing_wanted_and_did_not_get_is_held(self):
        asked = self.spent(MADE)
        owned_by_other(asked, accepted(change_of_other()), EventFailed(change_of_other(), "KeyError"))

        with pytest.raises(DeletionHeldError, match=DEVICE_ID):
            dispatch(asked, DELETION, {})
