"""Every case of cases/devices.json and cases/changes.json: things, events and runs, The Things Stack over a socket."""

import re

import pytest

from tests.device_cases import PLANS, attributes_named, held, load

DEVICES, CHANGES = load("devices"), load("changes")
DEVICE_IDS = {"70B3D57ED0051234": "eui-70b3d57ed0051234", "EC656E0000105A2B": "eui-ec656e0000105a2b"}
CLAIMABLE = {"join_eui": "EC656E0000000003", "dev_eui": "EC656E0000105A2B", "authentication_code": "91B4D2F7"}
LATER = re.compile("next (join|session)")
METHODS = {"create": "created", "claim": "claimed"}


def each(listed, *outcomes):
    chosen = [case for case in listed if case["expect"]["outcome"] in outcomes]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in chosen])


@pytest.fixture
def pipeline_of(pipeline):
    """Return the pipeline of a stack in the case's region; its device can be claimed."""

    def deployed(case):
        pipeline.simulator.control("POST", "claimable", **CLAIMABLE)
        pipeline.deploy(FREQUENCY_PLAN_ID=PLANS[case["region"]])
        return pipeline

    return deployed


@each(DEVICES, "create", "claim")
def test_a_thing_becomes_exactly_the_device_that_its_case_says(pipeline_of, case):
    pipeline = pipeline_of(case)
    event = pipeline.event("created", attributes=case["attributes"])

    run = pipeline.run(event)

    assert (run.status, run.cause) == ("SUCCEEDED", None)
    expected = case["expect"]["device"]
    state = pipeline.held()
    assert held(state, expected["device_id"]) == expected
    shadow = pipeline.shadow(event)
    assert (shadow["status"], shadow["method"]) == ("registered", METHODS[case["expect"]["outcome"]])
    assert (state["js"] == {}) == ("app_key" not in expected)
    assert ("join_server_address" in state["is"][f"demo-app/{expected['device_id']}"]) == ("app_key" in expected)


@each(DEVICES, "rejected")
def test_a_refusal_names_the_attributes_and_leaves_no_device(pipeline_of, case):
    pipeline = pipeline_of(case)
    event = pipeline.event("created", attributes=case["attributes"])

    run = pipeline.run(event)

    assert (run.error, attributes_named(run.message)) == ("InvalidThingError", case["expect"]["problems"])
    assert pipeline.shadow(event)["status"] == "rejected"
    assert [pipeline.held()[server] for server in ("is", "js", "ns", "as")] == [{}, {}, {}, {}]


@pytest.fixture
def changed(pipeline_of):
    """Register a case's thing, let somebody else add what the case says, change the thing; run both events."""

    def run(case):
        pipeline = pipeline_of(case)
        created = pipeline.event("created", attributes=case["before"])
        registered = pipeline.run(created)
        assert (registered.status, registered.cause) == ("SUCCEEDED", None)
        device_id = DEVICE_IDS[case["before"]["devEUI"]]
        add_what_is_found(pipeline, device_id, case.get("found", {}))
        before = pipeline.held()
        event = pipeline.updated(created, **case["change"])
        return pipeline, event, pipeline.run(event), device_id, before

    return run


def add_what_is_found(pipeline, device_id, found):
    """Write as the Console does: maps of the Identity Server whole, settings of the Network Server one by one."""
    if "device_repository" in found:
        pipeline.simulator.control("POST", "device-repository", **found["device_repository"])
    state = pipeline.held()
    identity, network = state["is"][f"demo-app/{device_id}"], state["ns"][f"demo-app/{device_id}"]
    for name in {"attributes", "locations"} & found.keys():
        body = {"end_device": {name: {**identity.get(name, {}), **found[name]}}, "field_mask": {"paths": [name]}}
        pipeline.simulator.call("PUT", f"applications/demo-app/devices/{device_id}", body)
    if settings := found.get("mac_settings"):
        body = {
            "end_device": {"ids": network["ids"], "mac_settings": settings},
            "field_mask": {"paths": [f"mac_settings.{name}" for name in settings]},
        }
        pipeline.simulator.call("PUT", f"ns/applications/demo-app/devices/{device_id}", body)


def solved(state, device_id):
    """Return the locations that The Things Stack itself has solved."""
    locations = state["is"][f"demo-app/{device_id}"].get("locations", {})
    return {name: location for name, location in locations.items() if name != "user"}


@each(CHANGES, "updated")
def test_a_change_is_written_and_nothing_else_of_the_device_changes(changed, case):
    pipeline, event, run, device_id, before = changed(case)

    assert (run.status, run.cause) == ("SUCCEEDED", None)
    wanted = held(before, device_id) | case["expect"]["device"]
    assert held(pipeline.held(), device_id) == {name: value for name, value in wanted.items() if value is not None}
    assert solved(pipeline.held(), device_id) == solved(before, device_id)
    line = pipeline.log_lines(event)[-1]
    assert line["outcome"] == "registered"
    assert case["expect"].get("says", "") in line["reason"]
    assert not (case["expect"].get("now") and LATER.search(line["reason"]))
    assert not ("dev_addr" in wanted and "next join" in line["reason"]), "an ABP device never joins"
    assert pipeline.shadow(event)["versionNumber"] == 2


@each(CHANGES, "nothing")
def test_a_change_that_does_not_concern_the_device_leaves_it_as_it_is(changed, case):
    pipeline, event, run, _, before = changed(case)

    assert (run.status, run.cause) == ("SUCCEEDED", None)
    assert pipeline.held() == before
    line = pipeline.log_lines(event)[-1]
    assert line["outcome"] == "skipped"
    assert pipeline.shadow(event)["versionNumber"] == 1


@each(CHANGES, "unchanged")
def test_a_change_that_the_device_already_has_or_never_gets_is_reported_as_that(changed, case):
    pipeline, event, run, device_id, before = changed(case)

    assert (run.status, run.cause) == ("SUCCEEDED", None)
    assert held(pipeline.held(), device_id) == held(before, device_id)
    assert case["expect"].get("says", "") in pipeline.log_lines(event)[-1].get("reason", "")


@each(CHANGES, "rejected")
def test_a_change_that_is_refused_leaves_the_device_as_it_is(changed, case):
    pipeline, event, run, _, before = changed(case)

    assert run.error == case["expect"]["error"]
    assert attributes_named(run.message) == case["expect"]["problems"]
    assert pipeline.held() == before
    assert pipeline.shadow(event)["status"] == "rejected"
