"""Things that become devices: created, claimed, adopted."""

import json
from pathlib import Path

import pytest

from tests.simulated_stack import stack_with
from tests.workflow.device_states import CLAIM, CREATE, device, ids_of, mark
from tests.workflow.paths import CLAIMED, CREATE_FAILED, CREATED
from workflows.domain.device import DeviceIds, IdentityRecord

CASES = json.loads((Path(__file__).parents[1] / "cases" / "registration.json").read_text(encoding="utf-8"))["cases"]
SHOWN = {
    "create-device-id",
    "create-frequency-plan",
    "create-1.1-b",
    "claim-device-id-and-plan",
    "claim-by-qr-code",
}


def test_a_thing_with_keys_becomes_a_device_on_all_four_servers(pipeline):
    event = pipeline.event("created")

    run = pipeline.run(event)

    ids = {
        "application_ids": {"application_id": "demo-app"},
        "device_id": "eui-70b3d57ed0051234",
        "dev_eui": "70B3D57ED0051234",
        "join_eui": "70B3D57ED0000001",
    }
    addresses = {"network_server_address": "127.0.0.1", "application_server_address": "127.0.0.1"}
    our_mark = {"aws-stack": "thingsync", "aws-thing-id": event["thingId"], "aws-run": run.name}
    assert (run.path, run.status) == (CREATED, "SUCCEEDED")
    assert pipeline.device(ids["device_id"]) == {
        "is": {"ids": ids, "attributes": our_mark, "join_server_address": "127.0.0.1", **addresses},
        "js": {"ids": ids, "root_keys": {"app_key": {"key": event["attributes"]["appKey"]}}, **addresses},
        "ns": {
            "ids": ids,
            "supports_join": True,
            "lorawan_version": "MAC_V1_0_3",
            "lorawan_phy_version": "PHY_V1_0_3_REV_A",
            "frequency_plan_id": "EU_863_870_TTN",
        },
        "as": {"ids": ids},
        "claims": [],
    }


def test_the_user_learns_of_a_registration_from_log_shadow_and_metrics(pipeline):
    event = pipeline.event("created")

    run = pipeline.run(event)

    shown = {"method": "created", "deviceId": "eui-70b3d57ed0051234", "applicationId": "demo-app", "versionNumber": 1}
    assert pipeline.log_lines(event) == [
        {
            "outcome": "registered",
            "reason": "by the stack's defaults: frequencyPlanID EU_863_870_TTN",
            "thingName": event["thingName"],
            "thingId": event["thingId"],
            "operation": "CREATED",
            "executionArn": run.arn,
            **shown,
        }
    ]
    assert pipeline.shadow(event) == {
        "status": "registered",
        "thingId": event["thingId"],
        "eventAt": event["timestamp"],
        **shown,
    }
    assert pipeline.metrics() == {"Registered": 1, "RegistrationLatency": 1}
    assert pipeline.dead_letters() == []
    assert event["thingName"].upper() in pipeline.everything_written()


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES if case["id"] in SHOWN])
def test_an_example_thing_becomes_the_device_it_describes(pipeline, case):
    run = pipeline.run(pipeline.event("created", attributes=case["attributes"]))

    expected = case["expect"]["device"]
    servers = pipeline.device(expected["device_id"])
    assert run.path == (CLAIMED if case["expect"]["outcome"] == "claim" else CREATED)
    assert {**servers["as"]["ids"], **servers["ns"], **joining(servers)}.items() >= expected.items()


def joining(servers):
    """Return how a device joins: by the root keys that the Join Server has, or by the code that claimed it."""
    if servers["js"] is None:
        [claim] = servers["claims"]
        return {"authentication_code": claim["authentication_code"]}
    keys = servers["js"]["root_keys"]
    return {f"{name}_key": keys.get(f"{name}_key", {}).get("key") for name in ("app", "nwk")}


ADOPTED = [
    pytest.param(CREATE, device("js", "ns", "as"), id="it-is-whole-and-nobody-marked-it"),
    pytest.param(CREATE, device("js", "ns", "as", mark=mark("thingsync")), id="a-thing-of-this-stack-left-it"),
    pytest.param(CREATE, device("js", "ns", "as", ids=ids_of(CREATE, "pump")), id="it-has-an-id-of-its-own"),
    pytest.param(CREATE, device("ns", "as", claimed=True), id="it-was-claimed-though-the-thing-has-keys"),
    pytest.param(CLAIM, device("claim", "ns", "as", ids=ids_of(CLAIM), claimed=True), id="it-was-claimed"),
    pytest.param(CLAIM, device("ns", "as", ids=ids_of(CLAIM)), id="it-was-created-though-the-thing-has-a-code"),
]


