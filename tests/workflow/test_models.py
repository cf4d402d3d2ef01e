"""Things that name their model: the Device Repository gives what they do not say, before anything is written."""

import re

import pytest

from tests.workflow.device_states import CLAIM, CREATE, device
from tests.workflow.paths import CLAIMED, CREATE_FAILED, CREATE_REJECTED, CREATED, UPDATE_REJECTED, UPDATED

DEVICE_ID, CLAIMED_ID = "eui-70b3d57ed0051234", "eui-ec656e0000105a2b"
EUIS = {name: CREATE[name] for name in ("devEUI", "joinEUI", "stackName")}
AIR = {"brandID": "nordlys-sensors", "modelID": "fjord-air"}
BEACON = {"brandID": "nordlys-sensors", "modelID": "fjord-beacon"}
ABP = {"brandID": "nordlys-sensors", "modelID": "fjord-abp"}
OF_1_1 = {"brandID": "polder-metering", "modelID": "meter-eleven"}
BY_KEY = EUIS | {"appKey": CREATE["appKey"]}
SESSION = {"devAddr": "00B6F063", "appSKey": "0F" * 16, "nwkSKey": "1E" * 16}
AIR_IDS = {
    "brand_id": "nordlys-sensors",
    "model_id": "fjord-air",
    "hardware_version": "1.1",
    "firmware_version": "1.1",
    "band_id": "EU_863_870",
}
OF_BEACON = {
    "class_b_timeout": "60s",
    "class_c_timeout": "5s",
    "ping_slot_data_rate_index": 0,
    "ping_slot_frequency": "869525000",
    "ping_slot_periodicity": "PING_EVERY_128S",
    "supports_32_bit_f_cnt": True,
}
BY_REPOSITORY = {"up_formatter": "FORMATTER_REPOSITORY", "down_formatter": "FORMATTER_REPOSITORY"}


def scanned(pipeline, vendor_id, profile_id):
    """Make a device claimable; return what its thing says: the label with these numbers."""
    order = {"dev_eui": CLAIM["devEUI"], "join_eui": CLAIM["joinEUI"]}
    code = CLAIM["claimAuthenticationCode"]
    pipeline.simulator.control("POST", "claimable", **order, authentication_code=code)
    label = f"LW:D0:{CLAIM['joinEUI']}:{CLAIM['devEUI']}:{vendor_id:04X}{profile_id:04X}:O{code}"
    return {"devEUI": CLAIM["devEUI"], "stackName": CLAIM["stackName"], "qrCode": label}


def test_a_thing_needs_no_more_than_its_model_euis_and_key(pipeline):
    event = pipeline.event("created", attributes=BY_KEY | AIR)

    run = pipeline.run(event)

    held, [line] = pipeline.device(DEVICE_ID), pipeline.log_lines(event)
    assert run.path == CREATED
    assert [held[server]["version_ids"] for server in ("is", "ns", "as")] == [AIR_IDS] * 3
    assert (held["ns"]["lorawan_version"], held["ns"]["lorawan_phy_version"]) == ("MAC_V1_0_3", "PHY_V1_0_3_REV_A")
    assert held["ns"]["mac_settings"] == {"supports_32_bit_f_cnt": True}
    assert held["as"]["formatters"] == BY_REPOSITORY
    assert line["reason"] == (
        "by the model: lorawanVersion 1.0.3, regionalParametersVersion 1.0.3-a, hardwareVersion 1.1, "
        "firmwareVersion 1.1, bandID EU_863_870, supportsClassB false, supportsClassC false, supports32BitFCnt true, "
        "payloadFormatter repository; by the stack's defaults: frequencyPlanID EU_863_870_TTN"
    )


def test_what_the_thing_says_wins_over_its_model(pipeline):
    said = {"classBTimeout": "30", "payloadFormatter": "cayennelpp", "supportsClassC": "false"}

    pipeline.registered(BY_KEY | BEACON | said)

    held = pipeline.device(DEVICE_ID)
    assert held["ns"]["mac_settings"] == OF_BEACON | {"class_b_timeout": "30s"}
    assert (held["ns"]["supports_class_b"], "supports_class_c" in held["ns"]) == (True, False)
    assert held["as"]["formatters"]["up_formatter"] == "FORMATTER_CAYENNELPP"


