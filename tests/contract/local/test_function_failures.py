"""How a function's failure reaches Step Functions."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.patience import eventually

RAISING = """
class ThingError(Exception): ...

def handler(event, context):
    raise ThingError(f"no {event['thing']}")
"""
SECOND_TIME_LUCKY = """
events = []

class NotYetError(Exception): ...

def handler(event, context):
    events.append(event)
    if len(events) < 2:
        raise NotYetError
    return len(events)
"""
ECHO = """
def handler(event, context):
    return event
"""


def task(function_arn, **fields):
    return {"Type": "Task", "Resource": function_arn, "End": True, **fields}


def test_an_exception_is_caught_by_its_class_name_and_gives_message_and_trace(aws):
    states = {
        "Raise": task(
            aws.make_function(RAISING),
            Catch=[{"ErrorEquals": ["ThingError"], "ResultPath": "$.error", "Next": "Caught"}],
        ),
        "Caught": {"Type": "Succeed"},
    }

    run = aws.run_states(states, {"thing": "pump"})

    error = json.loads(run["output"])["error"]
    cause = json.loads(error["Cause"])
    assert error["Error"] == "ThingError"
    assert (cause["errorType"], cause["errorMessage"]) == ("ThingError", "no pump")
    assert "in handler" in cause["stackTrace"][0]


def test_a_class_name_is_retried_in_the_same_environment(aws):
    retry = [{"ErrorEquals": ["NotYetError"], "MaxAttempts": 1}]

    run = aws.run_states({"Try": task(aws.make_function(SECOND_TIME_LUCKY), Retry=retry)})

    assert (run["status"], run["output"]) == ("SUCCEEDED", "2")


def test_a_name_that_no_retrier_lists_ends_the_run(aws):
    retry = [{"ErrorEquals": ["OtherError"], "MaxAttempts": 1}]

    run = aws.run_states({"Try": task(aws.make_function(SECOND_TIME_LUCKY), Retry=retry)})

    assert (run["status"], run["error"]) == ("FAILED", "NotYetError")


def test_a_fail_state_takes_error_and_cause_from_its_input(aws):
    states = {"Fail": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"}}

    run = aws.run_states(states, {"error": {"Error": "ThingError", "Cause": "no pump"}})

    assert (run["status"], run["error"], run["cause"]) == ("FAILED", "ThingError", "no pump")


def test_events_and_inputs_arrive_as_they_were_sent(aws):
    event = {"thing": "pump", "nothing": None}

    run = aws.run_states({"Echo": task(aws.make_function(ECHO))}, event)

    assert json.loads(run["input"]) == event
    assert json.loads(run["output"]) == event


@pytest.mark.parametrize(
    ("code", "error"),
    [
        pytest.param("import os\ndef handler(e, c): os._exit(3)", "Runtime.ExitError", id="process-ends"),
        pytest.param("import rich", "Runtime.ImportModuleError", id="library-of-the-laptop-only"),
        pytest.param("handle = print", "Runtime.HandlerNotFound", id="no-such-handler"),
        pytest.param("1 / 0", "ZeroDivisionError", id="module-raises"),
        pytest.param("def handler(e, c): return {1}", "Runtime.MarshalError", id="answer-is-no-json"),
    ],
)
def test_what_is_no_exception_of_the_handler_has_the_name_that_aws_gives_it(aws, code, error):
    run = aws.run_states({"Run": task(aws.make_function(code))})

    assert (run["status"], run["error"]) == ("FAILED", error)


def test_a_function_that_takes_longer_than_its_timeout_is_ended(aws):
    code = "import time\ndef handler(event, context): time.sleep(600)"

    run = aws.run_states({"Run": task(aws.make_function(code, Timeout=1))})

    assert (run["status"], run["error"]) == ("FAILED", "Sandbox.Timedout")


def test_a_function_s_timeout_begins_once_it_has_started(aws):
    """Its start has a time of its own, as in AWS; the handler may then take all of its timeout."""
    code = "import time\ntime.sleep(3)\ndef handler(event, context): return context.get_remaining_time_in_millis() > 0"

    run = aws.run_states({"Run": task(aws.make_function(code, Timeout=2))})

    assert (run["status"], run.get("output")) == ("SUCCEEDED", "true")


def test_a_function_works_again_after_its_process_ended(aws):
    code = "import os\ndef handler(event, context):\n    return os._exit(3) if event['exit'] else 'alive'"
    machine_arn = aws.make_machine({"Run": task(aws.make_function(code))})

    ended, answered = aws.run(machine_arn, {"exit": True}), aws.run(machine_arn, {"exit": False})

    assert (ended["status"], answered.get("output")) == ("FAILED", '"alive"')


def test_no_free_concurrency_has_the_name_that_a_retrier_can_list(aws):
    function_arn = aws.make_function(ECHO)
    aws.client("lambda").put_function_concurrency(FunctionName=function_arn, ReservedConcurrentExecutions=0)

    run = aws.run_states({"Echo": task(function_arn)})

    assert (run["status"], run["error"]) == ("FAILED", "Lambda.TooManyRequestsException")


def test_parameters_that_refer_to_nothing_fail_the_run_whatever_is_caught(aws):
    caught = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    states = {
        "Echo": task(aws.make_function(ECHO), Parameters={"error.$": "$.error"}, Catch=caught),
        "Caught": {"Type": "Succeed"},
    }

    run = aws.run_states(states, {"thing": "pump"})

    assert (run["status"], run["error"]) == ("FAILED", "States.Runtime")
    assert "'$.error' specified for the field 'error.$' could not be found" in run["cause"]


AT_WORK = """
import pathlib, time

def handler(event, context):
    folder = pathlib.Path(event["folder"])
    (folder / event["name"]).touch()
    while not (folder / "done").exists():
        time.sleep(0.05)
"""


def test_a_function_whose_environments_are_all_at_work_is_throttled_instead_of_given_more(aws, tmp_path):
    machine_arn = aws.make_machine({"Work": task(aws.make_function(AT_WORK, Timeout=900))})

    def run(name):
        ended = aws.run(machine_arn, {"folder": str(tmp_path), "name": name})
        return ended.get("error", ended["status"])

    with ThreadPoolExecutor(4) as callers:
        working = callers.map(run, "abcd")
        eventually(lambda: len(list(tmp_path.iterdir())) == 4)
        fifth = run("e")
        (tmp_path / "done").touch()

        assert (fifth, *working) == ("Lambda.TooManyRequestsException", *["SUCCEEDED"] * 4)
