"""ValidateEvent: the registry event ► whether it concerns this stack, the thing, every problem. Pure."""

from typing import Any

from workflows.domain.event import relevance
from workflows.schemas.event import load_event
from workflows.schemas.handed import dump_validated
from workflows.schemas.thing import examine
from workflows.settings import StackSettings, load


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    stack = load(StackSettings)
    change = load_event(event)
    found = relevance(change, stack_name=stack.stack_name, thing_type_name=stack.thing_type_name)
    return dump_validated(change, found, examine(change.attributes, change.thing_name))
