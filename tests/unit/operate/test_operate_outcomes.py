"""Which fact is the outcome of a change that somebody waits for: histories of one thing, and what each shows."""

import pytest

from operate.views.events import origin_of
from operate.views.outcomes import AwaitedChange, ChangeOutcome, find_outcome
from tests.journal_samples import START, accepted, change, device
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.facts import (
    DeviceCreated,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventFailed,
    EventRejected,
    EventSkipped,
)
from workflows.domain.fold import fold
from workflows.ports.journal import Recorded

UNAVAILABLE = "RegistryUnavailableError"
REGISTERED, SKIPPED = ChangeOutcome("registered"), ChangeOutcome("skipped")
FAILED, REJECTED = ChangeOutcome("failed", UNAVAILABLE), ChangeOutcome("rejected", "InvalidThingError")


def of(version_number, *, again=""):
    """A change of the thing; ``again`` distinguishes the runs for it."""
    operation = "CREATED" if version_number == 1 else "UPDATED"
    run = f"{THING_ID}-v{version_number}-{operation}"
    return change(operation, version_number, f"{run}-r{again}" if again else run)


def failed(version_number, *, again="", error_name=UNAVAILABLE):
    return [accepted(of(version_number, again=again)), EventFailed(of(version_number, again=again), error_name)]


def created(version_number, *, again=""):
    return [accepted(of(version_number, again=again)), DeviceCreated(of(version_number, again=again), device())]


def updated(version_number, *, again=""):
    return [accepted(of(version_number, again=again)), DeviceUpdated(of(version_number, again=again), device())]


def superseded(version_number, *, again="older"):
    return [EventSkipped(of(version_number, again=again), "superseded")]


def rejected(version_number, *, again=""):
    return [EventRejected(of(version_number, again=again), "InvalidThingError")]


def found_dead(version_number, finder, *, again=""):
    return EventFailed(of(version_number, again=again), "UnreportedRunError", found_by=finder.run)


DELETION = change("DELETED", 3)
REMOVED = [accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID)]
ALL_FAILED = [*failed(1), *failed(2), *failed(3)]


def outcome(before, since, *, can_wait=True, **awaited):
    facts = [*before, *since]
    latest_first = [Recorded(number, START, fact) for number, fact in reversed(list(enumerate(facts)))]
    values = {"thing_id": THING_ID, "operation": "UPDATED", "version_number": 3, "facts": len(before)}
    return find_outcome(AwaitedChange(**values | awaited), fold(facts), lambda: iter(latest_first), can_wait=can_wait)


