"""Which attribute of a thing a refusal of The Things Stack names."""

import pytest

from tests.samples import radio
from tests.things_stack_answers import (
    APP_KEY,
    CALLS,
    IDS,
    IS_CREATE,
    IS_UPDATE,
    JS_SET,
    NS_SET,
    details,
    raised,
    refusal,
)
from workflows.domain.attributes import DeviceValues
from workflows.errors import (
    DeviceConflictError,
    EuisFixedAnswer,
    StackConfigurationError,
    UnexpectedAnswerError,
    ValueRefusedAnswer,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pkg/identityserver/blocklist:forbidden_id", ("deviceID",)),
        ("pkg/frequencyplans:not_found", ("frequencyPlanID",)),
        ("pkg/networkserver/internal:no_band_version", ("regionalParametersVersion", "frequencyPlanID")),
        ("pkg/joinserver:no_join_eui", ("joinEUI",)),
        ("pkg/joinserver:no_dev_eui", ("devEUI",)),
    ],
)
def test_a_refused_value_names_the_things_attribute(name, expected):
    error = raised(NS_SET, 400, refusal(name, 3))

    assert error.attributes == expected


FIELDS = [
    ("ids.device_id", ("deviceID",)),
    ("target_device_id", ("deviceID",)),
    ("ids.dev_eui", ("devEUI",)),
    ("ids.join_eui", ("joinEUI",)),
    ("ids", ("deviceID", "devEUI", "joinEUI")),
    ("lorawan_version", ("lorawanVersion",)),
    ("lorawan_phy_version", ("regionalParametersVersion",)),
    ("frequency_plan_id", ("frequencyPlanID",)),
    ("name", ("name",)),
    ("description", ("description",)),
    ("root_keys.app_key.key", ("appKey",)),
    ("root_keys.app_key", ("appKey",)),
    ("root_keys.nwk_key.key", ("nwkKey",)),
    ("root_keys", ("appKey", "nwkKey")),
    ("authenticated_identifiers.authentication_code", ("claimAuthenticationCode",)),
    ("authenticated_identifiers", ("claimAuthenticationCode", "devEUI", "joinEUI")),
    ("version_ids.band_id", ("frequencyPlanID",)),
    ("mac_state.lorawan_version", ("regionalParametersVersion", "frequencyPlanID")),
    ("mac_settings.rx2_data_rate_index.value", ("regionalParametersVersion", "frequencyPlanID")),
]


@pytest.mark.parametrize(("field", "expected"), FIELDS)
@pytest.mark.parametrize("server", ["networkserver", "joinserver", "applicationserver"])
def test_a_field_that_a_server_refuses_names_the_things_attribute(server, field, expected):
    error = raised(NS_SET, 400, refusal(f"pkg/{server}:field_value", 3, attributes={"field": field}))

    assert type(error) is ValueRefusedAnswer
    assert error.attributes == expected


@pytest.mark.parametrize(("field", "expected"), FIELDS)
def test_a_field_that_breaks_a_rule_names_the_things_attribute(field, expected):
    error = raised(NS_SET, 400, refusal("pkg/errors:validation", 3, attributes={"field": f"end_device.{field}"}))

    assert type(error) is ValueRefusedAnswer
    assert error.attributes == expected


def test_a_nested_field_is_spelt_out_by_the_causes_of_the_error():
    innermost = details("pkg/errors:validation", {"field": "device_id", "reason": "value is too long"})
    middle = details("pkg/errors:validation", {"field": "ids", "reason": "embedded message failed"}, innermost)
    attributes = {"field": "end_device", "reason": "embedded message failed"}

    error = raised(IS_CREATE, 400, refusal("pkg/errors:validation", 3, attributes=attributes, cause=middle))

    assert error.attributes == ("deviceID",)
    assert (
        "the value for deviceID is not accepted, value is too long (refused by the Identity Server) [400 pkg/errors"
        in str(error)
    )


@pytest.mark.parametrize(("field", "expected"), FIELDS)
@pytest.mark.parametrize("quote", ['"', "&#34;", "&quot;"])
def test_a_value_of_the_wrong_shape_is_reported_by_its_path(field, expected, quote):
    message = f"unmarshal error at path {quote}end_device.{field}{quote}: unknown value"

    error = raised(NS_SET, 400, refusal("", 3, message=message))

    assert type(error) is ValueRefusedAnswer
    assert error.attributes == expected


