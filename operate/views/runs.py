"""What the name of a run says of the change that it was started for. Pure."""

import re
from dataclasses import dataclass
from typing import cast

from workflows.domain.event import Operation
from workflows.domain.facts import Change

_NAME = re.compile(r"(?P<thing_id>.+)-v(?P<version>\d+)-(?P<operation>CREATED|UPDATED|DELETED)(-r\w{1,8})?")


@dataclass(frozen=True, slots=True)
class StartedFor:
    thing_id: str
    change: Change


def started_for(run: str) -> StartedFor | None:
    """Read the name that Ingest gave to the run; None for a run that somebody started under another name."""
    found = _NAME.fullmatch(run)
    if found is None:
        return None
    return StartedFor(found["thing_id"], Change(cast(Operation, found["operation"]), int(found["version"]), run))
