"""Waiting for outcomes, and following a move through interruptions."""

from dataclasses import replace

import pytest

from operate.adapters.past_runs import FailedRun
from operate.adapters.queues import MessageMove, OutgoingMessage
from operate.commands.redrive import follow_move
from operate.diagnosis import unreported_runs
from operate.pacing import Pace, Timeout
from operate.replaying import send_all, wait_for_outcomes, with_current_facts
from operate.views.replay import PlannedReplay
from tests.fakes.journal import FakeJournal
from tests.journal_samples import CREATED, accepted, append, change
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.event import RegistryEvent
from workflows.domain.facts import DeviceFound, EventFailed

REPLAY = change("UPDATED", 1, "replay")
FAILED = EventFailed(change(), "AccessDeniedError")


def planned(facts):
    return PlannedReplay("pump-7", "send", "any", RegistryEvent("UPDATED", THING_ID, "pump-7", 1), facts)


class Time:
    """Stands still but for sleeps, at each of which something happens."""

    def __init__(self, *events):
        self.now, self._events = 0.0, list(events)

    def sleep(self, seconds):
        self.now += seconds
        if self._events:
            self._events.pop(0)()

    def timeout(self, seconds=10):
        return Timeout(seconds, clock=lambda: self.now, sleep=self.sleep)


def test_an_outcome_is_reported_once_the_journal_has_a_new_fact_and_no_run_is_at_work():
    journal = FakeJournal()
    append(journal, accepted(), FAILED)
    time = Time(
        lambda: append(journal, accepted(REPLAY)), lambda: append(journal, type(CREATED)(REPLAY, CREATED.device))
    )

    [result] = wait_for_outcomes(journal, [planned(2)], time.timeout())

    assert (result.outcome, result.error_name, result.is_good) == ("registered", None, True)


def test_a_second_failure_is_reported_by_its_error():
    journal = FakeJournal()
    append(journal, accepted(), FAILED)
    time = Time(lambda: append(journal, accepted(REPLAY), EventFailed(REPLAY, "ThingBusyError")))

    [result] = wait_for_outcomes(journal, [planned(2)], time.timeout())

    assert (result.outcome, result.error_name, result.is_good) == ("failed", "ThingBusyError", False)


def test_the_end_of_a_dead_run_that_the_replay_came_upon_is_not_the_replay_s():
    journal = FakeJournal()
    append(journal, accepted())
    time = Time(
        lambda: append(journal, EventFailed(change(), "UnreportedRunError", found_by="replay")),
        lambda: append(journal, accepted(REPLAY), type(CREATED)(REPLAY, CREATED.device)),
    )

    [result] = wait_for_outcomes(journal, [planned(1)], time.timeout())

    assert result.outcome == "registered"


def test_what_takes_too_long_is_reported_as_in_flight():
    journal, time = FakeJournal(), Time()
    append(journal, accepted(), FAILED)

    [result] = wait_for_outcomes(journal, [planned(2)], time.timeout(5))

    assert (result.outcome, result.is_good) == ("in flight", False)
    assert time.now == pytest.approx(5)


def test_after_each_poll_the_things_without_an_outcome_are_checked():
    journal, checked = FakeJournal(), []
    append(journal, accepted())
    time = Time(lambda: None, lambda: append(journal, FAILED))

    waiting = [replace(planned(1), messages=0)]
    list(wait_for_outcomes(journal, waiting, time.timeout(), check=lambda ids: checked.append(list(ids))))

    assert checked == [[THING_ID], [THING_ID]]


def test_what_failed_though_another_message_asked_for_it_is_reported_in_the_end():
    journal, time = FakeJournal(), Time()
    append(journal, accepted(), FAILED, accepted(REPLAY), EventFailed(REPLAY, "ThingBusyError"))

    [result] = wait_for_outcomes(journal, [replace(planned(2), messages=2)], time.timeout(5))

    assert (result.outcome, result.error_name) == ("failed", "ThingBusyError")
    assert time.now == pytest.approx(5)


def test_a_command_that_waits_for_what_is_at_work_reports_its_failure_at_once():
    journal = FakeJournal()
    append(journal, accepted())
    time = Time(lambda: append(journal, FAILED))

    [result] = wait_for_outcomes(journal, [replace(planned(1), messages=0)], time.timeout())

    assert (result.outcome, result.error_name) == ("failed", "AccessDeniedError")