PHY = CALLS.set_network(IDS, radio("EU_863_870_TTN", "MAC_V1_0_4", "RP002_V1_0_4"))
QUOTED = [
    pytest.param('unmarshal error at path "end_device": unknown value for enum: "RP002_V1_0_4"', id="3.32"),
    pytest.param(
        "unmarshal error at path &#34;end_device&#34;: unknown value for enum: &#34;RP002_V1_0_4&#34;", id="3.36"
    ),
    pytest.param('unknown value "RP002_V1_0_4" for enum ttn.lorawan.v3.PHYVersion', id="older"),
    pytest.param('proto: (line 1:218): invalid value for enum type: "RP002_V1_0_4"', id="other"),
]


@pytest.mark.parametrize("message", QUOTED)
def test_a_value_whose_field_is_not_named_is_found_in_what_was_sent(message):
    error = raised(PHY, 400, refusal("", 3, message=message))

    assert type(error) is ValueRefusedAnswer
    assert error.attributes == ("regionalParametersVersion",)
    assert "the value for regionalParametersVersion is not accepted" in str(error)


@pytest.mark.parametrize(
    ("call", "value", "expected"),
    [
        pytest.param(PHY, "MAC_V1_0_4", ("lorawanVersion",), id="MAC version"),
        pytest.param(PHY, "EU_863_870_TTN", ("frequencyPlanID",), id="plan"),
        pytest.param(PHY, IDS.join_eui, ("joinEUI",), id="EUI"),
        pytest.param(IS_UPDATE, "Pump 7", ("name",), id="name"),
        pytest.param(
            CALLS.set_network(IDS, radio("EU_863_870_TTN", "1.0.1", "1.0.1")),
            "1.0.1",
            ("lorawanVersion", "regionalParametersVersion"),
            id="a value of two fields",
        ),
        pytest.param(JS_SET, APP_KEY, ("appKey",), id="a key, by its field alone"),
    ],
)
def test_any_value_that_is_quoted_names_its_attribute(call, value, expected):
    error = raised(call, 400, refusal("", 3, message=f'unmarshal error at path "end_device": refused "{value}"'))

    assert error.attributes == expected
    assert APP_KEY not in f"{error} {vars(error)}"


@pytest.mark.parametrize(
    "message",
    [
        pytest.param('unmarshal error at path "end_device": unknown value for enum: "PHY_V9"', id="no value of ours"),
        pytest.param(
            'unmarshal error at path "end_device": "MAC_V1_0_4" goes not with "RP002_V1_0_4"', id="two values"
        ),
        pytest.param('unmarshal error at path "webhook": unknown value for enum: "RP002_V1_0_4"', id="elsewhere"),
        pytest.param('unmarshal error at path "end_device": unknown value for enum: RP002_V1_0_4', id="no quotes"),
    ],
)
def test_a_value_that_is_not_certain_blames_no_attribute(message):
    assert type(raised(PHY, 400, refusal("", 3, message=message))) is UnexpectedAnswerError


def test_a_host_that_is_quoted_is_the_stacks():
    message = 'unmarshal error at path "end_device": no such host "eu1.example.com"'

    assert type(raised(IS_CREATE, 400, refusal("", 3, message=message))) is StackConfigurationError


@pytest.mark.parametrize("reason", ["value must contain no more than 10 pair(s)", ""])
def test_attributes_of_a_device_that_leave_no_room_are_a_conflict_with_it(reason):
    inner = details("pkg/errors:validation", {"field": "attributes", "reason": reason})

    error = raised(IS_UPDATE, 400, refusal("pkg/errors:validation", 3, attributes={"field": "end_device"}, cause=inner))

    assert type(error) is DeviceConflictError
    assert f"Thingsync adds were refused{', ' if reason else ''}{reason}. Remove some of its own" in str(error)


