"""Changes of a thing that reach its device: what changed, nothing else, and never what cannot change."""

import re

import pytest

from tests.workflow.device_states import CLAIM, CREATE, OTHER_APP_KEY, device
from tests.workflow.endings import rejected
from tests.workflow.paths import CLAIMED, CREATED, DISPATCH_REJECTED, SKIPPED, UPDATE_REJECTED, UPDATED

DEVICE_ID, CLAIMED_ID = "eui-70b3d57ed0051234", "eui-ec656e0000105a2b"
AT_NEXT_JOIN = "; in effect at the device's next join"
WRITTEN = [
    pytest.param({"name": "north"}, "is", {"name": "north"}, "written: name", id="name"),
    pytest.param(
        {"frequencyPlanID": "EU_863_870"},
        "ns",
        {"frequency_plan_id": "EU_863_870"},
        f"written: frequencyPlanID{AT_NEXT_JOIN}",
        id="frequency-plan",
    ),
    pytest.param(
        {"appKey": OTHER_APP_KEY},
        "js",
        {"root_keys": {"app_key": {"key": OTHER_APP_KEY}}},
        f"written: root keys{AT_NEXT_JOIN}",
        id="key",
    ),
]


@pytest.mark.parametrize(("changes", "server", "record", "reason"), WRITTEN)
def test_what_changed_on_the_thing_is_written_to_its_device(pipeline, *, changes, server, record, reason):
    created = pipeline.registered()
    before = pipeline.device(DEVICE_ID)
    event = pipeline.updated(created, **changes)

    run = pipeline.run(event)

    [_, line] = pipeline.log_lines(event)
    assert run.path == UPDATED
    assert pipeline.device(DEVICE_ID) == before | {server: before[server] | record}
    assert (line["outcome"], line["method"], line["reason"]) == ("registered", "created", reason)
    assert pipeline.shadow(event)["versionNumber"] == 2
    assert pipeline.facts(event) == ["EventAccepted", "DeviceCreated", "EventAccepted", "DeviceUpdated"]


UNCHANGED = [pytest.param(CREATE, UPDATED, id="keys-are-compared"), pytest.param(CLAIM, SKIPPED, id="no-keys")]


@pytest.mark.parametrize(("attributes", "path"), UNCHANGED)
def test_a_change_that_does_not_concern_the_device_calls_nothing(pipeline, attributes, path):
    created = pipeline.registered(attributes)
    held, shadow = pipeline.held(), pipeline.shadow(created)
    event = pipeline.updated(created, site="rotterdam")

    run = pipeline.run(event)

    assert (run.path, pipeline.log_lines(event)[-1]["outcome"]) == (path, "skipped")
    assert (pipeline.held(), pipeline.shadow(event)) == (held, shadow)
    assert (pipeline.facts(event)[-1], pipeline.status(event)) == ("EventSkipped", "registered")


def test_an_adopted_device_gets_only_what_changed(pipeline):
    device("js", "ns", "as")(pipeline.simulator)
    created = pipeline.registered()
    before = pipeline.device(DEVICE_ID)

    run = pipeline.run(pipeline.updated(created, name="north"))

    assert run.path == UPDATED
    assert pipeline.device(DEVICE_ID) == before | {"is": before["is"] | {"name": "north"}}


IMMUTABLE = [
    pytest.param(CREATE, {"devEUI": "70B3D57ED0059999"}, "devEUI: ", id="dev-eui"),
    pytest.param(CREATE, {"joinEUI": "70B3D57ED0000009"}, "joinEUI: ", id="join-eui"),
    pytest.param(CREATE, {"deviceID": "pump-7"}, "deviceID: ", id="device-id"),
    pytest.param(
        CLAIM, {"joinEUI": "70B3D57ED0000009", "deviceID": "pump-7"}, "joinEUI: .*deviceID: ", id="of-claimed"
    ),
]


@pytest.mark.parametrize(("attributes", "changes", "problem"), IMMUTABLE)
def test_what_cannot_change_is_refused_with_the_way_out(pipeline, attributes, changes, problem):
    created = pipeline.registered(attributes)
    held = pipeline.held()
    event = pipeline.updated(created, **changes)

    run = pipeline.run(event)

    reported, expected = pipeline.reports(event), rejected(event, run)
    assert run.path == DISPATCH_REJECTED
    assert re.search(f"ImmutableChangeError: {problem}.*Delete the thing and create it again", run.reason)
    assert (reported["log"][1:], reported["shadow"]) == (expected["log"], expected["shadow"])
    assert (reported["dead letters"], pipeline.held()) == ([], held)


