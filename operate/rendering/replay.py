"""Plans and results of replays, for people."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from operate.rendering.console import err, out, styled, table
from operate.views.replay import Planned, Replayed

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
