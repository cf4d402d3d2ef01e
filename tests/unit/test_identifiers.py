import pytest

from tests.samples import APP_KEY, DEV_EUI, PARAMETER, PARAMETER_ARN, SECRET
from workflows.domain import identifiers


@pytest.mark.parametrize(
    ("text", "dev_eui", "join_eui"),
    [
        pytest.param("70B3D57ED0051234", True, True, id="upper case"),
        pytest.param("70b3d57ed0051234", True, True, id="lower case"),
        pytest.param("70B3d57eD0051234", True, True, id="mixed case"),
        pytest.param("0000000000000000", False, True, id="zeros are a JoinEUI but no DevEUI"),
        pytest.param("0000000000000001", True, True, id="one is not zero"),
        pytest.param("70B3D57ED005123", False, False, id="15 digits"),
        pytest.param("70B3D57ED00512345", False, False, id="17 digits"),
        pytest.param("70-B3-D5-7E-D0-05-12-34", False, False, id="dashes"),
        pytest.param("70:B3:D5:7E:D0:05:12:34", False, False, id="colons"),
        pytest.param("0x70B3D57ED0051234", False, False, id="prefix"),
        pytest.param("70B3D57ED005123G", False, False, id="no hex digit"),
        pytest.param("70B3D57ED005123\u0664", False, False, id="a digit of another script"),
        pytest.param("70B3D57ED0051234\n", False, False, id="line break behind"),
        pytest.param("", False, False, id="empty"),
    ],
)
def test_an_eui_has_16_hex_digits_and_nothing_else(text, dev_eui, join_eui):
    assert (identifiers.is_dev_eui(text), identifiers.is_eui(text)) == (dev_eui, join_eui)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(APP_KEY, True, id="upper case"),
        pytest.param(APP_KEY.lower(), True, id="lower case"),
        pytest.param("0" * 31 + "1", True, id="one is not zero"),
        pytest.param("0" * 32, False, id="zeros"),
        pytest.param(APP_KEY[:31], False, id="31 digits"),
        pytest.param(APP_KEY + "0", False, id="33 digits"),
        pytest.param(APP_KEY[:31] + "g", False, id="no hex digit"),
        pytest.param(APP_KEY + "\n", False, id="line break behind"),
        pytest.param("", False, id="empty"),
    ],
)
def test_a_root_key_has_32_hex_digits_that_are_not_all_zero(text, expected):
    assert identifiers.is_key(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("A", True, id="1 character"),
        pytest.param("a1B2" * 8, True, id="32 characters"),
        pytest.param("a" * 33, False, id="33 characters"),
        pytest.param("", False, id="empty"),
        pytest.param("AB-CD", False, id="dash"),
        pytest.param("AB CD", False, id="space"),
        pytest.param("ÄÖ", False, id="letters beyond ASCII"),
        pytest.param("ABCD\n", False, id="line break behind"),
    ],
)
def test_an_authentication_code_has_1_to_32_letters_and_digits(text, expected):
    assert identifiers.is_authentication_code(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ab", False, id="2 characters"),
        pytest.param("abc", True, id="3 characters"),
        pytest.param("a" * 36, True, id="36 characters"),
        pytest.param("a" * 37, False, id="37 characters"),
        pytest.param("a-" * 17 + "ab", True, id="36 characters with dashes"),
        pytest.param("pump-7-cellar", True, id="single dashes"),
        pytest.param("pump--7", False, id="double dash"),
        pytest.param("-pump", False, id="dash in front"),
        pytest.param("pump-", False, id="dash behind"),
        pytest.param("7up", True, id="digit in front"),
        pytest.param("123", True, id="digits alone"),
        pytest.param("a-b", False, id="2 characters and a dash"),
        pytest.param("Pump", False, id="upper case"),
        pytest.param("pump_7", False, id="underscore"),
        pytest.param("pump:7", False, id="colon"),
        pytest.param("pümp", False, id="letters beyond ASCII"),
        pytest.param("pump\n", False, id="line break behind"),
        pytest.param("", False, id="empty"),
        pytest.param("batch", False, id="no call can name it"),
        pytest.param("batch-7", True, id="longer than what no call can name"),
    ],
)
def test_a_device_id_is_what_the_things_stack_accepts(text, expected):
    assert identifiers.is_device_id(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("demo-app", True, id="as the console shows it"),
        pytest.param("batch", True, id="a word that only device IDs may not be"),
        pytest.param("a" * 36, True, id="longest"),
        pytest.param("a" * 37, False, id="too long"),
        pytest.param("..", False, id="a folder above"),
        pytest.param("a/../b", False, id="a path"),
        pytest.param("demo-app\n", False, id="a line end"),
        pytest.param("", False, id="empty"),
    ],
)
def test_an_application_id_is_spelled_as_a_device_id(text, expected):
    assert identifiers.is_application_id(text) is expected


