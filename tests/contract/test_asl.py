"""The state machine routes every error that the code can raise, by its name, and no other."""

import json
from typing import get_args

import cfnlint.api
import pytest

from tests.state_machine import ACCOUNT, DEFINITION, deployed
from workflows.domain.decision import Kind
from workflows.domain.outcome import ENDS
from workflows.errors import RejectedError, SyncError, TransientError, UnexpectedDecisionError, leaf_names

MACHINE = json.loads(DEFINITION)
STATES = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
FUNCTIONS = {name: task for name, task in TASKS.items() if "FunctionArn" in task["Resource"]}
PURE = {"ValidateEvent", "NameDevice"}
REGISTER = {"CreateDevice", "ClaimDevice", "UpdateDevice"}
FENCED = REGISTER | {"RemoveDevice"}
LOSE_THEIR_THING = FENCED | {"ReportOutcome"}
REJECT = {"Dispatch": "ReportRejection"} | dict.fromkeys(REGISTER, "UndoDevice")
THING_LOST = {"SupersededError": "ThingLost"}


def retrier(errors, first_s, at_most_s, attempts):
    """Return a retrier: every wait twice the last one, each anything between nothing and that."""
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": first_s,
        "BackoffRate": 2,
        "MaxDelaySeconds": at_most_s,
        "MaxAttempts": attempts,
        "JitterStrategy": "FULL",
    }


REGISTRY = retrier(["RegistryThrottledError", "RegistryUnavailableError"], 2, 60, 20)
BUSY = retrier(["ThingBusyError"], 5, 120, 60)
LAMBDA_NAMES = ("ClientExecutionTimeoutException", "ServiceException", "AWSLambdaException", "SdkClientException")
LAMBDA = retrier([f"Lambda.{name}" for name in LAMBDA_NAMES], 2, 60, 6)
CONCURRENCY = retrier(["Lambda.TooManyRequestsException"], 5, 300, 100)


def caught(state):
    """Return where a state's errors lead, by their names."""
    return {error: rule["Next"] for rule in state.get("Catch", []) for error in rule["ErrorEquals"]}


def followers(name, *, after_errors=True):
    """Return the states that may come right after one."""
    state = STATES[name]
    plain = [state.get("Next"), state.get("Default"), *(choice["Next"] for choice in state.get("Choices", []))]
    return {each for each in [*plain, *(caught(state).values() if after_errors else [])] if each}


def ways_from(name, *, seen=frozenset(), **edges):
    """Return every way from a state to an end that enters no state twice, as the states on it."""
    seen = seen | {name}
    after = followers(name, **edges) - seen
    here = [(name,)] if not after or STATES[name].get("End") else []
    return [*here, *((name, *way) for each in after for way in ways_from(each, seen=seen, **edges))]


def test_the_definition_is_one_that_step_functions_takes():
    machine = {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/any",
        "DefinitionString": deployed("https://sqs.example.com/1/q"),
    }
    template = {"Resources": {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine}}}

    found = cfnlint.api.lint_all(json.dumps(template))

    assert [str(match) for match in found if match.rule.severity == "error"] == []


@pytest.mark.parametrize("state", sorted(FUNCTIONS))
def test_a_function_that_may_meet_another_run_knows_how_often_it_was_tried(state):
    told = "$$.State.RetryCount" in STATES[state].get("Parameters", {}).values()

    assert told == (state in {"Dispatch", *REGISTER})


@pytest.mark.parametrize("state", sorted(FUNCTIONS))
def test_a_function_is_called_again_after_errors_of_lambda_or_a_registry_or_when_its_thing_is_busy(state):
    calls_out = [] if state in PURE else [REGISTRY, BUSY]

    assert FUNCTIONS[state]["Retry"] == [*calls_out, LAMBDA, CONCURRENCY]


def test_every_transient_error_is_retried():
    assert {*REGISTRY["ErrorEquals"], *BUSY["ErrorEquals"]} == leaf_names(TransientError)


def test_a_busy_thing_is_waited_for_about_an_hour():
    longest_s = [min(BUSY["IntervalSeconds"] * 2**n, BUSY["MaxDelaySeconds"]) for n in range(BUSY["MaxAttempts"])]

    # Full jitter waits half as long on average.
    assert 3000 <= sum(longest_s) / 2 <= 4200


def test_the_dead_letter_is_tried_longest_since_there_is_nothing_after_it():
    assert STATES["DeadLetter"]["Retry"] == [retrier(["States.ALL"], 2, 300, 20)]


