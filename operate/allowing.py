"""The stack's DeletionsPerHour, for a command that removes devices: what it holds back, and what is allowed beyond."""

from collections.abc import Sequence
from datetime import UTC, datetime

from operate.adapters.allowance import LASTS, Allowance
from operate.operator import Operator
from operate.rendering.console import err
from operate.views.messages import DeadLetteredMessage
from workflows.domain.brake import Removals
from workflows.domain.fold import ThingState
from workflows.steps.concurrency import map_concurrently


def per_hour(operator: Operator) -> int:
    """Return the stack's limit; 0 without one."""
    return int(operator.stack.parameters.get("DeletionsPerHour", "0"))


def allow(operator: Operator, removals: int) -> None:
    """Let the pipeline remove so many devices beyond the hour's limit."""
    if removals and per_hour(operator):
        _allowance(operator).grant(removals, until=datetime.now(UTC) + LASTS)


def end_allowance(operator: Operator) -> None:
    """Take back what is left, so that no later deletion uses it."""
    if per_hour(operator):
        _allowance(operator).end()


def show_held(operator: Operator, removals: Removals, allowed: int | None) -> None:
    """Say before the move how many deletions will return to the dead-letter queue if nobody allows them."""
    limit = per_hour(operator)
    if not limit or not removals.at_most or allowed is not None:
        return
    left = max(0, limit - _allowance(operator).taken(datetime.now(UTC)))
    if removals.at_most > left:
        err.print(
            f"The stack removes {limit:,} devices in an hour (DeletionsPerHour), and {left:,} of them are left. "
            "Further deletions return to the dead-letter queue. To carry all out, add "
            f"--allow-removals {removals.at_most}. "
            "If they were a mistake: thingsync restore --held"
        )


def removing(
    operator: Operator, messages: Sequence[tuple[DeadLetteredMessage, ThingState]]
) -> list[tuple[DeadLetteredMessage, ThingState]]:
    """Leave out the deletions of things whose device another thing has by now: they remove nothing."""

    def removes(message: DeadLetteredMessage, state: ThingState) -> bool:
        event = message.event
        if event is None or event.operation != "DELETED" or state.device is None:
            return True
        owner = operator.journal.owner(state.device.device_id)
        return owner is None or owner.thing_id == event.thing_id

    found = map_concurrently(lambda each: removes(*each), messages)
    return [each for each, is_removed in zip(messages, found, strict=True) if is_removed]


def _allowance(operator: Operator) -> Allowance:
    return Allowance(operator.clients.dynamodb, operator.stack.journal_table)