@pytest.mark.parametrize(
    ("text", "well_formed", "of_this_stack"),
    [
        pytest.param(SECRET, True, True, id="plain text secret"),
        pytest.param(f"{SECRET}#app_key", True, True, id="field of a JSON secret"),
        pytest.param(SECRET.replace(":aws:", ":aws-us-gov:"), True, True, id="other partition"),
        pytest.param(SECRET.replace("thingsync/thingsync", "thingsync/another"), True, False, id="another stack"),
        pytest.param(SECRET.replace("thingsync/thingsync", "thingsync/thingsync-2"), True, False, id="longer name"),
        pytest.param(SECRET.replace("/device/", "/"), True, False, id="the stack's own secrets"),
        pytest.param(SECRET.replace("thingsync/thingsync/device/", "billing/"), True, False, id="foreign secret"),
        pytest.param(f"{SECRET}#", False, False, id="empty JSON key"),
        pytest.param(f"{SECRET}#a#b", False, False, id="two JSON keys"),
        pytest.param(f"{SECRET}:app_key", False, False, id="field after a colon"),
        pytest.param(SECRET.replace("111122223333", "1111"), False, False, id="short account"),
        pytest.param(SECRET.replace("secretsmanager", "ssm"), False, False, id="another service"),
        pytest.param("arn:aws:secretsmanager:eu-west-1:111122223333:secret:", False, False, id="no name"),
        pytest.param("arn:", False, False, id="prefix alone"),
        pytest.param(PARAMETER, True, True, id="parameter"),
        pytest.param(f"{PARAMETER}/appKey", True, True, id="parameter further down"),
        pytest.param(f"{PARAMETER}#app_key", True, True, id="field of a JSON parameter"),
        pytest.param(PARAMETER_ARN, True, True, id="ARN of a parameter"),
        pytest.param(PARAMETER_ARN.replace(":aws:", ":aws-cn:"), True, True, id="ARN of a parameter elsewhere"),
        pytest.param(PARAMETER.replace("thingsync/thingsync", "thingsync/another"), True, False, id="another stack's"),
        pytest.param(PARAMETER.replace("/device/", "/"), True, False, id="a parameter that is no device's"),
        pytest.param(f"{PARAMETER}:3", False, False, id="a version of a parameter"),
        pytest.param(f"{PARAMETER}#", False, False, id="empty JSON key behind a parameter"),
        pytest.param(PARAMETER_ARN.replace("parameter/", "parameter"), False, False, id="no hierarchy"),
        pytest.param(PARAMETER_ARN.replace("parameter", "document"), False, False, id="something else of SSM's"),
        pytest.param("/", False, False, id="slash alone"),
    ],
)
def test_a_reference_is_to_a_device_secret_of_the_stack(text, well_formed, of_this_stack):
    found = (identifiers.is_well_formed_reference(text), identifiers.is_device_secret(text, "thingsync"))

    assert identifiers.is_reference(text)
    assert found == (well_formed, of_this_stack)


