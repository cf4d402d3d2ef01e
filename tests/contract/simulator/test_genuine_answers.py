"""The simulator answers as the genuine The Things Stack did: every call that was recorded is made again."""

import json
import re

import pytest

from tests.contract.simulator import recording
from tests.contract.simulator.conftest import Simulator
from tests.things_stack_answers import AS_READ, AS_SET, EVERY_CALL

CONVERTER = "the simulator converts no templates"
QR_CODES = "the simulator reads no QR codes but to claim"
RESET = "the simulator has no reset at the Network Server"
MAC_SETTINGS = "the simulator keeps MAC settings as they came"

# (group, name) of each call that the simulator answers otherwise, and why. None of them is one that Thingsync makes.
DEVIATIONS = {
    ("plans", "default MAC settings"): "the simulator has no default MAC settings",
    ("classes", 'class_b_timeout "0.5s"'): MAC_SETTINGS,
    ("classes", "ping_slot_data_rate_index 16"): MAC_SETTINGS,
    ("classes", "rx1_delay 16"): MAC_SETTINGS,
    ("classes", 'rx1_delay {"value": 5}'): MAC_SETTINGS,
    ("classes", 'factory_preset_frequencies ["915000000"]'): MAC_SETTINGS,
    ("classes", "uplink_dwell_time true"): MAC_SETTINGS,
    ("classes", "get the MAC settings"): MAC_SETTINGS,
    ("classes", "reset of an OTAA device"): RESET,
    ("abp", "reset"): RESET,
    ("qr-codes", "all fields"): QR_CODES,
    ("qr-codes", "key none"): QR_CODES,
}
# What distinguishes a call from one of Thingsync's that goes to the same place.
FIELDS_OF_OTHERS = "mac_settings"


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    """The API of a simulator that has the keys of the recording and that no other test has left anything on."""
    simulator = Simulator(tmp_path_factory.mktemp("recorded"))
    simulator.start()
    recording.add_keys(simulator.client)
    yield simulator.client
    simulator.kill()


@pytest.mark.parametrize("group", recording.groups())
def test_a_group_of_calls_is_answered_as_it_was_recorded(deployment, group):
    deployment.control("POST", "/reset")

    played = [(line["name"], recording.play(deployment, line)) for line in recording.groups()[group]]

    deviating = {name: deviation for name, deviation in played if deviation}
    assert deviating.keys() == {name for listed, name in DEVIATIONS if listed == group}, deviating


def kind(method, path):
    """A call without the application, the device and the webhook that it names, and without its query."""
    place = path.partition("?")[0]
    return method, re.sub(r"(applications|devices|webhooks|claim)/(?!info|batch)[^/]+", r"\1/…", place)


def test_no_call_of_thingsync_deviates():
    own = {kind(call.method, call.path) for call in (*EVERY_CALL, AS_SET, AS_READ)}
    lines = [line for group in recording.groups().values() for line in group]
    listed = [line for line in lines if (line["group"], line["name"]) in DEVIATIONS]

    deviating = [
        line["name"]
        for line in listed
        if kind(line["method"], line["path"]) in own and FIELDS_OF_OTHERS not in json.dumps(line)
    ]

    assert len(listed) == len(DEVIATIONS)
    assert deviating == []
