"""The device records of the four servers: the same store, each server on its own."""

import json
import sqlite3
from datetime import UTC, datetime
from enum import StrEnum

from local.things_stack.decoding import Message
from local.things_stack.errors import Definition
from local.things_stack.fields import value_at


class Server(StrEnum):
    """A server that holds devices; its value is the key in ``/_control/state``."""

    IDENTITY = "is"
    JOIN = "js"
    NETWORK = "ns"
    APPLICATION = "as"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class DeviceRecords:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, server: Server, application_id: str, device_id: str) -> Message | None:
        found = self._rows("server = ? AND application_id = ? AND device_id = ?", server, application_id, device_id)
        return found[0] if found else None

    def of_application(self, server: Server, application_id: str) -> list[Message]:
        """All devices, by device_id."""
        return self._rows("server = ? AND application_id = ? ORDER BY device_id", server, application_id)

    def of_server(self, server: Server) -> dict[str, Message]:
        """All devices by ``<application_id>/<device_id>``."""
        records = self._rows("server = ? ORDER BY application_id, device_id", server)
        return {
            f"{record['ids']['application_ids']['application_id']}/{record['ids']['device_id']}": record
            for record in records
        }

    def check_euis_free(self, server: Server, ids: Message, taken: Definition) -> None:
        """Raise the error given if a device of any application has this pair of EUIs already."""
        euis = {"join_eui": ids.get("join_eui"), "dev_eui": ids.get("dev_eui")}
        for record in self._rows("server = ? AND join_eui = ? AND dev_eui = ?", server, *euis.values()):
            holder = record["ids"]
            application_id = holder["application_ids"]["application_id"]
            raise taken(**euis, device_id=holder["device_id"], application_id=application_id)

    def put(self, server: Server, record: Message) -> Message:
        """Write a device, its times included, and return it as written."""
        stamped = {**record, "updated_at": now()}
        stamped.setdefault("created_at", stamped["updated_at"])
        self._connection.execute(
            "INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (server, application_id, device_id) DO UPDATE SET record = excluded.record",
            (
                server,
                value_at(record, "ids.application_ids.application_id"),
                record["ids"]["device_id"],
                record["ids"].get("join_eui"),
                record["ids"].get("dev_eui"),
                json.dumps(stamped),
            ),
        )
        return stamped

    def delete(self, server: Server, application_id: str, *device_ids: str) -> bool:
        """Forget devices, all or none; whether any of them was there."""
        places = ", ".join("?" * len(device_ids))
        deleted = self._connection.execute(
            f"DELETE FROM devices WHERE server = ? AND application_id = ? AND device_id IN ({places})",
            (server, application_id, *device_ids),
        )
        return deleted.rowcount > 0

    def clear(self) -> None:
        self._connection.execute("DELETE FROM devices")

    def _rows(self, where: str, *values: str | None) -> list[Message]:
        rows = self._connection.execute(f"SELECT record FROM devices WHERE {where}", values)
        return [json.loads(row["record"]) for row in rows]
