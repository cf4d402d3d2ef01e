"""CreateDevice: the planned device ► IS, JS, NS, AS ► how it was registered."""

from dataclasses import asdict
from typing import Any

from workflows.assembly.registration import device_secrets, the_things_stack
from workflows.observability.tracing import annotate, traced
from workflows.schemas.planned import load_registration
from workflows.settings import TheThingsStackSettings, load
from workflows.steps.registration import Registration
from workflows.steps.secrets import with_secrets


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    device, mark = load_registration(event, stack_name=load(TheThingsStackSettings).stack_name)
    annotate({"thing_name": event["event"]["thing_name"], "device_id": device.device_id})
    outcome = Registration(the_things_stack(), with_secrets(device, device_secrets()), mark).create()
    annotate({"outcome": outcome.kind})
    return asdict(outcome)