@pytest.mark.parametrize(("attributes", "before"), ADOPTED)
def test_a_device_that_was_there_is_linked_and_left_alone(pipeline, attributes, before):
    before(pipeline.simulator)
    held = pipeline.held()
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.run(event)

    [device_id] = [record["ids"]["device_id"] for record in held["is"].values()]
    shadow = pipeline.shadow(event)
    assert run.status == "SUCCEEDED"
    assert (shadow["status"], shadow["method"], shadow["deviceId"]) == ("registered", "adopted", device_id)
    assert pipeline.held() == held


def test_where_the_stack_allows_it_a_device_that_a_thing_of_this_stack_left_is_taken_over_whole(pipeline):
    pipeline.deploy(ADOPTED_DEVICES="Write", DELETE_POLICY="Retain")
    pipeline.run(pipeline.deleted(pipeline.registered()))
    other_key = CREATE["appKey"][::-1]
    event = pipeline.event("created", attributes=CREATE | {"appKey": other_key})

    run = pipeline.run(event)

    after = pipeline.device("eui-70b3d57ed0051234")
    assert (run.path, pipeline.shadow(event)["method"]) == (CREATED, "created")
    assert after["is"]["attributes"]["aws-thing-id"] == event["thingId"]
    assert after["js"]["root_keys"] == {"app_key": {"key": other_key}}
    assert after["ns"]["frequency_plan_id"] == "EU_863_870_TTN"


def test_the_device_of_a_stack_of_the_same_name_elsewhere_is_only_linked(pipeline):
    """The journal does not know the thing in the mark, which lives in another account or region."""
    pipeline.deploy(ADOPTED_DEVICES="Write")
    device("js", "ns", "as", mark=mark("thingsync"))(pipeline.simulator)
    held, event = pipeline.held(), pipeline.event("created")

    run = pipeline.run(event)

    assert (run.status, pipeline.shadow(event)["method"]) == ("SUCCEEDED", "adopted")
    assert pipeline.held() == held


@pytest.mark.parametrize("own", [pytest.param(7, id="room"), pytest.param(10, id="no-room")])
def test_a_retained_device_whose_mark_was_taken_off_is_left_alone_however_many_attributes_it_has(pipeline, own):
    pipeline.deploy(DELETE_POLICY="Retain")
    pipeline.run(pipeline.deleted(pipeline.registered()))
    attributes = {f"room-{number}": "7" for number in range(own)}
    record = IdentityRecord(DeviceIds("eui-70b3d57ed0051234", "", ""), attributes=attributes)
    stack_with(pipeline.simulator).update_identity(record, [], with_mark=True)
    held = pipeline.held()
    event = pipeline.event("created")

    run = pipeline.run(event)

    assert (run.status, pipeline.shadow(event)["method"]) == ("SUCCEEDED", "adopted")
    assert pipeline.held() == held


def test_servers_that_lack_an_adopted_device_get_it(pipeline):
    device("js")(pipeline.simulator)
    held = pipeline.held()
    event = pipeline.event("created")

    pipeline.run(event)

    after = pipeline.held()
    assert pipeline.shadow(event)["method"] == "adopted"
    assert (after["is"], after["js"]) == (held["is"], held["js"])
    assert pipeline.device("eui-70b3d57ed0051234")["ns"]["frequency_plan_id"] == "EU_863_870_TTN"
    assert pipeline.device("eui-70b3d57ed0051234")["as"] is not None


def test_a_device_that_differs_from_its_thing_is_registered_and_the_differences_are_reported(pipeline):
    device("js", "ns", "as")(pipeline.simulator)
    event = pipeline.event("created")

    pipeline.run(event)

    differences = [
        "name: the device has 'by hand'",
        "frequencyPlanID: the device has EU_863_870",
        "lorawanVersion: the device has 1.0.2",
        "regionalParametersVersion: the device has 1.0.2-b",
        "appKey: whether the device has this key is not known, since Thingsync reads no keys",
    ]
    shown = [text for text in differences if text.partition(":")[0] in event["attributes"]]
    assert pipeline.shadow(event)["differences"] == shown
    assert pipeline.log_lines(event)[-1]["differences"] == shown
    assert all(text in pipeline.log_lines(event)[-1]["reason"] for text in shown)


def test_a_label_and_a_place_of_a_registration_that_failed_go_with_it(pipeline):
    pipeline.fault(method="PUT", path="^/as/", action="503", times=50)
    place = {"latitude": "1", "longitude": "2"}
    event = pipeline.event("created", attributes=CREATE | {"label:site": "old", "label:floor": "3"} | place)
    assert pipeline.run(event).path == CREATE_FAILED
    pipeline.no_faults()

    change = {"label:site": None, "label:room": "12", **dict.fromkeys(place)}
    run = pipeline.run(pipeline.updated(event, **change))

    assert run.status == "SUCCEEDED"
    record = pipeline.held()["is"]["demo-app/eui-70b3d57ed0051234"]
    mark = {"aws-stack", "aws-thing-id", "aws-run"}
    assert {key: text for key, text in record["attributes"].items() if key not in mark} == {"floor": "3", "room": "12"}
    assert "locations" not in record