@pytest.mark.parametrize("field", ["attributes.aws-run", "end_device", "power_state", "nickname", ""])
@pytest.mark.parametrize("name", ["pkg/networkserver:field_value", "pkg/errors:validation"])
def test_a_field_that_no_thing_has_is_no_fault_of_the_thing(name, field):
    error = raised(NS_SET, 400, refusal(name, 3, attributes={"field": field}))

    assert type(error) is UnexpectedAnswerError
    assert name in str(error)
    assert field in str(error)


@pytest.mark.parametrize(
    ("field", "advice"),
    [
        ("mac_state.lorawan_version", "of the device: undo the change, or delete the thing and create it again"),
        ("version_ids.band_id", "of the device (bandID): undo the change, give the thing bandID that fits, or delete"),
        ("mac_settings.rx2_data_rate_index.value", "(rx2DataRateIndex): undo the change, give the thing"),
    ],
)
def test_what_does_not_go_with_the_devices_state_takes_a_new_device(field, advice):
    error = raised(NS_SET, 400, refusal("pkg/networkserver:field_value", 3, attributes={"field": field}))

    assert advice in str(error)


RX2 = CALLS.set_network(IDS, DeviceValues(rx2_data_rate_index=15))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "pkg/networkserver:field_value",
            ", and one that the band of frequencyPlanID allows (refused",
            id="by the band",
        ),
        pytest.param("pkg/errors:validation", " (refused", id="by a rule"),
    ],
)
def test_a_refused_setting_says_what_it_takes(name, expected):
    field = {"field": "mac_settings.rx2_data_rate_index.value"}

    error = raised(RX2, 400, refusal(name, 3, attributes=field))

    assert error.attributes == ("rx2DataRateIndex",)
    assert f"is not accepted; it must be a whole number from 0 to 15{expected}" in str(error)


def test_a_reason_of_the_server_is_enough():
    field = {"field": "mac_settings.rx2_data_rate_index.value", "reason": "is too high"}

    error = raised(RX2, 400, refusal("pkg/errors:validation", 3, attributes=field))

    assert "is not accepted, is too high (refused by" in str(error)


def test_a_value_that_was_sent_is_no_state_of_the_device():
    error = raised(NS_SET, 400, refusal("pkg/networkserver:field_value", 3, attributes={"field": "lorawan_version"}))

    assert "create it again" not in str(error)


@pytest.mark.parametrize("band", ["eu_868", "1122334455667788", None, "EU_863_870 "])
def test_a_band_that_is_not_one_is_not_repeated(band):
    cause = details("pkg/networkserver:device_and_frequency_plan_band_mismatch", {"fp_band_id": band})
    attributes = {"field": "version_ids.band_id"}

    error = raised(NS_SET, 400, refusal("pkg/networkserver:field_value", 3, attributes=attributes, cause=cause))

    assert "the band of" not in str(error)


@pytest.mark.parametrize("field", ["network_server_address", "application_server_address", "join_server_address"])
def test_a_refused_server_address_is_the_stacks(field):
    error = raised(IS_CREATE, 400, refusal("pkg/errors:validation", 3, attributes={"field": f"end_device.{field}"}))

    assert type(error) is StackConfigurationError
    assert "ClusterAddress" in str(error)


@pytest.mark.parametrize("field", ["supports_join", "multicast"])
def test_a_record_that_cannot_become_a_joining_one_is_reported_like_one_of_other_euis(field):
    error = raised(NS_SET, 400, refusal("pkg/networkserver:field_value", 3, attributes={"field": field}))

    assert type(error) is EuisFixedAnswer


@pytest.mark.parametrize("attributes", [None, {"field": None}, {"field": 7}, {"field": ["ids"]}, "field"])
def test_attributes_of_another_shape_count_as_absent(attributes):
    error = raised(NS_SET, 400, refusal("pkg/networkserver:field_value", 3, attributes=attributes))

    assert type(error) is UnexpectedAnswerError


def test_a_reason_is_cut_and_unescaped():
    reason = "value does not match &#34;^[a-z]&#34; " + "x" * 1000

    error = raised(IS_CREATE, 400, refusal("pkg/errors:validation", 3, attributes={"field": "name", "reason": reason}))

    assert 'value does not match "^[a-z]"' in str(error)
    assert len(str(error)) < 400
