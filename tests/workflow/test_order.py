"""Events of one thing in any order, twice, or at the same time: the last change stands, one run works at a time."""

import pytest

from tests.workflow import paths
from tests.workflow.device_states import CLAIM, CREATE
from tests.workflow.endings import failed
from tests.workflow.surroundings import happens_once
from workflows.domain.facts import EventFailed
from workflows.steps.ownership import RETRIES_UNTIL_SHOWN

DEVICE_ID = "eui-70b3d57ed0051234"
GONE = "Sandbox.Timedout"


def reason(pipeline, event):
    return pipeline.log_lines(event)[-1]["reason"]


def test_a_change_that_comes_after_a_later_one_is_superseded(pipeline):
    created = pipeline.event("created")
    updated = pipeline.updated(created, name="north")

    first = pipeline.run(updated)
    held, shadow = pipeline.held(), pipeline.shadow(updated)
    second = pipeline.run(created)

    assert (first.path, second.path) == (paths.CREATED, paths.SKIPPED)
    assert reason(pipeline, created) == "superseded: UPDATED of version 2 is settled"
    assert (pipeline.held(), pipeline.shadow(created)) == (held, shadow)


def test_nothing_comes_after_a_removal(pipeline):
    created = pipeline.event("created")
    updated = pipeline.updated(created, name="north")
    deleted = pipeline.deleted(created)

    runs = [pipeline.run(event) for event in (deleted, updated, created)]

    assert [run.path for run in runs] == [paths.SKIPPED] * 3
    assert reason(pipeline, created) == "superseded: DELETED of version 1 is settled"
    assert pipeline.held()["is"] == {}


def test_a_run_waits_while_another_works_on_its_thing(pipeline):
    created = pipeline.event("created")
    end = pipeline.paused("CreateDevice", created)
    pipeline.clock.meanwhile = happens_once(end)

    run = pipeline.run(pipeline.updated(created, name="north"))

    assert [each.path for each in pipeline.runs] == [paths.CREATED, paths.UPDATED]
    assert pipeline.functions.invoked.count("Dispatch") == 3
    assert (run.status, pipeline.device(DEVICE_ID)["is"]["name"]) == ("SUCCEEDED", "north")


def test_a_run_waits_while_another_works_on_its_device_for_a_thing_that_is_gone(pipeline):
    before, after = pipeline.event("created"), pipeline.event("created")
    end = pipeline.paused("CreateDevice", before)
    pipeline.deleted(before)
    pipeline.clock.meanwhile = happens_once(end)

    run = pipeline.run(after)

    assert (run.path, pipeline.functions.invoked.count("Dispatch")) == (paths.CREATED, 3)
    assert pipeline.device(DEVICE_ID)["is"]["attributes"]["aws-thing-id"] == after["thingId"]


def test_a_thing_that_stays_busy_is_reported_to_the_operator_and_processed_by_the_redrive(pipeline):
    created = pipeline.event("created")
    end = pipeline.paused("CreateDevice", created)
    updated = pipeline.updated(created, name="north")

    run = pipeline.run(updated)
    reported = pipeline.reports(updated)
    end()
    again = pipeline.run(updated)

    assert (run.path, run.error) == (paths.DISPATCH_FAILED, "ThingBusyError")
    assert reported == failed(updated, run)
    assert len(pipeline.clock.waits_s) == 60
    assert (again.path, pipeline.shadow(updated)["versionNumber"]) == (paths.UPDATED, 2)
    assert pipeline.facts(updated)[:3] == ["EventAccepted", "EventFailed", "DeviceCreated"]


