"""Dispatch: the validated event ► create, claim or skip. Pure."""

from dataclasses import asdict
from typing import Any

from workflows.domain.decision import StackDefaults, ValidatedEvent, decide
from workflows.domain.thing import ExaminedThing, Thing
from workflows.settings import load


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    validated = ValidatedEvent(
        operation=event["event"]["operation"],
        relevance=event["relevance"],
        examined=ExaminedThing(Thing(**event["thing"]), event["problems"], event["missing"]),
        device_id=event["device_id"],
    )
    return asdict(decide(validated, load(StackDefaults)))
