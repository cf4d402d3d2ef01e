"""What of a changed thing is written to its device."""

import pytest

from tests.samples import (
    APP_KEY,
    CLAIM,
    CODE,
    CREATE,
    CREATE_1_1,
    DEV_ADDR,
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    NWK_KEY,
    STACK,
    VERSIONS,
    altered,
    planned,
    planned_claim,
    registered_device,
)
from workflows.domain.attributes import DeviceKeys
from workflows.domain.device import DeviceIds
from workflows.domain.naming import device_id_for
from workflows.domain.updating import PlannedUpdate, UpdateOptions, plan_update
from workflows.errors import ImmutableChangeError, InvalidThingError
from workflows.schemas.thing import examine

BARE = {"devEUI": DEV_EUI, "stackName": STACK}
GIVEN = BARE | {"name": "Pump_7", "description": "cellar"}
DEVICE = registered_device(planned(name="Pump_7"))
CLAIMED = registered_device(planned_claim(name="Pump_7"), method="claimed")
ADOPTED = altered(DEVICE, method="adopted", frequency_plan_id=None, lorawan_version=None, lorawan_phy_version=None)
RADIO = ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion")
V1_0_2 = {"lorawanVersion": "1.0.2", "regionalParametersVersion": "1.0.2-b"}
CREATE_AGAIN = r"Delete the thing and create it again\."


def update_of(attributes, device=DEVICE, unfinished=(), **options):
    examined, device_id = examine(attributes), device_id_for(examine(attributes).thing)
    return plan_update(examined, device_id, device, unfinished=unfinished, options=UpdateOptions(**options))


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param(GIVEN, id="all that can be absent is"),
        pytest.param(GIVEN | VERSIONS, id="versions, the same"),
        pytest.param(GIVEN | {"frequencyPlanID": "EU_863_870_TTN"}, id="the same plan"),
        pytest.param(GIVEN | {"joinEUI": JOIN_EUI.lower(), "deviceID": DEVICE_ID}, id="the same IDs"),
        pytest.param(GIVEN | {"site": "rotterdam"}, id="an attribute that is nobody's affair here"),
    ],
)
def test_what_did_not_change_is_nothing_to_write(attributes):
    assert update_of(attributes) is None


def test_zeros_are_the_join_eui_of_a_device_that_has_none():
    assert update_of(GIVEN | {"joinEUI": "0000000000000000"}, altered(ADOPTED, join_eui="")) is None


@pytest.mark.parametrize(
    ("attributes", "fields", "changes"),
    [
        pytest.param({"name": "Pump_8"}, ("name",), {"name": "Pump_8"}, id="name"),
        pytest.param({"description": "roof"}, ("description",), {"description": "roof"}, id="description"),
        pytest.param(
            {"frequencyPlanID": "US_902_928_FSB_2"},
            ("frequencyPlanID",),
            {"frequency_plan_id": "US_902_928_FSB_2"},
            id="plan",
        ),
        pytest.param(
            V1_0_2,
            ("lorawanVersion", "regionalParametersVersion"),
            {"lorawan_version": "MAC_V1_0_2", "lorawan_phy_version": "PHY_V1_0_2_REV_B"},
            id="versions",
        ),
        pytest.param(
            {"name": "Pump_8", "description": "roof", "frequencyPlanID": "US_902_928_FSB_2"},
            ("name", "description", "frequencyPlanID"),
            {"name": "Pump_8", "description": "roof", "frequency_plan_id": "US_902_928_FSB_2"},
            id="several",
        ),
    ],
)
def test_what_changed_is_written_with_the_values_of_all(attributes, fields, changes):
    update = update_of(GIVEN | attributes)

    assert (update.fields, update.device) == (fields, altered(DEVICE, **changes))
    assert update.ids == DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI)


@pytest.mark.parametrize(("attribute", "field"), [("name", "name"), ("description", "description")])
def test_a_name_or_description_that_is_gone_is_cleared(attribute, field):
    attributes = {name: text for name, text in GIVEN.items() if name != attribute}

    update = update_of(attributes)

    assert (update.fields, update.device) == ((attribute,), altered(DEVICE, **{field: None}))


