"""Devices that were there before their things ► what the rows of a file say is written to them, too."""

from collections.abc import Sequence
from dataclasses import replace

from operate.adapters.registry_thing import describe_thing
from operate.adapters.stacks import Stack
from operate.awaiting import awaited
from operate.bulk.outcomes import note_registered
from operate.bulk.register import Entry, Register
from operate.errors import WrongInputError
from operate.following import Patience
from operate.operator import Operator
from operate.pace import Pace
from operate.replaying import event_of
from operate.sending import messages_of, sent
from operate.views.replay import Planned


def refuse_unless_allowed(stack: Stack) -> None:
    """Raise ``WrongInputError`` for a stack whose things may not write to devices that were there before them."""
    if stack.parameters.get("AdoptedDevices") != "Write":
        raise WrongInputError(
            "--overwrite writes keys and radio of devices that were there before their things, which the stack "
            f"{stack.name} does not allow: its parameter AdoptedDevices is NamesOnly. Deploy it with Write, or change "
            "the devices in The Things Stack."
        )


def overwrite(
    operator: Operator, register: Register, entries: Sequence[Entry], pace: Pace, *, patience: Patience
) -> None:
    """Send an event for each, wait for its outcome, and note what the device has then."""
    planned = {entry.line: each for entry in entries if (each := _planned(operator, entry))}
    messages = messages_of(planned.values(), operator.stack.state_machine_arn)
    for _ in sent(operator.queue, messages, pace):
        pass
    results = {each.planned.thing_name: each for each in awaited(operator.history, list(planned.values()), patience)}
    for entry in entries:
        result = results.get(entry.thing_name)
        device = operator.history.read(entry.thing_id).device
        if result is None:
            register.settled(entry.line, "removed", "the thing was deleted or replaced before its device was written")
        elif result.outcome == "registered" and device is not None:
            note_registered(register, entry, device)
        else:
            said = f"{result.error_name or result.outcome}; look with `thingsync status {entry.thing_name}`"
            register.settled(entry.line, "rejected" if result.outcome == "rejected" else "failed", said)


def _planned(operator: Operator, entry: Entry) -> Planned | None:
    """Plan the event of the thing as it is now; None if it is not the one any more that the import saw."""
    thing = describe_thing(operator.clients.iot, entry.thing_name)
    if thing is None or thing.thing_id != entry.thing_id:
        return None
    state = operator.history.read(thing.thing_id)
    event = replace(event_of(thing), repair=True, overwrite=True)
    return Planned(entry.thing_name, "send", "to overwrite", event, state.facts, failed_run=state.latest_run)
