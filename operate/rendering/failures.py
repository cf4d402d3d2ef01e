"""Failed and rejected things, for people."""

from itertools import islice

from operate.rendering.console import joined, out, styled, table
from operate.views.outcomes import Trouble
from operate.views.times import moment

# Of one error; all of them are told when it is asked for by name.
SHOWN = 10


def show_failures(by_error: dict[str, list[Trouble]], *, shown: int | None) -> None:
    for error_name, troubles in sorted(by_error.items(), key=lambda each: -len(each[1])):
        first = troubles[0]
        colour = "red" if first.verdict == "failed" else "yellow"
        out.print(joined(styled(error_name, f"bold {colour}"), styled(f"  {first.verdict}, {_things(len(troubles))}")))
        out.print(first.what_to_do)
        rows = table("Thing", "Change", "Since (UTC)", whole=("Change", "Since (UTC)"))
        for each in islice(troubles, shown):
            change = f"{each.change.operation} {each.change.version_number}"
            rows.add_row(each.thing_name, change, moment(each.at))
        out.print(rows)
        if shown is not None and len(troubles) > shown:
            out.print(f"… and {len(troubles) - shown:,} more: thingsync failures --error {error_name}", style="dim")


def _things(count: int) -> str:
    return f"{count:,} thing{'' if count == 1 else 's'}"
