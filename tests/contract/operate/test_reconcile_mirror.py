"""thingsync reconcile --mirror: foreign devices become things; what MirrorDevice does is done by the test."""

import json
from dataclasses import replace

import pytest

from tests.bulk_samples import dev_eui
from tests.contract.operate.test_reconcile import theirs
from tests.journal_samples import accepted, change
from tests.samples import STACK
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.domain.facts import Change, DeviceMirrored, DeviceReleased, EventRejected, RegisteredDevice
from workflows.domain.mark import Mark
from workflows.schemas.activity import load_queued


@pytest.fixture
def foreign(fleet):
    """Two devices that somebody registered in The Things Stack, and that never sent."""
    for number, device_id in enumerate(("theirs-1", "theirs-2"), start=1):
        fleet.devices.create_identity(theirs(device_id, number))
    return fleet


def planned(fleet, *arguments, exit_code=0):
    lines = fleet.lines("reconcile", "reconcile", "--mirror", *arguments, exit_code=exit_code)
    return [(line["deviceId"], line["thingName"], line["repair"], line["text"]) for line in lines]


def mirrored(ids):
    return [
        DeviceMirrored(change(), RegisteredDevice("mirrored", ids.device_id, ids.device_id, ids.dev_eui, ids.join_eui))
    ]


def refused(ids):
    return [accepted(device_id=ids.device_id), EventRejected(change(), "InvalidThingError")]


def mirrors(fleet, *, facts=mirrored, but=()):
    """Do with each message what MirrorDevice and the thing's own event would do."""

    def work():
        for body in fleet.waiting(fleet.activity_queue_url):
            ids = load_queued(body).ids
            if ids.device_id not in but and not fleet.journal.owner(ids.device_id):
                made = fleet.create_thing(ids.dev_eui, devEUI=ids.dev_eui, deviceID=ids.device_id)
                fleet.happened(ids.dev_eui, *facts(ids), thing_id=made)

    fleet.when_sent = work


def test_the_plan_names_the_thing_of_each_device_and_changes_nothing(foreign):
    assert planned(foreign) == [
        (
            f"theirs-{number}",
            dev_eui(number),
            "mirror",
            f"it has no mark of Thingsync; it becomes thing {dev_eui(number)}",
        )
        for number in (1, 2)
    ]
    assert foreign.waiting(foreign.activity_queue_url) == []


def test_people_read_how_many_become_things(foreign):
    foreign.devices.create_identity(IdentityRecord(DeviceIds("abp", "", "")))

    done = foreign.call("reconcile", "--mirror")

    assert done.exit_code == 0
    assert "2 devices to become things, with --apply; not possible for 1, as shown above." in " ".join(
        done.stderr.split()
    )


def test_the_names_are_those_of_the_stacks_scheme(foreign):
    operator = foreign.operator()
    operator.found.parameters["ThingNameScheme"] = "StackNameDeviceID"
    foreign.operator = lambda: operator

    assert [name for _, name, _, _ in planned(foreign)] == [f"{STACK}_theirs-1", f"{STACK}_theirs-2"]


def left_on_purpose(fleet):
    device = fleet.registered("retained", dev_eui(3))
    thing_id = fleet.iot.describe_thing(thingName="retained")["thingId"]
    of = change("DELETED")
    released = DeviceReleased(of, device.device_id, "retained")
    fleet.happened("retained", accepted(of, device.device_id), released, thing_id=thing_id)
    fleet.iot.delete_thing(thingName="retained")
    fleet.devices.update_identity(IdentityRecord(device.ids), [], with_mark=True)


def of_another_stack(fleet):
    fleet.devices.create_identity(theirs("another", 3, Mark("another-stack", "id", "run").attributes()))


def without_dev_eui(fleet):
    fleet.devices.create_identity(IdentityRecord(DeviceIds("abp", "", "")))


def name_taken(fleet):
    fleet.devices.create_identity(theirs("taken", 3))
    fleet.create_thing(dev_eui(3), devEUI=dev_eui(4), stackName="elsewhere")


def thing_of_another_stack(fleet):
    fleet.devices.create_identity(theirs("wanted", 3))
    fleet.create_thing("lamp", devEUI=dev_eui(3), joinEUI="0000000000000001", stackName="elsewhere")


def same_thing(fleet):
    fleet.devices.create_identity(theirs("first", 3))
    ids = DeviceIds("second", dev_eui(3), "0000000000000002")
    fleet.devices.create_identity(IdentityRecord(ids))


