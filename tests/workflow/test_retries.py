"""Trouble that passes is waited out, with jitter and within bounds; trouble that lasts goes to the operator."""

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.workflow import paths
from tests.workflow.aws_trouble import answered, unanswered
from tests.workflow.endings import failed
from tests.workflow.standing import CLAIM, CREATE
from workflows.adapters import aws

UNKNOWN_PLAN = {"frequencyPlanID": "EU_1"}
CREATING = pytest.param(CREATE, "CreateDevice", paths.CREATED, id="create")
CLAIMING = pytest.param(CLAIM, "ClaimDevice", paths.CLAIMED, id="claim")


@pytest.mark.parametrize("action", ["429", "503", "html", "drop-before", "drop-after"])
@pytest.mark.parametrize(("attributes", "state", "path"), [CREATING, CLAIMING])
def test_a_registry_that_is_in_trouble_for_a_while_is_waited_for(pipeline, *, action, attributes, state, path):
    pipeline.fault(method="PUT", path="^/ns/", action=action, times=2)
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.run(event)

    assert (run.path, run.status) == (path, "SUCCEEDED")
    assert pipeline.functions.invoked.count(state) == 3
    assert pipeline.shadow(event)["status"] == "registered"


@pytest.mark.parametrize("action", ["429", "503", "drop-after"])
def test_an_undo_waits_for_the_registry_too(pipeline, action):
    pipeline.fault(method="DELETE", path="^/ns/", action=action, times=2)
    event = pipeline.event("created", attributes=CREATE | UNKNOWN_PLAN)

    run = pipeline.run(event)

    assert run.path == paths.CREATE_REJECTED
    assert pipeline.held() == {"is": {}, "js": {}, "ns": {}, "as": {}, "claims": {}}


UNAVAILABLE, THROTTLED = "RegistryUnavailableError", "RegistryThrottledError"
LASTING = [
    pytest.param(CREATE, ("POST", "^/app", "429"), THROTTLED, paths.CREATE_FAILED, id="create"),
    pytest.param(CLAIM, ("POST", "^/edcs", "html"), UNAVAILABLE, paths.CLAIM_FAILED, id="claim"),
    pytest.param(CREATE | UNKNOWN_PLAN, ("DELETE", "^/as", "503"), UNAVAILABLE, paths.CREATE_UNDO_FAILED, id="undo"),
    pytest.param(CLAIM | UNKNOWN_PLAN, ("DELETE", "^/edcs", "429"), THROTTLED, paths.CLAIM_UNDO_FAILED, id="unclaim"),
]


@pytest.mark.parametrize(("attributes", "fault", "error", "path"), LASTING)
def test_a_registry_that_stays_in_trouble_is_told_to_the_operator(pipeline, *, attributes, fault, error, path):
    method, where, action = fault
    pipeline.fault(method=method, path=where, action=action)
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.broken_run(event)

    assert (run.path, run.error) == (path, error)
    assert pipeline.told(event) == failed(event, run)


def test_a_registry_that_is_down_is_told_to_the_operator(pipeline):
    pipeline.deploy(CLUSTER_ADDRESS="http://127.0.0.1:9")  # the port of a service that nobody runs
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.path, run.error) == (paths.CREATE_FAILED, UNAVAILABLE)
    assert pipeline.told(event) == failed(event, run)


LAMBDA = ["ClientExecutionTimeoutException", "ServiceException", "AWSLambdaException", "SdkClientException"]
BOUNDS = [
    pytest.param("RegistryThrottledError", 20, 2, 60, id="throttled"),
    pytest.param("RegistryUnavailableError", 20, 2, 60, id="unavailable"),
    pytest.param("Lambda.TooManyRequestsException", 100, 5, 300, id="no-concurrency-left"),
    pytest.param("Lambda.ServiceException", 6, 2, 60, id="lambda-in-trouble"),
]


@pytest.mark.parametrize(("error", "attempts", "first_s", "at_most_s"), BOUNDS)
def test_waits_grow_to_a_cap_with_full_jitter_and_end(pipeline, *, error, attempts, first_s, at_most_s):
    pipeline.functions.goes_wrong("CreateDevice", error, times=1000)
    event = pipeline.event("created")

    run = pipeline.run(event)

    caps_s = [min(first_s * 2**n, at_most_s) for n in range(attempts)]
    shares = [wait_s / cap_s for wait_s, cap_s in zip(pipeline.clock.waits_s, caps_s, strict=True)]
    assert (run.path, run.error) == (paths.CREATE_FAILED, error)
    assert all(0 <= share <= 1 for share in shares)
    assert min(shares) < max(shares)


STATES = {
    "create": (CREATE, ["ValidateEvent", "NameDevice", "Dispatch", "CreateDevice", "ReportOutcome"], paths.CREATED),
    "claim": (CLAIM, ["ClaimDevice"], paths.CLAIMED),
    "rejection": (CREATE | UNKNOWN_PLAN, ["UndoDevice", "ReportRejection"], paths.CREATE_REJECTED),
}


@pytest.mark.parametrize(("attributes", "states", "path"), STATES.values(), ids=STATES.keys())
def test_every_function_is_called_again_when_lambda_itself_fails(pipeline, attributes, states, path):
    names = [f"Lambda.{name}" for name in (*LAMBDA, "TooManyRequestsException")]
    for state in states:
        for name in names:
            pipeline.functions.goes_wrong(state, name)

    run = pipeline.run(pipeline.event("created", attributes=attributes))

    assert run.path == path
    assert [pipeline.functions.invoked.count(state) for state in states] == [1 + len(names)] * len(states)


AWS_TROUBLE = [
    pytest.param(answered, {"status": 400, "code": "ThrottlingException"}, id="throttled"),
    pytest.param(answered, {"status": 500, "code": "InternalServiceError"}, id="failing"),
    pytest.param(unanswered, {"error": ReadTimeoutError}, id="slow"),
]


@pytest.mark.parametrize(("trouble", "how"), AWS_TROUBLE)
def test_aws_in_trouble_is_waited_for_like_the_registry(pipeline, trouble, how):
    with trouble(aws.secretsmanager(), "GetSecretValue", times=2, **how):
        run = pipeline.run(pipeline.event("created"))

    assert (run.path, run.status) == (paths.CREATED, "SUCCEEDED")
    assert pipeline.functions.invoked.count("CreateDevice") == 3