UNFIT = [
    pytest.param(
        BY_KEY | AIR | {"brandID": "nordlys"},
        "brandID: the Device Repository has no nordlys; it has leen-labs, nordlys-sensors, polder-metering",
        id="brand",
    ),
    pytest.param(
        BY_KEY | AIR | {"modelID": "fjord-water"},
        "modelID: the Device Repository has no fjord-water; it has fjord-abp, fjord-air, fjord-beacon, fjord-duty",
        id="model",
    ),
    pytest.param(
        BY_KEY | AIR | {"brandID": "nordlys", "firmwareVersion": "1.0"},
        "brandID: the Device Repository has no nordlys; it has leen-labs, nordlys-sensors, polder-metering",
        id="brand-of-a-firmware",
    ),
    pytest.param(
        BY_KEY | AIR | {"modelID": "fjord-water", "firmwareVersion": "1.0"},
        "modelID: the Device Repository has no fjord-water; it has fjord-abp, fjord-air, fjord-beacon, fjord-duty",
        id="model-of-a-firmware",
    ),
    pytest.param(
        BY_KEY | AIR | {"firmwareVersion": "9"},
        "firmwareVersion: the Device Repository has no 9; it has 1.0, 1.1, 2.x",
        id="firmware",
    ),
    pytest.param(
        BY_KEY | AIR | {"firmwareVersion": ".."},
        "firmwareVersion: the Device Repository has no ..; it has 1.0, 1.1, 2.x",
        id="firmware-of-dots",
    ),
    pytest.param(
        BY_KEY | AIR | {"firmwareVersion": "1/1", "lorawanVersion": "1.0.3", "regionalParametersVersion": "1.0.3-a"},
        "firmwareVersion: the Device Repository has no 1/1; it has 1.0, 1.1, 2.x",
        id="firmware-with-a-slash",
    ),
    pytest.param(
        BY_KEY | AIR | {"firmwareVersion": "1.0", "hardwareVersion": "1.1"},
        "hardwareVersion: the Device Repository has no 1.1; it has 1.0",
        id="hardware",
    ),
    pytest.param(
        BY_KEY | BEACON | {"frequencyPlanID": "US_902_928_FSB_2"},
        "frequencyPlanID: has the band US_902_928, for which the model has no profile; it has EU_863_870, KR_920_923",
        id="band",
    ),
    pytest.param(
        BY_KEY | AIR | {"frequencyPlanID": "US_902_928_FSB_2", "firmwareVersion": "1.0"},
        "firmwareVersion: 1.0 has no profile for US_902_928, the band of frequencyPlanID; use 1.1",
        id="band-of-a-firmware",
    ),
    pytest.param(
        BY_KEY | AIR | {"bandID": "US_902_928"},
        "bandID: is not the band of frequencyPlanID, which is EU_863_870; remove it, or correct one of the two",
        id="another-band",
    ),
    pytest.param(
        BY_KEY | AIR | {"frequencyPlanID": "NOWHERE"},
        "frequencyPlanID: The Things Stack has no frequency plan NOWHERE",
        id="plan",
    ),
    pytest.param(
        BY_KEY | {"brandID": "leen-labs", "modelID": "lent-one", "frequencyPlanID": "AS_923"},
        "modelID: its profile is missing; give the device's own attributes instead of a model (refused by the Device "
        "Repository) [404 pkg/fetch:file_not_found]",
        id="profile-missing",
    ),
    pytest.param(
        BY_KEY | ABP,
        "appKey: is for a device that joins (OTAA), but the model is activated by hand (ABP); give devAddr, appSKey "
        "and nwkSKey instead, or name another model",
        id="root-key-for-abp",
    ),
    pytest.param(
        EUIS | AIR | SESSION,
        "devAddr: is of a device that is activated by hand (ABP), but the model joins (OTAA); give appKey instead of "
        "it and of the session keys, or name another model",
        id="devaddr-for-otaa",
    ),
    pytest.param(
        EUIS | ABP | SESSION | {"supportsClassB": "true", "sNwkSIntKey": "2D" * 16},
        "sNwkSIntKey: is for LoRaWAN 1.1 alone; before that nwkSKey is all. Remove it; "
        "pingSlotPeriodicity: is missing; a device of class B that is activated by hand (ABP) needs 1, 2, 4, 8, 16, "
        "32, 64 or 128",
        id="all-at-once",
    ),
    pytest.param(
        BY_KEY | OF_1_1,
        "nwkKey: is missing; LoRaWAN 1.1 needs 32 hex digits or a reference to a secret",
        id="key-of-1.1-missing",
    ),
    pytest.param(
        BY_KEY | AIR | {"nwkKey": "3C" * 16},
        "nwkKey: is for LoRaWAN 1.1 alone; with it, joins of this device would fail. Remove it",
        id="key-of-1.1-needless",
    ),
    pytest.param(
        BY_KEY | AIR | {"lorawanVersion": "1.0.4"},
        "lorawanVersion: the model's 1.0.3-a does not go with LoRaWAN 1.0.4, which takes RP002-1.0.0, RP002-1.0.1, "
        "RP002-1.0.2, RP002-1.0.3, RP002-1.0.4; correct it, or remove both versions: the model has them",
        id="version",
    ),
]


