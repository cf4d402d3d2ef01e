"""Letters of the dead-letter queue, for people."""

from collections.abc import Sequence
from datetime import datetime

from operate.rendering.console import out, table
from operate.views.letters import Seen
from operate.views.times import age
from workflows.domain.fold import ThingState


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
