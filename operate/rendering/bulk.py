"""Show an import or export: bad rows, the plan, the outcomes, the secrets to copy."""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path

from operate.adapters.stacks import Stack
from operate.bulk.comparing import KnownMistakes
from operate.bulk.exporting import ExportNotes
from operate.bulk.problem_list import ProblemGroup, ProblemList
from operate.bulk.problems import Unit
from operate.bulk.reading import Sheet
from operate.bulk.register import Action, ChangeGroup, Register, RegisterEntry, RowOutcome
from operate.rendering.console import err, grid, out, print_json_line
from operate.views.wording import plural
from workflows.domain.error_text import without_codes

_COLOURS: Mapping[RowOutcome, str] = {
    "registered": "green",
    "adopted": "yellow",
    "created": "green",
    "updated": "green",
    "unchanged": "green",
    "not reached": "dim",
}
# What the entries of a file are called.
ROWS: Mapping[Unit, str] = {"line": "rows", "device": "devices"}
_SHOWN = 10
# Up to this many rows with one problem are shown singly, and up to this many things of a change by name.
_FEW = 3


def print_problems(problems: ProblemList, *, json: bool) -> None:
    """Print the problems of a file: for people equal ones together, for programs a line each."""
    if json:
        for problem in problems.all():
            print_json_line(problem.as_json())
        return
    for group in problems.groups(largest_whole=_FEW, shown=_SHOWN):
        _print_group(group)


def _print_group(group: ProblemGroup) -> None:
    [first, *_] = group.first
    if group.count == 1:
        out.print(first)
        return
    out.print(f"{group.count} {ROWS[first.unit]}, {first.shared}")
    more = group.count - len(group.first)
    if first.instead:
        for each in group.first:
            out.print(f"  {each.advice}")
    else:
        out.print(f"  {first.unit}s {', '.join(each.place for each in group.first)}{' …' if more else ''}")
    if more:
        out.print(f"  … and {more} more; --json lists all.")


def print_plan(sheet: Sheet, register: Register, stack: Stack, rate: float, *, update: bool) -> None:
    actions = register.actions()
    add, change = actions.get("add", 0), actions.get("change", 0)
    steps = add + (change if update else 0)
    err.print(f"{sheet.source}: {_counted(register, actions)}.", soft_wrap=True)
    if first := register.first_to_add():
        err.print(f"The first one to add: thing {first.thing_name}, device {first.device_id}.")
    if steps:
        err.print(
            f"Things of type {stack.thing_type_name} for the stack {stack.name} in {stack.region}, {rate:g} a second: "
            f"about {ceil(steps / rate)} s."
        )
    _print_found(register)
    _print_changes(register, change)
    _print_conflicts(register, actions.get("conflict", 0), sheet.form.unit)
    _print_notes(sheet, register)
    if change and not update:
        err.print(f"{change} {'differs' if change == 1 else 'differ'}; give --update to change them.", style="yellow")


def print_mistakes(mistakes: KnownMistakes) -> None:
    """Print which rows are left out because they say nothing new of things that the pipeline rejected."""
    if count := len(mistakes.lines):
        more = f" and {count - len(mistakes.first):,} more" if count > len(mistakes.first) else ""
        names = f"{', '.join(mistakes.first)}{more}"
        err.print(
            f"Bad, but just as their things are, so they stay: {plural(count, 'row')} ({names}). "
            "Why: thingsync failures",
            style="yellow",
        )


def _counted(register: Register, actions: Mapping[Action, int]) -> str:
    first = next(register.changes("change", shown=1), None)
    example = f" ({first.change.partition('; ')[0]}{' …' if _has_more(first, actions) else ''})" if first else ""
    parts = (
        f"{actions.get('add', 0)} to add",
        f"{actions.get('change', 0)} to change{example}",
        f"{actions.get('unchanged', 0)} unchanged",
        *([f"{actions['conflict']} in conflict"] if "conflict" in actions else ()),
    )
    return ", ".join(parts)


def _print_found(register: Register) -> None:
    count, first = register.found_by_dev_eui()
    if count:
        about = (
            f"1 row names no thing; it is about the thing that has its DevEUI: {first}."
            if count == 1
            else f"{count} rows name no thing; they are about the things that have their DevEUIs: {first} …"
        )
        err.print(about)


def _has_more(first: ChangeGroup, actions: Mapping[Action, int]) -> bool:
    return "; " in first.change or first.count < actions.get("change", 0)