@pytest.mark.parametrize(("attributes", "problem"), UNFIT)
def test_a_thing_that_does_not_go_with_its_model_is_rejected_before_anything_is_written(
    pipeline, asked, *, attributes, problem
):
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.run(event)

    assert (run.path, run.reason) == (CREATE_REJECTED, f"InvalidThingError: {problem}")
    assert not [call for call in asked() if call.startswith(("POST", "PUT"))]


def test_without_a_device_repository_the_operator_is_told(pipeline):
    pipeline.simulator.control("POST", "device-repository", present=False)
    event = pipeline.event("created", attributes=BY_KEY | AIR)

    run = pipeline.run(event)

    assert (run.path, run.error) == (CREATE_FAILED, "StackConfigurationError")
    assert "Device Repository did not show model nordlys-sensors/fjord-air: this deployment has none" in run.message


def test_without_a_device_repository_both_versions_are_enough(pipeline):
    pipeline.simulator.control("POST", "device-repository", present=False)
    event = pipeline.event("created", attributes=CREATE | AIR)

    run = pipeline.run(event)

    [line] = pipeline.log_lines(event)
    assert run.path == CREATED
    assert pipeline.device(DEVICE_ID)["ns"]["version_ids"] == {"brand_id": "nordlys-sensors", "model_id": "fjord-air"}
    assert line["reason"].startswith("the deployment has no Device Repository, so the model gave nothing; by the stack")


@pytest.mark.parametrize("action", ["503", "html", "429", "drop-before"])
def test_a_device_repository_that_is_down_is_asked_again(pipeline, action):
    pipeline.fault(action=action, path="/dr/brands/")

    pipeline.registered(BY_KEY | AIR)

    assert pipeline.device(DEVICE_ID)["ns"]["version_ids"] == AIR_IDS
    assert len(pipeline.clock.waits_s) == 1


def test_a_key_that_the_device_repository_refuses_is_the_operators(pipeline):
    pipeline.fault(action="error", path="/dr/", error="pkg/auth/rights:unauthenticated", code=16, times=9)
    event = pipeline.event("created", attributes=BY_KEY | AIR)

    run = pipeline.run(event)

    assert (run.path, run.error) == (CREATE_FAILED, "AccessDeniedError")


CLAIMS = [
    pytest.param((777, 1), AIR_IDS, id="known"),
    pytest.param((780, 5), None, id="unknown"),
    pytest.param((777, 2), None, id="of-another-band"),
    pytest.param((777, 258), None, id="activated-by-hand"),
    pytest.param((0, 1), None, id="no-vendor"),
]


