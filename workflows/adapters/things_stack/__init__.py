"""The client of The Things Stack: a call goes out, its answer or one of ``workflows.errors`` comes back."""

from workflows.adapters.things_stack.addresses import Addresses
from workflows.adapters.things_stack.client import ApiKey, TheThingsStack
from workflows.adapters.things_stack.transport import (
    CONNECT_TIMEOUT_S,
    READ_TIMEOUT_S,
    Answered,
    Trace,
    Transport,
)

__all__ = [
    "CONNECT_TIMEOUT_S",
    "READ_TIMEOUT_S",
    "Addresses",
    "Answered",
    "ApiKey",
    "TheThingsStack",
    "Trace",
    "Transport",
]
