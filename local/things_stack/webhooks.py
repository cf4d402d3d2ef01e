"""The webhooks of each application."""

import json
import sqlite3

from local.things_stack.decoding import Message
from local.things_stack.devices import now


class Webhooks:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, application_id: str, webhook_id: str) -> Message | None:
        return self.of_application(application_id).get(webhook_id)

    def of_application(self, application_id: str) -> dict[str, Message]:
        """All webhooks by their ID."""
        rows = self._connection.execute(
            "SELECT webhook_id, record FROM webhooks WHERE application_id = ? ORDER BY webhook_id", (application_id,)
        )
        return {row["webhook_id"]: json.loads(row["record"]) for row in rows}

    def all(self) -> dict[str, Message]:
        """All webhooks by ``<application_id>/<webhook_id>``."""
        rows = self._connection.execute("SELECT * FROM webhooks ORDER BY application_id, webhook_id")
        return {f"{row['application_id']}/{row['webhook_id']}": json.loads(row["record"]) for row in rows}

    def put(self, webhook: Message) -> Message:
        """Write a webhook, its times included, and return it as written."""
        stamped = {**webhook, "updated_at": now()}
        stamped.setdefault("created_at", stamped["updated_at"])
        ids = webhook["ids"]
        row = (ids["application_ids"]["application_id"], ids["webhook_id"], json.dumps(stamped))
        self._connection.execute("INSERT OR REPLACE INTO webhooks VALUES (?, ?, ?)", row)
        return stamped

    def delete(self, application_id: str, webhook_id: str) -> None:
        self._connection.execute(
            "DELETE FROM webhooks WHERE application_id = ? AND webhook_id = ?", (application_id, webhook_id)
        )
