"""Root keys and claim codes that The Things Stack quotes end in no error."""

import pytest

from tests.things_stack_answers import APP_KEY, CLAIM, CODE, JS_SET, NWK_KEY, TTJS, details, raised, refusal

FIELDS = ["end_device.root_keys.app_key", "authenticated_identifiers.authentication_code", "end_device.new_field"]


def quoting(field):
    """Return attributes that hold every secret wherever a server could write one."""
    everything = f"{APP_KEY} {NWK_KEY} {CODE}"
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
@pytest.mark.parametrize("call", [JS_SET, CLAIM], ids=["keys", "code"])
def test_no_key_or_code_that_the_server_quotes_gets_into_an_error(call, name, status, field):
    message = f'unmarshal error at path "{field}.{APP_KEY}": invalid value {APP_KEY} {NWK_KEY} {CODE}'
    cause = details("pkg/errors:validation", quoting(field))

    error = raised(call, status, refusal(name, 3, attributes=quoting(field), cause=cause, message=message))

    text = f"{error} {error!r} {vars(error)} {call!r}"
    assert [secret for secret in (APP_KEY, NWK_KEY, CODE) if secret in text] == []


@pytest.mark.parametrize("call", [JS_SET, CLAIM], ids=["keys", "code"])
def test_no_key_or_code_of_a_page_gets_into_an_error(call):
    error = raised(call, 500, f"<html>{APP_KEY} {CODE}</html>".encode())

    assert [secret for secret in (APP_KEY, CODE) if secret in str(error)] == []
