"""How many uplinks each device has sent since it joined."""

import sqlite3


class Sessions:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def join(self, application_id: str, device_id: str) -> None:
        """Begin a new session."""
        self._connection.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?, 0)", (application_id, device_id))

    def count(self, application_id: str, device_id: str) -> int:
        """Count one more uplink; return the frame counter that it bears, which begins at 0."""
        row = self._connection.execute(
            "INSERT INTO sessions VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET uplinks = uplinks + 1 RETURNING uplinks",
            (application_id, device_id),
        ).fetchone()
        return int(row["uplinks"]) - 1

    def clear(self) -> None:
        self._connection.execute("DELETE FROM sessions")
