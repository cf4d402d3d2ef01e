"""thingsync set on a fleet in moto."""

import pytest

from tests.bulk_samples import dev_eui
from tests.contract.operate.fleet import KEY
from tests.journal_samples import accepted, change
from tests.samples import APP_KEY, CREATE, JOIN_EUI, NWK_KEY
from workflows.domain.facts import DeviceUpdated, EventRejected, EventSkipped

UPDATE = change("UPDATED", 2)


@pytest.fixture
def pump(fleet):
    """A registered thing; the pipeline writes every change of it to the device."""
    device = fleet.registered("pump-7", dev_eui(1), joinEUI=JOIN_EUI)
    follow(fleet, accepted(UPDATE), DeviceUpdated(UPDATE, device))
    return fleet


def follow(fleet, *facts, thing_name="pump-7"):
    thing_id = fleet.iot.describe_thing(thingName=thing_name)["thingId"]
    fleet.answers["UpdateThing"] = lambda: fleet.happened(thing_name, *facts, thing_id=thing_id)


def attributes(fleet, thing_name="pump-7"):
    return fleet.iot.describe_thing(thingName=thing_name)["attributes"]


def test_attributes_are_changed_and_the_others_stay(pump):
    before = attributes(pump)

    done = pump.call("set", "pump-7", "name=Pump 8", "site=roof", "--yes")

    assert done.exit_code == 0, done.output
    assert attributes(pump) == before | {"name": "Pump_8", "site": "roof"}
    assert "  name: (not given) → Pump_8\n  site: (not given) → roof (Thingsync ignores it)\n" in done.stderr
    assert "pump-7   registered" in done.stdout


def test_what_is_removed_is_gone(pump):
    pump.iot.update_thing(thingName="pump-7", attributePayload={"attributes": {"name": "Pump"}, "merge": True})

    done = pump.call("set", "pump-7", "--unset", "name", "--unset", "appKey", "--yes")

    assert done.exit_code == 0, done.output
    assert attributes(pump).keys() == CREATE.keys() - {"appKey"}


def test_a_thing_is_named_by_its_dev_eui_and_several_are_changed_at_once(pump):
    pump.create_thing("new", devEUI=dev_eui(2))

    done = pump.call("set", dev_eui(1).lower(), "new", "site=roof", "--yes", "--no-wait")

    assert done.exit_code == 0, done.output
    assert [attributes(pump, name)["site"] for name in ("pump-7", "new")] == ["roof", "roof"]


def test_only_the_version_that_was_shown_is_written(pump):
    asked = []
    operator = pump.operator
    pump.operator = lambda: watched(operator(), asked)

    pump.call("set", "pump-7", "name=Pump", "--yes")

    assert asked == [{"attributePayload": {"attributes": {"name": "Pump"}, "merge": True}, "expectedVersion": 1}]


def watched(operator, asked):
    def note(params, **_):
        asked.append({name: params[name] for name in ("attributePayload", "expectedVersion")})

    operator.clients.iot.meta.events.register("provide-client-params.iot.UpdateThing", note)
    return operator


def test_nothing_is_written_if_nobody_agrees(pump):
    before = attributes(pump)

    done = pump.call("set", "pump-7", "name=Pump_8", answers="n\n")

    assert (done.exit_code, attributes(pump)) == (4, before)
    assert "Change 1 thing?" in done.stderr


def test_what_is_already_so_is_not_written(pump):
    done = pump.call("set", "pump-7", f"devEUI={dev_eui(1).lower()}", "lorawanVersion=MAC_V1_0_3")

    assert done.exit_code == 0
    assert "There is nothing to change." in done.stderr


def test_a_key_comes_from_the_standard_input_and_is_never_shown(pump):
    done = pump.call("set", "pump-7", "appkey=-", answers=f"{NWK_KEY.lower()}\ny\n")

    assert done.exit_code == 0, done.output
    assert attributes(pump)["appKey"] == NWK_KEY
    assert "appKey: changed" in done.stderr
    assert [key for key in (APP_KEY, NWK_KEY, KEY) if key in done.output.upper()] == []


def test_a_key_that_is_not_there_is_reported(pump):
    done = pump.call("set", "pump-7", "appKey=-", "--yes")

    assert done.exit_code == 2
    assert "The standard input holds no value for appKey." in done.stderr


def test_a_change_that_the_pipeline_rejects_is_reported_with_its_reason(pump):
    follow(pump, EventRejected(UPDATE, "InvalidThingError", message="frequencyPlanID: is unknown"))

    document = pump.document("set", "set", "pump-7", "frequencyPlanID=EU868", "--yes", exit_code=1)

    [thing] = document["things"]
    assert (thing["outcome"], thing["error"]) == ("rejected", "InvalidThingError")
    assert "frequencyPlanID: is unknown" in thing["reason"]
    assert thing["changes"] == [{"attribute": "frequencyPlanID", "before": None, "after": "EU868"}]


def test_programs_get_no_key(pump):
    [thing] = pump.document("set", "set", "pump-7", f"appKey={NWK_KEY}", "--yes")["things"]

    assert thing["changes"] == [{"attribute": "appKey", "before": None, "after": None}]


def test_a_change_that_concerns_no_device_is_good(pump):
    follow(pump, EventSkipped(UPDATE, "no change concerns the device"))

    [thing] = pump.document("set", "set", "pump-7", "site=roof", "--yes")["things"]

    assert thing["outcome"] in ("registered", "skipped")


def test_the_device_of_a_thing_has_its_euis_for_good(pump):
    before = attributes(pump)

    done = pump.call("set", "pump-7", f"joinEUI={'0' * 16}", "--yes")

    assert (done.exit_code, attributes(pump)) == (2, before)
    assert "which cannot change. Delete the thing and create it again." in done.stderr


def test_if_one_of_several_is_refused_none_is_written(pump):
    pump.create_thing("theirs", devEUI=dev_eui(2), stackName="another-stack")
    before = attributes(pump)

    done = pump.call("set", "pump-7", "theirs", "name=Pump", "--yes")

    assert (done.exit_code, attributes(pump)) == (2, before)
    assert "theirs is not of this stack: its stackName is another-stack, this stack is thingsync." in done.stderr


def test_each_thing_that_is_refused_is_reported(pump):
    pump.create_thing("theirs", devEUI=dev_eui(2), stackName="another-stack")

    done = pump.call("set", "pump-7", "theirs", "appKey=x", "--yes")

    assert done.exit_code == 2
    _place, *lines = done.stderr.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["pump-7", "theirs", "2"]


def test_a_thing_that_nobody_knows_is_refused(pump):
    assert pump.call("set", "nobody", "name=x").exit_code == 2