TAKEN_BACK = [
    pytest.param(CREATE, {"joinEUI": "70B3D57ED0000009"}, id="that-cannot-change"),
    pytest.param(CLAIM, {"deviceID": "pump-7"}, id="that-cannot-change-of-claimed"),
    pytest.param(CREATE, {"frequencyPlanID": "EU,1", "lorawanVersion": "7"}, id="that-is-malformed"),
]


@pytest.mark.parametrize(("attributes", "changes"), TAKEN_BACK)
def test_the_shadow_of_a_thing_whose_refused_change_was_taken_back_reports_its_device_again(
    pipeline, attributes, changes
):
    created = pipeline.registered(attributes)
    held, registered = pipeline.held(), pipeline.shadow(created)
    refused = pipeline.updated(created, **changes)
    pipeline.run(refused)

    run = pipeline.run(taken_back := pipeline.updated(refused) | {"attributes": created["attributes"]})

    assert (run.path, pipeline.log_lines(taken_back)[-1]["outcome"]) == (UPDATED, "registered")
    assert pipeline.held() == held
    names = ("status", "method", "deviceId")
    assert [pipeline.shadow(taken_back)[name] for name in names] == [registered[name] for name in names]
    assert "error" not in pipeline.shadow(taken_back)


def test_a_value_that_is_refused_leaves_the_device_as_it_was_until_it_is_corrected(pipeline):
    created = pipeline.registered()
    held = pipeline.held()
    wrong = pipeline.updated(created, frequencyPlanID="EU_1")

    refused = pipeline.run(wrong)
    status, after = pipeline.status(wrong), pipeline.held()
    corrected = pipeline.run(pipeline.updated(wrong, frequencyPlanID="EU_863_870"))

    assert (refused.path, refused.error, status) == (UPDATE_REJECTED, "InvalidThingError", "rejected")
    assert after == held
    assert (corrected.path, pipeline.status(wrong)) == (UPDATED, "registered")
    assert pipeline.device(DEVICE_ID)["ns"]["frequency_plan_id"] == "EU_863_870"


LOST = [
    pytest.param(CREATE, DEVICE_ID, "created", id="created"),
    pytest.param(CLAIM, CLAIMED_ID, "claimed", id="claimed"),
]


@pytest.mark.parametrize(("attributes", "device_id", "method"), LOST)
def test_a_device_that_the_things_stack_has_lost_is_registered_again(pipeline, attributes, device_id, method):
    created = pipeline.registered(attributes)
    whole = pipeline.device(device_id)
    pipeline.simulator.control("POST", "reset")
    event = pipeline.updated(created, name="north")

    run = pipeline.run(event)

    after = pipeline.device(device_id)
    assert (run.path, pipeline.shadow(event)["method"]) == (UPDATED, method)
    assert after["is"]["name"] == "north"
    assert after["is"]["attributes"]["aws-run"] == run.name
    assert {server: after[server] for server in ("js", "ns", "as")} == {
        server: whole[server] for server in ("js", "ns", "as")
    }


def test_a_lost_device_whose_thing_has_no_keys_any_more_is_its_users_affair(pipeline):
    created = pipeline.registered()
    pipeline.simulator.control("POST", "reset")
    event = pipeline.updated(created, name="north", appKey=None)

    run = pipeline.run(event)

    assert run.path == UPDATE_REJECTED
    assert re.search(
        "InvalidThingError: appKey: is missing; .*The Things Stack has lost the thing's device", run.reason
    )


LATE = [
    pytest.param(CREATE | {"joinEUI": "xyz"}, CREATE, CREATED, id="create"),
    pytest.param(CLAIM | {"claimAuthenticationCode": "WRONGCODE1"}, CLAIM, CLAIMED, id="claim"),
]


@pytest.mark.parametrize(("wrong", "right", "path"), LATE)
def test_an_update_of_a_thing_that_was_rejected_registers_it(pipeline, wrong, right, path):
    created = pipeline.event("created", attributes=wrong)
    first = pipeline.run(created)

    second = pipeline.run(pipeline.updated(created, **right))

    assert (first.status, second.path) == ("FAILED", path)
    assert pipeline.status(created) == "registered"


def test_an_update_of_a_thing_that_was_never_published_registers_it(pipeline):
    event = pipeline.event("updated")

    run = pipeline.run(event)

    assert run.path == CREATED
    assert pipeline.device(DEVICE_ID)["is"]["name"] == event["attributes"]["name"]
