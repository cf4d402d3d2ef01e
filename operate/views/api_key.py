"""What is wrong with an API key of The Things Stack, and where in its Console that is fixed. Pure."""

import re
from collections.abc import Collection

from operate.errors import UnusableKeyError, WrongInputError
from workflows.domain.rights import RIGHTS_IN_THE_CONSOLE, missing_rights
from workflows.errors import AccessDeniedError

ROTATE = "thingsync key rotate"
# Functions read the key again when it is refused, else after this long.
IN_FORCE_WITHIN_S = 300

_WHITE_SPACE = re.compile(r"\s")
_PRINTABLE = re.compile(r"[!-~]+")
_EXPIRED = "pkg/identityserver:api_key_expired"
_MALFORMED = ("pkg/auth:token", "pkg/identityserver:unsupported_authorization")


def read_key(text: str) -> str:
    """Return the key in what somebody typed or piped; raise ``WrongInputError``, which never shows it."""
    key = text.strip()
    if not key:
        raise WrongInputError("There is no key in the input. Nothing was changed.")
    if _WHITE_SPACE.search(key):
        raise WrongInputError(
            "The input holds white space within, but an API key is one word (NNSXS.….…). Nothing was changed."
        )
    if not _PRINTABLE.fullmatch(key):
        raise WrongInputError("The input holds characters that no API key has (NNSXS.….…). Nothing was changed.")
    return key


def where_keys_are(application_id: str) -> str:
    """Return the path to an application's keys in the Console of The Things Stack."""
    return f"Console → Applications → {application_id} → API keys"


def new_key_with(application_id: str) -> str:
    """Say how to make a key that has all rights, and how to put it in."""
    rights = ", ".join(RIGHTS_IN_THE_CONSOLE.values())
    place = f"{where_keys_are(application_id)} → Add API key"
    return f"Make a new one ({place}) with the rights: {rights}. Then run `{ROTATE}`."


def refused_key(error: AccessDeniedError, application_id: str) -> UnusableKeyError:
    """Return what it means that The Things Stack does not accept the key at all."""
    fix = new_key_with(application_id)
    if error.refused_as == _EXPIRED:
        return UnusableKeyError("The API key has expired.", fix)
    if error.refused_as in _MALFORMED or not error.refused_as:
        return UnusableKeyError("This is no API key of The Things Stack, which looks like NNSXS.….….", fix)
    return UnusableKeyError(
        "The Things Stack does not know the API key: it was revoked, copied in part, or is of another cluster.", fix
    )


def missing_right(error: AccessDeniedError, application_id: str) -> UnusableKeyError:
    """Return what it means that a known key may not read its own application."""
    return UnusableKeyError(
        f"The API key lacks a right on the application {application_id} ({error.refused_as}).",
        new_key_with(application_id),
    )


def check_owner_of_key(owner: str | None, application_id: str) -> None:
    """Raise ``UnusableKeyError`` if the key is another application's; None owns keys of users and organizations."""
    if owner not in (None, application_id):
        raise UnusableKeyError(
            f"The API key belongs to the application {owner}, and this stack's application is {application_id}.",
            new_key_with(application_id),
        )


def check_rights_of_key(held: Collection[str], application_id: str) -> None:
    """Raise ``UnusableKeyError`` if the key lacks rights; the text names them in both spellings."""
    if not held:
        raise UnusableKeyError(
            f"The Things Stack has no application {application_id}, or the API key has no rights on it.",
            new_key_with(application_id),
        )
    if missing := missing_rights(held):
        named = ", ".join(f"{RIGHTS_IN_THE_CONSOLE[right]} ({right})" for right in missing)
        raise UnusableKeyError(
            f"The API key lacks rights on the application {application_id}: {named}.",
            f"Add them ({where_keys_are(application_id)} → the key) and wait two minutes: The Things Stack caches "
            f"rights. Or make another key, then run `{ROTATE}`.",
        )
