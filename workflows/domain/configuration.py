"""What CloudFormation asks of the custom resource Configure, and what came of it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Request:
    kind: Literal["Create", "Update", "Delete"]
    thing_type_name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """``reason`` says what was done, or why it could not be."""

    status: Literal["SUCCESS", "FAILED"]
    reason: str