@pytest.mark.parametrize(
    ("before", "since", "ended"),
    [
        pytest.param(ALL_FAILED, [], None, id="nothing-has-happened"),
        pytest.param([], [], None, id="nobody-has-heard-of-the-thing"),
        pytest.param(ALL_FAILED, superseded(1), None, id="an-older-message-was-skipped"),
        pytest.param(ALL_FAILED, [*superseded(1), *superseded(2)], None, id="every-older-message-was-skipped"),
        pytest.param(ALL_FAILED, [accepted(of(3, again="now"))], None, id="its-run-is-at-work"),
        pytest.param(ALL_FAILED, created(3, again="now"), REGISTERED, id="its-run-registered-it"),
        pytest.param(
            ALL_FAILED,
            [*created(3, again="now"), *superseded(1)],
            REGISTERED,
            id="older-messages-were-skipped-after-it",
        ),
        pytest.param(ALL_FAILED, failed(3, again="now"), FAILED, id="the-same-change-failed-again"),
        pytest.param(
            ALL_FAILED,
            [*failed(3, again="now"), *superseded(2)],
            FAILED,
            id="and-an-older-message-was-skipped-after-it",
        ),
        pytest.param(ALL_FAILED, rejected(3, again="now"), REJECTED, id="it-was-rejected-this-time"),
        pytest.param([], failed(1), None, id="an-older-change-failed-and-this-one-is-to-come"),
        pytest.param([], created(1), None, id="an-older-change-went-well-and-this-one-is-to-come"),
        pytest.param([], [*failed(1), *created(3)], REGISTERED, id="an-older-change-failed-before-it-went-well"),
        pytest.param([], [*created(3), *superseded(1)], REGISTERED, id="an-older-change-came-too-late"),
        pytest.param(
            failed(1), failed(1, again="now"), None, id="an-older-change-failed-again-and-this-one-is-to-come"
        ),
        pytest.param(created(1), [EventSkipped(of(3), "nothing changed")], REGISTERED, id="there-was-nothing-to-do"),
        pytest.param([], [EventSkipped(of(3), "ignored")], SKIPPED, id="it-is-another-stack-s"),
        pytest.param(
            created(1),
            [DeviceReleased(of(3), DEVICE_ID, "other stack")],
            ChangeOutcome("removed"),
            id="it-was-given-away",
        ),
        pytest.param(ALL_FAILED, REMOVED, ChangeOutcome("removed"), id="the-thing-was-deleted-meanwhile"),
        pytest.param(
            ALL_FAILED,
            [accepted(DELETION), EventFailed(DELETION, UNAVAILABLE)],
            FAILED,
            id="the-thing-was-deleted-meanwhile-and-that-failed",
        ),
        pytest.param(ALL_FAILED, updated(4), REGISTERED, id="a-later-change-went-well"),
        pytest.param(
            ALL_FAILED,
            [*failed(4, error_name="AccessDeniedError"), *superseded(3)],
            ChangeOutcome("failed", "AccessDeniedError"),
            id="a-later-change-failed",
        ),
        pytest.param(
            [*ALL_FAILED, *failed(4, error_name="AccessDeniedError")],
            superseded(3),
            ChangeOutcome("failed", "AccessDeniedError"),
            id="a-later-change-had-failed-before",
        ),
        pytest.param(
            [*failed(3), accepted(of(1, again="alive"))],
            [EventFailed(of(3, again="now"), "ThingBusyError")],
            None,
            id="it-failed-while-an-older-run-is-at-work",
        ),
        pytest.param(
            [*failed(3), accepted(of(1, again="alive"))],
            [EventFailed(of(3, again="now"), "ThingBusyError"), DeviceCreated(of(1, again="alive"), device())],
            ChangeOutcome("failed", "ThingBusyError"),
            id="it-failed-and-the-older-run-went-well-after-it",
        ),
        pytest.param(
            [*failed(3)], [accepted(of(4))], None, id="a-later-change-is-at-work-though-this-one-had-failed-before"
        ),
    ],
)
def test_an_outcome_is_a_later_fact_about_that_change_or_a_later_one(before, since, ended):
    assert outcome(before, since) == ended


NOW = of(3, again="now")
BUSY = [accepted(of(3))]


