"""A message from the queue, and what became of it."""

from dataclasses import dataclass, field
from typing import Literal

from workflows.domain.event import RegistryEvent

IntakeStatus = Literal["started", "duplicate", "ignored", "unreadable"]


@dataclass(frozen=True, slots=True)
class Message:
    """A delivery of SQS. ``execution_arn`` is there if it comes from the dead-letter queue after a failed run."""

    message_id: str
    body: str = field(repr=False)
    execution_arn: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What became of a message; ``reason`` is for the log, ``event`` is None if there was none to read."""

    status: IntakeStatus
    reason: str
    event: RegistryEvent | None = None