@pytest.mark.parametrize(
    ("prepare", "device_id", "reason"),
    [
        pytest.param(
            left_on_purpose,
            f"eui-{dev_eui(3).lower()}",
            "thing retained had it and left it in The Things Stack",
            id="kept",
        ),
        pytest.param(of_another_stack, "another", "has the mark of stack another-stack", id="another stack's"),
        pytest.param(without_dev_eui, "abp", "the device has no DevEUI", id="no DevEUI"),
        pytest.param(name_taken, "taken", "this name is taken by the thing of another device", id="name taken"),
        pytest.param(thing_of_another_stack, "wanted", "has stackName elsewhere", id="a thing of another stack"),
        pytest.param(same_thing, "second", f"its thing would be {dev_eui(3)}, which device first becomes", id="twice"),
    ],
)
def test_a_device_that_becomes_no_thing_is_shown_with_the_reason_and_never_sent(fleet, prepare, device_id, reason):
    prepare(fleet)
    mirrors(fleet)

    done = fleet.call("reconcile", "--mirror", "--apply", "--yes", "--json")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    [line] = [each for each in lines if each["deviceId"] == device_id]
    assert (done.exit_code, line["kind"], line["repair"], line["thingName"]) == (0, "foreign", None, None)
    assert "; it becomes no thing: " in line["text"]
    assert reason in line["text"]


def test_a_yes_is_asked_for(foreign):
    mirrors(foreign)

    done = foreign.call("reconcile", "--mirror", "--apply", answers="n\n")

    assert (done.exit_code, foreign.iot.list_things()["things"]) == (4, [])
    assert "Make 2 of these devices things?" in done.stderr


def test_devices_become_things_and_that_is_what_is_reported(foreign):
    mirrors(foreign)

    lines = foreign.lines("reconcile", "reconcile", "--mirror", "--apply", "--yes")

    assert [(line["deviceId"], line["thingName"], line["status"], line["linked"]) for line in lines[2:]] == [
        ("theirs-1", dev_eui(1), "registered", False),
        ("theirs-2", dev_eui(2), "registered", False),
    ]
    assert planned(foreign) == []


def test_people_read_how_many_have_their_thing(foreign):
    mirrors(foreign)

    printed = foreign.printed("reconcile", "--mirror", "--apply", "--yes")

    assert f"theirs-1: mirrored: thing {dev_eui(1)}" in printed.splitlines()
    assert printed.splitlines()[-1] == "2 of 2 devices have their thing now."


def test_without_mirror_foreign_devices_are_left_alone(foreign):
    assert foreign.lines("reconcile", "reconcile", "--apply", "--yes")[0]["repair"] is None
    assert foreign.waiting(foreign.activity_queue_url) == []


def test_a_device_without_its_thing_in_time_is_not_called_done(foreign):
    mirrors(foreign, but=("theirs-2",))

    lines = foreign.lines("reconcile", "reconcile", "--mirror", "--apply", "--yes", "--timeout", "0s", exit_code=1)

    assert [(line["deviceId"], line["status"]) for line in lines[2:]] == [
        ("theirs-1", "registered"),
        ("theirs-2", None),
    ]
    assert "its thing is not registered yet" in lines[3]["stillDiffers"]


def test_a_thing_that_was_rejected_is_not_called_done(foreign):
    mirrors(foreign, facts=refused)

    lines = foreign.lines("reconcile", "reconcile", "--mirror", "--apply", "--yes", exit_code=1)

    assert {(line["status"], line["error"]) for line in lines[2:]} == {("rejected", "InvalidThingError")}


def test_both_repairs_and_new_things_are_asked_for_at_once(foreign):
    device = foreign.registered("gone", dev_eui(7))
    foreign.devices.delete_identity(device.device_id)

    done = foreign.call("reconcile", "--mirror", "--apply", answers="n\n")

    assert "Repair 1 and make 2 of these devices things?" in " ".join(done.stderr.split())


def test_names_of_things_and_mirror_do_not_go_together(fleet):
    done = fleet.call("reconcile", "pump", "--mirror")

    assert (done.exit_code, "--mirror is about devices without a thing" in " ".join(done.stderr.split())) == (2, True)


def test_a_device_whose_thing_is_there_but_whose_event_is_not_is_not_called_done(foreign):
    early = Change("CREATED", 0, "mirror")
    mirrors(foreign, facts=lambda ids: [replace(each, change=early) for each in mirrored(ids)])

    lines = foreign.lines("reconcile", "reconcile", "--mirror", "--apply", "--yes", "--timeout", "0s", exit_code=1)

    assert {line["stillDiffers"] for line in lines[2:]} == {"version 1 of the thing has not arrived, the last was 0"}
