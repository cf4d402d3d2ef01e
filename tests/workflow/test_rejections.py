"""Things that their users must correct: all is reported at once, all is taken back, nothing is in the DLQ."""

import re

import pytest

from tests.workflow.device_states import CLAIM, CREATE, claimed_elsewhere, device, ids_of, nothing
from tests.workflow.endings import rejected
from tests.workflow.paths import CLAIM_REJECTED, CREATE_REJECTED, DISPATCH_REJECTED

IN_DISPATCH = [
    pytest.param({}, "devEUI: is missing.*stackName: is missing", id="nothing-on-the-thing"),
    pytest.param(None, "appKey: is missing.*claimAuthenticationCode: is missing", id="no-attributes-at-all"),
    pytest.param(
        {**CREATE, "devEUI": "xyz", "joinEUI": "1"}, "devEUI: must.*joinEUI: must", id="every-problem-at-once"
    ),
    pytest.param({**CREATE, **CLAIM}, "appKey: .*not both.*claimAuthenticationCode: the same", id="key-and-code"),
    pytest.param({**CREATE, "deviceID": "batch"}, "deviceID: .*; use batch-1", id="an-id-that-no-call-can-name"),
]


@pytest.mark.parametrize(("attributes", "problems"), IN_DISPATCH)
def test_a_thing_that_lacks_what_registering_needs_is_rejected_before_any_call(pipeline, attributes, problems):
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.run(event)

    assert (run.path, run.status) == (DISPATCH_REJECTED, "FAILED")
    assert re.search(f"InvalidThingError: .*{problems}", run.reason)
    assert pipeline.reports(event) == rejected(event, run)
    assert pipeline.why(event)[:2] == (run.error, run.message)


DEVICE_ID = "eui-70b3d57ed0051234"
SAME_ID = ids_of({**CREATE, "devEUI": "70B3D57ED0059999"}, DEVICE_ID)
IN_CREATE = [
    pytest.param({}, device(ids=SAME_ID), "DeviceConflictError: .*is taken by the device with DevEUI", id="id-taken"),
    pytest.param({"deviceID": "test"}, nothing, "InvalidThingError: .*deviceID: .*reserved word", id="reserved-id"),
    pytest.param(
        {}, device(elsewhere=True), r"DeviceConflictError: .*another application \(other-app\)", id="euis-taken"
    ),
    pytest.param({"frequencyPlanID": "EU_1"}, nothing, "InvalidThingError: .*frequencyPlanID: .*no", id="unknown-plan"),
    pytest.param({"frequencyPlanID": "AS_923_2"}, nothing, "InvalidThingError: .*regional.*band", id="not-in-the-band"),
]


@pytest.mark.parametrize(("more", "before", "error"), IN_CREATE)
def test_a_device_that_cannot_be_created_leaves_no_trace(pipeline, more, before, error):
    before(pipeline.simulator)
    held = pipeline.held()
    event = pipeline.event("created", attributes={**CREATE, **more})

    run = pipeline.run(event)

    assert (run.path, run.status) == (CREATE_REJECTED, "FAILED")
    assert re.search(error, run.reason)
    assert pipeline.reports(event) == rejected(event, run)
    assert pipeline.why(event) == (run.error, run.message, event["attributes"]["devEUI"])
    assert pipeline.held() == held


PHY, MAC = "RP002_V1_0_4", "MAC_V1_0_4"
OF_AN_OLDER_SERVER = [
    pytest.param(PHY, '"{}"', "regionalParametersVersion", id="regional-version"),
    pytest.param(MAC, '"{}"', "lorawanVersion", id="lorawan-version"),
    pytest.param(PHY, "&#34;{}&#34;", "regionalParametersVersion", id="as-newer-servers-write-quotes"),
]


