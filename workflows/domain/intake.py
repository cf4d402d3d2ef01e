"""A message from the queue, and the result of handling it."""

from dataclasses import field
from typing import Literal

from workflows.domain.event import RegistryEvent
from workflows.values import value

IntakeStatus = Literal["started", "duplicate", "ignored", "unreadable"]


@value
class Message:
    """A delivery of SQS. ``execution_arn`` is set if a failed run put the message into the dead-letter queue."""

    message_id: str
    body: str = field(repr=False)
    execution_arn: str | None = None


@value
class IntakeResult:
    """The result of handling a message; ``reason`` is for the log, ``event`` is None if it was unreadable."""

    status: IntakeStatus
    reason: str
    event: RegistryEvent | None = None
