"""What Reconcile is invoked with, by the schedule, by people and by itself; and what it answers."""

from collections.abc import Mapping
from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from workflows.domain.drift.reconciling import Order, Reconciled
from workflows.errors import InvalidEventError

# What the watch on the schedule is invoked with.
_WATCH = {"watch": True}

# As the parameter ReconcileScrub has it.
_MOST_SCRUBBED = 1_000_000


class _OrderSchema(Schema):
    """``run`` and ``parts`` are Reconcile's own, of a run that goes on."""

    mode = fields.String(validate=validate.OneOf(("Report", "Repair")))
    scrub = fields.Integer(strict=True, validate=validate.Range(0, _MOST_SCRUBBED))
    run = fields.String(validate=validate.Length(1, 100))
    parts = fields.Integer(strict=True, validate=validate.Range(1))

    @validates_schema
    def _refuse_a_name(self, data: Mapping[str, Any], **_: object) -> None:
        if ("run" in data) != ("parts" in data):
            raise ValidationError("Is Reconcile's own: leave it out.", "run" if "run" in data else "parts")


_SCHEMA = _OrderSchema()


def is_watch(event: object) -> bool:
    return event == _WATCH


def load_order(event: object, *, run: str, mode: str, scrub: int) -> Order:
    """Read what is ordered; what is not given is as the parameters of the stack say, and the run is a new one.

    Raises:
        InvalidEventError: it is not ``{}``, or has a field that is unknown or wrong.
    """
    try:
        given: Mapping[str, Any] = _SCHEMA.load(event)  # type: ignore[arg-type]  # it refuses what is no object
    except ValidationError as error:
        wrong = "; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in error.messages_dict.items())
        raise InvalidEventError(
            f'Reconcile takes {{}} or {{"mode": "Report" or "Repair", "scrub": 0 to {_MOST_SCRUBBED}}}. {wrong}'
        ) from error
    return Order(**{"run": run, "mode": mode, "scrub": scrub, **given})


def dump_order(order: Order) -> bytes:
    return orjson.dumps({"run": order.run, "mode": order.mode, "scrub": order.scrub, "parts": order.parts})


def dump_reconciled(done: Reconciled) -> dict[str, object]:
    return {
        "things": done.things,
        "devices": done.devices,
        "missing": done.missing,
        "differing": done.differing,
        "orphaned": done.orphaned,
        "foreign": done.foreign,
        "repairs": done.repairs,
        "held_back": done.held_back,
        "scrubbed": done.scrubbed,
        "waiting": done.waiting,
        "complete": done.complete,
    }
