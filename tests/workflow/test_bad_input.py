"""Whatever comes in ends in a named outcome; what no event can be read from waits in the dead-letter queue."""

import json
import re

import pytest

from tests.golden_events import golden
from tests.workflow import paths
from tests.workflow.device_states import CLAIM, CREATE
from tests.workflow.endings import rejected

LONG = "x" * 800
FIFTY = {f"attribute-{number}": LONG for number in range(50 - len(CREATE))}
NO_EVENT = [
    pytest.param({}, "thingName: Missing", id="an-empty-object"),
    pytest.param({**golden("created"), "eventType": "PRESENCE"}, "eventType: Must be equal to", id="another-type"),
    pytest.param({**golden("created"), "operation": None}, "operation: Field may not be null", id="no-operation"),
    pytest.param({**golden("created"), "thingName": "x" * 129}, "thingName: .*pattern", id="a-name-too-long"),
    pytest.param({**golden("created"), "attributes": {"a": 1}}, "attributes: a value Not a valid string", id="numbers"),
]


@pytest.mark.parametrize(("garbage", "problem"), NO_EVENT)
def test_what_is_no_event_waits_for_the_operator_as_it_came(pipeline, garbage, problem):
    run = pipeline.run(garbage)

    body = json.dumps(garbage, separators=(",", ":"))
    assert run.path == paths.VALIDATE_FAILED
    assert re.search(f"InvalidEventError: .*{problem}", run.reason)
    assert pipeline.dead_letters() == [(body, {"ErrorName": "InvalidEventError", "ExecutionArn": run.arn})]


@pytest.mark.parametrize(
    "thing_name", ["pump:house_3-north", "n" * 128, f"{':' * 127}7"], ids=["mixed", "long", "colons"]
)
def test_every_thing_name_that_aws_iot_allows_is_registered_and_reported(pipeline, thing_name):
    event = pipeline.event("created", thing_name=thing_name)

    run = pipeline.run(event)

    assert run.path == paths.CREATED
    assert [line["thingName"] for line in pipeline.log_lines(event)] == [thing_name]
    assert pipeline.shadow(event)["status"] == "registered"


@pytest.mark.parametrize(
    "attributes", [CREATE | FIFTY, CREATE | {"description": LONG, "name": LONG[:50]}], ids=["50", "long"]
)
def test_a_thing_may_carry_as_much_as_aws_iot_allows(pipeline, attributes):
    run = pipeline.run(pipeline.event("created", attributes=attributes))

    assert run.path == paths.CREATED


def test_an_event_as_it_was_captured_in_real_life_is_processed(pipeline):
    event = pipeline.event("created-real-capture")

    run = pipeline.run(event)

    assert "billinGroupName" in event
    assert run.path == paths.CLAIMED


def test_attributes_that_are_all_wrong_are_all_named_without_their_values(pipeline):
    known = [*CREATE, *CLAIM, "appEUI", "nwkKey", "qrCode", "deviceID", "frequencyPlanID", "name"]
    secrets = {
        name: f"{name}:" + "0123456789" * 79 for name in ("appKey", "nwkKey", "claimAuthenticationCode", "qrCode")
    }
    event = pipeline.event("created", attributes=dict.fromkeys(known, LONG) | secrets | {"stackName": "thingsync"})

    run = pipeline.run(event)

    named = {problem.partition(":")[0] for problem in run.message.split("; ")}
    assert run.path == paths.DISPATCH_REJECTED
    assert named >= set(known) - {"stackName"}
    assert pipeline.reports(event) == rejected(event, run)


@pytest.mark.parametrize("value", [[], "text", 42])
def test_what_is_no_json_object_fails_the_run_that_someone_started_by_hand(pipeline, value):
    run = pipeline.cloud.ended(pipeline.cloud.start(value))

    assert run.status == "FAILED"