@pytest.mark.parametrize(
    ("before", "since", "ended", "in_the_end"),
    [
        pytest.param(
            BUSY,
            [found_dead(3, NOW)],
            None,
            ChangeOutcome("failed", "UnreportedRunError"),
            id="the-run-that-found-it-dead-goes-on-with-the-same-change",
        ),
        pytest.param(
            BUSY,
            [found_dead(3, of(4))],
            None,
            ChangeOutcome("failed", "UnreportedRunError"),
            id="the-run-that-found-it-dead-goes-on-with-a-later-change",
        ),
        pytest.param(BUSY, [found_dead(3, NOW), *created(3, again="now")], REGISTERED, REGISTERED, id="and-went-well"),
        pytest.param(BUSY, [found_dead(3, NOW), *failed(3, again="now")], FAILED, FAILED, id="and-failed"),
        pytest.param(
            BUSY, [found_dead(3, of(4)), *updated(4)], REGISTERED, REGISTERED, id="and-the-later-one-went-well"
        ),
        pytest.param(
            [],
            [*BUSY, found_dead(3, of(1))],
            ChangeOutcome("failed", "UnreportedRunError"),
            ChangeOutcome("failed", "UnreportedRunError"),
            id="a-run-of-an-older-change-found-it-dead-and-leaves-it-so",
        ),
        pytest.param(
            BUSY,
            [found_dead(3, of(1))],
            None,
            ChangeOutcome("failed", "UnreportedRunError"),
            id="a-run-of-an-older-change-found-one-dead-that-was-at-work-before-anybody-waited",
        ),
        pytest.param(
            BUSY,
            [EventFailed(of(3), UNAVAILABLE)],
            None,
            FAILED,
            id="a-run-failed-that-was-at-work-before-anybody-waited",
        ),
        pytest.param(
            BUSY,
            [found_dead(3, change(run="by-hand"))],
            None,
            ChangeOutcome("failed", "UnreportedRunError"),
            id="somebody-s-own-run-found-it-dead",
        ),
        pytest.param(
            BUSY,
            [found_dead(3, change(run="another-thing-v9-CREATED"))],
            None,
            ChangeOutcome("failed", "UnreportedRunError"),
            id="a-run-of-another-thing-found-it-dead-since-this-one-is-gone",
        ),
        pytest.param([*BUSY, found_dead(3, NOW)], [], None, None, id="it-was-found-dead-before-anybody-waited"),
        pytest.param(
            [accepted(of(1))], [found_dead(1, NOW), *failed(3, again="now")], FAILED, FAILED, id="an-older-run-was-dead"
        ),
        pytest.param(
            BUSY,
            [*failed(3, again="one"), accepted(of(3, again="two")), found_dead(3, NOW, again="two")],
            None,
            ChangeOutcome("failed", "UnreportedRunError"),
            id="it-failed-and-another-run-for-it-was-found-dead",
        ),
    ],
)
def test_that_a_run_was_found_dead_is_no_outcome_while_another_goes_on(before, since, ended, in_the_end):
    assert outcome(before, since) == ended
    assert outcome(before, since, can_wait=False) == in_the_end


@pytest.mark.parametrize(
    ("since", "ended", "in_the_end"),
    [
        pytest.param(failed(3, again="one"), None, FAILED, id="one-failed"),
        pytest.param([*failed(3, again="one"), *superseded(1)], None, FAILED, id="one-failed-and-an-older-was-skipped"),
        pytest.param([*failed(3, again="one"), *failed(3, again="two")], FAILED, FAILED, id="both-failed"),
        pytest.param(
            [*rejected(3, again="one"), *rejected(3, again="two")], REJECTED, REJECTED, id="both-were-rejected"
        ),
        pytest.param(created(3, again="one"), REGISTERED, REGISTERED, id="the-first-went-well"),
        pytest.param(
            [*failed(3, again="one"), *created(3, again="two")], REGISTERED, REGISTERED, id="the-second-went-well"
        ),
        pytest.param([*failed(3, again="one"), *failed(4)], FAILED, FAILED, id="a-later-change-failed"),
        pytest.param([*failed(3, again="one"), accepted(of(3, again="two"))], None, None, id="the-second-is-at-work"),
    ],
)
def test_of_two_messages_for_one_change_the_first_that_fails_is_not_the_last_word(since, ended, in_the_end):
    assert outcome(ALL_FAILED, since, messages=2) == ended
    assert outcome(ALL_FAILED, since, messages=2, can_wait=False) == in_the_end


def test_a_creation_and_an_update_to_version_1_are_the_same_change():
    """``thingsync replay`` sends a thing that was never updated as an update to its version."""
    assert outcome(failed(1), created(1, again="now"), version_number=1) == REGISTERED
    assert outcome([], failed(1), version_number=1) == FAILED


REPAIR = {"version_number": 1, "repair": True}


