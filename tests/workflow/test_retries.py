"""Errors that pass are waited out, with jitter and within bounds; errors that last go to the operator."""

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.workflow import paths
from tests.workflow.aws_trouble import answered, unanswered
from tests.workflow.device_states import CLAIM, CREATE
from tests.workflow.endings import failed
from workflows.adapters import aws
from workflows.adapters.things_stack.transport import LEAST_TIME_S

UNKNOWN_PLAN = {"frequencyPlanID": "EU_1"}


def updated(pipeline):
    return pipeline.updated(pipeline.registered(), frequencyPlanID="EU_863_870")


def deleted(pipeline):
    return pipeline.deleted(pipeline.registered())


def created(attributes):
    return lambda pipeline: pipeline.event("created", attributes=attributes)


PASSING = [
    *(pytest.param(created(CREATE), action, paths.CREATED, id=f"create-{action}") for action in ("429", "html")),
    pytest.param(created(CREATE), "drop-before", paths.CREATED, id="create-drop-before"),
    pytest.param(created(CLAIM), "drop-after", paths.CLAIMED, id="claim-drop-after"),
    pytest.param(updated, "503", paths.UPDATED, id="update-503"),
    pytest.param(deleted, "drop-after", paths.REMOVED, id="remove-drop-after"),
]


@pytest.mark.parametrize(("make", "action", "path"), PASSING)
def test_a_registry_that_is_in_trouble_for_a_while_is_waited_for(pipeline, make, action, path):
    event = make(pipeline)
    pipeline.fault(path="^/ns/", action=action, times=2)
    pipeline.functions.invoked.clear()

    run = pipeline.run(event)

    assert (run.path, run.status) == (path, "SUCCEEDED")
    assert pipeline.functions.invoked.count(path[4]) == 3


@pytest.mark.parametrize(
    ("make", "state"), [(created(CREATE), "CreateDevice"), (created(CLAIM), "ClaimDevice"), (updated, "UpdateDevice")]
)
def test_a_function_that_runs_out_of_time_goes_on_in_its_next_try(pipeline, make, state):
    event = make(pipeline)
    pipeline.functions.remaining_ms = 1000 * (LEAST_TIME_S - 1)
    pipeline.clock.meanwhile = lambda: setattr(pipeline.functions, "remaining_ms", 900_000)
    pipeline.functions.invoked.clear()

    run = pipeline.run(event)

    assert (run.status, pipeline.functions.invoked.count(state)) == ("SUCCEEDED", 2)


def test_an_undo_waits_for_the_registry_too(pipeline):
    pipeline.fault(method="DELETE", path="^/ns/", action="drop-after", times=2)
    event = pipeline.event("created", attributes=CREATE | UNKNOWN_PLAN)

    run = pipeline.run(event)

    assert run.path == paths.CREATE_REJECTED
    assert pipeline.held() == {"is": {}, "js": {}, "ns": {}, "as": {}, "claims": {}}


UNAVAILABLE, THROTTLED = "RegistryUnavailableError", "RegistryThrottledError"
LASTING = [
    pytest.param(created(CREATE), ("POST", "^/app", "429"), THROTTLED, paths.CREATE_FAILED, id="create"),
    pytest.param(created(CLAIM), ("POST", "^/edcs", "html"), UNAVAILABLE, paths.CLAIM_FAILED, id="claim"),
    pytest.param(updated, ("PUT", "^/ns", "503"), UNAVAILABLE, paths.UPDATE_FAILED, id="update"),
    pytest.param(
        created(CREATE | UNKNOWN_PLAN), ("DELETE", "^/as", "503"), UNAVAILABLE, paths.CREATE_UNDO_FAILED, id="undo"
    ),
    pytest.param(
        created(CLAIM | UNKNOWN_PLAN), ("DELETE", "^/edcs", "429"), THROTTLED, paths.CLAIM_UNDO_FAILED, id="unclaim"
    ),
]


@pytest.mark.parametrize(("make", "fault", "error", "path"), LASTING)
def test_a_registry_that_stays_in_trouble_is_reported_to_the_operator(pipeline, *, make, fault, error, path):
    event = make(pipeline)
    method, where, action = fault
    pipeline.fault(method=method, path=where, action=action)

    run = pipeline.broken_run(event)

    reported, expected = pipeline.reports(event), failed(event, run)
    assert (run.path, run.error) == (path, error)
    assert reported["log"][-1:] == expected["log"]
    assert (reported["shadow"], reported["dead letters"]) == (expected["shadow"], expected["dead letters"])
    assert reported["metrics"].items() >= expected["metrics"].items()


def test_a_registry_that_is_down_is_reported_to_the_operator(pipeline):
    pipeline.deploy(CLUSTER_ADDRESS="http://127.0.0.1:9")  # the port of a service that nobody runs
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.path, run.error) == (paths.CREATE_FAILED, UNAVAILABLE)
    reported = pipeline.reports(event)
    assert reported["metrics"].pop("CallsUnanswered") == 1 + 20  # each attempt's one call
    assert reported == failed(event, run)


LAMBDA = ["ClientExecutionTimeoutException", "ServiceException", "AWSLambdaException", "SdkClientException"]
BOUNDS = [
    pytest.param("RegistryThrottledError", 20, 2, 60, id="throttled"),
    pytest.param("RegistryUnavailableError", 20, 2, 60, id="unavailable"),
    pytest.param("ThingBusyError", 60, 5, 120, id="busy"),
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
    "create": (
        created(CREATE),
        ["ValidateEvent", "NameDevice", "Dispatch", "CreateDevice", "ReportOutcome"],
        paths.CREATED,
    ),
    "claim": (created(CLAIM), ["ClaimDevice"], paths.CLAIMED),
    "update": (updated, ["UpdateDevice"], paths.UPDATED),
    "remove": (deleted, ["RemoveDevice"], paths.REMOVED),
    "rejection": (created(CREATE | UNKNOWN_PLAN), ["UndoDevice", "ReportRejection"], paths.CREATE_REJECTED),
}


@pytest.mark.parametrize(("make", "states", "path"), STATES.values(), ids=STATES.keys())
def test_every_function_is_called_again_when_lambda_itself_fails(pipeline, make, states, path):
    event = make(pipeline)
    names = [f"Lambda.{name}" for name in (*LAMBDA, "TooManyRequestsException")]
    for state in states:
        for name in names:
            pipeline.functions.goes_wrong(state, name)

    run = pipeline.run(event)

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
