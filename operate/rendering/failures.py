"""Show failed and rejected things by error and reason, with the commands."""

from collections.abc import Iterable, Iterator

from operate.rendering.console import grid, joined, out, styled, table
from operate.views.reasons import ErrorGroup, ReasonGroup, reason_of
from operate.views.times import moment
from operate.views.wording import plural

# So many reasons of an error, and names of a reason, are shown; --error shows all.
REASONS_SHOWN = 20
NAMES_SHOWN = 5


def show_failures(groups: Iterable[ErrorGroup], *, verbose: bool) -> None:
    """Show the reasons of each error, with the first things of each."""
    for group in groups:
        _show_error(group)
        counts = [f"  {plural(len(each.failures), 'thing')}" for each in group.reasons[:REASONS_SHOWN]]
        width = max(map(len, counts))
        for count, each in zip(counts, group.reasons, strict=False):
            rows = grid("whole", "folded", gap=2)
            for number, line in enumerate(_lines(each, verbose=verbose)):
                rows.add_row(" " * width if number else count.ljust(width), line)
            out.print(rows)
            _show_command(each, indent=width + 2)
        if len(group.reasons) > REASONS_SHOWN:
            more = len(group.reasons) - REASONS_SHOWN
            out.print(f"… and {more:,} more reasons: thingsync failures --error {group.error_name}", style="dim")
        out.print()


def show_one_error(group: ErrorGroup, *, verbose: bool) -> None:
    """Show every thing with its whole reason; above them a command for each reason."""
    _show_error(group)
    for each in group.reasons:
        _show_command(each)
    rows = table("Thing", "Reason", "Since", whole=("Since",))
    for failure in (failure for each in group.reasons for failure in each.failures):
        rows.add_row(failure.thing_name, reason_of(failure, verbose=verbose), moment(failure.at))
    out.print(rows)


def _show_error(group: ErrorGroup) -> None:
    colour = "red" if group.first.verdict == "failed" else "yellow"
    count = f"  {group.first.verdict}, {plural(group.count, 'thing')}"
    out.print(joined(styled(group.error_name, f"bold {colour}"), styled(count)))
    if not all(each.correction for each in group.reasons):
        out.print(group.first.what_to_do if group.count == 1 else group.first.what_to_do_with_any)


def _lines(group: ReasonGroup, *, verbose: bool) -> Iterator[str]:
    yield group.reason(verbose=verbose)
    names = [failure.thing_name for failure in group.failures]
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    yield f"{', '.join(names[:NAMES_SHOWN])}{more}"


def _show_command(group: ReasonGroup, *, indent: int = 0) -> None:
    """Print the command on a line that is never broken, so that it can be copied."""
    if group.correction:
        out.print(f"{' ' * indent}→ {group.correction.command}", soft_wrap=True)
