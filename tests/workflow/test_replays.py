"""Events that run again: by hand, by redrive, after whatever broke the first run in its middle."""

import json

import pytest

from tests.simulated_stack import API_KEY
from tests.workflow import paths
from tests.workflow.mistakes import key
from tests.workflow.standing import CLAIM, CREATE

CREATED, CLAIMED = ["demo-app/eui-70b3d57ed0051234"], ["demo-app/eui-ec656e0000105a2b"]
EMPTY = {"is": [], "js": [], "ns": [], "as": [], "claims": []}
WHOLE = {
    "create": {"is": CREATED, "js": CREATED, "ns": CREATED, "as": CREATED, "claims": []},
    "claim": {"is": CLAIMED, "js": [], "ns": CLAIMED, "as": CLAIMED, "claims": [CLAIM["devEUI"]]},
}
ATTRIBUTES = {"create": CREATE, "claim": CLAIM}
CREATING = {"is": ("POST", "^/applications"), "js": ("PUT", "^/js/"), "ns": ("PUT", "^/ns/"), "as": ("PUT", "^/as/")}
CLAIMING = CREATING | {"js": ("DELETE", "^/js/"), "edcs": ("POST", "^/edcs/claim$")}
UNDOING = {server: ("DELETE", f"^/{server}") for server in ("as", "ns", "js", "applications")}
UNCLAIMING = UNDOING | {"edcs": ("DELETE", "^/edcs")}
UNKNOWN_PLAN = {"frequencyPlanID": "EU_1"}


def breaks(way, calls, *actions):
    """Return a row for every call and every moment at which its connection may break."""
    return [
        pytest.param(way, {"method": method, "path": path, "action": action}, id=f"{way}-{server}-{action}")
        for server, (method, path) in calls.items()
        for action in actions
    ]


def registered(pipeline):
    """Return which devices each server has, and which are claimed."""
    return {server: list(devices) for server, devices in pipeline.held().items()}


MOMENTS = ("drop-before", "drop-after")
BROKEN = [*breaks("create", CREATING, *MOMENTS), *breaks("claim", CLAIMING, *MOMENTS)]


@pytest.mark.parametrize(("way", "fault"), BROKEN)
def test_running_an_event_again_completes_what_broke_in_the_middle(pipeline, way, fault):
    pipeline.fault(**fault)
    first = pipeline.broken_run(pipeline.event("created", attributes=ATTRIBUTES[way]))
    [(letter, _)] = pipeline.dead_letters()

    second = pipeline.run(json.loads(letter))

    assert (first.error, second.status) == ("RegistryUnavailableError", "SUCCEEDED")
    assert registered(pipeline) == WHOLE[way]


UNDONE = [*breaks("create", UNDOING, "drop-before"), *breaks("claim", UNCLAIMING, "drop-before")]


@pytest.mark.parametrize(("way", "fault"), UNDONE)
def test_running_a_rejected_event_again_completes_an_undo_that_broke(pipeline, way, fault):
    pipeline.fault(**fault)
    first = pipeline.broken_run(pipeline.event("created", attributes=ATTRIBUTES[way] | UNKNOWN_PLAN))

    second = pipeline.run(pipeline.events[0])

    assert (first.status, second.status) == ("FAILED", "FAILED")
    assert second.error == "InvalidThingError"
    assert registered(pipeline) == EMPTY


@pytest.mark.parametrize("way", ["create", "claim"])
def test_running_an_event_again_that_did_its_job_changes_nothing(pipeline, way):
    event = pipeline.event("created", attributes=ATTRIBUTES[way])
    pipeline.run(event)
    device_id = pipeline.shadow(event)["deviceId"]
    device, shadow = pipeline.device(device_id), pipeline.shadow(event)

    again = pipeline.run(event)

    assert (again.status, pipeline.device(device_id), pipeline.shadow(event)) == ("SUCCEEDED", device, shadow)
    assert registered(pipeline) == WHOLE[way]


def test_what_a_refused_key_left_half_made_is_completed_once_the_key_is_mended(pipeline):
    may_not_write_keys = ["RIGHT_APPLICATION_DEVICES_READ", "RIGHT_APPLICATION_DEVICES_WRITE"]
    key("NNSXS.NOKEYS.ANYMORE", rights=may_not_write_keys)(pipeline)
    event = pipeline.event("created")
    first = pipeline.run(event)
    half = registered(pipeline)

    pipeline.secret("another-api-key", API_KEY)
    second = pipeline.run(event)

    assert (first.error, half) == ("AccessDeniedError", EMPTY | {"is": CREATED})
    assert (second.path, registered(pipeline)) == (paths.CREATED, WHOLE["create"])