@pytest.mark.parametrize(("numbers", "version_ids"), CLAIMS)
def test_a_label_names_the_model_where_the_thing_does_not(pipeline, numbers, version_ids):
    event = pipeline.event("created", attributes=scanned(pipeline, *numbers))

    run = pipeline.run(event)

    assert run.path == CLAIMED
    assert pipeline.device(CLAIMED_ID)["ns"].get("version_ids") == version_ids


CHANGES = [
    pytest.param(
        BY_KEY | BEACON,
        {"modelID": "fjord-air"},
        {"supports_32_bit_f_cnt": True},
        {"supports_class_b": None, "supports_class_c": None, "version_ids": AIR_IDS},
        "modelID, hardwareVersion, firmwareVersion, supportsClassB, supportsClassC, classBTimeout, classCTimeout, "
        "pingSlotPeriodicity, pingSlotDataRateIndex, pingSlotFrequency",
        id="another-model",
    ),
    pytest.param(
        BY_KEY | AIR,
        {"frequencyPlanID": "US_902_928_FSB_2"},
        {},
        {
            "frequency_plan_id": "US_902_928_FSB_2",
            "lorawan_version": "MAC_V1_0_2",
            "lorawan_phy_version": "PHY_V1_0_2_REV_B",
            "supports_class_c": True,
            "version_ids": AIR_IDS | {"band_id": "US_902_928"},
        },
        "frequencyPlanID, lorawanVersion, regionalParametersVersion, bandID, supportsClassC, supports32BitFCnt, "
        "payloadFormatter",
        id="another-band",
    ),
    pytest.param(
        BY_KEY | BEACON | {"classCTimeout": "9"},
        {"classCTimeout": None},
        OF_BEACON,
        {},
        "classCTimeout",
        id="back-to-the-model",
    ),
    pytest.param(
        BY_KEY | BEACON,
        {"classCTimeout": "9"},
        OF_BEACON | {"class_c_timeout": "9s"},
        {},
        "classCTimeout",
        id="over-the-model",
    ),
    pytest.param(
        BY_KEY | AIR | {"lorawanVersion": "1.0.2", "regionalParametersVersion": "1.0.2-b"},
        {"lorawanVersion": None, "regionalParametersVersion": None},
        {"supports_32_bit_f_cnt": True},
        {"lorawan_version": "MAC_V1_0_3", "lorawan_phy_version": "PHY_V1_0_3_REV_A"},
        "lorawanVersion, regionalParametersVersion",
        id="back-to-its-versions",
    ),
    pytest.param(
        BY_KEY | AIR,
        {"brandID": None, "modelID": None},
        {},
        {"version_ids": {}, "lorawan_version": "MAC_V1_0_3"},
        "brandID, modelID, hardwareVersion, firmwareVersion, bandID, supportsClassB, supportsClassC, "
        "supports32BitFCnt, payloadFormatter",
        id="no-model",
    ),
]


@pytest.mark.parametrize(("attributes", "changes", "settings", "others", "written"), CHANGES)
def test_what_follows_from_the_model_is_written_with_a_change(
    pipeline, *, attributes, changes, settings, others, written
):
    created = pipeline.registered(attributes)
    event = pipeline.updated(created, **changes)

    run = pipeline.run(event)

    after, reason = pipeline.device(DEVICE_ID), pipeline.log_lines(event)[-1]["reason"]
    assert (run.path, re.findall(r"written: ([\w, ]+)", reason)) == (UPDATED, [written])
    assert after["ns"].get("mac_settings", {}) == settings
    assert {name: after["ns"].get(name) for name in others} == others
    assert after["as"].get("version_ids") == after["ns"].get("version_ids") == after["is"].get("version_ids")


def test_a_change_of_model_that_broke_off_is_undone_by_changing_it_back(pipeline):
    created = pipeline.registered(BY_KEY | AIR)
    before = pipeline.device(DEVICE_ID)
    pipeline.fault(action="503", method="PUT", path="^/as/", times=99)
    changed = pipeline.updated(created, modelID="fjord-beacon")
    assert pipeline.broken_run(changed).status == "FAILED"
    assert pipeline.device(DEVICE_ID)["ns"]["supports_class_b"]
    pipeline.no_faults()

    run = pipeline.run(pipeline.updated(changed, modelID="fjord-air"))

    assert (run.path, pipeline.device(DEVICE_ID)) == (UPDATED, before)


