"""The doctor's check list, for people."""

from collections.abc import Iterable

from operate.rendering.console import grid, out, styled
from operate.views.checkup import Check


def show_checkup(checks: Iterable[Check]) -> None:
    rows = grid("whole", "whole", "folded", gap=1)
    for check in checks:
        sign = styled("✓", "green") if check.is_well else styled("✗", "red")
        rows.add_row(sign, check.name, check.found)
        if check.mend:
            rows.add_row("", "", styled(f"→ {check.mend}", "yellow"))
    out.print(rows)
