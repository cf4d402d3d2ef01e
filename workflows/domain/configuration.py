"""What CloudFormation asks of the custom resource Configure, what it has to work with, and what came of it."""

from dataclasses import dataclass
from typing import Literal

RequestKind = Literal["Create", "Update", "Delete"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a webhook is: an application of The Things Stack on the cluster at an address."""

    application_id: str
    cluster_address: str


@dataclass(frozen=True, slots=True)
class Request:
    """``previous``: where the webhook was before an update."""

    kind: RequestKind
    previous: Place | None = None


@dataclass(frozen=True, slots=True)
class Deployed:
    """The stack as it is deployed."""

    stack_id: str
    stack_name: str
    thing_type_name: str
    place: Place
    webhook_url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """``reason`` says what was done, or why it could not be."""

    status: Literal["SUCCESS", "FAILED"]
    reason: str
