"""Show the fleet as a list: a line for each thing, printed as soon as it is read, and why it failed below."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Self

from operate.rendering.console import err, fitted, out, styled
from operate.views.listing import FleetSummary, FleetThing, ListFilter
from operate.views.times import age
from workflows.domain.error_text import without_codes
from workflows.values import value

_GAP = 2
_COLOURS = {"registered": "green", "rejected": "yellow", "failed": "red", "in flight": "cyan"}
_LONGEST_NAME = 48


@value
class _Column:
    heading: str
    width: int
    cell: Callable[[FleetThing], str]


def _versions(thing: FleetThing) -> str:
    both = (thing.values.get("lorawanVersion", ""), thing.values.get("regionalParametersVersion", ""))
    return " ".join(dict.fromkeys(filter(None, both)))


_EUI = _Column("DevEUI", 16, lambda thing: thing.dev_eui)
_PLAN = _Column("Plan", 16, lambda thing: thing.plan)
# As many of them as the terminal has room for.
_MORE = (
    _Column("Method", 8, lambda thing: thing.method or ""),
    _Column("Device ID", 20, lambda thing: thing.device_id),
    _Column("LoRaWAN", 17, _versions),
    _Column("Name", 20, lambda thing: thing.name),
)


@value
class ListLayout:
    """The columns that fit ``width``; the name of the thing is never cut, so that it can be copied."""

    name_width: int
    columns: tuple[_Column, ...]
    now: datetime

    @classmethod
    def of(cls, width: int, now: datetime) -> Self:
        status = _Column("Status", 10, lambda thing: thing.status)
        since = _Column("Since", 6, lambda thing: " ".join(age((now - thing.since).total_seconds()).split()[:2]))
        columns: tuple[_Column, ...] = (_EUI, status, since, _PLAN)
        for column in _MORE:
            if width - _width((*columns, column)) < _width(columns[:1]) + _GAP:
                break
            columns = (*columns, column)
        return cls(min(_LONGEST_NAME, max(10, width - _width(columns))), columns, now)

    def heading(self) -> str:
        return self._line("Thing", (each.heading for each in self.columns))

    def lines(self, thing: FleetThing) -> Iterator[str]:
        """A name that is too long has a line of its own."""
        cells = (each.cell(thing) for each in self.columns)
        if len(thing.thing_name) > self.name_width:
            yield thing.thing_name
            yield self._line("", cells)
        else:
            yield self._line(thing.thing_name, cells)

    def _line(self, name: str, cells: Iterable[str]) -> str:
        padded = (fitted(cell, column.width) for cell, column in zip(cells, self.columns, strict=True))
        return (" " * _GAP).join((fitted(name, self.name_width), *padded)).rstrip()


def _width(columns: Iterable[_Column]) -> int:
    return sum(_GAP + each.width for each in columns)


def show_list(things: Iterable[FleetThing], now: datetime) -> int:
    """Print the list; return how many things it has."""
    layout, count = ListLayout.of(out.width, now), 0
    for count, thing in enumerate(things, 1):
        if count == 1:
            out.print(styled(layout.heading(), "bold"), soft_wrap=True)
        for line in layout.lines(thing):
            out.print(styled(line, _COLOURS.get(thing.status, "")), soft_wrap=True)
        if thing.reason:
            reason = fitted(without_codes(thing.reason), out.width - 2).rstrip()
            out.print(styled(f"  {reason}", "dim"), soft_wrap=True)
    return count


def print_rest(shown: int) -> None:
    out.print(f"{shown} shown; there are more: --limit {shown * 10}, or --limit 0 for all.", style="dim")


def print_nothing(wanted: ListFilter, there: FleetSummary) -> None:
    missing = " No thing has the attribute modelID." if wanted.model and not there.models.total() else ""
    err.print(f"No thing matches {wanted}. There are: {there}.{missing}", style="red")
