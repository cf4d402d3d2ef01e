"""Verdicts on one and the same change: which of them stands, and in whose name they are written."""

import pytest

from tests.journal_samples import CREATED, DELETION, UPDATE, accepted, change, device
from tests.samples import DEVICE_ID
from workflows.domain.facts import (
    Change,
    DeviceRemoved,
    DeviceUpdated,
    EventFailed,
    EventRejected,
    EventSkipped,
)
from workflows.domain.fold import Settled, fold

AGAIN = Change("CREATED", 1, f"{change().run}-r0a1b2c3d")
SKIPPED = EventSkipped(change(), "ignored: not evidently ours")
FAILED_AGAIN = EventFailed(AGAIN, "RegistryUnavailableError")
REJECTED_AGAIN = EventRejected(AGAIN, "DeviceConflictError")
FAILED = EventFailed(change(), "RegistryUnavailableError")


@pytest.mark.parametrize(
    ("stream", "verdict"),
    [
        pytest.param([CREATED, FAILED_AGAIN], "done", id="done-stands-against-a-failure"),
        pytest.param([CREATED, REJECTED_AGAIN], "done", id="done-stands-against-a-rejection"),
        pytest.param([SKIPPED, FAILED_AGAIN], "skipped", id="skipped-stands-against-a-failure"),
        pytest.param([FAILED, REJECTED_AGAIN], "rejected", id="failed-gives-way"),
        pytest.param([EventRejected(change(), "InvalidThingError"), FAILED_AGAIN], "failed", id="rejected-gives-way"),
        pytest.param([CREATED, accepted(AGAIN), FAILED_AGAIN], "failed", id="a-run-that-holds-the-thing-counts"),
        pytest.param([SKIPPED, accepted(AGAIN), REJECTED_AGAIN], "rejected", id="and-so-is-its-rejection"),
        pytest.param([CREATED, accepted(UPDATE), FAILED_AGAIN], "done", id="one-that-another-holds-is-not-its-own"),
    ],
)
def test_of_two_verdicts_on_the_same_change_the_good_one_stands_unless_the_thing_is_held(stream, verdict):
    settled = fold(stream).settled
    assert (settled.operation, settled.version_number, settled.verdict) == ("CREATED", 1, verdict)


@pytest.mark.parametrize(
    ("stream", "settled"),
    [
        pytest.param(
            [CREATED, EventFailed(UPDATE, "Timeout")],
            Settled("UPDATED", 2, "failed", "Timeout", run=UPDATE.run),
            id="a-later-failure",
        ),
        pytest.param(
            [CREATED, DeviceUpdated(UPDATE, device()), accepted(AGAIN), FAILED_AGAIN],
            Settled("UPDATED", 2, "done"),
            id="an-older-one-even-if-it-holds-the-thing",
        ),
        pytest.param(
            [CREATED, DeviceRemoved(DELETION, DEVICE_ID), EventFailed(change("DELETED", 1), "Timeout")],
            Settled("DELETED", 2, "done"),
            id="a-removal-of-an-older-number",
        ),
    ],
)
def test_of_verdicts_on_two_changes_that_on_the_later_one_stands(stream, settled):
    assert fold(stream).settled == settled


def test_a_holder_that_was_found_dead_has_failed_in_the_name_of_the_run_that_found_it():
    state = fold([accepted(), EventFailed(change(), "UnreportedRunError", found_by=UPDATE.run)])

    assert (state.busy, state.settled) == (
        None,
        Settled("CREATED", 1, "failed", "UnreportedRunError", run=change().run),
    )
    assert state.latest_run == UPDATE.run


def test_a_run_that_reported_its_own_failure_is_the_one_that_wrote_it():
    assert fold([accepted(), FAILED]).latest_run == change().run
