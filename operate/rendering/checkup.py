"""The doctor's check list, for people."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from operate.rendering.console import out
from operate.views.checkup import Check


def show_checkup(checks: Iterable[Check]) -> None:
    rows = Table.grid(padding=(0, 1), pad_edge=False)
    rows.add_column(no_wrap=True)
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for check in checks:
        sign = Text("✓", style="green") if check.is_well else Text("✗", style="red")
        rows.add_row(sign, check.name, Text(check.found))
        if check.mend:
            rows.add_row("", "", Text(f"→ {check.mend}", style="yellow"))
    out.print(rows)
