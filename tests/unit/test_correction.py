"""The commands that correct a thing, by what an error says."""

import re
import shlex
import sys
from pathlib import Path

import pytest
from awscli.shorthand import ShorthandParser  # type: ignore[import-untyped]

from tests.samples import (
    APP_KEY,
    CLAIM,
    CODE,
    CREATE,
    DEV_ADDR,
    DEV_EUI,
    IDENTITY,
    PERSONALIZED,
    QR_CODE,
    planned,
    planned_abp,
    registered_device,
)
from workflows.domain.attributes import ATTRIBUTES, NO_VALUES
from workflows.domain.correction import Correction, correction, know_words
from workflows.domain.error_text import with_code, without_codes
from workflows.domain.labels import ACCEPTED, PREFIX, TOO_MANY
from workflows.domain.model import Described, Template, laid
from workflows.domain.planning import StackDefaults, plan
from workflows.domain.updating import plan_update
from workflows.errors import ImmutableChangeError, InvalidThingError
from workflows.schemas.thing import examine

WRONG = CREATE | {"devEUI": "x", "appKey": "y"}
DEFAULTS = StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3-a")


def refusal_of(attributes):
    examined = examine(attributes, "pump-7")
    with pytest.raises(InvalidThingError, match=": ") as refused:
        plan(examined, "pump-7", DEFAULTS)
    return str(refused.value)


@pytest.mark.parametrize(
    ("attributes", "arguments"),
    [
        pytest.param(CREATE | {"appKey": "x"}, "appKey=…", id="a malformed value"),
        pytest.param(WRONG, "devEUI=… appKey=…", id="two of them"),
        pytest.param(CREATE | {"deviceID": "Pump_7"}, "deviceID=pump-7", id="a value that is known"),
        pytest.param(CREATE | {"deviceID": "-"}, "deviceID=…", id="a value that is not known"),
        pytest.param(
            CREATE | {"regionalParametersVersion": "1.1-b"}, "regionalParametersVersion=1.0.3-a", id="the only one"
        ),
        pytest.param(CREATE | {"lorawanVersion": "1.0.2"}, "regionalParametersVersion=…", id="one of several"),
        pytest.param(IDENTITY, "appKey=…", id="neither keys nor a code: one of the two ways"),
        pytest.param(CREATE | {"claimAuthenticationCode": CODE}, "--unset claimAuthenticationCode", id="both ways"),
        pytest.param(CREATE | {"nwkKey": APP_KEY}, "--unset nwkKey", id="one too many"),
        pytest.param(
            PERSONALIZED | {"appKey": APP_KEY}, "--unset appKey", id="a whole session and a root key: the session"
        ),
        pytest.param(
            PERSONALIZED | {"appKey": APP_KEY, "claimAuthenticationCode": CODE},
            "--unset appKey --unset claimAuthenticationCode",
            id="a whole session, a root key and a code: the session",
        ),
        pytest.param(
            CREATE | {"devAddr": DEV_ADDR, "appSKey": APP_KEY},
            "--unset appSKey --unset devAddr",
            id="a root key and half of a session: the root key",
        ),
        pytest.param(
            PERSONALIZED | {"fNwkSIntKey": APP_KEY}, "--unset fNwkSIntKey", id="a session key by both of its names"
        ),
        pytest.param(
            {name: text for name, text in PERSONALIZED.items() if name != "devAddr"}, "devAddr=…", id="no address"
        ),
        pytest.param(
            {"DevEui": DEV_EUI} | {name: value for name, value in CREATE.items() if name != "devEUI"},
            "devEUI=… --unset DevEui",
            id="another spelling",
        ),
        pytest.param(
            CLAIM | {"qrCode": QR_CODE, "claimAuthenticationCode": "XYZ"},
            "--unset claimAuthenticationCode",
            id="what differs from the label",
        ),
        pytest.param(
            IDENTITY | {"qrCode": QR_CODE.split(":O")[0]}, "claimAuthenticationCode=…", id="what the label lacks"
        ),
        pytest.param(CREATE | {"altitude": "3"}, "latitude=… longitude=…", id="an altitude of no place"),
        pytest.param(CREATE | {"firmwareVersion": "1"}, "brandID=… modelID=…", id="a version of no model"),
    ],
)
def test_the_attributes_that_are_wrong_are_named_with_what_is_known(attributes, arguments):
    message = refusal_of(attributes)

    assert correction(message, "pump-7").command == f"thingsync set pump-7 {arguments}"


def test_what_cannot_change_gets_its_registered_value_again():
    examined = examine(CREATE | {"devEUI": "70B3D57ED0059999", "deviceID": "pump-9"}, "pump-7")
    with pytest.raises(ImmutableChangeError, match="registered") as refused:
        plan_update(examined, "pump-9", device := registered_device(), unfinished=())

    command = correction(str(refused.value), "pump-7").command

    assert command == f"thingsync set pump-7 devEUI={DEV_EUI} deviceID={device.device_id}"


