"""The join server behind claiming: which devices it knows, their codes, and who has claimed them."""

import json
import sqlite3
from pathlib import Path

from local.things_stack import definitions
from local.things_stack.decoding import Message


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

    def supports(self, join_eui: str) -> bool:
        return self._one("SELECT 1 FROM claimable WHERE join_eui = ?", join_eui) is not None

    def claim(self, wanted: Message, application_id: str, device_id: str) -> None:
        """Claim the device with these EUIs and authentication code; again by the same application is fine.

        Raises:
            StackError: unknown device, wrong code, or another application's.
        """
        dev_eui, join_eui, code = (wanted.get(key, "") for key in ("dev_eui", "join_eui", "authentication_code"))
        known = self._one("SELECT * FROM claimable WHERE dev_eui = ? AND join_eui = ?", dev_eui, join_eui)
        if known is None:
            raise definitions.DEVICE_NOT_PROVISIONED(dev_eui=dev_eui)
        holder = self._one("SELECT application_id FROM claims WHERE dev_eui = ?", dev_eui)
        if known["authentication_code"] != code or (holder and holder["application_id"] != application_id):
            raise definitions.DEVICE_ACCESS_DENIED(dev_eui=dev_eui)
        row = (dev_eui, join_eui, application_id, device_id, code)
        self._connection.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?)", row)

    def check_claimed(self, dev_eui: str, application_id: str) -> None:
        """Raise unless the application has claimed the device."""
        holder = self._one("SELECT application_id FROM claims WHERE dev_eui = ?", dev_eui)
        if holder is None:
            raise definitions.DEVICE_NOT_CLAIMED(dev_eui=dev_eui)
        if holder["application_id"] != application_id:
            raise definitions.DEVICE_ACCESS_DENIED(dev_eui=dev_eui)

    def unclaim(self, dev_eui: str, application_id: str) -> None:
        self.check_claimed(dev_eui, application_id)
        self._connection.execute("DELETE FROM claims WHERE dev_eui = ?", (dev_eui,))

    def by_dev_eui(self) -> dict[str, Message]:
        return {row["dev_eui"]: dict(row) for row in self._connection.execute("SELECT * FROM claims")}

    def clear(self) -> None:
        """Forget all claims and everything claimable that is not in the seed."""
        self._connection.executescript("DELETE FROM claims; DELETE FROM claimable;")
        self.plant()

    def _one(self, query: str, *values: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return row
