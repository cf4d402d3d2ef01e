"""Limits of a stack's name: other names start with it."""

from workflows.domain.identifiers import DEVICE_ID_MAX_CHARS

# (what is named, characters after the stack's name, longest legal name). CloudFormation allows 128 letters, digits and
# dashes; all of them are legal in these names.
_NAMED = (
    ("the queue <stackName>-RegistryEventsDLQ", len("-RegistryEventsDLQ"), 80),
    ("the queue <stackName>-DeviceActivityDLQ", len("-DeviceActivityDLQ"), 80),
    ("the state machine <stackName>", 0, 80),
    ("a thing <stackName>_<deviceID> (ThingNameScheme: StackNameDeviceID)", 1 + DEVICE_ID_MAX_CHARS, 128),
)


def stack_name_problems(stack_name: str) -> list[str]:
    """Return each name that would be too long, and the longest stack name for it."""
    return [
        f"{named} may have {most} characters, so the stack's name may have {most - more}"
        for named, more, most in _NAMED
        if len(stack_name) + more > most
    ]
