"""Who waits for whom: the task for its function, the function for its calls, the queue for Ingest."""

import json
import pathlib

import pytest

from operate.adapters.aws import FUNCTION_ANSWER_S
from tests.bench.comparing import MEBIBYTE, STATED
from tests.contract.sam_template import FUNCTIONS, RESOURCES
from workflows.adapters import aws, stack_answers
from workflows.adapters.drift import shelf, survey
from workflows.adapters.things_stack import repeating, transport
from workflows.bootstrap import reconciling
from workflows.steps import (
    authorize,
    concurrency,
    configure,
    custom_resource,
    dispatch,
    identity,
    ingest,
    mirror,
    models,
    ownership,
    receive,
    record_outcome,
    registration,
    removal,
    remove_keys,
    report,
    secrets,
    thing_notifier,
    undo,
    update,
)
from workflows.steps.drift import reconcile

MACHINE = json.loads(pathlib.Path("statemachine.asl.json").read_text())
STATES = MACHINE["States"]

MARGIN_S = 5
TASK_MARGIN_S = 10

THINGS_STACK_CALL_S = transport.CONNECT_TIMEOUT_S + transport.READ_TIMEOUT_S
STACK_ANSWER_S = stack_answers.ANSWER_TIMEOUT_S

# A refused API key is read once more, and the call with it made once more.
API_KEY_S = 2 * aws.CALL_TIMEOUT_S + THINGS_STACK_CALL_S
FENCE_S = aws.CALL_TIMEOUT_S
AUTHORITIES_S = aws.CALL_TIMEOUT_S
# Between two calls to The Things Stack: the search for a thing's owner, or the secrets of keys.
BETWEEN_CALLS_S = max(ownership.CALLS_AT_MOST, secrets.READS_AT_MOST + 1) * aws.CALL_TIMEOUT_S
# Of one piece of work of Configure; it reads the clock before the next.
PIECE_S = configure.CALLS_AT_MOST * max(aws.CALL_TIMEOUT_S, THINGS_STACK_CALL_S)
REPORT_S = (report.CALLS_AT_MOST + record_outcome.CALLS_AT_MOST) * aws.CALL_TIMEOUT_S

(_facts,) = FUNCTIONS["PublishFacts"]["Events"].values()
FACTS_AT_ONCE = _facts["Properties"]["BatchSize"]
(_outcomes,) = FUNCTIONS["RemoveKeys"]["Events"].values()

CALLS_S = {
    "Ingest": ingest.CALLS_AT_MOST * aws.CALL_TIMEOUT_S,  # of one message; it reads the clock before the next
    "ValidateEvent": 0,
    "NameDevice": 0,
    "Dispatch": dispatch.CALLS_AT_MOST * aws.CALL_TIMEOUT_S,
    "RemoveDevice": FENCE_S + AUTHORITIES_S + removal.CALLS_AT_MOST * THINGS_STACK_CALL_S + API_KEY_S,
    "UndoDevice": FENCE_S + AUTHORITIES_S + undo.CALLS_AT_MOST * THINGS_STACK_CALL_S + API_KEY_S,
    "ReportOutcome": REPORT_S,
    "ReportRejection": REPORT_S,
    "ReportFailure": REPORT_S,
    "AuthorizeActivity": authorize.CALLS_AT_MOST * aws.CALL_TIMEOUT_S,
    "ReceiveActivity": receive.CALLS_AT_MOST * aws.CALL_TIMEOUT_S,
    # Of one message; a batch that is cut off is delivered again, and what was done is found done.
    "MirrorDevice": (mirror.CALLS_AT_MOST + thing_notifier.CALLS_AT_MOST) * aws.CALL_TIMEOUT_S
    + mirror.IDENTITIES_AT_MOST * THINGS_STACK_CALL_S
    + AUTHORITIES_S
    + API_KEY_S,
    # A fact is published, or put on the dead-letter queue.
    "PublishFacts": FACTS_AT_ONCE * aws.CALL_TIMEOUT_S,
    "RemoveKeys": _outcomes["Properties"]["BatchSize"] * remove_keys.CALLS_AT_MOST * aws.CALL_TIMEOUT_S,
    "Configure": max(PIECE_S, custom_resource.CALLS_AT_MOST * aws.CALL_TIMEOUT_S) + STACK_ANSWER_S,
    "Reconfigure": PIECE_S,
}


