"""Faults on demand: which calls fail, and how. The orders outlive a restart, as do their counts."""

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from local.things_stack.errors import Code, Definition, GatewayError

ACTIONS = ("429", "503", "html", "error", "delay", "drop-before", "drop-after", "meet")


@dataclass(frozen=True, slots=True)
class Fault:
    """An order to fail calls of a method (empty: any; upper case) whose path after the base has the regex ``path``.

    The ``nth`` such call from now on is the first one hit, ``times`` are hit in all. The action ``error`` answers the
    ``error`` given, as ``namespace:name``, with its gRPC ``code``, ``message`` and ``attributes``, or what has no name;
    ``meet`` lets a Set meet another one of itself that is faster.

    Raises:
        ValueError: an unknown action, a count below 1, a negative delay, a path that is no regex, half an error.
        TypeError: a value of another type.
    """

    action: str
    method: str = ""
    path: str = ""
    nth: int = 1
    times: int = 1
    delay_s: float = 0.0
    error: str = ""
    code: int = 0
    message: str = "as ordered"
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"action must be one of {', '.join(ACTIONS)}")
        if self.nth < 1 or self.times < 1 or self.delay_s < 0:
            raise ValueError("nth and times count from 1, delay_s from 0")
        if self.action != "error" and (self.error or self.code):
            raise ValueError("no other action than error takes an error and its code")
        if self.action == "error" and (self.code not in [*Code] or ":" not in (self.error or ":")):
            raise ValueError("code must be one of gRPC's, and error a namespace:name")
        try:
            re.compile(self.path)
        except re.error as exc:
            raise ValueError(f"path is no regex: {exc}") from exc

    def concerns(self, method: str, path: str) -> bool:
        return self.method in ("", method) and re.search(self.path, path) is not None

    def refusal(self) -> GatewayError:
        """The error that is answered."""
        namespace, _, name = self.error.partition(":")
        if not name:
            return GatewayError(Code(self.code), self.message)
        return Definition(namespace, name, Code(self.code), self.message)(**self.attributes)

    def hits(self, call: int) -> bool:
        """Whether it hits the call with this number, counted from 1."""
        return self.nth <= call < self.nth + self.times


_FIELDS = tuple(each.name for each in fields(Fault))


class Faults:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, fault: Fault) -> None:
        self._connection.execute(
            "INSERT INTO faults (action, method, path, nth, times, delay_s, error, code, message, attributes)"
            " VALUES (:action, :method, :path, :nth, :times, :delay_s, :error, :code, :message, :attributes)",
            asdict(fault) | {"attributes": json.dumps(fault.attributes)},
        )

    def remove(self, like: Mapping[str, Any]) -> None:
        """Take back the orders that agree with the fields given; with none, all."""
        given = {name: like[name] for name in _FIELDS if name in like}
        where = " AND ".join(["1", *(f"{name} = :{name}" for name in given)])
        self._connection.execute(f"DELETE FROM faults WHERE {where}", given)

    def next_for(self, method: str, path: str) -> Fault | None:
        """Count this call for every order that concerns it; the oldest that hits it, if any does."""
        hits = []
        for row in self._connection.execute("SELECT * FROM faults ORDER BY id").fetchall():
            fault = Fault(**{name: row[name] for name in _FIELDS} | {"attributes": json.loads(row["attributes"])})
            if fault.concerns(method, path):
                self._connection.execute("UPDATE faults SET calls = calls + 1 WHERE id = ?", (row["id"],))
                hits += [fault] if fault.hits(row["calls"] + 1) else []
        return hits[0] if hits else None
