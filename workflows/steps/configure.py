"""Configure: the thing type and the switch of registry events, for which CloudFormation has no resources."""

from workflows.domain.configuration import Outcome, Request
from workflows.errors import StackConfigurationError
from workflows.ports import ThingRegistry

# Look at the type, create it, look at the switches, set them. The function's timeout rests on it.
CALLS_AT_MOST = 4

# What people look things up by.
SEARCHABLE_ATTRIBUTES = ("devEUI", "stackName")

# CloudFormation takes answers of at most 4,096 bytes; an error text of this length leaves room for the rest.
REASON_MAX_CHARS = 1000


def configure(request: Request, registry: ThingRegistry) -> Outcome:
    """Do what ``request`` asks for. Never raises: without an answer CloudFormation would wait until it gives up."""
    if request.kind == "Delete":
        return Outcome("SUCCESS", _left(request.thing_type_name))
    try:
        done = [_ensure_thing_type(request.thing_type_name, registry), _ensure_events(registry)]
    except Exception as error:  # noqa: BLE001 - whatever it was, the answer tells it
        return Outcome("FAILED", f"{type(error).__name__}: {error}"[:REASON_MAX_CHARS])
    return Outcome("SUCCESS", "; ".join(done))


def _left(thing_type_name: str) -> str:
    return (
        f"left the thing type {thing_type_name}, which other stacks may share, "
        "and registry events switched on, since the switch is the whole account's"
    )


def _ensure_thing_type(name: str, registry: ThingRegistry) -> str:
    match registry.thing_type(name):
        case None:
            registry.create_thing_type(name, SEARCHABLE_ATTRIBUTES)
            return f"created the thing type {name}"
        case "deprecated":
            raise StackConfigurationError(
                f"The thing type {name} is deprecated, so no thing can be given it: "
                f"take that back (aws iot deprecate-thing-type --undo-deprecate) or choose another ThingTypeName."
            )
    return f"found the thing type {name}"


def _ensure_events(registry: ThingRegistry) -> str:
    switches = registry.event_switches()
    if switches.get("THING"):
        return "registry events were on"
    registry.set_event_switches({**switches, "THING": True})
    return "switched registry events on"
