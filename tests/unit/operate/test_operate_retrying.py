"""What runs wait for, read from their histories and the deployed definition of the state machine."""

import json
import pathlib
from datetime import UTC, datetime, timedelta

import pytest

from operate.retrying import RetryNotice, runs_of
from operate.views.retrying import HistoryEvent, retriers_in, retry_json, retry_of, summarize
from tests.fakes.journal import FakeJournal
from tests.journal_samples import accepted, append, change

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
RETRIERS = retriers_in(pathlib.Path("statemachine.asl.json").read_text())
UNAVAILABLE, THROTTLED, BUSY = "RegistryUnavailableError", "RegistryThrottledError", "ThingBusyError"
NO_ANSWER = "Identity Server: no usable answer from http://127.0.0.1:1885 (NewConnectionError)"
NO_CONCURRENCY = "Lambda.TooManyRequestsException"


def entered(name="CreateDevice"):
    return HistoryEvent("TaskStateEntered", NOW, state_name=name)


def failed(error_name, message=NO_ANSWER, seconds=0):
    cause = json.dumps({"errorMessage": message, "errorType": error_name, "stackTrace": []})
    at = NOW + timedelta(seconds=seconds)
    return HistoryEvent("LambdaFunctionFailed", at, error_name=error_name, cause=cause)


def scheduled():
    return HistoryEvent("LambdaFunctionScheduled", NOW)


def retry(*events, run="run"):
    """Return the retry of a run with these events, the oldest first."""
    return retry_of(run, reversed(events), RETRIERS)


def test_a_run_whose_tries_fail_waits_for_a_retry_of_as_many_as_the_definition_says():
    found = retry(entered(), scheduled(), failed(UNAVAILABLE), scheduled(), failed(UNAVAILABLE, seconds=2))

    assert (found.state_name, found.retry, found.max_retries) == ("CreateDevice", 2, 20)
    assert str(found) == f"The Things Stack does not answer (retry 2 of 20, last: {NO_ANSWER})"


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([], id="step functions does not know it"),
        pytest.param([entered(), scheduled()], id="its first try"),
        pytest.param(
            [entered(), failed(UNAVAILABLE), entered("ReportOutcome"), scheduled()], id="it is in a later state"
        ),
    ],
)
def test_a_run_whose_present_state_has_not_failed_waits_for_no_retry(events):
    assert retry(*events) is None


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [
        pytest.param(1, 2, id="first"),
        pytest.param(3, 8, id="third"),
        pytest.param(9, 60, id="bounded"),
    ],
)
def test_the_next_try_comes_within_the_pause_that_the_definition_allows(tries, seconds):
    found = retry(entered(), *[failed(UNAVAILABLE)] * tries)

    assert found.next_by == NOW + timedelta(seconds=seconds)


def test_the_retries_of_another_retrier_are_not_counted():
    found = retry(entered(), failed(BUSY), failed(THROTTLED), failed(BUSY), failed(UNAVAILABLE))

    assert (found.retry, found.max_retries) == (2, 20)


def test_an_error_that_no_retrier_names_has_no_known_number_of_retries():
    found = retry(entered("NoSuchState"), failed(UNAVAILABLE))

    assert (found.tries, found.next_by, retry_json(found)["maxRetries"]) == ("retry 1", None, None)


@pytest.mark.parametrize(
    ("event", "meaning"),
    [
        pytest.param(failed(UNAVAILABLE), "The Things Stack does not answer", id="no answer"),
        pytest.param(failed(UNAVAILABLE, "AWS failed at GetItem (500)."), "AWS does not answer", id="no answer of aws"),
        pytest.param(failed(THROTTLED, "refused for rate"), "The Things Stack throttles", id="throttled"),
        pytest.param(failed(THROTTLED, "AWS throttled GetItem."), "AWS throttles", id="throttled by aws"),
        pytest.param(failed(BUSY), "another run works on the same thing or device", id="busy"),
        pytest.param(failed(NO_CONCURRENCY), "Lambda throttles the functions", id="no concurrency"),
        pytest.param(failed("Lambda.Unknown"), "Lambda.Unknown from Lambda", id="another error of lambda"),
    ],
)
def test_a_retry_says_what_its_last_error_was(event, meaning):
    assert retry(entered(), event).meaning == meaning


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(failed(NO_CONCURRENCY, "appKey=2B7E"), id="an error of others"),
        pytest.param(HistoryEvent("LambdaFunctionFailed", NOW, error_name=UNAVAILABLE, cause="appKey=2B7E"), id="text"),
        pytest.param(HistoryEvent("LambdaFunctionFailed", NOW, error_name=UNAVAILABLE, cause="[]"), id="list"),
    ],
)
def test_only_texts_of_our_own_errors_are_shown(event):
    found = retry(entered(), event)

    assert found.message == ""
    assert str(found).endswith(f"last: {event.error_name})")


def test_most_runs_decide_what_the_fleet_waits_for_and_the_one_with_most_tries_is_shown():
    unanswered = [retry(entered(), *[failed(UNAVAILABLE)] * tries) for tries in (1, 5, 3)]

    found = summarize([*unanswered, retry(entered(), failed(THROTTLED, "rate")), None])

    assert (found.furthest.retry, found.runs, found.checked) == (5, 3, 5)
    assert str(found).startswith("The Things Stack does not answer (retry 5 of 20")


def test_runs_that_wait_for_other_runs_do_not_hide_the_cause():
    busy = [retry(entered(), *[failed(BUSY)] * 9)] * 3

    assert summarize([*busy, retry(entered(), failed(UNAVAILABLE))]).furthest.error_name == UNAVAILABLE
    assert summarize([*busy, None]).furthest.error_name == BUSY


class Histories:
    """Of runs that all have the same history."""

    def __init__(self, *events):
        self.events, self.read = list(reversed(events)), []
        self.definition = pathlib.Path("statemachine.asl.json").read_text()

    def latest_events(self, run):
        self.read.append(run)
        return self.events


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_command_that_waits_says_what_the_runs_wait_for_and_not_too_often():
    histories, clock, said = Histories(entered(), failed(UNAVAILABLE)), Clock(), []
    notice = RetryNotice(histories, clock=clock, say=said.append)

    for clock.now in range(60):
        notice.check(lambda: ["run"])

    assert len(histories.read) == 3
    assert said[0].startswith("The Things Stack does not answer (retry 1 of 20, last: ")
    assert "thingsync redrive" in said[1]
    assert said[2:] == [said[0]] * 2


def test_until_a_run_waits_it_is_looked_for_more_often():
    histories, clock, said = Histories(entered(), scheduled()), Clock(), []
    notice = RetryNotice(histories, clock=clock, say=said.append)

    for clock.now in range(60):
        notice.check(lambda: ["run"])

    assert (len(histories.read), said) == (6, [])


def test_a_command_that_waits_for_healthy_runs_says_nothing():
    said, clock = [], Clock()
    notice = RetryNotice(Histories(entered(), scheduled()), clock=clock, say=said.append)

    clock.now = 100
    assert list(notice.between([1, 2], lambda: ["run"])) == [1, 2]

    assert said == []


def test_of_many_things_only_some_are_read_and_only_those_at_work():
    journal = FakeJournal()
    for number in range(30):
        append(
            journal,
            accepted(change(run=f"run-{number}"), f"device-{number}"),
            thing_id=f"id-{number}",
            thing_name=f"thing-{number}",
        )

    assert runs_of(journal, ["unknown", *journal.snapshots]) == [f"run-{number}" for number in range(9)]
