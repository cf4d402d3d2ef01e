"""How many things of a fleet have each status: counted, or estimated by what DynamoDB knows and a sample. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal, NamedTuple, get_args

from workflows.domain.facts import Method
from workflows.domain.fold import Status
from workflows.values import value

STATUSES: tuple[Status, ...] = get_args(Status)
METHODS: tuple[Method, ...] = get_args(Method)

Precision = Literal["exact", "about", "atLeast"]
# More would look as if they had been counted.
_DIGITS = 3


@value
class Counted:
    """The things of a status, by the method of their device as far as they have one; ``is_all``: there are no more."""

    number: int
    is_all: bool = True
    methods: Mapping[Method, int] = field(default_factory=dict)


@value
class FleetCounts:
    """``methods`` are those of the registered things, and as precise as their number.

    ``estimates`` has the statuses whose number is not exact.
    """

    things: Mapping[Status, int]
    methods: Mapping[Method, int]
    estimates: Mapping[Status, Precision]

    def precision(self, status: Status) -> Precision:
        return self.estimates.get(status, "exact")

    @property
    def is_estimated(self) -> bool:
        return bool(self.estimates)


def counts_of(
    counted: Mapping[Status, Counted], stored: int = 0, sample: Iterable[tuple[Status, Method | None]] = ()
) -> FleetCounts:
    """Estimate the numbers of the statuses that were not counted to the end.

    ``stored``: how many things there are in all. ``sample``: things, whatever their status.
    """
    seen = Counter(each for each in sample if each[0] in counted and not counted[each[0]].is_all)
    left = stored - sum(each.number for each in counted.values() if each.is_all)
    numbers = {status: _number(status, each, left, seen) for status, each in counted.items()}
    return FleetCounts(
        things={status: numbers[status].things for status in STATUSES},
        methods=numbers["registered"].methods,
        estimates={status: each.precision for status, each in numbers.items() if each.precision != "exact"},
    )


class _Number(NamedTuple):
    things: int
    precision: Precision
    methods: Mapping[Method, int]


def _number(status: Status, counted: Counted, left: int, seen: Counter[tuple[Status, Method | None]]) -> _Number:
    """A number below what was counted is one of a time when the fleet was smaller."""
    if counted.is_all:
        return _Number(counted.number, "exact", counted.methods)
    share = left / (seen.total() or 1)
    things = _rounded(share * sum(count for (each, _), count in seen.items() if each == status))
    if things <= counted.number:
        return _Number(counted.number, "atLeast", counted.methods)
    methods = {each: max(_rounded(share * seen[status, each]), counted.methods.get(each, 0)) for each in METHODS}
    return _Number(things, "about", methods)


def _rounded(number: float) -> int:
    return int(float(f"{number:.{_DIGITS}g}"))
