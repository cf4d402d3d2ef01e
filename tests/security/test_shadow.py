"""A device may write into its own shadows: it must not freeze what its user reads there."""

import json
import pathlib
import re

import pytest

from tests.workflow import conftest as scene
from tests.workflow.device_states import CREATE
from workflows.adapters.shadow import SHADOW_NAME

# Fixtures.
clients, parsers, cloud = scene.clients, scene.parsers, scene.cloud
simulator, pipeline = scene.simulator, scene.pipeline

FOR_EVER = 10**15


def forge(shadows, thing_name, **state):
    shadows.update_thing_shadow(
        thingName=thing_name, shadowName="registration", payload=json.dumps({"state": state}).encode()
    )


FORGED = [
    pytest.param(lambda thing_id: {"thingId": thing_id, "versionNumber": FOR_EVER}, id="a version that never comes"),
    pytest.param(lambda thing_id: {"thingId": thing_id, "versionNumber": 2}, id="the version that comes"),
    pytest.param(lambda _: {"thingId": "another", "eventAt": FOR_EVER}, id="another thing, of the far future"),
    pytest.param(lambda _: {"thingId": None, "versionNumber": FOR_EVER}, id="no thing at all"),
    pytest.param(lambda _: {"thingId": [1], "versionNumber": {"a": 1}, "eventAt": "x"}, id="no sense"),
    pytest.param(lambda _: {"rubbish": "x" * 7000, "error": {"more": "y"}}, id="all the room there is"),
]


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({"devEUI": "0000000000000001"}, "rejected", id="a refusal"),
        pytest.param({"name": "north"}, "registered", id="a success"),
    ],
)
def test_a_device_that_freezes_its_status(pipeline, forged, changes, status):
    created = pipeline.registered()
    forge(pipeline.cloud.clients["iot-data"], created["thingName"], reported=forged(created["thingId"]))

    updated = pipeline.updated(created, **changes)
    run = pipeline.run(updated)

    shadow = pipeline.shadow(updated)
    expected = {"status": status, "thingId": created["thingId"], "versionNumber": 2, "eventAt": updated["timestamp"]}
    assert run.status == ("FAILED" if status == "rejected" else "SUCCEEDED")
    assert shadow.items() >= expected.items()
    assert shadow.keys() <= {*expected, "method", "deviceId", "applicationId", "error"}
    assert shadow.get("error", {}).keys() <= {"name", "message"}


def test_the_policy_that_the_docs_give_to_devices_is_about_this_shadow():
    [policy] = re.findall(
        r"^```json\n(.+?)^```", pathlib.Path("docs/architecture.md").read_text(), re.MULTILINE | re.DOTALL
    )

    denied = json.loads(policy)
    assert denied["Effect"] == "Deny"
    assert {"iot:Publish", "iot:UpdateThingShadow"} <= set(denied["Action"])
    assert [resource.partition("<account>:")[2] for resource in denied["Resource"]] == [
        f"topic/$aws/things/*/shadow/name/{SHADOW_NAME}/*",
        f"thing/*/{SHADOW_NAME}",
    ]


def rejected_late(pipeline):
    """Return a thing's creation, and what lets its rejection be reported."""
    created = pipeline.event("created", attributes={"stackName": "thingsync"})
    return created, pipeline.paused("ReportRejection", created, state_machine_arn=pipeline.cloud.impatient_arn)


def test_a_device_that_has_an_old_outcome_shown_again(pipeline):
    """The journal has a later one, however old the shadow looks."""
    created, report = rejected_late(pipeline)
    updated = pipeline.updated(created, **CREATE)
    pipeline.run(updated)
    forge(pipeline.cloud.clients["iot-data"], created["thingName"], reported={"thingId": None, "versionNumber": 0})

    report()

    assert pipeline.shadow(created)["status"] == "registered"
    assert [line["outcome"] for line in pipeline.log_lines(created)] == ["registered", "rejected"]


def test_what_is_reported_late_of_a_thing_that_is_gone_is_not_shown_of_the_one_that_bears_its_name(pipeline):
    before, report = rejected_late(pipeline)
    pipeline.deleted(before)
    after = pipeline.event("created", thing_name=before["thingName"])
    pipeline.run(after)

    report()

    assert pipeline.shadow(after).items() >= {"status": "registered", "thingId": after["thingId"]}.items()
    assert pipeline.facts(before) == ["EventRejected"]
