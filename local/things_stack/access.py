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
_OAUTH_TOKEN = "MFRWG"
_TOKEN = re.compile(r"(NNSXS|MFRWG)\.([^.]*)\.([^.]*)")


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of an API key; with no key, nobody."""

    key_id: str
    application_id: str
    rights: tuple[str, ...]

    def rights_on(self, application_id: str) -> tuple[str, ...]:
        return self.rights if application_id == self.application_id else ()


NOBODY = Caller("", "", ())


def is_well_formed(key: str) -> bool:
    return _TOKEN.fullmatch(key) is not None


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
        parts = _TOKEN.fullmatch(token.strip())
        if not parts:
            raise definitions.MALFORMED_TOKEN()
        return self._holder(parts)

    def _holder(self, parts: re.Match[str]) -> Caller:
        row = self._connection.execute("SELECT * FROM api_keys WHERE key = ?", (parts[0],)).fetchone()
        if row is None:
            raise self._unknown(parts)
        if row["expires_at"] and row["expires_at"] < now():
            raise definitions.API_KEY_EXPIRED()
        return Caller(parts[2], row["application_id"], tuple(json.loads(row["rights"])))

    def _unknown(self, parts: re.Match[str]) -> StackError:
        if parts[1] == _OAUTH_TOKEN:
            return definitions.TOKEN_NOT_FOUND()
        rows = self._connection.execute("SELECT key FROM api_keys")
        same_id = any(row["key"].startswith(f"NNSXS.{parts[2]}.") for row in rows)
        return definitions.INVALID_AUTHORIZATION() if same_id else definitions.API_KEY_NOT_FOUND()


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
