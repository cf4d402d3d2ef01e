"""Who is calling, and with which rights on which application."""

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from local.things_stack import definitions
from local.things_stack.devices import now
from local.things_stack.errors import StackError

INFO, READ, READ_KEYS, WRITE, WRITE_KEYS, SETTINGS_BASIC, SETTINGS_PACKAGES, TRAFFIC_READ, TRAFFIC_DOWN_WRITE = (
    ALL_RIGHTS
) = tuple(
    f"RIGHT_APPLICATION_{right}"
    for right in (
        "INFO",
        "DEVICES_READ",
        "DEVICES_READ_KEYS",
        "DEVICES_WRITE",
        "DEVICES_WRITE_KEYS",
        "SETTINGS_BASIC",
        "SETTINGS_PACKAGES",
        "TRAFFIC_READ",
        "TRAFFIC_DOWN_WRITE",
    )
)
_TOKEN = re.compile(r"(NNSXS|MFRWG|OJSWM|MF2XI|ONZW4)\.([^.]*)\.([^.]*)")


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of an API key; with no key, nobody."""

    key_id: str
    application_id: str
    rights: tuple[str, ...]
    expires_at: str | None = None

    def rights_on(self, application_id: str) -> tuple[str, ...]:
        return self.rights if application_id == self.application_id else ()


NOBODY = Caller("", "", ())


def is_well_formed(key: str) -> bool:
    return _TOKEN.fullmatch(key) is not None and key.startswith("NNSXS.")


class Keys:
    """API keys by their text: ``NNSXS.<id>.<secret>``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(
        self, key: str, application_id: str, *, rights: Iterable[str] = ALL_RIGHTS, expires_at: str | None = None
    ) -> None:
        row = (key, application_id, json.dumps([*rights]), expires_at)
        self._connection.execute("INSERT OR REPLACE INTO api_keys VALUES (?, ?, ?, ?)", row)

    def remove(self, key: str) -> None:
        self._connection.execute("DELETE FROM api_keys WHERE key = ?", (key,))

    def opens(self, application_id: str) -> bool:
        """Whether there is such an application: one that a key is of."""
        query = "SELECT 1 FROM api_keys WHERE application_id = ?"
        return self._connection.execute(query, (application_id,)).fetchone() is not None

    def caller(self, authorization: str | None) -> Caller:
        """Identify the holder of an ``Authorization`` header.

        Raises:
            StackError: not Bearer, malformed, unknown or expired.
        """
        if authorization is None:
            return NOBODY
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise definitions.UNSUPPORTED_AUTHORIZATION()
        parts = _TOKEN.fullmatch(token)
        if not parts:
            raise definitions.MALFORMED_TOKEN()
        return self._holder(parts)

    def _holder(self, parts: re.Match[str]) -> Caller:
        row = self._connection.execute("SELECT * FROM api_keys WHERE key = ?", (parts[0],)).fetchone()
        if row is None:
            raise self._unknown(kind=parts[1], identifier=parts[2])
        if row["expires_at"] and row["expires_at"] < now():
            raise definitions.API_KEY_EXPIRED()
        return Caller(parts[2], row["application_id"], tuple(json.loads(row["rights"])), row["expires_at"])

    def _unknown(self, *, kind: str, identifier: str) -> StackError:
        """An API key is known by its ID; of the OAuth and session tokens there are none."""
        if kind == "MFRWG":
            return definitions.TOKEN_NOT_FOUND(definitions.NO_SUCH_TOKEN(access_token_id=identifier))
        if kind == "ONZW4":
            return definitions.TOKEN_NOT_FOUND(definitions.NO_SUCH_SESSION(session_id=identifier))
        if kind != "NNSXS":
            return definitions.UNSUPPORTED_AUTHORIZATION()
        rows = self._connection.execute("SELECT key FROM api_keys")
        if any(row["key"].startswith(f"NNSXS.{identifier}.") for row in rows):
            return definitions.INVALID_AUTHORIZATION()
        return definitions.API_KEY_NOT_FOUND(definitions.NO_SUCH_API_KEY(api_key_id=identifier))


def require(caller: Caller, application_id: str, *rights: str) -> None:
    """Raise unless the caller has all these rights on the application.

    An application that does not exist is one on which nobody has rights.
    """
    held = caller.rights_on(application_id)
    if not held:
        raise definitions.NO_APPLICATION_RIGHTS(uid=application_id)
    missing = [right for right in rights if right not in held]
    if missing:
        raise definitions.INSUFFICIENT_APPLICATION_RIGHTS(uid=application_id, missing=missing)
