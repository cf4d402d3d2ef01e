"""What the operator must fix: the event waits in the dead-letter queue with the error's name and the execution."""

import re

import orjson
import pytest

from tests.canned_server import Reply, served
from tests.things_stack_answers import refusal
from tests.workflow.aws_trouble import answered
from tests.workflow.device_states import CLAIM, CREATE
from tests.workflow.endings import UNFORESEEN, failed
from tests.workflow.mistakes import key, parameters
from tests.workflow.paths import (
    CLAIM_FAILED,
    CREATE_FAILED,
    DISPATCH_FAILED,
    UNKNOWN_FAILED,
    UPDATE_FAILED,
    VALIDATE_FAILED,
    decided_again,
)
from workflows.adapters import aws

UNKNOWN_KIND = "Dispatch decided on a kind of work that this state machine does not know."
READ_ONLY = ["RIGHT_APPLICATION_DEVICES_READ"]
ACCESS = [
    pytest.param(key("NNSXS.NOBODY.KNOWSTHIS"), "401 pkg/identityserver:api_key_not_found", id="unknown-key"),
    pytest.param(key("a-key-of-something-else"), "400 pkg/auth:token", id="malformed-key"),
    pytest.param(key("NNSXS.READER.ONLYREADS", rights=READ_ONLY), "it lacks .*DEVICES_WRITE", id="too-few-rights"),
    pytest.param(parameters(APPLICATION_ID="no-such-app"), "403 .*no_application_rights", id="unknown-application"),
]


@pytest.mark.parametrize(("break_it", "message"), ACCESS)
def test_a_refused_api_key_is_reported_to_the_operator(pipeline, break_it, message):
    break_it(pipeline)
    held = pipeline.held()
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.path, run.status) == (CREATE_FAILED, "FAILED")
    assert re.search(f"AccessDeniedError: .*{message}", run.reason)
    assert pipeline.reports(event) == failed(event, run)
    assert pipeline.why(event) == (run.error, run.message, event["attributes"]["devEUI"])
    assert pipeline.held() == held


GONE = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gone"
CONFIGURATION = [
    pytest.param(CREATE, {"FREQUENCY_PLAN_ID": "EU_1"}, CREATE_FAILED, "default for frequencyPlanID", id="plan"),
    pytest.param(CLAIM, {"FREQUENCY_PLAN_ID": "IL_917_920_TTN"}, CLAIM_FAILED, "default for regional", id="claim-band"),
    pytest.param(CLAIM, {"CLAIM_LORAWAN_VERSION": "2"}, DISPATCH_FAILED, "does not know", id="claim-version"),
    pytest.param(CREATE, {"API_KEY_SECRET_ARN": GONE}, CREATE_FAILED, "ResourceNotFoundException", id="secret-gone"),
    pytest.param(
        CREATE,
        {"CERTIFICATE_AUTHORITY_SECRET_ARN": GONE},
        CREATE_FAILED,
        "CertificateAuthoritySecretArn, .*ResourceNotFoundException",
        id="authorities-gone",
    ),
    pytest.param(CREATE, {"THING_TYPE_NAME": None}, VALIDATE_FAILED, "THING_TYPE_NAME", id="variable-missing"),
]


@pytest.mark.parametrize(("attributes", "variables", "path", "message"), CONFIGURATION)
def test_a_stack_that_is_set_up_wrongly_blames_no_thing(pipeline, *, attributes, variables, path, message):
    pipeline.deploy(**variables)
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.run(event)

    assert (run.path, run.status) == (path, "FAILED")
    assert re.search(f"StackConfigurationError: .*{message}", run.reason)
    assert pipeline.reports(event) == failed(event, run)


def test_a_default_that_is_newer_than_the_server_blames_no_thing(pipeline):
    message = 'unmarshal error at path "end_device": unknown value for enum: "PHY_V1_0_3_REV_A"'
    pipeline.fault(method="PUT", path="^/ns/", action="error", code=3, message=message)
    event = pipeline.event("created", attributes=CLAIM)

    run = pipeline.run(event)

    assert run.path == CLAIM_FAILED
    assert re.search("StackConfigurationError: .*default for regionalParametersVersion", run.reason)
    assert pipeline.reports(event) == failed(event, run)


def test_a_plan_that_takes_no_more_devices_is_reported_to_the_operator(pipeline):
    limit = {
        "error": "pkg/identityserver:tenant_entity_limit",
        "attributes": {"entity_type": "end_device", "limit": 50},
    }
    pipeline.fault(method="POST", path="^/applications", action="error", code=9, **limit)
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.path, run.error) == (CREATE_FAILED, "PlanLimitError")
    assert re.search(r"limit of 50 .*is reached", run.reason)
    assert pipeline.reports(event) == failed(event, run)
    assert not any(pipeline.held().values())


def test_another_clusters_address_is_a_wrong_set_up(pipeline):
    pipeline.deploy(CLUSTER_ADDRESS=pipeline.simulator.address.replace("127.0.0.1", "localhost"))
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert re.search("StackConfigurationError: .*parameter ClusterAddress", run.reason)
    assert pipeline.reports(event) == failed(event, run)


def test_an_error_that_nobody_knows_is_named_to_the_operator(pipeline):
    event = pipeline.event("created")

    with served() as server:
        server.replies.append(Reply(400, orjson.dumps(refusal("pkg/identityserver:unheard_of", 3))))
        pipeline.deploy(CLUSTER_ADDRESS=server.address)
        run = pipeline.run(event)

    assert run.path == CREATE_FAILED
    assert re.search("UnexpectedAnswerError: .*pkg/identityserver:unheard_of", run.reason)
    assert pipeline.reports(event) == failed(event, run)


def test_what_nobody_foresaw_is_no_text_for_the_things_user(pipeline):
    event = pipeline.event("created")

    with answered(aws.iot(), "DescribeThing", status=400, code="InvalidRequestException"):
        run = pipeline.run(event)

    assert (run.path, run.error) == (DISPATCH_FAILED, "InvalidRequestException")
    assert pipeline.reports(event) == failed(event, run, message=UNFORESEEN)
    assert pipeline.why(event)[:2] == (run.error, "")


def test_a_dispatch_of_another_version_that_disagrees_with_its_step_is_a_fault_of_thingsync(pipeline):
    pipeline.functions.amended["Dispatch"] = lambda decision: decision | {"kind": "update"}
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.path, run.error) == (UPDATE_FAILED, "UnexpectedDecisionError")
    assert pipeline.reports(event) == failed(event, run)


def test_a_decision_that_the_machine_does_not_know_fails_by_name(pipeline):
    pipeline.functions.amended["Dispatch"] = lambda decision: decision | {"kind": "bless"}
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.path, run.error) == (UNKNOWN_FAILED, "UnexpectedDecisionError")
    assert pipeline.reports(event) == failed(event, run, message=UNKNOWN_KIND)


def test_a_run_that_loses_its_thing_twice_turns_in_no_circles(pipeline):
    pipeline.functions.goes_wrong("CreateDevice", "SupersededError", times=2)
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert run.path == (*decided_again("CreateDevice", CREATE_FAILED)[:-3], "ThingLost", *CREATE_FAILED[-3:])
    assert run.error == "SupersededError"
    assert pipeline.reports(event) == failed(event, run)