@pytest.mark.parametrize("model", [AIR, {"brandID": None, "modelID": None}], ids=["another model", "no model"])
def test_a_registration_that_broke_off_leaves_nothing_of_the_model_that_it_had(pipeline, model):
    versions = {"lorawanVersion": "1.0.3", "regionalParametersVersion": "1.0.3-a"}
    pipeline.fault(action="503", method="PUT", path="^/as/", times=99)
    created = pipeline.event("created", attributes=BY_KEY | BEACON | versions | {"rx1Delay": "5"})
    assert pipeline.broken_run(created).status == "FAILED"
    assert pipeline.device(DEVICE_ID)["ns"]["supports_class_b"]
    pipeline.no_faults()

    run = pipeline.run(pipeline.updated(created, **model, rx1Delay=None))

    held, is_air = pipeline.device(DEVICE_ID), model is AIR
    assert run.path == CREATED
    assert [held[server].get("version_ids", {}) for server in ("is", "ns", "as")] == [AIR_IDS if is_air else {}] * 3
    assert held["ns"]["mac_settings"] == ({"supports_32_bit_f_cnt": True} if is_air else {})
    assert "supports_class_b" not in held["ns"]


def test_a_model_that_does_not_go_with_the_device_is_rejected_and_changes_nothing(pipeline):
    created = pipeline.registered(BY_KEY | AIR)
    before = pipeline.device(DEVICE_ID)

    run = pipeline.run(pipeline.updated(created, modelID="fjord-abp"))

    assert run.path == UPDATE_REJECTED
    assert run.reason.startswith("InvalidThingError: appKey: is for a device that joins (OTAA), but the model is")
    assert pipeline.device(DEVICE_ID) == before


def test_the_model_of_a_label_stays_while_it_fits(pipeline):
    created = pipeline.registered(scanned(pipeline, 777, 1))
    named = pipeline.updated(created, name="north")
    pipeline.run(named)
    same = pipeline.device(CLAIMED_ID)["ns"]["version_ids"]

    run = pipeline.run(pipeline.updated(named, frequencyPlanID="AS_923"))

    held = pipeline.device(CLAIMED_ID)
    assert (run.path, same) == (UPDATED, AIR_IDS)
    assert [held[server].get("version_ids") for server in ("is", "ns", "as")] == [{}] * 3
    assert (held["ns"]["frequency_plan_id"], held["ns"]["lorawan_version"]) == ("AS_923", "MAC_V1_0_3")


def test_the_model_gives_nothing_to_a_device_that_was_there_before(pipeline):
    device("js", "ns", "as")(pipeline.simulator)
    before = pipeline.device(DEVICE_ID)
    event = pipeline.event("created", attributes=BY_KEY | AIR)

    run = pipeline.run(event)

    assert (run.path, pipeline.device(DEVICE_ID)) == (CREATED, before)
    assert pipeline.log_lines(event)[0]["method"] == "adopted"
    registered = pipeline.journal.read(event["thingId"]).device
    assert (registered.values.given().keys(), registered.from_model) == ({"brandID", "modelID"}, ())


def test_a_device_that_is_taken_over_gets_its_model(pipeline):
    first = pipeline.registered(BY_KEY | AIR)
    pipeline.cloud.clients["iot"].delete_thing(thingName=first["thingName"])
    event = pipeline.event("created", attributes=EUIS | BEACON)

    run = pipeline.run(event)

    assert run.path == CREATED
    assert pipeline.device(DEVICE_ID)["ns"]["mac_settings"] == OF_BEACON
    assert "classBTimeout" in pipeline.journal.read(event["thingId"]).device.from_model


def test_a_device_that_was_lost_is_registered_again_with_its_model(pipeline):
    created = pipeline.registered(BY_KEY | AIR)
    pipeline.simulator.control("POST", "reset")

    run = pipeline.run(pipeline.updated(created, modelID="fjord-beacon"))

    assert run.path == UPDATED
    assert pipeline.device(DEVICE_ID)["ns"]["mac_settings"] == OF_BEACON
