"""Show plans and results of replays and redrives, and the messages in the dead-letter queue."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from operate.adapters.queues import MessageMove
from operate.rendering.console import err, out, styled, table
from operate.views.messages import DeadLetteredMessage, RedriveResult, count_kinds, count_outcomes
from operate.views.replay import PlannedReplay, ReplayResult
from operate.views.times import age
from operate.views.wording import plural
from workflows.domain.fold import ThingState
from workflows.values import value

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SHOWN = 20
_COLOURS = {"registered": "green", "removed": "green", "skipped": "green", "rejected": "yellow", "failed": "red"}


def show_plan(planned: Sequence[PlannedReplay]) -> None:
    rows = table("Thing", "Plan", "Why", whole=("Plan",))
    for each in islice(planned, SHOWN):
        event = each.event
        doing = f"send {event.operation} {event.version_number}" if each.verdict == "send" and event else each.verdict
        rows.add_row(each.thing_name, doing, each.reason)
    err.print(rows)
    if len(planned) > SHOWN:
        verdicts = Counter(each.verdict for each in planned)
        counted = ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.most_common())
        err.print(f"… and {len(planned) - SHOWN:,} more; in all {counted}")


def show_results(results: Sequence[ReplayResult]) -> None:
    rows = table("Thing", "Outcome", "Error", whole=("Outcome", "Error"))
    for each in results:
        outcome = each.outcome if each.outcome != "not sent" else each.planned.verdict
        rows.add_row(each.planned.thing_name, styled(outcome, _COLOURS.get(outcome, "")), each.error_name)
    out.print(rows)
    if any(not each.is_good for each in results):
        out.print("What to do: thingsync failures, or thingsync status THING.")


def show_messages(messages: Sequence[tuple[DeadLetteredMessage, ThingState]], *, total: int, now: datetime) -> None:
    rows = table("Thing", "Kind", "Error", "Age", "Redrive helps", whole=("Kind", "Age"))
    for message, state in messages:
        rows.add_row(
            _thing(message),
            message.kind,
            message.error_name,
            age((now - message.sent_at).total_seconds()),
            message.redrive_helps(state),
        )
    out.print(rows)
    if total > len(messages):
        out.print(f"{len(messages):,} of about {total:,}; show more with --limit.", style="dim")
    for text in dict.fromkeys(_to_do(message) for message, _ in messages):
        out.print(text)


def _thing(message: DeadLetteredMessage) -> str:
    event = message.event
    return f"{event.thing_name} {event.operation} {event.version_number}" if event else "?"


def _to_do(message: DeadLetteredMessage) -> str:
    return f"{message.error_name}: {message.what_to_do}" if message.kind != "not started" else message.what_to_do


@value
class MoveBar:
    """The progress bar of a move, which also explains Ctrl-C."""

    bar: "Progress"
    task: "TaskID"

    def update(self, move: MessageMove) -> None:
        self.bar.update(self.task, completed=move.moved, total=move.to_move)

    def interrupted(self) -> None:
        self.bar.console.print(
            "SQS continues the move without you; `thingsync redrive` follows it again. To cancel it, press Ctrl-C "
            "again (or run `thingsync redrive --cancel`): the rest then stays in the dead-letter queue."
        )


def show_move_plan(messages: Sequence[tuple[DeadLetteredMessage, ThingState]], *, total: int, queue_name: str) -> None:
    goes = "goes" if total == 1 else "go"
    err.print(f"About {plural(total, 'message')} {goes} back to {queue_name}:")
    rows = table("Messages", "Kind", "Error", "Redrive helps", whole=("Messages", "Kind"))
    for kind, error_name, helps, count in count_kinds(messages):
        rows.add_row(f"{count:,}", kind, error_name, helps)
    err.print(rows)
    if total > len(messages):
        err.print(f"(counted from {len(messages):,} of them)")


def show_redrive(redrive: RedriveResult) -> None:
    out.print(f"{plural(redrive.moved, 'message')} moved back ({redrive.status.lower()}).")
    if redrive.results:
        counted = ", ".join(f"{count:,} {outcome}" for outcome, count in count_outcomes(redrive.results).most_common())
        out.print(f"Outcomes: {counted}.")
    bad = [each for each in redrive.results if not each.is_good]
    if bad:
        show_results(bad)
    if redrive.left:
        out.print(f"In the dead-letter queue now: {plural(redrive.left, 'message')} (thingsync dlq)", style="red")
