"""What becomes of the refusals that were recorded from a genuine The Things Stack, for what a thing says."""

import json

import pytest

from tests.contract.simulator.recording import groups
from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.error_table import exception_for
from workflows.errors import StackConfigurationError, UnexpectedAnswerError, ValueRefusedAnswer

SERVERS = {"ns": "NS", "as": "AS", "js": "JS"}
OPERATIONS = {"POST": "create", "PUT": "set"}
NOT_THE_THINGS = {
    "abp-refused: OTAA with a session": "Thingsync gives no session to a device that joins",
    "labels-and-places: mask of one": "Thingsync masks locations as a whole",
}
NAMED = {
    "is-refused: id: capitals": ("deviceID",),
    "is-refused: id: 37 characters": ("deviceID",),
    "is-refused: reserved id test": ("deviceID",),
    "is-refused: name of 51": ("name",),
    "is-refused: 11 attributes": ("label:",),
    "is-refused: serial number in capitals": ("serialNumber",),
    "classes: ping_slot_data_rate_index 16": ("pingSlotDataRateIndex",),
    "classes: rx1_delay 16": ("rx1Delay",),
    'classes: factory_preset_frequencies ["915000000"]': ("factoryPresetFrequencies",),
    "classes: uplink_dwell_time true": ("regionalParametersVersion", "frequencyPlanID"),
    "models: NS new, other band": ("bandID",),
    "models: AS script too long": ("payloadFormatter",),
    "abp-refused: no DevAddr": ("devAddr",),
    "abp-refused: multicast of class A": ("supportsClassB",),
    "abp-refused: no key": ("nwkSKey", "sNwkSIntKey", "nwkSEncKey"),
    "abp-refused: 1.1 with one key": ("nwkSEncKey",),
    "abp-refused: 1.0.4 without EUIs": ("devEUI",),
    "abp-refused: class B without periodicity": ("pingSlotPeriodicity",),
    "labels-and-places: latitude 91": ("latitude",),
    "labels-and-places: labels: underscore": ("label:room_no",),
    "labels-and-places: serial number in capitals": ("serialNumber",),
}
GROUPS = ("is-refused", "classes", "models", "abp-refused", "labels-and-places")
REFUSED = {f"{group}: {line['name']}": line for group in GROUPS for line in groups()[group] if line["status"] >= 400}


def raised_by(line):
    server = SERVERS.get(line["path"].split("/")[1], "IS")
    operation = "update" if server == "IS" and line["method"] == "PUT" else OPERATIONS[line["method"]]
    call = Call(server, operation, "dev-1", line["method"], line["path"], line.get("body"))
    return exception_for(call, Answer.read(line["status"], json.dumps(with_messages(line["answer"])).encode()))


def with_messages(answer):
    """The recording leaves out the texts."""
    return {"message": "refused", **answer}


def test_every_recorded_refusal_is_judged():
    """But for those without a name: only their texts say which field they mean, and the recording has none."""
    with_a_name = {name for name, line in REFUSED.items() if line["answer"].get("details")}

    assert with_a_name == {*NAMED, *NOT_THE_THINGS, "is-refused: other network server"}


@pytest.mark.parametrize("name", NAMED)
def test_a_refusal_names_the_attribute_of_the_thing(name):
    error = raised_by(REFUSED[name])

    assert (type(error), error.attributes) == (ValueRefusedAnswer, NAMED[name])


def test_a_refused_band_names_that_of_the_plan():
    assert ": the band of the frequency plan is EU_863_870 (refused by" in str(
        raised_by(REFUSED["models: NS new, other band"])
    )


def test_a_setting_that_is_lacking_is_said_to_be_missing():
    text = str(raised_by(REFUSED["abp-refused: class B without periodicity"]))

    assert text.startswith("is missing; a device of class B that is activated by hand (ABP) needs 1, 2, 4")
    assert "create it again" not in text


@pytest.mark.parametrize("name", NOT_THE_THINGS)
def test_what_thingsync_never_sends_is_not_said_to_be_the_things(name):
    assert not isinstance(raised_by(REFUSED[name]), ValueRefusedAnswer)


def test_a_host_that_is_refused_is_the_stacks():
    assert type(raised_by(REFUSED["is-refused: other network server"])) is StackConfigurationError


def test_a_mask_that_is_refused_is_a_fault_of_thingsync():
    assert type(raised_by(REFUSED["labels-and-places: mask of one"])) is UnexpectedAnswerError
