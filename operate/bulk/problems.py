"""What is wrong with a row, in the file's own words: with its device, its value and what to write instead. Pure."""

import re
from collections.abc import Mapping
from typing import Literal

from workflows.domain import lorawan
from workflows.domain.identifiers import is_key
from workflows.domain.thing import Thing
from workflows.values import value

# What a file counts: its lines, or the devices in JSON.
Unit = Literal["line", "device"]
_HEX_GROUPS = re.compile(r"[0-9A-Fa-f]{8,}")


@value
class RowProblem:
    """``text`` is the rule, the same for all rows that break it; ``instead`` is what this row may say instead.

    ``line`` is the number of the row's ``unit``. ``column`` is the header's name, else the attribute's; empty if the
    problem is of the whole row. ``device`` names the row's device, ``value`` is what the file says, if it cannot be a
    key or a code; both may be empty.
    """

    line: int
    column: str
    text: str
    device: str = ""
    value: str = ""
    instead: str = ""
    unit: Unit = "line"

    def __str__(self) -> str:
        where = f"{self.unit} {self.place}, {self.column}" if self.column else f"{self.unit} {self.place}"
        return f"{where}{self._quoted()}: {self._rule()}"

    @property
    def shared(self) -> str:
        """What rows with an equal problem have in common."""
        value = "" if self.instead else self._quoted()
        return f"{self.column}{value}: {self.text}" if self.column else self.text

    @property
    def place(self) -> str:
        return f"{self.line} ({self.device})" if self.device else str(self.line)

    @property
    def advice(self) -> str:
        """The row among others with the same problem, with what it may say instead."""
        return f"{self.unit} {self.place}{self._quoted()}: {self.instead}"

    def as_json(self) -> dict[str, str | int]:
        return {"line": self.line, "column": self.column, "device": self.device, "text": self._rule()}

    def _quoted(self) -> str:
        return f' "{self.value}"' if self.value else ""

    def _rule(self) -> str:
        return f"{self.text}; {self.instead}" if self.instead else self.text


def device_label(thing: Thing, thing_name: str) -> str:
    """Return how people know the row's device; never what may be a key in the wrong column."""
    labels = (thing.device_id or "", thing_name, thing.dev_eui or "")
    return next((each for each in labels if each and not is_key(each)), "")


def pair_problem(thing: Thing, cells: Mapping[str, str]) -> tuple[str, str]:
    """Return the rule that the versions break and the wrong value, as the file spells them; empty if they fit."""
    mac, phy = thing.values.lorawan_version, thing.values.lorawan_phy_version
    if mac is None or phy is None or lorawan.is_pair(mac, phy):
        return "", ""
    sample = cells["lorawanVersion"]
    fitting = " or ".join(lorawan.spelled_like(sample, name) for name in lorawan.phys_of(mac))
    return f"does not fit {lorawan.spelled_like(sample, mac)}; use {fitting}", cells["regionalParametersVersion"]


def may_be_shown(text: str) -> bool:
    """Return whether ``text`` cannot be a key or a code that got into another column.

    Codes have letters and digits alone; the digits of keys may be in groups.
    """
    words = re.split(r"[^0-9A-Za-z]+", text)
    return len(words) > 1 and not _HEX_GROUPS.fullmatch("".join(words))
