"""The fleet as a list: a row for each thing, made from its snapshot alone. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Literal, Self

from operate.errors import WrongInputError
from operate.views.failures import FAILED_STATUSES, device_id_of, failure_of
from operate.views.times import iso
from operate.views.values import shown_texts
from workflows.domain.attributes import VALUES
from workflows.domain.differences import attribute_in
from workflows.domain.facts import Method, RegisteredDevice
from workflows.domain.fold import Status, dev_eui_of
from workflows.ports.journal import Recorded, Snapshot
from workflows.values import value

# What needs attention comes first. Things that are gone are listed only on demand.
LIVING: tuple[Status, ...] = ("failed", "rejected", "in flight", "registered", "skipped")
STATUSES: tuple[Status, ...] = (*LIVING, "removed")
# A device that was there before its thing keeps values that the journal does not know.
UNKNOWN = "(device's)"
Format = Literal["table", "csv", "json"]


@value
class Model:
    """The attributes ``brandID`` and ``modelID`` in AWS IoT; ``brand_id`` may be empty."""

    model_id: str
    brand_id: str = ""

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> Self | None:
        """Return None for a thing without ``modelID``."""
        model_id = attributes.get("modelID")
        return cls(model_id, attributes.get("brandID", "")) if model_id else None

    def matches(self, pattern: str) -> bool:
        """With a slash, the pattern is for brand and model. Letter case makes no difference."""
        text = f"{self.brand_id}/{self.model_id}" if "/" in pattern else self.model_id
        return fnmatchcase(text.lower(), pattern.lower())

    def __str__(self) -> str:
        return f"{self.brand_id}/{self.model_id}" if self.brand_id else self.model_id


@value
class FleetThing:
    """A row. ``values`` holds a text for each value in force: empty for none, ``UNKNOWN`` if only the device has it.

    ``model`` is not in the journal, and None unless somebody asks for it. ``from_model`` names the values that its
    template gave.
    """

    thing_name: str
    thing_id: str
    dev_eui: str
    device_id: str
    values: Mapping[str, str]
    method: Method | None
    status: Status
    since: datetime
    error_name: str = ""
    message: str = ""
    model: Model | None = None
    from_model: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.values.get("name", "")

    @property
    def plan(self) -> str:
        return self.values.get("frequencyPlanID", "")

    @property
    def reason(self) -> str:
        return ": ".join(filter(None, (self.error_name, self.message)))


def fleet_thing(snapshot: Snapshot, latest_first: Iterable[Recorded], model: Model | None = None) -> FleetThing:
    """``latest_first``, the thing's facts, are read only if an older Thingsync wrote the snapshot of a failure."""
    state = snapshot.state
    error = failure_of(snapshot, latest_first) if snapshot.status in FAILED_STATUSES else None
    return FleetThing(
        thing_name=snapshot.thing_name,
        thing_id=snapshot.thing_id,
        dev_eui=dev_eui_of(state),
        device_id=device_id_of(snapshot) or "",
        values=values_in_force(state.device) if state.device else {},
        method=state.device.method if state.device else None,
        status=snapshot.status,
        since=snapshot.at,
        error_name=error.error_name if error else "",
        message=error.message if error else "",
        model=model,
        from_model=state.device.from_model if state.device else (),
    )


def values_in_force(device: RegisteredDevice) -> dict[str, str]:
    """Return attribute name -> value of the device, in the words of things; the stack's defaults are written out.

    Of a device that was there before its thing, only those are known that the thing gives and the device also has.
    """
    unlike = {attribute_in(text) for text in device.differences}
    given = shown_texts(device.values)
    if device.is_things_own:
        known = dict.fromkeys((row.name for row in VALUES), "")
    else:
        known = dict.fromkeys((row.name for row in VALUES), UNKNOWN)
        given = {name: value for name, value in given.items() if name not in unlike}
    return known | given


