"""Events that run again: by hand, by redrive, after whatever broke the first run in its middle."""

import json

import pytest

from tests.simulated_stack import API_KEY
from tests.workflow import paths
from tests.workflow.device_states import CLAIM, CREATE, OTHER_APP_KEY
from tests.workflow.mistakes import key

CREATED, CLAIMED = ["demo-app/eui-70b3d57ed0051234"], ["demo-app/eui-ec656e0000105a2b"]
EMPTY = {"is": [], "js": [], "ns": [], "as": [], "claims": []}
WHOLE = {
    "create": {"is": CREATED, "js": CREATED, "ns": CREATED, "as": CREATED, "claims": []},
    "claim": {"is": CLAIMED, "js": [], "ns": CLAIMED, "as": CLAIMED, "claims": [CLAIM["devEUI"]]},
}
ATTRIBUTES = {"create": CREATE, "claim": CLAIM}
CREATING = {"is": ("POST", "^/applications"), "js": ("PUT", "^/js/"), "ns": ("PUT", "^/ns/"), "as": ("PUT", "^/as/")}
CLAIMING = CREATING | {"js": ("DELETE", "^/js/"), "edcs": ("POST", "^/edcs/claim$")}
REMOVING = {server: ("DELETE", f"^/{server}") for server in ("as", "ns", "js", "applications")}
UNCLAIMING = REMOVING | {"edcs": ("DELETE", "^/edcs")}
UNKNOWN_PLAN = {"frequencyPlanID": "EU_1"}


def breaks(way, calls, *actions, **more):
    """Return a row for every call and every moment at which its connection may break."""
    return [
        pytest.param({"method": method, "path": path, "action": action}, *more.values(), id=f"{way}-{server}-{action}")
        for server, (method, path) in calls.items()
        for action in actions
    ]


def registered(pipeline):
    """Return which devices each server has, and which are claimed."""
    return {server: list(devices) for server, devices in pipeline.held().items()}


def first_of(attributes):
    return lambda pipeline: pipeline.event("created", attributes=attributes)


def renewed(pipeline):
    """Return an update that concerns every server."""
    return pipeline.updated(pipeline.registered(), name="north", frequencyPlanID="EU_863_870", appKey=OTHER_APP_KEY)


def deleted(attributes):
    return lambda pipeline: pipeline.deleted(pipeline.registered(attributes))


UPDATING = CREATING | {"is": ("PUT", "^/applications")}
del UPDATING["as"]
MOMENTS = ("drop-before", "drop-after")
BROKEN = [
    *breaks("create", {"is": CREATING["is"]}, "drop-before", make=first_of(CREATE), left=WHOLE["create"]),
    *breaks(
        "create",
        {server: CREATING[server] for server in ("js", "as")},
        "drop-after",
        make=first_of(CREATE),
        left=WHOLE["create"],
    ),
    *breaks("claim", {"edcs": CLAIMING["edcs"]}, *MOMENTS, make=first_of(CLAIM), left=WHOLE["claim"]),
    *breaks("update", UPDATING, "drop-after", make=renewed, left=WHOLE["create"]),
    *breaks(
        "remove",
        {server: REMOVING[server] for server in ("as", "applications")},
        "drop-after",
        make=deleted(CREATE),
        left=EMPTY,
    ),
    *breaks("unclaim", {"edcs": UNCLAIMING["edcs"]}, *MOMENTS, make=deleted(CLAIM), left=EMPTY),
]


@pytest.mark.parametrize(("fault", "make", "left"), BROKEN)
def test_running_an_event_again_completes_what_broke_in_the_middle(pipeline, fault, make, left):
    event = make(pipeline)
    pipeline.fault(**fault)
    first = pipeline.broken_run(event)
    [(body, _)] = pipeline.dead_letters()

    second = pipeline.run(json.loads(body))

    assert (first.error, second.status) == ("RegistryUnavailableError", "SUCCEEDED")
    assert registered(pipeline) == left


