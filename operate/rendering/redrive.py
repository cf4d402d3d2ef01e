"""Redrives, for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operate.adapters.moves import Move
from operate.rendering.console import err, out, table
from operate.rendering.replay import show_results
from operate.views.letters import Seen
from operate.views.redrive import Redriven, kinds, outcomes
from workflows.domain.fold import ThingState

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


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
