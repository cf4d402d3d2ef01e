"""Which thing owns a device ID, as every ``Journal`` keeps it; part of ``tests.ports.journal``."""

import pytest

from tests.journal_samples import (
    CREATED,
    DELETION,
    OTHER_DEVICE_ID,
    OTHER_THING_ID,
    accepted,
    append,
    change,
    device,
)
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.facts import (
    DeviceAdopted,
    DeviceCreated,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventFailed,
    EventRejected,
)
from workflows.domain.fold import ThingState
from workflows.errors import OwnerHeldAnswer, ThingBusyError
from workflows.ports.journal import Owner

OWNER = Owner(THING_ID, "pump-7")
OTHER_OWNER = Owner(OTHER_THING_ID, "pump-8")
OTHERS = {"thing_id": OTHER_THING_ID, "thing_name": "pump-8"}
REMOVED = DeviceRemoved(DELETION, DEVICE_ID)


class OwnerContract:
    def test_nobody_owns_a_device_at_first(self, journal):
        assert journal.owner(DEVICE_ID) is None

    def test_an_accepted_event_makes_its_device_the_thing_s(self, journal):
        append(journal, accepted())

        assert journal.owner(DEVICE_ID) == OWNER

    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            pytest.param((), None, id="no owner"),
            pytest.param((accepted(),), None, id="accepted"),
            pytest.param((accepted(), EventFailed(change(), "Timeout")), None, id="failed"),
            pytest.param((accepted(), CREATED), device().ids, id="registered"),
            pytest.param((accepted(), CREATED, accepted(change("UPDATED", 2))), device().ids, id="being updated"),
            pytest.param((accepted(), CREATED, REMOVED), None, id="removed"),
        ],
    )
    def test_a_device_is_known_as_long_as_its_thing_has_registered_it(self, journal, facts, expected):
        append(journal, *facts)

        assert journal.registered(DEVICE_ID) == expected

    def test_a_device_that_is_half_made_under_another_id_is_not_known_there(self, journal):
        append(journal, accepted(), CREATED, accepted(change("UPDATED", 2), OTHER_DEVICE_ID))

        assert journal.registered(OTHER_DEVICE_ID) is None
        assert journal.registered(DEVICE_ID) == device().ids

    def test_an_event_accepted_again_leaves_the_device_its_thing_s(self, journal):
        append(journal, accepted(), EventFailed(change(), "Timeout"), accepted())

        assert journal.owner(DEVICE_ID) == OWNER

    def test_an_accepted_event_takes_its_device_back_that_was_freed_meanwhile(self, journal):
        append(journal, accepted(), CREATED)
        journal.free(DEVICE_ID, OWNER, facts=2)

        append(journal, accepted(change("UPDATED", 2)))

        assert journal.owner(DEVICE_ID) == OWNER

    @pytest.mark.parametrize("registered", [DeviceCreated, DeviceUpdated], ids=["created", "updated"])
    def test_a_device_that_was_freed_while_a_run_stood_still_is_the_thing_s_once_it_is_registered(
        self, journal, registered
    ):
        append(journal, accepted())
        journal.free(DEVICE_ID, OWNER, facts=1)

        append(journal, registered(change(), device()))

        assert journal.owner(DEVICE_ID) == OWNER

    def test_a_device_that_another_took_while_a_run_stood_still_is_not_registered(self, journal):
        append(journal, accepted())
        journal.free(DEVICE_ID, OWNER, facts=1)
        append(journal, accepted(), **OTHERS)

        with pytest.raises(OwnerHeldAnswer, match="belongs to thing pump-8"):
            append(journal, CREATED)

        assert journal.read(THING_ID).device is None
        assert journal.owner(DEVICE_ID) == OTHER_OWNER

    def test_a_device_of_another_thing_is_not_taken_and_nothing_is_written(self, journal):
        append(journal, accepted(), **OTHERS)

        with pytest.raises(OwnerHeldAnswer, match=f"{DEVICE_ID} belongs to thing pump-8") as refused:
            append(journal, accepted())

        assert (refused.value.device_id, refused.value.thing_id) == (DEVICE_ID, OTHER_THING_ID)
        assert journal.read(THING_ID) == ThingState()
        assert list(journal.facts(THING_ID)) == []
        assert journal.owner(DEVICE_ID) == OTHER_OWNER

    def test_after_its_owner_had_to_free_it_a_device_can_be_taken(self, journal):
        append(journal, accepted(), **OTHERS)
        journal.free(DEVICE_ID, OTHER_OWNER, facts=1)

        append(journal, accepted())

        assert journal.owner(DEVICE_ID) == OWNER

    @pytest.mark.parametrize(
        "end",
        [
            pytest.param(REMOVED, id="removed"),
            pytest.param(DeviceReleased(DELETION, DEVICE_ID, "retained"), id="released"),
            pytest.param(EventRejected(change(), "ClaimRejectedError", undone=True), id="undone"),
        ],
    )
    def test_a_device_that_is_the_thing_s_no_more_is_free(self, journal, end):
        append(journal, accepted(), end)

        assert journal.owner(DEVICE_ID) is None

    @pytest.mark.parametrize(
        "end",
        [
            pytest.param(EventFailed(change(), "RegistryUnavailableError"), id="failed"),
            pytest.param(EventRejected(change(), "DeviceConflictError"), id="not-undone"),
        ],
    )
    def test_a_device_that_may_be_half_made_stays_its_thing_s(self, journal, end):
        append(journal, accepted(), end)

        assert journal.owner(DEVICE_ID) == OWNER

    def test_a_device_adopted_under_another_id_is_the_thing_s_and_the_id_aimed_at_is_free(self, journal):
        adopted = device(method="adopted", device_id=OTHER_DEVICE_ID, named=DEVICE_ID)

        append(journal, accepted(), DeviceAdopted(change(), adopted))

        assert journal.owner(OTHER_DEVICE_ID) == OWNER
        assert journal.owner(DEVICE_ID) is None

    def test_leftovers_of_earlier_attempts_are_free_once_the_thing_is_registered(self, journal):
        first, second = change("CREATED", 1), change("UPDATED", 2)
        half_made = [accepted(first, OTHER_DEVICE_ID), EventFailed(first, "Timeout"), accepted(second)]
        append(journal, *half_made)
        owners_before = journal.owner(OTHER_DEVICE_ID), journal.owner(DEVICE_ID)

        append(journal, DeviceCreated(second, device()))

        assert owners_before == (OWNER, OWNER)
        assert (journal.owner(OTHER_DEVICE_ID), journal.owner(DEVICE_ID)) == (None, OWNER)

    def test_a_thing_does_not_free_a_device_that_another_has_taken(self, journal):
        append(journal, accepted(), CREATED)
        journal.free(DEVICE_ID, OWNER, facts=2)
        append(journal, accepted(), **OTHERS)

        with pytest.raises(OwnerHeldAnswer, match="belongs to thing pump-8"):
            append(journal, REMOVED)

        assert journal.owner(DEVICE_ID) == OTHER_OWNER
        assert journal.read(THING_ID).device == device()

    def test_a_thing_whose_device_was_taken_over_can_say_so(self, journal):
        append(journal, accepted(), CREATED)
        journal.free(DEVICE_ID, OWNER, facts=2)
        append(journal, accepted(), **OTHERS)

        append(journal, DeviceReleased(DELETION, DEVICE_ID, "taken over"))

        assert journal.owner(DEVICE_ID) == OTHER_OWNER
        assert journal.read(THING_ID).device is None

    def test_to_free_another_s_device_does_nothing(self, journal):
        append(journal, accepted())

        journal.free(DEVICE_ID, OTHER_OWNER, facts=0)

        assert journal.owner(DEVICE_ID) == OWNER

    def test_to_free_a_free_device_does_nothing(self, journal):
        journal.free(DEVICE_ID, OWNER, facts=0)

        assert journal.owner(DEVICE_ID) is None

    @pytest.mark.parametrize("facts", [0, 1, 3])
    def test_a_device_whose_owner_has_moved_since_it_was_read_is_not_freed(self, journal, facts):
        append(journal, accepted(), EventFailed(change(), "Timeout"))

        with pytest.raises(ThingBusyError, match="pump-7"):
            journal.free(DEVICE_ID, OWNER, facts=facts)

        assert journal.owner(DEVICE_ID) == OWNER
