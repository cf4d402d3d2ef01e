"""Device IDs reserved for things that are made from their devices; part of ``tests.ports.journal``."""

from dataclasses import replace

import pytest

from tests.journal_samples import OTHER_THING_ID, accepted, append, change, device
from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, THING_ID
from workflows.domain.device import DeviceIds
from workflows.domain.facts import DeviceAdopted, DeviceMirrored
from workflows.errors import OwnerHeldAnswer
from workflows.ports.journal import Owner, Reservation

RESERVED = Reservation("", DEV_EUI, DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI), run="an earlier one")
MADE = replace(RESERVED, thing_id=THING_ID)
OF_ANOTHER_NAME = replace(RESERVED, thing_name="pump-9")
MIRRORED = DeviceMirrored(change(), device(method="mirrored"))
MINE = {"thing_name": DEV_EUI}


def _owner(reservation):
    return Owner(reservation.thing_id, reservation.thing_name, is_reserved=True)


class ReservationContract:
    def test_nothing_is_reserved_at_first(self, journal):
        assert journal.reservation(DEVICE_ID) is None

    def test_a_reserved_id_has_an_owner_without_an_id(self, journal):
        journal.reserve(RESERVED)

        assert journal.reservation(DEVICE_ID) == RESERVED
        assert journal.owner(DEVICE_ID) == Owner("", DEV_EUI, is_reserved=True)

    def test_an_id_can_be_reserved_again_for_the_same_name(self, journal):
        journal.reserve(RESERVED)

        journal.reserve(replace(RESERVED, run="another"))

        assert journal.reservation(DEVICE_ID) == replace(RESERVED, run="another")

    def test_an_id_that_is_reserved_for_another_name_is_not_reserved(self, journal):
        journal.reserve(RESERVED)

        with pytest.raises(OwnerHeldAnswer, match=DEV_EUI) as refused:
            journal.reserve(OF_ANOTHER_NAME)

        assert (refused.value.thing_id, refused.value.is_reserved) == ("", True)
        assert journal.reservation(DEVICE_ID) == RESERVED

    def test_an_id_that_is_a_thing_s_is_not_reserved(self, journal):
        append(journal, accepted())

        with pytest.raises(OwnerHeldAnswer, match="pump-7") as refused:
            journal.reserve(RESERVED)

        assert (refused.value.thing_id, refused.value.is_reserved) == (THING_ID, False)
        assert journal.reservation(DEVICE_ID) is None

    def test_the_made_thing_is_bound_and_not_reserved_again(self, journal):
        journal.reserve(RESERVED)
        journal.bind(MADE)

        with pytest.raises(OwnerHeldAnswer, match=DEV_EUI):
            journal.reserve(RESERVED)

        assert journal.reservation(DEVICE_ID) == MADE
        assert journal.owner(DEVICE_ID) == Owner(THING_ID, DEV_EUI, is_reserved=True)

    def test_nothing_is_bound_where_nothing_is_reserved(self, journal):
        journal.bind(MADE)

        assert journal.owner(DEVICE_ID) is None

    def test_nothing_is_bound_where_another_name_is_reserved(self, journal):
        journal.reserve(OF_ANOTHER_NAME)

        journal.bind(MADE)

        assert journal.reservation(DEVICE_ID) == OF_ANOTHER_NAME

    @pytest.mark.parametrize("reservation", [pytest.param(RESERVED, id="reserved"), pytest.param(MADE, id="bound")])
    def test_the_first_fact_of_the_thing_makes_the_device_its_own(self, journal, reservation):
        journal.reserve(RESERVED)
        journal.bind(reservation)

        append(journal, MIRRORED, **MINE)

        assert journal.owner(DEVICE_ID) == Owner(THING_ID, DEV_EUI)
        assert journal.reservation(DEVICE_ID) is None

    def test_nothing_is_bound_after_the_thing_s_first_fact(self, journal):
        journal.reserve(RESERVED)
        append(journal, MIRRORED, **MINE)

        journal.bind(MADE)

        assert journal.owner(DEVICE_ID) == Owner(THING_ID, DEV_EUI)

    @pytest.mark.parametrize(
        ("reservation", "thing"),
        [
            pytest.param(RESERVED, {"thing_id": THING_ID, "thing_name": "pump-7"}, id="reserved-for-another-name"),
            pytest.param(MADE, {"thing_id": OTHER_THING_ID, "thing_name": DEV_EUI}, id="bound-to-an-earlier-thing"),
        ],
    )
    def test_another_thing_does_not_get_what_is_reserved(self, journal, reservation, thing):
        journal.reserve(RESERVED)
        journal.bind(reservation)

        with pytest.raises(OwnerHeldAnswer, match=DEV_EUI) as refused:
            append(journal, DeviceAdopted(change(), device(method="adopted")), **thing)

        assert (refused.value.thing_id, refused.value.is_reserved) == (reservation.thing_id, True)
        assert journal.reservation(DEVICE_ID) == reservation

    @pytest.mark.parametrize("reservation", [pytest.param(RESERVED, id="reserved"), pytest.param(MADE, id="bound")])
    def test_what_is_reserved_can_be_released(self, journal, reservation):
        journal.reserve(RESERVED)
        journal.bind(reservation)

        journal.unreserve(DEVICE_ID, _owner(reservation))

        assert journal.owner(DEVICE_ID) is None
        assert journal.reservation(DEVICE_ID) is None

    def test_what_was_bound_meanwhile_is_not_released(self, journal):
        journal.reserve(RESERVED)
        journal.bind(MADE)

        journal.unreserve(DEVICE_ID, _owner(RESERVED))

        assert journal.reservation(DEVICE_ID) == MADE

    def test_a_thing_with_facts_does_not_release_its_device(self, journal):
        append(journal, accepted())

        journal.unreserve(DEVICE_ID, Owner(THING_ID, "pump-7"))

        assert journal.owner(DEVICE_ID) == Owner(THING_ID, "pump-7")

    def test_to_release_what_is_free_does_nothing(self, journal):
        journal.unreserve(DEVICE_ID, _owner(RESERVED))

        assert journal.owner(DEVICE_ID) is None
