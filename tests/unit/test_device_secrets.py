"""References to secrets become the values they name, just before they are needed."""

import json

import pytest

from tests.fakes.secrets import FakeDeviceSecrets
from tests.samples import APP_KEY, CODE, NWK_KEY, PARAMETER, PARAMETER_ARN, SECRET, planned, planned_claim
from workflows.errors import InvalidThingError
from workflows.steps.secrets import READS_AT_MOST, ByStore, with_secrets

UNUSABLE = (
    "names a secret that cannot be used. It must exist under this very ARN, this stack must be allowed to read it, and "
    "it must hold as text (not as binary) nothing but {}; with #jsonKey, that field of a JSON object must"
)
UNUSABLE_PARAMETER = (
    "names a parameter that cannot be used. It must exist under this very name in the stack's account and region, be "
    "of type SecureString (any other can be read without its key), be encrypted with the key aws/ssm or the stack's "
    "own, and hold nothing but 32 hex digits; with #jsonKey, that field of a JSON object must"
)
UNUSABLE_KEY = UNUSABLE.format("32 hex digits")
UNUSABLE_CODE = UNUSABLE.format("1 to 32 letters and digits, the same as in qrCode if that has a code")


@pytest.mark.parametrize(
    ("device", "secrets", "expected"),
    [
        pytest.param(planned(), {}, planned(), id="no reference"),
        pytest.param(planned(app_key=SECRET), {SECRET: APP_KEY.lower()}, planned(), id="AppKey in upper case"),
        pytest.param(
            planned(app_key=f"{SECRET}#app", nwk_key=f"{SECRET}#nwk"),
            {SECRET: json.dumps({"app": APP_KEY, "nwk": NWK_KEY})},
            planned(nwk_key=NWK_KEY),
            id="both keys of one secret",
        ),
        pytest.param(
            planned_claim(authentication_code=SECRET), {SECRET: CODE.lower()}, planned_claim(), id="code in upper case"
        ),
        pytest.param(
            planned_claim(authentication_code=SECRET, expected_code=CODE),
            {SECRET: CODE},
            planned_claim(expected_code=CODE),
            id="the code of the label",
        ),
    ],
)
def test_a_reference_becomes_its_value(device, secrets, expected):
    registry = FakeDeviceSecrets(secrets)

    assert with_secrets(device, registry) == expected
    assert len(registry.reads) <= READS_AT_MOST


@pytest.mark.parametrize(
    ("device", "value", "problems"),
    [
        pytest.param(planned(app_key=SECRET), None, {"appKey": UNUSABLE_KEY}, id="no secret"),
        pytest.param(planned(app_key=PARAMETER), None, {"appKey": UNUSABLE_PARAMETER}, id="no parameter"),
        pytest.param(planned(nwk_key=SECRET), None, {"nwkKey": UNUSABLE_KEY}, id="no secret for the NwkKey"),
        pytest.param(planned(app_key=SECRET), "", {"appKey": UNUSABLE_KEY}, id="empty"),
        pytest.param(planned(app_key=SECRET), "0" * 32, {"appKey": UNUSABLE_KEY}, id="zeros"),
        pytest.param(planned(app_key=SECRET), f"{APP_KEY}\n", {"appKey": UNUSABLE_KEY}, id="line break behind"),
        pytest.param(planned(app_key=SECRET), SECRET, {"appKey": UNUSABLE_KEY}, id="another reference"),
        pytest.param(
            planned_claim(authentication_code=SECRET),
            "AB-CD",
            {"claimAuthenticationCode": UNUSABLE_CODE},
            id="no code",
        ),
        pytest.param(
            planned_claim(authentication_code=SECRET, expected_code=CODE),
            "AAAA1111",
            {"claimAuthenticationCode": UNUSABLE_CODE},
            id="not the code of the label",
        ),
    ],
)
def test_a_secret_that_is_missing_malformed_or_not_as_the_label_is_reported_by_one_text(device, value, problems):
    secrets = FakeDeviceSecrets({} if value is None else {SECRET: value})

    with pytest.raises(InvalidThingError, match=": ") as refused:
        with_secrets(device, secrets)

    assert refused.value.problems == problems


@pytest.mark.parametrize(
    ("reference", "expected"),
    [(SECRET, "secret"), (f"{SECRET}#app", None), (PARAMETER, "name"), (PARAMETER_ARN, "ARN")],
    ids=["secret", "field", "name", "ARN"],
)
def test_a_reference_is_read_where_it_leads_to(reference, expected):
    secrets = FakeDeviceSecrets({SECRET: "secret"})
    parameters = FakeDeviceSecrets({PARAMETER: "name", PARAMETER_ARN: "ARN"})

    assert ByStore(secrets, lambda: parameters).read(reference) == expected
    assert (secrets.reads, parameters.reads) in (([reference], []), ([], [reference]))


def test_the_parameter_store_is_not_prepared_for_things_that_name_none():
    assert (
        with_secrets(planned(app_key=SECRET), ByStore(FakeDeviceSecrets({SECRET: APP_KEY}), pytest.fail)) == planned()
    )