@pytest.mark.parametrize(
    ("attributes", "device", "keys"),
    [
        pytest.param(CREATE, DEVICE, (APP_KEY, None), id="one key"),
        pytest.param(
            CREATE_1_1,
            altered(DEVICE, lorawan_version="MAC_V1_1", lorawan_phy_version="PHY_V1_1_REV_B"),
            (APP_KEY, NWK_KEY),
            id="both keys",
        ),
        pytest.param(GIVEN | VERSIONS | {"appKey": APP_KEY}, ADOPTED, (APP_KEY, None), id="of an adopted device"),
    ],
)
def test_whether_keys_changed_is_for_the_step_to_find(attributes, device, keys):
    update = update_of(attributes | {"name": "Pump_7", "description": "cellar"} | RADIO_OF_ADOPTED, device)

    assert (update.keys, update.rewrite_keys) == (DeviceKeys(*keys), False)


RADIO_OF_ADOPTED = {"frequencyPlanID": "EU_863_870_TTN"}


def test_an_update_says_what_may_be_half_written_if_it_breaks_off():
    with_keys = update_of(CREATE | {"name": "Pump_8", "description": "cellar"})
    without = update_of(GIVEN | {"name": "Pump_8"})

    assert with_keys.may_write == ("name", "appKey")
    assert without.may_write == ("name",)


def test_a_nwk_key_alone_may_be_half_written_too():
    update = PlannedUpdate(DEVICE, (), {}, DeviceKeys(nwk_key=NWK_KEY))

    assert update.may_write == ("appKey",)


def test_an_update_prints_no_key():
    update = update_of(CREATE_1_1)

    assert [key for key in (APP_KEY, NWK_KEY) if key in repr(update)] == []


def test_an_update_knows_what_a_new_registration_would_lack():
    def missing(device):
        return update_of(GIVEN | {"name": "Pump_8"}, device).missing

    assert missing(DEVICE).keys() == {"joinEUI", "appKey"}
    assert missing(CLAIMED) == {"claimAuthenticationCode": "is missing; give the device's code, or its qrCode"}
    assert missing(ADOPTED).keys() == {"joinEUI", "appKey", "claimAuthenticationCode"}


def test_a_claimed_device_whose_thing_has_its_code_lacks_nothing():
    assert update_of(CLAIM | {"name": "Pump_8"}, CLAIMED).missing == {}


@pytest.mark.parametrize(
    ("unfinished", "fields", "rewrite_keys"),
    [
        pytest.param(("name",), ("name",), False, id="a name"),
        pytest.param(("frequencyPlanID",), ("frequencyPlanID",), False, id="a plan"),
        pytest.param(("name", "appKey"), ("name",), True, id="a name and keys"),
    ],
)
def test_what_an_earlier_update_did_not_finish_is_written_again(unfinished, fields, rewrite_keys):
    update = update_of(GIVEN, unfinished=unfinished)

    assert (update.fields, update.rewrite_keys, update.device) == (fields, rewrite_keys, DEVICE)


def test_an_address_that_was_refused_and_taken_back_is_not_refused_again():
    refused = update_of(GIVEN | {"devAddr": DEV_ADDR}, ADOPTED, writes_adopted=True)

    assert refused.may_write == ("devAddr",)
    assert update_of(GIVEN, ADOPTED, unfinished=refused.may_write, writes_adopted=True) is None


def test_unfinished_keys_of_a_thing_that_gives_none_any_more_cannot_be_written():
    assert update_of(GIVEN, unfinished=("appKey",)) is None


