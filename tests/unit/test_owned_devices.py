"""Which device IDs are a thing's follows from its facts."""

from dataclasses import replace

import pytest
from hypothesis import given

from tests.journal_samples import CREATED, DELETION, OTHER_DEVICE_ID, UPDATE, accepted, change, device
from tests.journal_streams import facts, streams
from tests.samples import DEVICE_ID
from workflows.domain.facts import (
    DeviceAdopted,
    DeviceCreated,
    DeviceFound,
    DeviceReleased,
    DeviceRemoved,
    EventFailed,
    EventRejected,
)
from workflows.domain.fold import evolve, fold, freed, gained, may_have_left, owned

FAILED = EventFailed(change(), "RegistryUnavailableError")
REMOVED = DeviceRemoved(DELETION, DEVICE_ID)
UNDONE = EventRejected(change(), "ClaimRejectedError", undone=True)
FOUND = DeviceFound(change(), OTHER_DEVICE_ID)
TAKEN_OVER = DeviceReleased(DELETION, DEVICE_ID, "taken over")


@given(streams, facts)
def test_who_owns_what_follows_from_what_is_gained_and_freed(stream, fact):
    before = fold(stream)
    after = evolve(before, before.facts, fact)
    taken, left = gained(before, after, fact), freed(before, after, fact)
    lost = {fact.device_id} if isinstance(fact, DeviceReleased) and fact.reason == "taken over" else set()

    assert taken.isdisjoint(left)
    assert owned(after) == (owned(before) | taken) - left - lost


@pytest.mark.parametrize(
    ("stream", "device_ids"),
    [
        pytest.param([], set(), id="nothing"),
        pytest.param([accepted()], {DEVICE_ID}, id="half-made"),
        pytest.param([CREATED], {DEVICE_ID}, id="registered"),
        pytest.param([CREATED, accepted(UPDATE, OTHER_DEVICE_ID)], {DEVICE_ID, OTHER_DEVICE_ID}, id="both"),
        pytest.param([CREATED, REMOVED], set(), id="removed"),
        pytest.param([accepted(), FOUND], {DEVICE_ID, OTHER_DEVICE_ID}, id="found"),
        pytest.param(
            [accepted(), FOUND, replace(FOUND, device_id="pump-8")], {DEVICE_ID, "pump-8"}, id="found-another-since"
        ),
    ],
)
def test_a_thing_owns_its_device_and_what_may_be_half_made(stream, device_ids):
    assert owned(fold(stream)) == device_ids


def test_what_a_thing_has_found_it_has_not_left():
    assert not may_have_left(fold([accepted(), FOUND]), OTHER_DEVICE_ID)


@pytest.mark.parametrize(
    ("stream", "taken", "left"),
    [
        pytest.param([accepted(), FOUND], {OTHER_DEVICE_ID}, set(), id="found"),
        pytest.param([accepted(), FOUND, FOUND], {OTHER_DEVICE_ID}, set(), id="found-again-asks-again"),
        pytest.param(
            [accepted(), FOUND, DeviceCreated(change(), device(device_id=OTHER_DEVICE_ID))],
            {OTHER_DEVICE_ID},
            {DEVICE_ID},
            id="registered-as-found",
        ),
        pytest.param([accepted(), FOUND, FAILED], set(), set(), id="found-and-failed"),
        pytest.param([accepted()], {DEVICE_ID}, set(), id="accepted"),
        pytest.param([CREATED, accepted(UPDATE, fields=("name",))], {DEVICE_ID}, set(), id="accepted-again-asks-again"),
        pytest.param([accepted(), CREATED], {DEVICE_ID}, set(), id="registered-as-accepted-asks-again"),
        pytest.param(
            [accepted(), DeviceAdopted(change(), device(device_id=OTHER_DEVICE_ID))],
            {OTHER_DEVICE_ID},
            {DEVICE_ID},
            id="adopted-under-another-id",
        ),
        pytest.param(
            [accepted(), FAILED, accepted(UPDATE, OTHER_DEVICE_ID), DeviceCreated(UPDATE, device())],
            {DEVICE_ID},
            {OTHER_DEVICE_ID},
            id="leftovers",
        ),
        pytest.param([accepted(), UNDONE], set(), {DEVICE_ID}, id="undone"),
        pytest.param([accepted(), FAILED], set(), set(), id="failed"),
        pytest.param([CREATED, REMOVED], set(), {DEVICE_ID}, id="removed"),
        pytest.param([CREATED, replace(TAKEN_OVER, reason="retained")], set(), {DEVICE_ID}, id="released"),
        pytest.param([CREATED, TAKEN_OVER], set(), set(), id="taken-over"),
        pytest.param(
            [CREATED, accepted(UPDATE, OTHER_DEVICE_ID), TAKEN_OVER],
            set(),
            {OTHER_DEVICE_ID},
            id="what-was-half-made-besides-is-not-taken-over",
        ),
    ],
)
def test_the_last_fact_gains_and_frees(stream, taken, left):
    *earlier, fact = stream
    before, after = fold(earlier), fold(stream)

    assert gained(before, after, fact) == taken
    assert freed(before, after, fact) == left
