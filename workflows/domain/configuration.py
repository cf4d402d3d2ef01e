"""What CloudFormation asks of the custom resource Configure, what it has to work with, and what came of it."""

from dataclasses import dataclass
from typing import Literal

RequestKind = Literal["Create", "Update", "Delete"]

# The statuses of a stack in which CloudFormation deletes resources of it.
# Source: AWS CloudFormation user guide, "Understand CloudFormation stack creation events" and "Stack status codes".
DELETING = frozenset(
    {
        "DELETE_IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    }
)


@dataclass(frozen=True, slots=True)
class WebhookPlace:
    """Where a webhook is: an application of The Things Stack on the cluster at an address."""

    application_id: str
    cluster_address: str


@dataclass(frozen=True, slots=True)
class StackRequest:
    """Whoever may invoke the function writes one, so it proves nothing.

    ``previous``: where the webhook was before an update, it says.
    """

    kind: RequestKind
    stack_id: str
    previous: WebhookPlace | None = None


@dataclass(frozen=True, slots=True)
class Deployed:
    """The stack as it is deployed."""

    stack_id: str
    stack_name: str
    thing_type_name: str
    place: WebhookPlace
    webhook_url: str


@dataclass(frozen=True, slots=True)
class ConfigureResult:
    """``reason`` says what was done, or why it could not be."""

    status: Literal["SUCCESS", "FAILED"]
    reason: str