def test_what_a_run_left_that_died_with_its_thing_in_hand_is_taken_over(pipeline):
    pipeline.fault(method="PUT", path="^/ns/", action="503")
    pipeline.functions.goes_wrong("ReportFailure", GONE)
    created = pipeline.event("created")
    dead = pipeline.broken_run(created)
    pipeline.no_faults()
    status = pipeline.status(created)

    waits = len(pipeline.clock.waits_s)

    run = pipeline.run(pipeline.updated(created, name="north"))

    record = pipeline.device(DEVICE_ID)["is"]
    failures = [each.fact for each in pipeline.journal.facts(created["thingId"]) if isinstance(each.fact, EventFailed)]
    assert (dead.status, status) == ("FAILED", "in flight")
    # The state machine that the update runs in does not show the dead run, which was another's.
    assert len(pipeline.clock.waits_s) - waits == RETRIES_UNTIL_SHOWN
    assert [(failure.error_name, failure.found_by) for failure in failures] == [("UnreportedRunError", run.name)]
    assert (run.path, pipeline.status(created)) == (paths.CREATED, "registered")
    assert (record["name"], record["attributes"]["aws-run"]) == ("north", run.name)


def first_of(attributes):
    """Return a thing's creation, and its update as what comes meanwhile."""

    def events(pipeline):
        created = pipeline.event("created", attributes=attributes)
        return created, pipeline.updated(created, name="north")

    return events


def two_updates(pipeline):
    updated = pipeline.updated(pipeline.registered(), name="north")
    return updated, pipeline.updated(updated, name="south")


def removal_twice(pipeline):
    deleted = pipeline.deleted(pipeline.registered())
    return deleted, deleted


FENCED = [
    pytest.param("CreateDevice", first_of(CREATE), paths.CREATED, id="create"),
    pytest.param("ClaimDevice", first_of(CLAIM), paths.CLAIMED, id="claim"),
    pytest.param("UpdateDevice", two_updates, paths.UPDATED, id="update"),
    pytest.param("RemoveDevice", removal_twice, paths.REMOVED, id="remove"),
]


@pytest.mark.parametrize(("state", "events", "path"), FENCED)
def test_a_run_that_goes_on_after_another_took_its_thing_over_decides_again(pipeline, state, events, path):
    event, later = events(pipeline)
    end = pipeline.paused(state, event, state_machine_arn=pipeline.cloud.impatient_arn)

    meanwhile = pipeline.run(later)
    held, shadow = pipeline.held(), pipeline.shadow(event)
    run = end()

    assert (meanwhile.path, run.path) == (path, paths.decided_again(state, paths.SKIPPED))
    assert (pipeline.held(), pipeline.shadow(event)) == (held, shadow)


def test_an_undo_leaves_what_another_run_has_taken_over(pipeline):
    created = pipeline.event("created", attributes=CREATE | {"frequencyPlanID": "EU_1"})
    end_rejected = pipeline.paused("UndoDevice", created, state_machine_arn=pipeline.cloud.impatient_arn)
    end_corrected = pipeline.paused("CreateDevice", pipeline.updated(created, frequencyPlanID=None))
    held = pipeline.held()

    rejected = end_rejected()
    after = pipeline.held()
    corrected = end_corrected()

    assert held["is"] != {}
    assert (rejected.path, after) == (paths.CREATE_REJECTED, held)
    assert (corrected.path, pipeline.status(created)) == (paths.CREATED, "registered")
    assert pipeline.shadow(created)["versionNumber"] == 2


def test_a_run_that_lost_its_thing_before_its_report_writes_no_outcome_over_anothers(pipeline):
    created = pipeline.event("created")
    end = pipeline.paused("ReportOutcome", created, state_machine_arn=pipeline.cloud.impatient_arn)

    pipeline.run(pipeline.updated(created, name="north"))
    held, shadow = pipeline.held(), pipeline.shadow(created)
    run = end()

    assert run.path == (*paths.CREATED, *paths.decided_again("CreateDevice", paths.SKIPPED)[5:])
    assert (pipeline.held(), pipeline.shadow(created)) == (held, shadow)
    assert pipeline.facts(created) == [
        *("EventAccepted", "EventFailed", "EventAccepted", "DeviceCreated"),
        "EventSkipped",
    ]
