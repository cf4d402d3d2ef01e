"""Keys and claim codes that The Things Stack quotes end in no error."""

import pytest

from tests.things_stack_answers import (
    ABP_AS_SET,
    ABP_SET,
    APP_KEY,
    CLAIM,
    CODE,
    JS_SET,
    NWK_KEY,
    SESSION_KEYS,
    TTJS,
    details,
    raised,
    refusal,
)

SECRETS = (APP_KEY, NWK_KEY, CODE, *SESSION_KEYS.given().values())
CALLS = pytest.mark.parametrize(
    "call", [JS_SET, CLAIM, ABP_SET, ABP_AS_SET], ids=["keys", "code", "session", "application-session"]
)
FIELDS = [
    "end_device.root_keys.app_key",
    "authenticated_identifiers.authentication_code",
    "end_device.new_field",
    "end_device.session.keys.app_s_key",
]


def quoting(field):
    """Return attributes that hold every secret wherever a server could write one."""
    everything = " ".join(SECRETS)
    return {"field": f"{field}.{APP_KEY}", "reason": everything, "missing": [APP_KEY, CODE], "id": everything}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 499, 500, 501, 503])
@pytest.mark.parametrize(
    "name",
    [
        "",
        "pkg/errors:validation",
        "pkg/joinserver:field_value",
        "pkg/internal/registry:end_device_euis_taken",
        "pkg/auth/rights:insufficient_application_rights",
        "pkg/frequencyplans:not_found",
        f"{TTJS}:internal_error",
        f"{TTJS}:device_access_denied",
        "pkg/new:refused",
    ],
)
@CALLS
def test_no_key_or_code_that_the_server_quotes_gets_into_an_error(call, name, status, field):
    message = f'unmarshal error at path "{field}.{APP_KEY}": invalid value {" ".join(SECRETS)}'
    cause = details("pkg/errors:validation", quoting(field))

    error = raised(call, status, refusal(name, 3, attributes=quoting(field), cause=cause, message=message))

    text = f"{error} {error!r} {vars(error)} {call!r}"
    assert [secret for secret in SECRETS if secret in text] == []


@CALLS
def test_no_key_or_code_of_a_page_gets_into_an_error(call):
    error = raised(call, 500, f"<html>{' '.join(SECRETS)}</html>".encode())

    assert [secret for secret in SECRETS if secret in str(error)] == []