def _print_changes(register: Register, change: int) -> None:
    """Show equal changes together, the first groups of them."""
    if not change:
        return
    shown = left = 0
    for group in register.changes("change", shown=_FEW):
        if shown == _SHOWN:
            left += group.count
            continue
        shown += 1
        more = f", … and {group.count - len(group.first)} more" if group.count > len(group.first) else ""
        err.print(f"  {', '.join(group.first)}{more}: {group.change}")
    if left:
        err.print(f"  … and other changes of {left} more; the report lists all.")


def _print_conflicts(register: Register, count: int, unit: Unit) -> None:
    for entry in register.conflicts(shown=_FEW):
        err.print(f"  {unit} {entry.line}, {entry.thing_name}: {entry.reason}")
    if count > _FEW:
        err.print(f"  … and {count - _FEW} more in conflict; the report lists all.")


def _print_notes(sheet: Sheet, register: Register) -> None:
    if replaced := register.replaced():
        texts = "name, description, label or QR code" if replaced == 1 else "names, descriptions, labels or QR codes"
        err.print(f"AWS IoT does not allow some characters in {replaced:,} {texts}: they become _.")
    for group in register.warnings(shown=_FEW):
        more = f", … and {group.count - len(group.first)} more" if group.count > len(group.first) else ""
        err.print(f"{', '.join(group.first)}{more}: {group.change}.", style="yellow")
    print_ignored(sheet)


def print_ignored(sheet: Sheet) -> None:
    if sheet.form.unused:
        err.print(f"Ignored columns: {', '.join(sheet.form.unused)}.")


def print_overwrites(entries: Sequence[RegisterEntry], unit: Unit) -> None:
    """Show the first ten devices to write; keys are named, never shown."""
    err.print(f"{len(entries)} devices existed before. The values of their rows will be written to them:")
    for entry in entries[:_SHOWN]:
        device = f"line {entry.line}, device {entry.device_id}" if unit == "line" else f"device {entry.device_id}"
        err.print(f"{device}: {entry.reason}")
    if len(entries) > _SHOWN:
        err.print(f"… and {len(entries) - _SHOWN} more; the report lists all.")


def print_done(created: int, updated: int) -> None:
    err.print(f"{created} things created, {updated} updated.")


def print_outcome(register: Register, report: Path, earlier: Path | None) -> None:
    """Print how many things had each outcome; for those that are not good, the most frequent reasons."""
    for outcome, count in sorted(register.counts().items()):
        err.print(f"{count:>7} {outcome}", style=_COLOURS.get(outcome, "red"))
        for group in register.reasons(outcome, shown=_FEW) if outcome not in _COLOURS else ():
            others = f" and {group.count - 1:,} more" if group.count > 1 else ""
            rows = grid("whole", "folded", gap=1)
            rows.add_row(" " * 7, f"{group.first}{others}: {without_codes(group.reason)}")
            err.print(rows)
    err.print(f"Report: {report}{f' (the earlier one is now {earlier.name})' if earlier else ''}", soft_wrap=True)


def print_interrupted(have_outcome: int, total: int) -> None:
    err.print(
        f"Interrupted: {have_outcome} of {total} have an outcome; run the same command again: "
        "it goes on with the rest.",
        style="yellow",
        soft_wrap=True,
    )


def print_export(stack_name: str, count: int, notes: ExportNotes) -> None:
    """Print what the table lacks. Programs also read the lines that begin with ``lacks``, ``secret``, ``parameter``."""
    err.print(f"{plural(count, 'thing')} of the stack {stack_name}, without keys and codes.")
    if notes.left_out:
        err.print(
            f"{notes.left_out} of them have a key, a code or a QR code as an attribute. The table does not hold it. "
            "An import leaves the things that exist as they are; to make new ones from the table, add it.",
        )
    for number, (thing_name, attributes) in enumerate(notes.all_lacking()):
        if not number:
            err.print(
                "Of these the table does not hold the key or the code. Write it into the column that is named. Without "
                "it, the other stack registers no device, but takes up one that its application already has:"
            )
        err.print(f"lacks {thing_name} {attributes}", soft_wrap=True)
    for number, (source, target) in enumerate(notes.copies()):
        if not number:
            err.print("Copy these before you import the table (docs/bulk.md, Moving a fleet):")
        err.print(f"{'parameter' if source.startswith('/') else 'secret'} {source} -> {target}", soft_wrap=True)
    for number, each in enumerate(notes.all_unmoved()):
        if not number:
            err.print(
                "References that could not be rewritten. An import refuses them until you rewrite them:", style="red"
            )
        err.print(f"{each.thing_name}, {each.attribute}: {each.reason}", soft_wrap=True)