@pytest.mark.parametrize(
    ("attributes", "device", "fields", "rewrite_keys"),
    [
        pytest.param(GIVEN, DEVICE, ("name", "description", *RADIO), True, id="created"),
        pytest.param(GIVEN, CLAIMED, ("name", "description", *RADIO), False, id="claimed: its keys are its maker's"),
        pytest.param(GIVEN | {"name": "Pump_8"}, ADOPTED, ("name",), False, id="adopted: only what changed"),
        pytest.param(GIVEN, ADOPTED, (), False, id="adopted, and nothing changed"),
        pytest.param(GIVEN, altered(DEVICE, method="mirrored"), (), False, id="mirrored"),
    ],
)
def test_a_repair_writes_all_that_the_device_has_from_its_thing(attributes, device, fields, rewrite_keys):
    update = update_of(attributes, device, repair=True)

    assert (update.fields, update.rewrite_keys, update.repair) == (fields, rewrite_keys, True)


@pytest.mark.parametrize(
    ("attributes", "device", "match"),
    [
        pytest.param(
            {"devEUI": "70B3D57ED0059999"}, DEVICE, f"devEUI: the device is registered as {DEV_EUI}", id="DevEUI"
        ),
        pytest.param(
            {"joinEUI": "0000000000000001"}, DEVICE, f"joinEUI: the device is registered with {JOIN_EUI}", id="JoinEUI"
        ),
        pytest.param(
            {"deviceID": "valve-3"}, DEVICE, f"deviceID: the device is registered as {DEVICE_ID}", id="device ID"
        ),
        pytest.param(
            VERSIONS | {"appKey": APP_KEY}, CLAIMED, "appKey: the device was claimed", id="a key for a claimed device"
        ),
        pytest.param(
            {"claimAuthenticationCode": CODE},
            DEVICE,
            "claimAuthenticationCode: the device was created with root keys",
            id="a code for a created device",
        ),
    ],
)
def test_what_cannot_change_is_named_and_so_is_the_way_out(attributes, device, match):
    with pytest.raises(ImmutableChangeError, match=f"^{match}.*{CREATE_AGAIN}"):
        update_of(GIVEN | attributes, device)


def test_a_key_of_lorawan_1_1_for_a_claimed_device_is_refused_too():
    with pytest.raises(ImmutableChangeError, match=r"nwkKey: the device was claimed, .*; remove it"):
        update_of(
            GIVEN | VERSIONS | {"lorawanVersion": "1.1", "regionalParametersVersion": "1.1-b", "nwkKey": NWK_KEY},
            CLAIMED,
        )


def test_all_that_cannot_change_is_named_at_once():
    with pytest.raises(ImmutableChangeError, match=f"devEUI: .*; joinEUI: .*; deviceID: .*{CREATE_AGAIN}"):
        update_of(GIVEN | {"devEUI": "70B3D57ED0059999", "joinEUI": "0000000000000001", "deviceID": "valve-3"})


@pytest.mark.parametrize(
    ("attributes", "device"),
    [
        pytest.param({"deviceID": "pump-7"}, altered(DEVICE, device_id="pump-7", method="adopted"), id="its own"),
        pytest.param({"deviceID": DEVICE_ID}, altered(DEVICE, device_id="pump-7", method="adopted"), id="as named"),
        pytest.param({}, altered(DEVICE, device_id="pump-7", named="pump-7", method="adopted"), id="none"),
        pytest.param({"claimAuthenticationCode": CODE, "joinEUI": JOIN_EUI}, CLAIMED, id="the code of a claimed one"),
        pytest.param({"claimAuthenticationCode": CODE, "joinEUI": JOIN_EUI}, ADOPTED, id="a code for an adopted one"),
    ],
)
def test_what_is_known_of_the_device_already_is_no_change(attributes, device):
    assert update_of(GIVEN | attributes, device) is None


@pytest.mark.parametrize(
    ("attributes", "problems"),
    [
        pytest.param({"name": "x" * 51}, {"name"}, id="malformed"),
        pytest.param({"devEUI": "xyz"}, {"devEUI"}, id="malformed DevEUI"),
        pytest.param(CLAIM | CREATE, {"appKey", "claimAuthenticationCode"}, id="contradicting"),
    ],
)
def test_what_is_wrong_is_refused_by_attribute(attributes, problems):
    with pytest.raises(InvalidThingError, match=": ") as refused:
        update_of(BARE | attributes)

    assert refused.value.problems.keys() == problems


