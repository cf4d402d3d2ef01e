"""Show what is changed of things, and what became of it."""

from collections.abc import Sequence

from operate.rendering.console import err, out, styled, table
from operate.setting import PlannedChange
from operate.views.setting import SetResult
from workflows.domain.correction import argument

_SHOWN = 20
_COLOURS = {"registered": "green", "skipped": "green", "unchanged": "", "rejected": "yellow", "failed": "red"}


def show_changes(planned: Sequence[PlannedChange]) -> None:
    for each in planned[:_SHOWN]:
        if each.changes:
            err.print(each.thing_name)
            for change in each.changes:
                err.print(f"  {change}")
        else:
            err.print(
                f"{each.thing_name}: already so. Whether it is registered: thingsync status {argument(each.thing_name)}"
            )
    if len(planned) > _SHOWN:
        err.print(f"… and {len(planned) - _SHOWN} more things.")


def show_set_results(results: Sequence[SetResult]) -> None:
    rows = table("Thing", "Outcome", "Reason", whole=("Outcome",))
    for each in results:
        rows.add_row(each.thing_name, styled(each.outcome, _COLOURS.get(each.outcome, "")), each.reason)
    out.print(rows)
