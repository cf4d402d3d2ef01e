"""Whatever keeps a report from being made, no event is lost, and the error that is reported is the original one."""

import json

import pytest

from tests.state_machine import deployed
from tests.workflow import paths
from tests.workflow.aws_trouble import answered
from tests.workflow.device_states import CREATE
from workflows.adapters import aws

GONE = "Sandbox.Timedout"
UNKNOWN_PLAN = CREATE | {"frequencyPlanID": "EU_1"}
UNREPORTED = [
    pytest.param("NameDevice", CREATE, paths.NAME_FAILED, GONE, id="naming"),
    pytest.param("UndoDevice", UNKNOWN_PLAN, paths.CREATE_UNDO_FAILED, GONE, id="undoing"),
    pytest.param("ReportOutcome", CREATE, paths.REPORT_FAILED, GONE, id="reporting-an-outcome"),
    pytest.param("ReportRejection", {}, paths.REJECTION_UNREPORTED, "InvalidThingError", id="reporting-a-rejection"),
]


@pytest.mark.parametrize(("state", "attributes", "path", "error"), UNREPORTED)
def test_a_function_that_dies_sends_the_event_to_the_operator(pipeline, *, state, attributes, path, error):
    pipeline.functions.goes_wrong(state, GONE)
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.run(event)

    [(body, named)] = pipeline.dead_letters()
    assert (run.path, run.error) == (path, error)
    assert (json.loads(body), named) == (event, {"ErrorName": error, "ExecutionArn": run.arn})


def test_an_event_reaches_the_operator_though_its_failure_could_not_be_reported(pipeline):
    pipeline.functions.goes_wrong("CreateDevice", "KeyError")
    pipeline.functions.goes_wrong("ReportFailure", GONE)
    event = pipeline.event("created")

    run = pipeline.run(event)

    [(body, named)] = pipeline.dead_letters()
    assert (run.path, run.error) == (paths.CREATE_FAILED, "KeyError")
    assert (json.loads(body), named["ErrorName"]) == (event, "KeyError")


def test_a_run_reports_its_error_even_if_the_dead_letter_queue_is_gone(pipeline):
    nowhere = pipeline.cloud.dead_letter_queue_url + "-gone"
    without_queue = pipeline.cloud.deploy("without-queue", deployed(nowhere))
    pipeline.functions.goes_wrong("CreateDevice", "KeyError")

    run = pipeline.run(pipeline.event("created"), state_machine_arn=without_queue)

    waits_s = pipeline.clock.waits_s
    assert (run.path, run.status, run.error) == (paths.CREATE_FAILED, "FAILED", "KeyError")
    assert len(waits_s) == 20
    assert 60 < max(waits_s) <= 300


def test_a_function_that_never_answers_times_out(pipeline):
    definition = json.loads(deployed(pipeline.cloud.dead_letter_queue_url))
    definition["States"]["CreateDevice"]["TimeoutSeconds"] = 1
    brisk = pipeline.cloud.deploy("brisk", json.dumps(definition))
    pipeline.functions.hanging.add("CreateDevice")

    run = pipeline.run(pipeline.event("created"), state_machine_arn=brisk)
    pipeline.functions.release()

    assert (run.path, run.status) == (paths.CREATE_FAILED, "FAILED")
    assert [named["ErrorName"] for _, named in pipeline.dead_letters()] == ["States.Timeout"]


UNWRITABLE = [
    pytest.param(aws.logs, "PutLogEvents", {"shadow": "registered", "log": 0}, id="log"),
    pytest.param(aws.iot_data, "UpdateThingShadow", {"shadow": None, "log": 1}, id="shadow"),
]


@pytest.mark.parametrize(("client", "operation", "written"), UNWRITABLE)
def test_a_log_or_shadow_that_cannot_be_written_fails_no_run(pipeline, *, client, operation, written):
    event = pipeline.event("created")

    with answered(client(), operation, status=400, code="AccessDeniedException"):
        run = pipeline.run(event)

    shadow = pipeline.shadow(event) or {"status": None}
    assert (run.path, run.status) == (paths.CREATED, "SUCCEEDED")
    assert {"shadow": shadow["status"], "log": len(pipeline.log_lines(event))} == written
    assert pipeline.metrics()["Registered"] == 1
