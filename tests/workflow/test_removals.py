"""Things that go: their devices go too, unless they were there before, are retained, or are another's by now."""

import time

import pytest

from tests.workflow import paths
from tests.workflow.device_states import CLAIM, CREATE, device, ids_of
from tests.workflow.endings import failed
from workflows.domain.event import TOMBSTONE_LASTS

NOTHING = {"is": {}, "js": {}, "ns": {}, "as": {}, "claims": {}}
ADOPTED = device("js", "ns", "as")
ADOPTED_CLAIM = device("claim", "ns", "as", ids=ids_of(CLAIM), claimed=True)


WHOLE = [
    pytest.param(CREATE, "deleted", id="created"),
    pytest.param(CREATE, "deleted-bare", id="created-and-the-event-says-little"),
    pytest.param(CLAIM, "deleted", id="claimed"),
]


@pytest.mark.parametrize(("attributes", "name"), WHOLE)
def test_the_device_of_a_deleted_thing_goes_from_every_server(pipeline, attributes, name):
    created = pipeline.registered(attributes)
    device_id = pipeline.shadow(created)["deviceId"]
    event = pipeline.deleted(created, name)

    run = pipeline.run(event)

    [_, line] = pipeline.log_lines(event)
    assert (run.path, pipeline.held()) == (paths.REMOVED, NOTHING)
    assert (line["outcome"], line["deviceId"]) == ("removed", device_id)
    assert pipeline.metrics()["Removed"] == 1
    assert (pipeline.facts(event)[-2:], pipeline.status(event)) == (["EventAccepted", "DeviceRemoved"], "removed")


def test_a_device_that_is_gone_already_is_removed_all_the_same(pipeline):
    created = pipeline.registered()
    pipeline.simulator.control("POST", "reset")

    run = pipeline.run(pipeline.deleted(created))

    assert (run.path, pipeline.status(created)) == (paths.REMOVED, "removed")


@pytest.mark.parametrize("attributes", [CREATE, CLAIM], ids=["create", "claim"])
def test_what_a_broken_run_left_half_made_goes_with_its_thing(pipeline, attributes):
    pipeline.fault(method="PUT", path="^/ns/", action="503")
    created = pipeline.event("created", attributes=attributes)
    pipeline.broken_run(created)
    pipeline.no_faults()
    half = pipeline.held()

    run = pipeline.run(pipeline.deleted(created))

    assert half["is"] != {}
    assert (run.path, pipeline.held()) == (paths.REMOVED, NOTHING)


def test_a_thing_whose_registration_was_taken_back_has_nothing_to_remove(pipeline):
    created = pipeline.event("created", attributes=CREATE | {"frequencyPlanID": "EU_1"})
    pipeline.run(created)

    run = pipeline.run(pipeline.deleted(created))

    assert run.path == paths.SKIPPED
    assert pipeline.log_lines(created)[-1]["reason"] == "the thing never had a device"


def test_a_removal_that_cannot_be_done_is_reported_to_the_operator(pipeline):
    event = pipeline.deleted(pipeline.registered())
    pipeline.fault(method="DELETE", path="^/as", action="429")

    run = pipeline.broken_run(event)

    expected = failed(event, run)
    assert (run.path, run.error) == (paths.REMOVE_FAILED, "RegistryThrottledError")
    assert (pipeline.log_lines(event)[1:], pipeline.dead_letters()) == (expected["log"], expected["dead letters"])
    assert pipeline.metrics().items() >= expected["metrics"].items()
    assert len(pipeline.held()["is"]) == 1


RELEASED = [
    pytest.param(ADOPTED, CREATE, {}, id="it-was-there-before"),
    pytest.param(ADOPTED_CLAIM, CLAIM, {}, id="its-claim-was-there-before"),
    pytest.param(None, CREATE, {"DELETE_POLICY": "Retain"}, id="the-stack-retains-devices"),
]


@pytest.mark.parametrize(("before", "attributes", "parameters"), RELEASED)
def test_a_device_that_must_stay_is_released(pipeline, before, attributes, parameters):
    if before:
        before(pipeline.simulator)
    pipeline.deploy(**parameters)
    created = pipeline.registered(attributes)
    held = pipeline.held()
    event = pipeline.deleted(created)

    run = pipeline.run(event)

    assert (run.path, pipeline.held()) == (paths.RELEASED, held)
    assert (pipeline.facts(event)[-1], pipeline.log_lines(event)[-1]["outcome"]) == ("DeviceReleased", "released")
    assert pipeline.metrics()["Released"] == 1


def test_a_thing_that_becomes_another_stacks_releases_its_device_for_good(pipeline):
    created = pipeline.registered()
    held = pipeline.held()
    handed_over = pipeline.updated(created, stackName="thingsync-2")

    run = pipeline.run(handed_over)
    removal = pipeline.run(pipeline.deleted(handed_over))

    assert (run.path, removal.path) == (paths.RELEASED, paths.SKIPPED)
    assert pipeline.held() == held


def test_what_is_half_made_goes_when_its_thing_becomes_another_stacks(pipeline):
    pipeline.fault(method="PUT", path="^/ns/", action="503")
    created = pipeline.event("created")
    pipeline.broken_run(created)
    pipeline.no_faults()

    run = pipeline.run(pipeline.updated(created, stackName="thingsync-2"))

    assert (run.path, pipeline.held()) == (paths.REMOVED, NOTHING)
    assert pipeline.status(created) == "removed"


@pytest.mark.parametrize(
    ("age_s", "passed"),
    [
        pytest.param(0, (paths.CREATED, paths.REMOVED), id="its end is still to come"),
        pytest.param(
            TOMBSTONE_LASTS.total_seconds(), (paths.REMOVED, paths.SKIPPED), id="its tombstone may have expired"
        ),
    ],
)
def test_a_thing_that_is_gone_before_its_event_runs_leaves_nothing(pipeline, age_s, passed):
    created = pipeline.event("created", timestamp=int((time.time() - age_s) * 1000))
    deleted = pipeline.deleted(created)

    first, second = pipeline.run(created), pipeline.run(deleted)

    assert (first.path, second.path) == passed
    assert pipeline.held() == NOTHING


def test_a_new_thing_takes_the_device_of_one_that_is_gone_whose_late_removal_then_leaves_it(pipeline):
    before = pipeline.registered(CREATE | {"name": "north"})
    deleted = pipeline.deleted(before)
    after = pipeline.event("created")

    taken = pipeline.run(after)
    held = pipeline.held()
    late = pipeline.run(deleted)

    [record] = held["is"].values()
    assert (taken.path, late.path) == (paths.CREATED, paths.SKIPPED)
    assert (record["attributes"]["aws-thing-id"], record.get("name", "")) == (after["thingId"], "")
    assert pipeline.held() == held