def test_a_nwk_key_for_a_device_of_an_earlier_lorawan_is_refused_though_the_thing_gives_no_version():
    with pytest.raises(InvalidThingError, match=r"^nwkKey: is for LoRaWAN 1\.1 alone"):
        update_of(GIVEN | {"appKey": APP_KEY, "nwkKey": NWK_KEY})


def test_a_nwk_key_for_a_device_of_lorawan_1_1_needs_no_version_on_the_thing():
    device = altered(DEVICE, lorawan_version="MAC_V1_1", lorawan_phy_version="PHY_V1_1_REV_B")

    assert update_of(GIVEN | {"nwkKey": NWK_KEY}, device).keys.nwk_key == NWK_KEY


@pytest.mark.parametrize("attribute", ["devEUI", "stackName"])
def test_only_whose_and_which_a_thing_is_must_be_there(attribute):
    attributes = {name: text for name, text in GIVEN.items() if name != attribute}

    with pytest.raises(InvalidThingError, match=f"{attribute}: is missing") as refused:
        update_of(attributes)

    assert refused.value.problems.keys() == {attribute}


PLAN = {"frequencyPlanID": "EU_863_870_TTN"}


@pytest.mark.parametrize(
    ("attributes", "fields"),
    [
        pytest.param(VERSIONS | PLAN, RADIO, id="plan and versions"),
        pytest.param(PLAN, RADIO[:1], id="plan alone, beside what the device has"),
        pytest.param(VERSIONS, RADIO[1:], id="versions alone"),
    ],
)
@pytest.mark.parametrize("writes", [False, True])
def test_what_a_thing_says_of_a_device_that_was_there_is_for_the_step_to_compare(attributes, fields, writes):
    update = update_of(GIVEN | attributes, ADOPTED, writes_adopted=writes)

    assert (update.fields, update.keeps) == (fields, not writes)


@pytest.mark.parametrize("method", ["adopted", "mirrored"])
def test_of_a_device_that_was_there_only_name_and_description_may_be_half_written(method):
    attributes = GIVEN | VERSIONS | {"name": "Pump_8", "appKey": APP_KEY}

    assert update_of(attributes, altered(ADOPTED, method=method)).may_write == ("name",)
    assert update_of(attributes, altered(ADOPTED, method=method), writes_adopted=True).may_write == (
        "name",
        *RADIO[1:],
        "appKey",
    )


@pytest.mark.parametrize("device", [DEVICE, CLAIMED])
def test_a_thing_may_change_all_of_its_own_device(device):
    assert not update_of(GIVEN | {"name": "Pump_8"}, device).keeps


@pytest.mark.parametrize(
    ("attributes", "fields", "rewrite_keys"),
    [
        pytest.param(GIVEN | PLAN, ("name", "description", RADIO[0]), False, id="no key"),
        pytest.param(BARE | VERSIONS | {"appKey": APP_KEY}, ("name", "description", *RADIO[1:]), True, id="a key"),
    ],
)
def test_to_overwrite_a_device_that_was_there_is_to_write_all_that_its_thing_says(attributes, fields, rewrite_keys):
    update = update_of(attributes, ADOPTED, repair=True, overwrite=True, writes_adopted=True)

    assert (update.fields, update.rewrite_keys) == (fields, rewrite_keys)


@pytest.mark.parametrize(
    ("device", "writes"),
    [pytest.param(ADOPTED, False, id="the stack does not allow it"), pytest.param(DEVICE, True, id="it is its own")],
)
def test_to_overwrite_is_no_more_than_to_update_where_that_is_not_for_the_thing(device, writes):
    assert update_of(GIVEN, device, overwrite=True, writes_adopted=writes) is None


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({"lorawanVersion": "1.0.2"}, id="a LoRaWAN version that the regional one does not go with"),
        pytest.param({"regionalParametersVersion": "1.0.2-b"}, id="a regional version"),
    ],
)
def test_versions_must_go_with_what_stays(attributes):
    with pytest.raises(InvalidThingError, match=r"regionalParametersVersion: .*which takes"):
        update_of(GIVEN | attributes)


