"""Whether an event would find its thing settled already. Pure."""

from workflows.domain.event import Operation
from workflows.domain.fold import Settled, order_of


def is_served(operation: Operation, version_number: int, settled: Settled | None, *, repair: bool = False) -> bool:
    """Tell whether the pipeline would skip it: a later change is settled, or this one is and went well.

    A deletion is one, whatever its number. A repair asks for what went well once more.
    """
    if settled is None:
        return False
    went_well = settled.verdict in ("done", "skipped")
    if operation == "DELETED":
        return settled.operation == "DELETED" and went_well
    asked, latest = order_of(operation, version_number), order_of(settled.operation, settled.version_number)
    return asked < latest or (asked == latest and went_well and not repair)