@value
class ListFilter:
    """All given conditions must hold. ``name`` is a shell pattern for the thing's name or its device's, in any case.

    ``model`` is one for ``modelID``, or with a slash for ``brandID/modelID``.

    ``dev_eui`` and ``dev_eui_pattern`` are in upper case.
    """

    statuses: tuple[Status, ...] = ()
    plan: str | None = None
    name: str | None = None
    dev_eui: str | None = None
    dev_eui_pattern: str | None = None
    not_before: datetime | None = None
    error_name: str | None = None
    model: str | None = None

    @property
    def wanted_statuses(self) -> tuple[Status, ...]:
        """The statuses to read, in the order of the list."""
        if self.statuses:
            return tuple(each for each in STATUSES if each in self.statuses)
        if self.error_name:
            return FAILED_STATUSES
        return STATUSES if self.dev_eui or self.dev_eui_pattern else LIVING

    @property
    def is_empty(self) -> bool:
        return self == ListFilter()

    def in_time(self, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
        """Stop at the first that is too old: the latest come first."""
        for snapshot in snapshots:
            if self.not_before and snapshot.at < self.not_before:
                return
            yield snapshot

    def accepts(self, thing: FleetThing) -> bool:
        return (
            thing.status in self.wanted_statuses
            and (self.not_before is None or thing.since >= self.not_before)
            and (self.plan is None or thing.plan.lower() == self.plan.lower())
            and (self.dev_eui is None or thing.dev_eui == self.dev_eui)
            and (self.dev_eui_pattern is None or fnmatchcase(thing.dev_eui, self.dev_eui_pattern))
            and (self.error_name is None or thing.error_name == self.error_name)
            and (self.name is None or self._is_named(thing))
            and (self.model is None or (thing.model is not None and thing.model.matches(self.model)))
        )

    def _is_named(self, thing: FleetThing) -> bool:
        pattern = (self.name or "").lower()
        return any(fnmatchcase(each.lower(), pattern) for each in (thing.thing_name, thing.name))

    def __str__(self) -> str:
        given = {
            "--status": ",".join(self.statuses),
            "--plan": self.plan,
            "--name": self.name,
            "--eui": self.dev_eui or self.dev_eui_pattern,
            "--error": self.error_name,
            "--model": self.model,
            "--since": iso(self.not_before) if self.not_before else None,
        }
        return " ".join(f"{option} {value}" for option, value in given.items() if value)


def read_statuses(texts: Iterable[str]) -> tuple[Status, ...]:
    """Read statuses, also several in a text with commas between them; raise ``WrongInputError``."""
    words = [word for text in texts for word in text.split(",")]
    found = [_status(word) for word in words]
    unknown = [word for word, status in zip(words, found, strict=True) if status is None]
    if unknown:
        raise WrongInputError(f"There is no status {', '.join(unknown)}. The statuses are: {', '.join(STATUSES)}.")
    return tuple(each for each in found if each)


def _status(word: str) -> Status | None:
    plain = word.strip().lower().replace("-", " ").replace("_", " ").replace("inflight", "in flight")
    return next((each for each in STATUSES if each == plain), None)


@value
class FleetSummary:
    """What a filter could have asked for."""

    statuses: Counter[str]
    plans: Counter[str]
    errors: Counter[str]
    models: Counter[str]

    @classmethod
    def of(cls, things: Iterable[FleetThing]) -> "FleetSummary":
        """Count one by one, so that memory does not grow with the fleet."""
        summary = cls(Counter(), Counter(), Counter(), Counter())
        for thing in things:
            summary.statuses[thing.status] += 1
            summary.plans[thing.plan] += bool(thing.plan)
            summary.errors[thing.error_name] += bool(thing.error_name)
            summary.models[str(thing.model or "")] += thing.model is not None
        return summary

    def __str__(self) -> str:
        kinds = {"statuses": self.statuses, "plans": self.plans, "errors": self.errors, "models": self.models}
        named = [f"{kind} {_counted(counts)}" for kind, counts in kinds.items() if +counts]
        return "; ".join(named) if named else "no things"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in (+counts).most_common())


_CELLS: Mapping[str, Callable[[FleetThing], str | None]] = {
    "thing": lambda thing: thing.thing_name,
    "devEui": lambda thing: thing.dev_eui,
    "deviceId": lambda thing: thing.device_id,
    "name": lambda thing: thing.name,
    "frequencyPlanId": lambda thing: thing.plan,
    "lorawanVersion": lambda thing: thing.values.get("lorawanVersion"),
    "regionalParametersVersion": lambda thing: thing.values.get("regionalParametersVersion"),
    "method": lambda thing: thing.method,
    "status": lambda thing: thing.status,
    "since": lambda thing: iso(thing.since),
    "error": lambda thing: thing.error_name,
    "reason": lambda thing: thing.message,
    "thingId": lambda thing: thing.thing_id,
}
COLUMNS = tuple(_CELLS)


def fleet_row(thing: FleetThing) -> dict[str, str | None]:
    """Return the row by ``COLUMNS``; None for what there is not."""
    return {column: cell(thing) or None for column, cell in _CELLS.items()}


def fleet_line(thing: FleetThing) -> dict[str, object]:
    """Return the row for programs: what only the device has is null, and named in ``onlyDeviceKnows``."""
    row = fleet_row(thing)
    unknown = [column for column, value in row.items() if value == UNKNOWN and column != "thing"]
    known = {name: text for name, text in thing.values.items() if text not in ("", UNKNOWN)}
    return {**row, **dict.fromkeys(unknown), "onlyDeviceKnows": unknown, "values": known, "fromModel": thing.from_model}