@pytest.mark.parametrize("state", sorted(TASKS))
def test_rejections_are_caught_by_name_and_everything_else_after_them(state):
    names = [rule["ErrorEquals"] for rule in TASKS[state]["Catch"]]
    rejected = dict.fromkeys(leaf_names(RejectedError), REJECT[state]) if state in REJECT else {}
    superseded = THING_LOST if state in LOSE_THEIR_THING else {}

    assert names[-1] == ["States.ALL"]
    assert {
        error: target for error, target in caught(TASKS[state]).items() if error != "States.ALL"
    } == superseded | rejected


def test_every_name_of_ours_is_one_that_lambda_reports():
    rules = [rule for task in TASKS.values() for rule in [*task["Retry"], *task["Catch"]]]
    ours = {error for rule in rules for error in rule["ErrorEquals"] if "." not in error}

    assert ours <= leaf_names(SyncError)


@pytest.mark.parametrize("state", sorted(TASKS))
def test_whatever_was_caught_ends_in_fail(state):
    targets = {target for error, target in caught(TASKS[state]).items() if error not in THING_LOST}

    ends = {way[-1] for target in targets for way in ways_from(target)}

    assert {STATES[end]["Type"] for end in ends} == {"Fail"}


@pytest.mark.parametrize("state", sorted(LOSE_THEIR_THING))
def test_a_run_that_lost_its_thing_decides_again_on_the_event_as_it_was_but_only_once(state):
    [rule] = [rule for rule in TASKS[state]["Catch"] if rule["ErrorEquals"] == ["SupersededError"]]
    lost, again = STATES["ThingLost"], STATES["DecideAgain"]

    assert (rule["Next"], rule["ResultPath"]) == ("ThingLost", "$.error")
    assert lost["Choices"] == [{"Variable": again["ResultPath"], "IsPresent": True, "Next": "ReportFailure"}]
    assert (lost["Default"], again["Next"]) == ("DecideAgain", "Dispatch")
    assert {STATES[each]["ResultPath"] for each in ("Dispatch", *FENCED)} == {"$.decision", "$.result"}


def test_a_decision_that_the_machine_does_not_know_fails_the_run_by_name():
    unknown = STATES[STATES["Route"]["Default"]]

    assert (unknown["Result"]["Error"], unknown["ResultPath"]) == (UnexpectedDecisionError.__name__, "$.error")
    assert unknown["Next"] == "ReportFailure"


AFTER_ERRORS = {each for task in TASKS.values() for each in caught(task).values()} - {"ThingLost"}


@pytest.mark.parametrize("state", sorted(AFTER_ERRORS))
def test_a_state_after_an_error_keeps_that_error_for_the_end(state):
    on_the_way = {name for way in ways_from(state) for name in way if name in TASKS}

    assert {STATES[name]["ResultPath"] for name in on_the_way} <= {None, "$.undo"}


def test_a_run_that_works_takes_six_transitions_or_five_if_there_is_nothing_to_call_and_ends_with_its_report():
    ways = [way for way in ways_from(MACHINE["StartAt"], after_errors=False) if "UnknownDecision" not in way]

    assert {way[-1] for way in ways} == {"ReportOutcome"}
    assert {(len(way), way[-2] == "Route") for way in ways} == {(6, False), (5, True)}


def test_a_decision_that_leaves_nothing_to_do_is_reported_at_once():
    choices = {choice["Variable"]: {} for choice in STATES["Route"]["Choices"]}
    for choice in STATES["Route"]["Choices"]:
        choices[choice["Variable"]][choice["StringEquals"]] = choice["Next"]
    at_once = {kind for kind, state in choices["$.decision.kind"].items() if state == "ReportOutcome"}

    assert at_once == set(ENDS)
    assert set(choices["$.decision.kind"]) == set(get_args(Kind))
    assert STATES["ReportOutcome"]["Parameters"]["state.$"] == "$"


def test_every_state_can_be_reached():
    reached = {name for way in ways_from(MACHINE["StartAt"]) for name in way}

    assert reached == set(STATES)


def test_the_dead_letter_is_the_event_with_attributes_that_hold_no_data_of_it():
    assert STATES["DeadLetter"]["Parameters"] == {
        "QueueUrl": "${RegistryEventsDLQUrl}",
        "MessageBody.$": "States.JsonToString($$.Execution.Input)",
        "MessageAttributes": {
            "ErrorName": {"DataType": "String", "StringValue.$": "$.error.Error"},
            "ExecutionArn": {"DataType": "String", "StringValue.$": "$$.Execution.Id"},
        },
    }