# All calls that these may make would take longer than Lambda lets a function run. They read the clock before each.
WATCH_THE_CLOCK = {"CreateDevice", "ClaimDevice", "UpdateDevice", "Reconcile"}
LAMBDAS_MOST_S = 900
# Its description and three servers, then again these, its snapshot and its identity.
CALLS_OF_A_THING_THAT_DIFFERS = 10


@pytest.mark.parametrize("function", sorted(set(FUNCTIONS) - WATCH_THE_CLOCK))
def test_a_function_outlives_all_its_calls(function):
    assert FUNCTIONS[function]["Timeout"] >= CALLS_S[function] + MARGIN_S


@pytest.mark.parametrize("function", sorted(WATCH_THE_CLOCK))
def test_a_function_with_more_calls_than_time_has_all_the_time_there_is(function):
    assert FUNCTIONS[function]["Timeout"] == LAMBDAS_MOST_S


def test_a_run_that_reconciles_stops_in_time_for_one_more_page_and_for_its_notebook():
    """For a fleet as large as its disk, from the figures of the bench; a call takes a second, a write 0.05 s."""
    things = max(reconcile.SCRUBBED_AT_ONCE, reconcile.REPAIRS_AT_ONCE, survey.PAGE)
    page_s = things / concurrency.MAX_CONCURRENT * CALLS_OF_A_THING_THAT_DIFFERS
    throttled_s = max(map(sum, repeating.PAUSES_S.values()))
    times = FUNCTIONS["Reconcile"]["EphemeralStorage"]["Size"] / STATED["notebook_mib"]
    leave_s = times * (STATED["pack_s"] + STATED["packed_mib"] * MEBIBYTE / shelf.PART_BYTES * 0.05)

    assert reconciling.LOOK_EVERY_S + page_s + throttled_s + leave_s <= reconciling.TIME_TO_STOP_S
    assert FUNCTIONS["Reconcile"]["Timeout"] >= 2 * reconciling.TIME_TO_STOP_S


def test_a_call_is_begun_only_with_the_time_for_it_and_for_what_comes_before_the_next():
    assert transport.LEAST_TIME_S >= THINGS_STACK_CALL_S + API_KEY_S + BETWEEN_CALLS_S + MARGIN_S


def test_a_registration_that_meets_all_at_once_has_the_time_for_it_at_a_second_a_call():
    calls = update.READS_AT_MOST + 2 * models.CALLS_AT_MOST + registration.CALLS_AT_MOST
    aws_calls = identity.TRIES_AT_MOST * ownership.CALLS_AT_MOST

    assert calls + aws_calls <= LAMBDAS_MOST_S - transport.LEAST_TIME_S


@pytest.mark.parametrize("state", sorted(set(FUNCTIONS) & set(STATES)))
def test_a_task_waits_longer_than_its_function_runs(state):
    assert STATES[state]["TimeoutSeconds"] == FUNCTIONS[state]["Timeout"] + TASK_MARGIN_S


def test_the_machine_has_no_timeout_since_nothing_could_catch_it():
    assert "TimeoutSeconds" not in MACHINE


@pytest.mark.parametrize(("queue", "function"), [("RegistryEvents", "Ingest"), ("DeviceActivity", "MirrorDevice")])
def test_a_message_stays_hidden_for_six_runs_of_the_function_that_reads_it(queue, function):
    assert RESOURCES[queue]["Properties"]["VisibilityTimeout"] == 6 * FUNCTIONS[function]["Timeout"]


def test_the_api_waits_longer_than_the_things_stack_does():
    waits_s = RESOURCES["ActivityIntegration"]["Properties"]["TimeoutInMillis"] / 1000

    assert waits_s > 5


def test_cloudformation_waits_longer_than_configure_runs():
    waits_s = RESOURCES["Configure"]["Properties"]["ServiceTimeout"]

    assert waits_s >= FUNCTIONS["Configure"]["Timeout"] + MARGIN_S


def test_the_command_waits_longer_than_reconfigure_runs():
    assert FUNCTIONS["Reconfigure"]["Timeout"] + MARGIN_S <= FUNCTION_ANSWER_S
