"""Things that come back without keys get the device that The Things Stack still has."""

import pytest

from tests.workflow import paths
from tests.workflow.device_states import CLAIM, CREATE, OTHER_APP_KEY, device, mark
from tests.workflow.endings import rejected

IDENTITY = ("devEUI", "joinEUI", "stackName", "deviceID", "name")
KEYLESS = {name: value for name, value in CREATE.items() if name in IDENTITY}
KEYLESS_CLAIM = {name: value for name, value in CLAIM.items() if name in IDENTITY}
DEVICE_ID, CLAIMED_ID = "eui-70b3d57ed0051234", "eui-ec656e0000105a2b"


@pytest.mark.parametrize(
    ("attributes", "keyless", "device_id", "method"),
    [
        pytest.param(CREATE, KEYLESS, DEVICE_ID, "created", id="created"),
        pytest.param(CLAIM, KEYLESS_CLAIM, CLAIMED_ID, "claimed", id="claimed"),
    ],
)
def test_a_thing_that_is_made_again_before_its_deletion_is_carried_out_has_its_device(
    pipeline, attributes, keyless, device_id, method
):
    former = pipeline.registered(attributes)
    before = pipeline.device(device_id)
    deletion = pipeline.deleted(former)
    again = pipeline.event("created", former["thingName"], attributes=keyless)

    runs = [pipeline.run(again), pipeline.run(deletion)]

    after = pipeline.device(device_id)
    assert [run.path for run in runs] == [paths.CREATED, paths.SKIPPED]
    assert (after["js"], after["claims"], after["ns"]) == (before["js"], before["claims"], before["ns"])
    assert after["is"]["attributes"]["aws-thing-id"] == again["thingId"]
    assert pipeline.shadow(again)["method"] == method


def test_the_same_key_given_later_is_no_change_and_another_is_written(pipeline):
    former = pipeline.registered(CREATE)
    pipeline.deleted(former)
    again = pipeline.event("created", former["thingName"], attributes=KEYLESS)
    pipeline.run(again)
    versions = {name: CREATE[name] for name in ("lorawanVersion", "regionalParametersVersion")}

    same = pipeline.updated(again, appKey=CREATE["appKey"], **versions)
    runs = [pipeline.run(same)]
    other = pipeline.updated(same | {"attributes": same["attributes"]}, appKey=OTHER_APP_KEY)
    runs.append(pipeline.run(other))

    assert [run.status for run in runs] == ["SUCCEEDED", "SUCCEEDED"]
    assert [line.get("reason") for line in pipeline.log_lines(again)[-2:]] == [
        "no change concerns the device",
        "written: root keys; in effect at the device's next join",
    ]


def test_a_retained_device_is_linked(pipeline):
    pipeline.deploy(DELETE_POLICY="Retain")
    former = pipeline.registered(CREATE)
    pipeline.run(pipeline.deleted(former))
    held = pipeline.held()
    again = pipeline.event("created", former["thingName"], attributes=KEYLESS)

    run = pipeline.run(again)

    assert (run.path, pipeline.held()) == (paths.CREATED, held)
    assert pipeline.shadow(again)["method"] == "adopted"


def test_somebody_s_device_under_an_id_of_its_own_is_linked(pipeline):
    device("js", "ns", "as")(pipeline.simulator)
    held = pipeline.held()

    event = pipeline.event("created", attributes=KEYLESS | {"deviceID": "another-name"})
    run = pipeline.run(event)

    assert (run.path, pipeline.held()) == (paths.CREATED, held)
    assert pipeline.shadow(event)["deviceId"] != "another-name"


def test_without_a_device_it_is_rejected_and_nothing_is_left(pipeline):
    event = pipeline.event("created", attributes=KEYLESS)

    run = pipeline.run(event)

    assert (run.path, run.error) == (paths.CREATE_REJECTED, "InvalidThingError")
    assert "The Things Stack has no device with these EUIs" in run.message
    assert pipeline.reports(event) == rejected(event, run)
    assert not any(pipeline.held().values())


def test_after_its_device_was_removed_the_key_alone_makes_it_again(pipeline):
    former = pipeline.registered(CREATE)
    pipeline.run(pipeline.deleted(former))
    versions = {name: CREATE[name] for name in ("lorawanVersion", "regionalParametersVersion")}
    again = pipeline.event("created", former["thingName"], attributes=KEYLESS | versions)

    runs = [pipeline.run(again), pipeline.run(pipeline.updated(again, appKey=CREATE["appKey"]))]

    assert [run.path for run in runs] == [paths.CREATE_REJECTED, paths.CREATED]


def test_a_living_thing_s_device_is_not_taken(pipeline):
    pipeline.registered(CREATE)
    held = pipeline.held()

    runs = [pipeline.run(pipeline.event("created", attributes=KEYLESS | more)) for more in ({}, {"deviceID": "mine"})]

    assert [run.error for run in runs] == ["DeviceConflictError", "DeviceConflictError"]
    assert pipeline.held() == held


def test_another_stack_s_device_is_not_taken(pipeline):
    device("js", "ns", "as", mark=mark("another-stack"))(pipeline.simulator)
    held = pipeline.held()

    run = pipeline.run(pipeline.event("created", attributes=KEYLESS))

    assert (run.error, pipeline.held()) == ("DeviceConflictError", held)
