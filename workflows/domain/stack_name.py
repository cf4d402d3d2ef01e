"""What a stack's name must be like, since other names begin with it."""

from workflows.domain.identifiers import DEVICE_ID_MAX_CHARS

# (what is named, what follows the stack's name, how long the whole may be). CloudFormation allows 128 letters, digits
# and dashes, all of which these names may hold.
_NAMED = (
    ("the queue <stackName>-RegistryEventsDLQ", len("-RegistryEventsDLQ"), 80),
    ("the queue <stackName>-DeviceActivityDLQ", len("-DeviceActivityDLQ"), 80),
    ("the state machine <stackName>", 0, 80),
    ("a thing <stackName>_<deviceID> (ThingNameScheme: StackNameDeviceID)", 1 + DEVICE_ID_MAX_CHARS, 128),
)


def stack_name_problems(stack_name: str) -> list[str]:
    """Return what cannot be named after the stack, and how long the stack's name may be for it."""
    return [
        f"{named} may have {most} characters, so that the stack's name may have {most - more}"
        for named, more, most in _NAMED
        if len(stack_name) + more > most
    ]