def test_what_failed_while_somebody_read_the_plan_is_no_outcome_of_it():
    journal = FakeJournal()
    append(journal, accepted(), FAILED)
    read_for_long = planned(2)
    append(journal, accepted(REPLAY), EventFailed(REPLAY, "ThingBusyError"))
    again = change("UPDATED", 1, "again")
    time = Time(lambda: append(journal, accepted(again), type(CREATED)(again, CREATED.device)))

    [agreed] = with_current_facts(journal, [read_for_long])
    [result] = wait_for_outcomes(journal, [agreed], time.timeout())

    assert (agreed.facts, result.outcome) == (4, "registered")


class FakeMoves:
    """A move that goes on by one message at each read; ``ctrl_c`` says at which reads it is pressed."""

    def __init__(self, to_move, ctrl_c=()):
        self.moved, self.to_move, self.reads, self.cancelled = 0, to_move, 0, False
        self._ctrl_c = ctrl_c

    def latest(self):
        self.reads += 1
        if self.reads in self._ctrl_c:
            raise KeyboardInterrupt
        if self.cancelled:
            return MessageMove("CANCELLED", self.moved, self.to_move, None, None)
        self.moved = min(self.moved + 1, self.to_move)
        if self.moved == self.to_move:
            return MessageMove("COMPLETED", self.moved, self.to_move, None, None)
        return MessageMove("RUNNING", self.moved, self.to_move, "handle", None)

    def cancel(self, handle):
        assert handle == "handle"
        self.cancelled = True


class FakeWatcher:
    def __init__(self):
        self.seen, self.interruptions = [], 0

    def update(self, move):
        self.seen.append(move.moved)

    def interrupted(self):
        self.interruptions += 1


def followed_move(moves):
    watcher = FakeWatcher()
    return follow_move(moves, watcher, Timeout(float("inf"), sleep=lambda _seconds: None)), watcher


def test_a_move_is_followed_to_its_end():
    move, watcher = followed_move(FakeMoves(3))

    assert (move.status, watcher.seen, watcher.interruptions) == ("COMPLETED", [1, 2, 3], 0)


def test_the_first_ctrl_c_is_answered_and_the_move_goes_on():
    move, watcher = followed_move(FakeMoves(4, ctrl_c={2}))

    assert (move.status, watcher.interruptions) == ("COMPLETED", 1)


def test_the_second_ctrl_c_cancels_the_move():
    move, watcher = followed_move(FakeMoves(50, ctrl_c={2, 4}))

    assert (move.status, watcher.interruptions) == ("CANCELLED", 1)
    assert move.moved < 50


def test_the_third_ctrl_c_leaves():
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        followed_move(FakeMoves(50, ctrl_c={2, 4, 6}))


class FakeQueue:
    def __init__(self):
        self.batches = []

    def send(self, messages):
        self.batches.append([message.body for message in messages])


def test_events_are_sent_ten_at_a_time_at_a_steady_rate():
    queue, time = FakeQueue(), Time()

    counts = list(
        send_all(queue, map(OutgoingMessage, map(str, range(25))), Pace(5, clock=lambda: time.now, sleep=time.sleep))
    )

    assert counts == [10, 10, 5]
    assert [len(batch) for batch in queue.batches] == [10, 10, 5]
    assert time.now == pytest.approx(24 / 5)


class FakePastRuns:
    def __init__(self, *names):
        self._names = names

    def failed(self, _at_most):
        return (FailedRun(name, f"arn:{name}", "FAILED") for name in self._names)


@pytest.mark.parametrize(
    ("facts", "unreported"),
    [
        pytest.param([accepted()], True, id="accepted-and-no-more"),
        pytest.param([], True, id="nothing-at-all"),
        pytest.param([accepted(), DeviceFound(change(), DEVICE_ID)], True, id="found-and-no-more"),
        pytest.param([accepted(), FAILED], False, id="reported"),
        pytest.param([accepted(), CREATED], False, id="a-later-run-did-it"),
    ],
)
def test_a_failed_run_of_which_the_journal_has_no_outcome_is_unreported(facts, unreported):
    journal, run = FakeJournal(), change().run
    append(journal, *facts)

    assert [each.name for each in unreported_runs(FakePastRuns(run, "by-hand"), journal)] == (
        [run] if unreported else []
    )


def test_runs_of_one_change_that_all_reported_nothing_are_one():
    """Each replay of a run that cannot write to the journal is another run; the latest is listed first."""
    run = change().run
    other = run.replace("-v1-", "-v2-")
    runs = FakePastRuns(f"{run}-r5e6f7a8b", f"{run}-r1a2b3c4d", run, other)

    assert [each.name for each in unreported_runs(runs, FakeJournal())] == [f"{run}-r5e6f7a8b", other]
