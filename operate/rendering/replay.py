"""Show plans and results of replays and redrives, and the messages in the dead-letter queue."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from operate.adapters.queues import Move
from operate.rendering.console import err, out, styled, table
from operate.views.messages import Redriven, Seen, kinds, outcomes
from operate.views.replay import Planned, Replayed
from operate.views.times import age
from workflows.domain.fold import ThingState

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SHOWN = 20
_COLOURS = {"registered": "green", "removed": "green", "skipped": "green", "rejected": "yellow", "failed": "red"}


def show_plan(planned: Sequence[Planned]) -> None:
    rows = table("Thing", "Plan", "Why", whole=("Plan",))
    for each in islice(planned, SHOWN):
        event = each.event
        doing = f"send {event.operation} {event.version_number}" if each.verdict == "send" and event else each.verdict
        rows.add_row(each.thing_name, doing, each.reason)
    err.print(rows)
    if len(planned) > SHOWN:
        kinds = Counter(each.verdict for each in planned)
        told = ", ".join(f"{count:,} {verdict}" for verdict, count in kinds.most_common())
        err.print(f"… and {len(planned) - SHOWN:,} more; in all {told}")


def show_results(results: Sequence[Replayed]) -> None:
    rows = table("Thing", "Outcome", "Error", whole=("Outcome", "Error"))
    for each in results:
        outcome = each.outcome if each.outcome != "not sent" else each.planned.verdict
        rows.add_row(each.planned.thing_name, styled(outcome, _COLOURS.get(outcome, "")), each.error_name)
    out.print(rows)
    if any(not each.is_good for each in results):
        out.print("thingsync failures says what to do about each error; thingsync status THING about one thing.")


def show_letters(letters: Sequence[tuple[Seen, ThingState]], *, total: int, now: datetime) -> None:
    rows = table("Thing", "Kind", "Error", "Age", "Redrive helps", whole=("Kind", "Age"))
    for letter, state in letters:
        rows.add_row(
            _thing(letter),
            letter.kind,
            letter.error_name,
            age((now - letter.sent_at).total_seconds()),
            letter.helps(state),
        )
    out.print(rows)
    if total > len(letters):
        out.print(f"{len(letters):,} of about {total:,}; --limit shows more.", style="dim")
    for text in dict.fromkeys(_to_do(letter) for letter, _ in letters):
        out.print(text)


def _thing(letter: Seen) -> str:
    event = letter.event
    return f"{event.thing_name} {event.operation} {event.version_number}" if event else "?"


def _to_do(letter: Seen) -> str:
    return f"{letter.error_name}: {letter.what_to_do}" if letter.kind != "not started" else letter.what_to_do


@dataclass(frozen=True, slots=True)
class MoveBar:
    """A move's progress bar, which also answers Ctrl-C."""

    bar: "Progress"
    task: "TaskID"

    def saw(self, move: Move) -> None:
        self.bar.update(self.task, completed=move.moved, total=move.to_move)

    def interrupted(self) -> None:
        self.bar.console.print(
            "The move goes on in SQS whether you watch or not: `thingsync redrive` follows it again. "
            "Ctrl-C once more (or `thingsync redrive --cancel`) leaves the rest where it is."
        )


def show_letters_to_move(letters: Sequence[tuple[Seen, ThingState]], *, total: int, queue_name: str) -> None:
    err.print(f"About {total:,} letters go back to {queue_name}:")
    rows = table("Letters", "Kind", "Error", "Redrive helps", whole=("Letters", "Kind"))
    for kind, error_name, helps, count in kinds(letters):
        rows.add_row(f"{count:,}", kind, error_name, helps)
    err.print(rows)
    if total > len(letters):
        err.print(f"(as the first {len(letters):,} of them tell)")


def show_redriven(redriven: Redriven) -> None:
    out.print(f"{redriven.moved:,} letters moved back ({redriven.status.lower()}).")
    if redriven.results:
        counted = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes(redriven.results).most_common())
        out.print(f"What became of their things: {counted}.")
    bad = [each for each in redriven.results if not each.is_good]
    if bad:
        show_results(bad)
    if redriven.left:
        out.print(f"{redriven.left:,} letters are in the dead-letter queue now: thingsync dlq", style="red")
