"""What the pipeline would do with a registry event, and which one a run was started for. Pure."""

import re
from typing import cast

from workflows.domain.event import Operation
from workflows.domain.facts import Change
from workflows.domain.fold import Settled, order_of
from workflows.values import value

_RUN_NAME = re.compile(r"(?P<thing_id>.+)-v(?P<version>\d+)-(?P<operation>CREATED|UPDATED|DELETED)(-r\w{1,8})?")


@value
class RunOrigin:
    """The change that a run was started for."""

    thing_id: str
    change: Change


def origin_of(run: str) -> RunOrigin | None:
    """Read the name that Ingest gave to the run; None for a run that somebody started under another name."""
    found = _RUN_NAME.fullmatch(run)
    if found is None:
        return None
    return RunOrigin(found["thing_id"], Change(cast(Operation, found["operation"]), int(found["version"]), run))


def is_processed(operation: Operation, version_number: int, settled: Settled | None, *, repair: bool = False) -> bool:
    """Return whether the pipeline would skip the event: a later change is settled, or this one succeeded.

    Any deletion matches a settled deletion, whatever its version number. A repair runs again after a success.
    """
    if settled is None:
        return False
    succeeded = settled.verdict in ("done", "skipped")
    if operation == "DELETED":
        return settled.operation == "DELETED" and succeeded
    wanted, latest = order_of(operation, version_number), order_of(settled.operation, settled.version_number)
    return wanted < latest or (wanted == latest and succeeded and not repair)
