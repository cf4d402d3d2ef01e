"""Failed and rejected things, for people and for spreadsheets."""

import csv
import sys
from collections.abc import Iterable
from itertools import islice

from rich.text import Text

from operate.rendering.console import out, table
from operate.views.failures import COLUMNS, failure_row
from operate.views.outcomes import Trouble
from operate.views.times import moment

# Of one error; all of them are told when it is asked for by name.
SHOWN = 10


def write_csv(troubles: Iterable[Trouble]) -> None:
    rows = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(failure_row(trouble) for trouble in troubles)


def show_failures(by_error: dict[str, list[Trouble]], *, shown: int | None) -> None:
    for error_name, troubles in sorted(by_error.items(), key=lambda each: -len(each[1])):
        first = troubles[0]
        colour = "red" if first.verdict == "failed" else "yellow"
        out.print(Text.assemble((error_name, f"bold {colour}"), f"  {first.verdict}, {_things(len(troubles))}"))
        out.print(Text(first.what_to_do))
        rows = table("Thing", "Change", "Since (UTC)", whole=("Change", "Since (UTC)"))
        for each in islice(troubles, shown):
            change = f"{each.change.operation} {each.change.version_number}"
            rows.add_row(Text(each.thing_name), change, moment(each.at))
        out.print(rows)
        if shown is not None and len(troubles) > shown:
            out.print(f"… and {len(troubles) - shown:,} more: thingsync failures --error {error_name}", style="dim")


def _things(count: int) -> str:
    return f"{count:,} thing{'' if count == 1 else 's'}"
