"""The join server behind claiming: which devices it knows, their codes, and who has claimed them.

It answers with a status of HTTP and a message; what The Things Stack makes of that is `claiming`'s.
"""

import json
import re
import sqlite3
from pathlib import Path
from typing import NamedTuple

from local.things_stack.decoding import Message

# As The Things Stack is set up for it; a device that is made claimable adds its own JoinEUI.
_JOIN_EUIS = re.compile("70B3D57ED0000000|EC656E00000000[0-9A-F]{2}")


class JoinServerAnswer(NamedTuple):
    """``status`` 0: it hung up."""

    status: int = 200
    message: str = ""


DENIED = JoinServerAnswer(403, "claim failed with given owner token")
UNKNOWN = JoinServerAnswer(404, "unknown or not claimed")


class Claims:
    def __init__(self, connection: sqlite3.Connection, seed: Path) -> None:
        self._connection = connection
        self._seed = seed

    def plant(self) -> None:
        """Make the devices of the seed file claimable; a list of what `make_claimable` takes."""
        for device in json.loads(self._seed.read_text(encoding="utf-8")):
            self.make_claimable(**device)

    def make_claimable(self, join_eui: str, dev_eui: str, authentication_code: str) -> None:
        """Let a device be claimed, and with it any device of its JoinEUI; a claim on it stays."""
        row = (dev_eui.upper(), join_eui.upper(), authentication_code.upper())
        self._connection.execute("INSERT OR REPLACE INTO claimable VALUES (?, ?, ?)", row)

    def answer_next(self, status: int, message: str = "") -> None:
        """Answer the next call so, whatever it is; further orders are for the calls after that."""
        row = (int(status), message)
        self._connection.execute("INSERT INTO join_server_answers (status, message) VALUES (?, ?)", row)

    def supports(self, join_eui: str) -> bool:
        known = self._one("SELECT 1 FROM claimable WHERE join_eui = ?", join_eui) is not None
        return known or _JOIN_EUIS.fullmatch(join_eui) is not None

    def claim(self, wanted: Message, application_id: str, device_id: str) -> JoinServerAnswer:
        """Claim the device with these EUIs and authentication code; again by the same application is fine."""
        if ordered := self._ordered():
            return ordered
        dev_eui, join_eui, code = (wanted.get(key, "") for key in ("dev_eui", "join_eui", "authentication_code"))
        known = self._one("SELECT * FROM claimable WHERE dev_eui = ? AND join_eui = ?", dev_eui, join_eui)
        if known is None:
            return UNKNOWN
        if known["authentication_code"] != code or self._holder(dev_eui) not in (None, application_id):
            return DENIED
        row = (dev_eui, join_eui, application_id, device_id, code)
        self._connection.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?)", row)
        return JoinServerAnswer()

    def status(self, dev_eui: str, application_id: str) -> JoinServerAnswer:
        return self._ordered() or self._status(dev_eui, application_id)

    def unclaim(self, dev_eui: str, application_id: str) -> JoinServerAnswer:
        if ordered := self._ordered():
            return ordered
        answer = self._status(dev_eui, application_id)
        if answer == JoinServerAnswer():
            self._connection.execute("DELETE FROM claims WHERE dev_eui = ?", (dev_eui,))
        return answer

    def unclaim_all(self, dev_euis: list[str], application_id: str) -> tuple[JoinServerAnswer, dict[str, str]]:
        """Unclaim those that can be, in one call; also return a message for each of the others."""
        if ordered := self._ordered():
            return ordered, {}
        answers = {dev_eui: self.unclaim(dev_eui, application_id) for dev_eui in dev_euis}
        return JoinServerAnswer(), {eui: answer.message for eui, answer in answers.items() if answer.status != 200}

    def _status(self, dev_eui: str, application_id: str) -> JoinServerAnswer:
        holder = self._holder(dev_eui)
        if holder is None:
            return UNKNOWN
        return JoinServerAnswer() if holder == application_id else DENIED

    def _holder(self, dev_eui: str) -> str | None:
        row = self._one("SELECT application_id FROM claims WHERE dev_eui = ?", dev_eui)
        return None if row is None else str(row["application_id"])

    def _ordered(self) -> JoinServerAnswer | None:
        row = self._one("SELECT * FROM join_server_answers ORDER BY id LIMIT 1")
        if row is None:
            return None
        self._connection.execute("DELETE FROM join_server_answers WHERE id = ?", (row["id"],))
        return JoinServerAnswer(row["status"], row["message"])

    def by_dev_eui(self) -> dict[str, Message]:
        return {row["dev_eui"]: dict(row) for row in self._connection.execute("SELECT * FROM claims")}

    def clear(self) -> None:
        """Forget all claims, orders, and everything claimable that is not in the seed."""
        self._connection.executescript("DELETE FROM claims; DELETE FROM claimable; DELETE FROM join_server_answers;")
        self.plant()

    def _one(self, query: str, *values: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return row
