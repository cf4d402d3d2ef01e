"""Which Device Repository the deployment has: that of its files, what was added to it, or none."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from local.things_stack.decoding import Message
from local.things_stack.device_repository import Repository


class Repositories:
    def __init__(self, connection: sqlite3.Connection, files: Sequence[Path]) -> None:
        self._connection = connection
        self._files = [json.loads(file.read_text(encoding="utf-8")) for file in files]

    def present(self) -> bool:
        """Whether there is one: the last order that says so counts."""
        said = [order["present"] for order in self._orders() if "present" in order]
        return said[-1] if said else True

    def content(self) -> Repository:
        return Repository(*self._files, *self._orders())

    def order(self, order: Message) -> None:
        """Take away or bring back the repository (``present``), or add ``vendors`` and ``brands`` to it."""
        Repository(order).models()
        self._connection.execute("INSERT INTO repository_orders (said) VALUES (?)", (json.dumps(order),))

    def clear(self) -> None:
        self._connection.execute("DELETE FROM repository_orders")

    def _orders(self) -> list[Message]:
        return [json.loads(row["said"]) for row in self._connection.execute("SELECT said FROM repository_orders")]