OURS = SECRET.removesuffix(f"{DEV_EUI}-AbCdEf")


@pytest.mark.parametrize(
    ("behind", "is_its"),
    [
        pytest.param(f"{DEV_EUI}-AbCdEf", True, id="the DevEUI"),
        pytest.param(f"{DEV_EUI.lower()}-AbCdEf", True, id="the DevEUI in lower case"),
        pytest.param(f"{DEV_EUI}/appKey-AbCdEf", True, id="a name that begins with the DevEUI"),
        pytest.param("pump-AbCdEf", True, id="the thing's name"),
        pytest.param("pump", True, id="the thing's name, without the ARN's suffix"),
        pytest.param("pump/appKey-AbCdEf", True, id="a path below the thing's name"),
        pytest.param(f"fleet-AbCdEf#{DEV_EUI}", True, id="a field named by the DevEUI"),
        pytest.param(f"fleet-AbCdEf#{DEV_EUI}_appKey", True, id="a field that begins with the DevEUI"),
        pytest.param("pump-AbCdEf#appKey", True, id="any field of a secret of the thing's name"),
        pytest.param(f"pump-AbCdEf#{DEV_EUI}", True, id="its field in a secret of its name"),
        pytest.param("fleet-AbCdEf#pump", True, id="a field named like the thing"),
        pytest.param("fleet-AbCdEf#pump.appKey", True, id="a field below the thing's name"),
        pytest.param("70B3D57ED0059999-AbCdEf#pump", False, id="or such a field of another device's secret"),
        pytest.param(
            "pump-AbCdEf#70B3D57ED0059999", False, id="another device's field in a secret of the thing's name"
        ),
        pytest.param(f"{DEV_EUI}-AbCdEf#70B3D57ED0059999", False, id="or of its own DevEUI"),
        pytest.param("pump-10-AbCdEf", False, id="of a thing whose name goes on with a dash"),
        pytest.param("pump:10-AbCdEf", False, id="or with a colon"),
        pytest.param("pumps-AbCdEf", False, id="or with a letter"),
        pytest.param("Pump-AbCdEf", False, id="the name in another case: another thing's"),
        pytest.param("fleet-AbCdEf#pump-10", False, id="a field of a thing whose name goes on"),
        pytest.param("fleet-AbCdEf#appKey", False, id="a field that anybody may name"),
        pytest.param(f"x{DEV_EUI}-AbCdEf", False, id="the DevEUI further on"),
        pytest.param("../pump-AbCdEf", False, id="a path, which secrets do not have"),
        pytest.param("70B3D57ED0059999-AbCdEf", False, id="another DevEUI"),
        pytest.param("fleet-AbCdEf", False, id="anything else"),
    ],
)
def test_a_secret_is_a_things_own_by_its_name_or_field(behind, is_its):
    text = OURS + behind

    assert identifiers.is_secret_of(text, "thingsync", dev_eui=DEV_EUI, thing_name="pump") is is_its


@pytest.mark.parametrize(
    ("behind", "is_its"),
    [
        pytest.param(DEV_EUI, True, id="the DevEUI"),
        pytest.param(f"{DEV_EUI}/appKey", True, id="below the DevEUI"),
        pytest.param("pump", True, id="the thing's name"),
        pytest.param("pump/appKey", True, id="below the thing's name"),
        pytest.param(f"fleet#{DEV_EUI}_appKey", True, id="a field that begins with the DevEUI"),
        pytest.param("pump-sensor", False, id="of a thing whose name goes on: Parameter Store adds nothing to names"),
        pytest.param("70B3D57ED0059999", False, id="another DevEUI"),
        pytest.param("fleet#appKey", False, id="a field that anybody may name"),
    ],
)
@pytest.mark.parametrize("begins", [PARAMETER, PARAMETER_ARN], ids=["name", "ARN"])
def test_a_parameter_is_a_things_own_by_its_name_or_field(begins, behind, is_its):
    text = begins.removesuffix(DEV_EUI) + behind

    assert identifiers.is_secret_of(text, "thingsync", dev_eui=DEV_EUI, thing_name="pump") is is_its


