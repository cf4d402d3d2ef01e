"""What is wrong with an API key, and where it is fixed; the key itself is never shown."""

import pytest

from operate.errors import UnusableKeyError, WrongInputError
from operate.views.api_key import (
    IN_FORCE_WITHIN_S,
    check_owner_of_key,
    check_rights_of_key,
    read_key,
    refused_key,
)
from workflows.adapters.secrets import MAX_AGE_S
from workflows.domain.rights import NEEDED_RIGHTS, RIGHTS_IN_THE_CONSOLE
from workflows.errors import AccessDeniedError

KEY = "NNSXS.SECRETID.SECRETTEXT"
PATH = "Console → Applications → demo-app → API keys"


@pytest.mark.parametrize("text", [KEY, f"{KEY}\n", f"  {KEY}\r\n"])
def test_a_key_may_end_in_a_line_end(text):
    assert read_key(text) == KEY


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \n", id="blanks"),
        pytest.param(f"{KEY}\n{KEY}", id="two lines"),
        pytest.param(f"key: {KEY}", id="two words"),
        pytest.param(f"{KEY}ü", id="no ascii"),
    ],
)
def test_what_is_no_key_is_refused_and_not_shown(text):
    with pytest.raises(WrongInputError, match="Nothing was changed") as caught:
        read_key(text)

    assert "SECRET" not in str(caught.value)


def refused(name):
    error = AccessDeniedError("text")
    error.refused_as = name
    return refused_key(error, "demo-app")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("pkg/identityserver:api_key_expired", "has expired", id="expired"),
        pytest.param("pkg/identityserver:api_key_not_found", "does not know the API key: it was revoked", id="unknown"),
        pytest.param("pkg/identityserver:invalid_authorization", "copied in part", id="cut off"),
        pytest.param("pkg/auth:token", "no API key of The Things Stack", id="malformed"),
        pytest.param("", "no API key of The Things Stack", id="not sent"),
    ],
)
def test_a_refused_key_is_reported_by_its_reason_with_where_to_make_another(name, found):
    error = refused(name)

    assert found in error.found
    assert PATH in error.fix
    assert "thingsync key rotate" in error.fix
    assert all(words in error.fix for words in RIGHTS_IN_THE_CONSOLE.values())
    assert error.exit_code == 4


def test_the_key_of_another_application_is_reported_with_both():
    with pytest.raises(UnusableKeyError, match=r"belongs to the application other.* is demo-app"):
        check_owner_of_key("other", "demo-app")

    check_owner_of_key("demo-app", "demo-app")
    check_owner_of_key(None, "demo-app")


def test_missing_rights_are_named_as_the_console_and_the_api_do():
    with pytest.raises(UnusableKeyError, match="lacks rights on the application demo-app") as caught:
        check_rights_of_key(NEEDED_RIGHTS[:-1], "demo-app")

    assert "write downlink application traffic (RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE)." in caught.value.found
    assert PATH in caught.value.fix
    check_rights_of_key(NEEDED_RIGHTS, "demo-app")


def test_a_key_without_any_right_on_the_application_is_reported():
    with pytest.raises(UnusableKeyError, match="no application demo-app, or the API key has no rights"):
        check_rights_of_key((), "demo-app")


def test_a_new_key_is_in_force_when_no_function_has_the_former_one_any_more():
    assert IN_FORCE_WITHIN_S == MAX_AGE_S