BY_MODEL = altered(
    DEVICE,
    brand_id="acme",
    model_id="pump",
    firmware_version="1.0",
    band_id="EU_863_870",
    supports_class_c=True,
    class_c_timeout="8s",
    rx1_delay=3,
    from_model=(
        "lorawanVersion",
        "regionalParametersVersion",
        "firmwareVersion",
        "bandID",
        "supportsClassC",
        "classCTimeout",
    ),
)
MODEL = GIVEN | {"brandID": "acme", "modelID": "pump", "rx1Delay": "3"}


def test_what_the_model_gave_stays_while_its_thing_says_the_same():
    assert update_of(MODEL, BY_MODEL) is None


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        pytest.param({"modelID": "valve"}, True, id="model"),
        pytest.param({"frequencyPlanID": "US_902_928_FSB_2"}, True, id="plan, and with it the band"),
        pytest.param({"hardwareVersion": "B"}, True, id="hardware"),
        pytest.param({"rx1Delay": None}, True, id="what was said over the model"),
        pytest.param({"rx1Delay": "4"}, False, id="another value over the model"),
        pytest.param({"classCTimeout": "9"}, False, id="a value over the model"),
        pytest.param({"name": "Pump_8"}, False, id="name"),
        pytest.param({"brandID": None, "modelID": None}, False, id="no model any more"),
    ],
)
def test_the_template_is_asked_for_if_it_may_give_other_values(changes, asks):
    said = {name: value for name, value in (MODEL | changes).items() if value is not None}

    update = update_of(said, BY_MODEL)

    assert update.asks_model == asks
    assert ("template" in update.may_write) == asks


def test_what_a_template_may_have_given_before_the_update_broke_off_is_written_again():
    update = update_of(MODEL, BY_MODEL, unfinished=("modelID", "template"))

    assert update.asks_model
    assert {"classBTimeout", "payloadFormatter", "lorawanVersion", "modelID"} <= set(update.fields)
    assert "resetsFCnt" not in update.fields


def test_a_value_of_the_thing_s_own_is_the_model_s_no_more():
    update = update_of(MODEL | {"classCTimeout": "9"}, BY_MODEL)

    assert "classCTimeout" not in update.device.from_model
    assert (update.fields, update.device.values.class_c_timeout) == (("classCTimeout",), "9s")


def test_what_the_model_gave_goes_with_it_but_the_versions_stay():
    update = update_of(GIVEN | {"rx1Delay": "3"}, BY_MODEL)

    assert (update.device.from_model, update.device.values.lorawan_version) == ((), "MAC_V1_0_3")
    assert set(update.fields) == {"brandID", "modelID", "firmwareVersion", "bandID", "supportsClassC", "classCTimeout"}


def test_versions_that_are_not_said_any_more_are_the_model_s_again():
    said = altered(BY_MODEL, from_model=("firmwareVersion", "bandID", "supportsClassC", "classCTimeout"))

    update = update_of(MODEL, said)

    assert update.asks_model
    assert {"lorawanVersion", "regionalParametersVersion"} < set(update.device.from_model)


def test_a_model_is_not_asked_for_of_a_device_that_was_there_before():
    assert not update_of(MODEL | {"modelID": "valve"}, altered(BY_MODEL, method="adopted")).asks_model


def test_a_key_of_another_version_is_judged_when_the_template_is_known():
    update = update_of(MODEL | {"modelID": "valve", "nwkKey": NWK_KEY, "appKey": APP_KEY}, BY_MODEL)

    with pytest.raises(InvalidThingError, match=r"nwkKey: is for LoRaWAN 1\.1 alone"):
        update.over_template(update.device.values, ())