@pytest.mark.parametrize(
    ("thing_name", "behind"),
    [
        pytest.param("appKey", "pump-AbCdEf#appKey", id="what people call the field of a secret"),
        pytest.param("VALUE", "pump-AbCdEf#VALUE", id="or in another case"),
        pytest.param("70B3D57ED0059999", "70B3D57ED0059999-AbCdEf", id="a DevEUI"),
        pytest.param("70b3d57ed0059999", "70b3d57ed0059999-AbCdEf", id="a DevEUI in small letters"),
        pytest.param("70B3D57ED0059999-key", "70B3D57ED0059999-key-AbCdEf", id="what begins with a DevEUI"),
        pytest.param("pump-AbCdEf", "pump-AbCdEf", id="the end of an ARN"),
    ],
)
def test_a_thing_that_is_named_like_another_s_secret_has_no_right_to_it(thing_name, behind):
    assert not identifiers.is_secret_of(OURS + behind, "thingsync", dev_eui=DEV_EUI, thing_name=thing_name)


def test_what_is_no_reference_or_of_a_nameless_thing_is_nobodys_secret():
    assert not identifiers.is_secret_of("arn:", "thingsync", dev_eui=DEV_EUI, thing_name="pump")
    assert not identifiers.is_secret_of(f"{OURS}pump-AbCdEf", "thingsync", dev_eui=None, thing_name="")


@pytest.mark.parametrize(
    ("text", "json_key"),
    [
        pytest.param(SECRET, None, id="plain text secret"),
        pytest.param(f"{SECRET}#app_key", "app_key", id="field of a JSON secret"),
    ],
)
def test_a_reference_is_read_in_parts_and_written_as_it_was(text, json_key):
    reference = identifiers.read_reference(text)

    assert reference == identifiers.SecretReference(
        "aws", "eu-west-1", "111122223333", "thingsync/thingsync/device/70B3D57ED0051234-AbCdEf", json_key
    )
    assert str(reference) == text


@pytest.mark.parametrize("text", [PARAMETER, f"{PARAMETER}#app_key", PARAMETER_ARN, f"{PARAMETER_ARN}#app_key"])
def test_a_parameter_is_named_without_its_slash_and_written_as_it_was(text):
    reference = identifiers.read_reference(text)

    assert (reference.name, reference.is_parameter) == (f"thingsync/thingsync/device/{DEV_EUI}", True)
    assert str(reference) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(PARAMETER, True, id="name"),
        pytest.param(PARAMETER_ARN, True, id="ARN"),
        pytest.param(SECRET, False, id="secret"),
        pytest.param(f"{SECRET}#a:b:ssm:c", False, id="secret with a strange field"),
    ],
)
def test_a_parameter_is_told_from_a_secret(text, expected):
    assert identifiers.names_parameter(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/thingsync", True, id="a slash first"),
        pytest.param("ARN:aws:secretsmanager", True, id="any case"),
        pytest.param(APP_KEY, False, id="key"),
        pytest.param("ARN7", False, id="code that begins alike"),
    ],
)
def test_what_begins_as_an_arn_or_a_path_means_to_be_a_reference(text, expected):
    assert identifiers.is_reference(text) is expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        pytest.param(SECRET, (SECRET, None), id="plain text secret"),
        pytest.param(f"{SECRET}#app_key", (SECRET, "app_key"), id="field of a JSON secret"),
    ],
)
def test_a_reference_splits_into_arn_and_json_key(reference, expected):
    assert identifiers.split_reference(reference) == expected


@pytest.mark.parametrize(("arn", "expected"), [(SECRET, True), (SECRET.rpartition("-")[0], False)])
def test_an_arn_is_whole_with_the_suffix_that_secrets_manager_adds(arn, expected):
    assert identifiers.has_arn_suffix(arn) is expected