@pytest.mark.parametrize(
    ("message", "attribute"),
    [
        ("Device Claiming Server did not claim device x: the claimAuthenticationCode is wrong, or", "claimAuth"),
        ("no Join Server for claiming has this joinEUI: correct it, or register the device", "joinEUI"),
        ("Device ID x is taken by the device with DevEUI y. Give the thing another deviceID, or remove", "deviceID"),
        ("The devices a and b have the DevEUI x. Give the thing the deviceID of the right one, or", "deviceID=…"),
        ("If it is this device, give the thing joinEUI=70B3D57ED0000001. If not", "joinEUI=70B3D57ED0000001"),
        ("lorawanVersion: the device is registered with 1.0.3; its session", "lorawanVersion=1.0.3"),
        ("Delete one of the two things, or correct the devEUI of this one, or give it another deviceID.", "devEUI"),
    ],
)
def test_other_errors_name_the_attribute_in_a_sentence(message, attribute):
    assert correction(message, "pump-7").command.startswith(f"thingsync set pump-7 {attribute}")


@pytest.mark.parametrize("device", [planned(), planned_abp()], ids=["joins", "ABP"])
def test_another_model_corrects_a_device_that_is_activated_otherwise(device):
    template = Template(NO_VALUES, joins=device.is_abp)

    with pytest.raises(InvalidThingError, match="name another model") as refused:
        laid(Described(device.values, keys=device.keys), template)

    assert correction(str(refused.value), "pump-7").command == "thingsync set pump-7 modelID=…"


@pytest.mark.parametrize("message", ["", "No answer.", "Delete that thing, or give it this stack's stackName."])
def test_an_error_of_no_attribute_has_no_correction(message):
    assert correction(message, "pump-7") is None


@pytest.mark.parametrize("row", [row for row in ATTRIBUTES if row.name != PREFIX], ids=lambda row: row.name)
def test_every_attribute_of_the_table_can_be_named(row):
    assert correction(f"{row.name}: {row.accepted}", "pump-7").given == {row.name: "…"}


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        pytest.param(f"label:room: {ACCEPTED}", "thingsync set pump-7 label:room=…", id="its text is too long"),
        pytest.param(f"label:room_no: {ACCEPTED}", "thingsync set pump-7 --unset label:room_no", id="its key"),
        pytest.param(f"label:: {ACCEPTED}", "thingsync set pump-7 --unset label:", id="no key"),
        pytest.param(f"label:aws-x: {ACCEPTED}", "thingsync set pump-7 --unset label:aws-x", id="a key of the mark"),
        pytest.param(f"label:room: {TOO_MANY}", "thingsync set pump-7 --unset label:room", id="one too many"),
    ],
)
def test_a_label_is_given_otherwise_or_removed(problem, expected):
    assert correction(problem, "pump-7").command == expected


NAMES = ["pump-7", "pump 7", "it's", "-x", "$(reboot)", "`x`", "a;b", "cellar:key:7"]


@pytest.mark.parametrize("name", NAMES)
def test_a_shell_takes_every_name_as_one_word(name):
    found = Correction(name, {"appKey": "…"}, ("nwkKey",))

    ours, theirs = shlex.split(found.command), shlex.split(found.aws_command.replace("--thing-name=", "--thing-name "))
    assert name in ours
    assert theirs == [
        *("aws", "iot", "update-thing", "--thing-name", name),
        *("--attribute-payload", 'attributes={appKey=…,nwkKey=""},merge=true'),
    ]
    assert ShorthandParser().parse(theirs[-1]) == {"attributes": {"appKey": "…", "nwkKey": ""}, "merge": "true"}


def test_a_name_that_begins_with_a_dash_is_no_option():
    found = Correction("-x", {"appKey": "…"}, ("nwkKey",))

    assert found.command == "thingsync set --unset nwkKey -- -x appKey=…"
    assert " --thing-name=-x " in found.aws_command


@pytest.mark.parametrize("name", ["pkg/frequencyplans:not_found", ""])
def test_the_code_of_the_things_stack_is_no_part_of_the_sentence(name):
    coded = with_code("the plan is unknown", 404, name)

    assert "404" in coded
    assert without_codes(f"frequencyPlanID: {coded}; name: {coded}") == (
        "frequencyPlanID: the plan is unknown; name: the plan is unknown"
    )


def test_who_knows_the_words_compiles_no_pattern_for_the_first_error():
    def first_correction_after(*prepared):
        re.purge()
        for each in prepared:
            each()
        files = set()
        sys.setprofile(lambda frame, *_: files.add(frame.f_code.co_filename))
        try:
            correction("devEUI: a problem, use pump-7; appKey: needs devEUI beside it", "pump-7")
            correction("correct the devEUI", "pump-7")
        finally:
            sys.setprofile(None)
        return any(Path(file).stem == "_compiler" for file in files)

    assert first_correction_after()
    assert not first_correction_after(know_words)