@pytest.mark.parametrize(("refused", "quoted", "attribute"), OF_AN_OLDER_SERVER)
def test_a_version_that_is_newer_than_the_server_is_named_though_the_server_names_no_field(
    pipeline, *, refused, quoted, attribute
):
    message = f'unmarshal error at path "end_device": unknown value for enum: {quoted.format(refused)}'
    pipeline.fault(method="PUT", path="^/ns/", action="error", code=3, message=message)
    versions = {"lorawanVersion": MAC, "regionalParametersVersion": PHY}
    event = pipeline.event("created", attributes={**CREATE, **versions})

    run = pipeline.run(event)

    assert (run.path, run.error) == (CREATE_REJECTED, "InvalidThingError")
    assert re.search(f"InvalidThingError: .*{attribute}: ", run.reason)
    assert pipeline.reports(event) == rejected(event, run)
    assert not any(pipeline.held().values())


def test_euis_of_another_tenants_device_are_anothers(pipeline):
    error = "pkg/identityserver:end_device_euis_taken_in_other_tenant"
    pipeline.fault(method="POST", path="^/applications", action="error", error=error, code=6)
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.path, run.error) == (CREATE_REJECTED, "DeviceConflictError")
    assert "another tenant" in run.reason
    assert pipeline.reports(event) == rejected(event, run)


WRONG = "ClaimRejectedError: .*is wrong, or the device is claimed"
NO_SERVER = "ClaimRejectedError: .*no Join Server for claiming"
UNKNOWN = "ClaimRejectedError: .*not know this devEUI"
IN_CLAIM = [
    pytest.param({"claimAuthenticationCode": "WRONGCODE1"}, nothing, WRONG, id="wrong-code"),
    pytest.param({}, claimed_elsewhere, WRONG, id="claimed-by-another"),
    pytest.param({"joinEUI": "70B3D57ED0000009"}, nothing, NO_SERVER, id="not-claimable"),
    pytest.param({"devEUI": "EC656E0000FFFFFF"}, nothing, UNKNOWN, id="not-provisioned"),
    pytest.param({"frequencyPlanID": "IL_917_920_TTN"}, nothing, "InvalidThingError: .*frequency.*band", id="plan"),
]


@pytest.mark.parametrize(("more", "before", "error"), IN_CLAIM)
def test_a_device_that_cannot_be_claimed_leaves_no_trace(pipeline, more, before, error):
    before(pipeline.simulator)
    held = pipeline.held()
    event = pipeline.event("created", attributes={**CLAIM, **more})

    run = pipeline.run(event)

    assert (run.path, run.status) == (CLAIM_REJECTED, "FAILED")
    assert re.search(error, run.reason)
    assert pipeline.reports(event) == rejected(event, run)
    assert pipeline.held() == held


OF_ANOTHER_THING = [
    pytest.param({}, {}, DISPATCH_REJECTED, id="the-same-device-id"),
    pytest.param({"deviceID": "pump-7"}, {}, CREATE_REJECTED, id="the-same-euis"),
    pytest.param({"deviceID": "pump-7"}, {"deviceID": "pump-7"}, DISPATCH_REJECTED, id="the-same-id-of-its-own"),
]


@pytest.mark.parametrize(("holders", "more", "path"), OF_ANOTHER_THING)
def test_a_device_of_a_thing_that_is_there_is_not_taken_from_it(pipeline, holders, more, path):
    holder = pipeline.registered({**CREATE, **holders})
    held = pipeline.held()

    run = pipeline.run(pipeline.event("created", attributes={**CREATE, **more}))

    assert (run.path, pipeline.held()) == (path, held)
    assert re.search(f"DeviceConflictError: .*belongs to thing {holder['thingName']}", run.reason)


def test_what_a_rejected_thing_gave_back_is_free_for_another(pipeline):
    pipeline.run(pipeline.event("created", attributes={**CLAIM, "frequencyPlanID": "EU_1"}))

    run = pipeline.run(pipeline.event("created", attributes=CLAIM))

    assert run.status == "SUCCEEDED"
    assert pipeline.device("eui-ec656e0000105a2b")["claims"][0]["application_id"] == "demo-app"