@pytest.mark.parametrize(
    ("since", "ended"),
    [
        pytest.param([], None, id="nothing-has-happened"),
        pytest.param([EventSkipped(of(1, again="late"), "duplicate")], REGISTERED, id="the-same-change-was-skipped"),
        pytest.param(updated(1, again="now"), REGISTERED, id="repaired"),
        pytest.param(failed(1, again="now"), FAILED, id="failed"),
        pytest.param(
            [EventFailed(of(1, again="now"), "ThingBusyError")],
            ChangeOutcome("failed", "ThingBusyError"),
            id="failed-before-it-was-accepted",
        ),
        pytest.param(rejected(1, again="now"), REJECTED, id="rejected-before-it-was-accepted"),
        pytest.param(updated(2), REGISTERED, id="the-thing-has-changed-since"),
        pytest.param(REMOVED, ChangeOutcome("removed"), id="the-thing-has-been-deleted-since"),
    ],
)
def test_what_went_well_before_is_no_outcome_of_a_repair(since, ended):
    assert outcome(created(1), since, **REPAIR) == ended


def test_an_older_message_that_is_skipped_is_no_outcome_of_a_repair():
    assert outcome(updated(3), superseded(1), repair=True) is None


@pytest.mark.parametrize(
    ("since", "ended"),
    [
        pytest.param(superseded(1), None, id="an-older-message-was-skipped"),
        pytest.param(updated(4), None, id="a-change-went-well-that-was-made-before"),
        pytest.param(REMOVED, ChangeOutcome("removed"), id="removed"),
        pytest.param([EventSkipped(change("DELETED", 9), "no device")], SKIPPED, id="there-was-nothing-to-remove"),
    ],
)
def test_a_deletion_comes_after_every_other_change(since, ended):
    before = failed(3) if ended == SKIPPED else updated(3)

    assert outcome(before, since, operation="DELETED") == ended


def test_a_deletion_that_went_well_settles_one_of_any_number():
    assert outcome(REMOVED, [], operation="DELETED", version_number=9) == ChangeOutcome("removed")


def test_what_is_written_between_two_reads_belongs_to_the_second():
    """The snapshot and the facts are two reads: the run of another message succeeds between them."""
    facts = [*ALL_FAILED, *failed(3, again="now"), *created(3, again="then")]
    latest_first = [Recorded(number, START, fact) for number, fact in reversed(list(enumerate(facts)))]
    awaited = AwaitedChange(THING_ID, "UPDATED", 3, facts=6)

    assert find_outcome(awaited, fold(facts[:8]), lambda: iter(latest_first)) == FAILED
    assert find_outcome(awaited, fold(facts), lambda: iter(latest_first)) == REGISTERED


def test_facts_are_read_only_where_the_state_does_not_suffice():
    def unread():
        raise AssertionError("the facts were read")

    for facts in ([], created(3), [accepted(of(3))], failed(2), ALL_FAILED):
        find_outcome(AwaitedChange(THING_ID, "UPDATED", 3, facts=6), fold(facts), unread)


@pytest.mark.parametrize(
    ("run", "thing_id", "operation", "version_number"),
    [
        ("pump-v2-DELETED-v11-UPDATED", "pump-v2-DELETED", "UPDATED", 11),
        (f"{THING_ID}-v1-CREATED", THING_ID, "CREATED", 1),
        (f"{THING_ID}-v2-DELETED-r0a1b2c3d", THING_ID, "DELETED", 2),
    ],
)
def test_the_name_of_a_run_shows_its_change(run, thing_id, operation, version_number):
    started = origin_of(run)

    assert (started.thing_id, started.change.operation) == (thing_id, operation)
    assert (started.change.version_number, started.change.run) == (version_number, run)


@pytest.mark.parametrize("run", ["", "by-hand", f"{THING_ID}-v1-MOVED", f"{THING_ID}-v1-CREATED-rtoolonganame"])
def test_a_run_under_another_name_shows_nothing(run):
    assert origin_of(run) is None