def test_an_update_that_broke_writes_all_of_it_when_it_runs_again(pipeline):
    event = renewed(pipeline)
    pipeline.fault(method="PUT", path="^/js/", action="drop-before")
    pipeline.broken_run(event)

    run = pipeline.run(event)

    after = pipeline.device("eui-70b3d57ed0051234")
    assert run.path == paths.UPDATED
    assert (after["is"]["name"], after["ns"]["frequency_plan_id"]) == ("north", "EU_863_870")
    assert after["js"]["root_keys"] == {"app_key": {"key": OTHER_APP_KEY}}


def test_a_change_that_is_taken_back_after_its_run_broke_is_taken_back_from_the_device_too(pipeline):
    event = renewed(pipeline)
    pipeline.fault(method="PUT", path="^/js/", action="drop-after")
    pipeline.broken_run(event)
    changed = pipeline.device("eui-70b3d57ed0051234")
    back = {"name": None, "frequencyPlanID": "EU_863_870_TTN", "appKey": CREATE["appKey"]}

    run = pipeline.run(pipeline.updated(event, **back))

    after = pipeline.device("eui-70b3d57ed0051234")
    assert run.path == paths.UPDATED
    assert changed["js"]["root_keys"] == {"app_key": {"key": OTHER_APP_KEY}}
    assert (after["is"].get("name", ""), after["ns"]["frequency_plan_id"]) == ("", "EU_863_870_TTN")
    assert after["js"]["root_keys"] == {"app_key": {"key": CREATE["appKey"]}}


UNDONE = [
    *breaks("create", {"ns": REMOVING["ns"]}, "drop-before", attributes=CREATE),
    *breaks("claim", {"edcs": UNCLAIMING["edcs"]}, "drop-before", attributes=CLAIM),
]


@pytest.mark.parametrize(("fault", "attributes"), UNDONE)
def test_running_a_rejected_event_again_completes_an_undo_that_broke(pipeline, fault, attributes):
    pipeline.fault(**fault)
    first = pipeline.broken_run(pipeline.event("created", attributes=attributes | UNKNOWN_PLAN))

    second = pipeline.run(pipeline.events[0])

    assert (first.status, second.status) == ("FAILED", "FAILED")
    assert second.error == "InvalidThingError"
    assert registered(pipeline) == EMPTY


DID_ITS_JOB = [
    pytest.param(first_of(CREATE), WHOLE["create"], id="create"),
    pytest.param(first_of(CLAIM), WHOLE["claim"], id="claim"),
    pytest.param(renewed, WHOLE["create"], id="update"),
    pytest.param(deleted(CREATE), EMPTY, id="remove"),
]


@pytest.mark.parametrize(("make", "left"), DID_ITS_JOB)
def test_running_an_event_again_that_did_its_job_is_a_duplicate_and_changes_nothing(pipeline, make, left):
    event = make(pipeline)
    pipeline.run(event)
    held, shadow, facts = pipeline.held(), pipeline.shadow(event), pipeline.facts(event)

    again = pipeline.run(event)

    assert (again.path, registered(pipeline)) == (paths.SKIPPED, left)
    assert pipeline.log_lines(event)[-1]["reason"].startswith("duplicate: ")
    assert (pipeline.held(), pipeline.shadow(event)) == (held, shadow)
    assert pipeline.facts(event) == facts


def test_what_a_refused_key_left_half_made_is_completed_once_the_key_is_fixed(pipeline):
    may_not_write_keys = ["RIGHT_APPLICATION_DEVICES_READ", "RIGHT_APPLICATION_DEVICES_WRITE"]
    key("NNSXS.NOKEYS.ANYMORE", rights=may_not_write_keys)(pipeline)
    event = pipeline.event("created")
    first = pipeline.run(event)
    half = registered(pipeline)

    pipeline.secret("another-api-key", API_KEY)
    second = pipeline.run(event)

    assert (first.error, half) == ("AccessDeniedError", EMPTY | {"is": CREATED})
    assert (second.path, registered(pipeline)) == (paths.CREATED, WHOLE["create"])
