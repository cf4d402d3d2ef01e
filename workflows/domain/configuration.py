"""CloudFormation's request to the custom resource Configure, the deployed stack, and the result."""

from typing import Literal

from workflows.domain.webhook import MirrorOn
from workflows.values import value

RequestKind = Literal["Create", "Update", "Delete"]

# CloudFormation deletes resources of a stack while the stack has one of these statuses.
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


@value
class WebhookLocation:
    """Where a webhook is: an application of The Things Stack on the cluster at an address."""

    application_id: str
    cluster_address: str


@value
class StackRequest:
    """Anyone who may invoke the function can write a request, so it proves nothing.

    ``previous``: where the webhook was before an update, as the request says.
    """

    kind: RequestKind
    stack_id: str
    previous: WebhookLocation | None = None


@value
class Deployed:
    """The stack as deployed; ``place`` is where its webhook belongs, ``mirror_on`` what it reports."""

    stack_id: str
    stack_name: str
    thing_type_name: str
    place: WebhookLocation
    webhook_url: str
    mirror_on: MirrorOn = "JoinAndUplink"


@value
class ConfigureResult:
    """``reason`` says what was done, or why it failed."""

    status: Literal["SUCCESS", "FAILED"]
    reason: str
