"""What people read of the last run of Reconcile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operate.views.last_run import LastRun, nothing_yet
from workflows.domain.drift.reconciling import Reconciled, RunRecord, StoredRuns
from workflows.domain.drift.schedule import Watched

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DAILY = "rate(1 day)"
AGREE = Reconciled(10, 10, 0, 0, 0, 3, repairs=0, held_back=0, unrepaired=0, scrubbed=10, complete=True)
WELL = RunRecord(
    "run-1", "Report", 2000, begun=NOW - 10 * MINUTE, heard=NOW - 10 * MINUTE, ended=NOW - 5 * MINUTE, found=AGREE
)
WORKS = RunRecord("run-2", "Report", 2000, begun=NOW - 4 * MINUTE, heard=NOW - 4 * MINUTE)


def view(latest=None, before=None, watched=None, completed=None, schedule=DAILY):
    return LastRun.of(StoredRuns(latest, before, completed), watched, schedule=schedule, mode="Report", now=NOW)


def leaving(**counts):
    return replace(WELL, found=replace(AGREE, **counts))


@pytest.mark.parametrize(
    ("seen", "words", "is_ok", "is_broken"),
    [
        pytest.param(view(), "no run yet", True, False, id="none"),
        pytest.param(view(WELL), "5 min ago: no difference is left", True, False, id="all agree"),
        pytest.param(
            view(leaving(missing=1, unrepaired=1)), "5 min ago: 1 difference left", False, False, id="differs"
        ),
        pytest.param(view(leaving(missing=5, repairs=5)), "no difference is left", True, False, id="repaired"),
        pytest.param(view(WORKS, WELL), "under way since", True, False, id="under way"),
        pytest.param(view(replace(WORKS, heard=NOW - 21 * MINUTE)), "died", False, True, id="died"),
        pytest.param(
            view(replace(WELL, error="AccessDeniedError: no rights", found=None)),
            "5 min ago: AccessDeniedError: no rights",
            False,
            True,
            id="failed",
        ),
        pytest.param(
            view(watched=Watched(DAILY, NOW - 3 * DAY, NOW)), "no run yet; overdue", False, True, id="never fired"
        ),
        pytest.param(
            view(WELL, watched=Watched(DAILY, NOW - 9 * DAY, NOW), completed=NOW - 3 * DAY),
            "overdue",
            False,
            True,
            id="ceased to fire",
        ),
        pytest.param(
            view(watched=Watched("rate(1 hour)", NOW - 3 * DAY, NOW)), "no run yet", True, False, id="another schedule"
        ),
    ],
)
def test_what_became_of_the_last_run_is_said_in_a_line(seen, words, is_ok, is_broken):
    assert seen.in_words(NOW).endswith(words) or f"{words} " in seen.in_words(NOW)
    assert (seen.is_ok, seen.is_broken, seen.fix is None) == (is_ok, is_broken, not is_broken)


def test_a_run_that_ended_stays_the_last_one_while_the_next_works():
    assert (view(WORKS, WELL).last, view(WORKS, WELL).under_way) == (WELL, WORKS)


def test_a_failure_before_a_run_that_works_now_is_no_failure():
    assert view(WORKS, replace(WELL, error="OutageError: text", found=None)).is_ok


@pytest.mark.parametrize(
    ("counts", "command"),
    [
        pytest.param({"unrepaired": 20, "held_back": 20}, "--allow-removals N", id="held back"),
        pytest.param({"unrepaired": 20}, "thingsync reconcile --deep shows", id="left"),
    ],
)
def test_what_is_left_has_a_command(counts, command):
    assert command in view(leaving(**counts)).what_to_do


def test_without_a_schedule_and_a_run_it_says_why():
    assert "ReconcileSchedule is empty" in nothing_yet(view(schedule=""))
    assert f"when {DAILY} says so" in nothing_yet(view())
