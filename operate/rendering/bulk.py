"""Show an import or export: bad rows, the plan, the outcomes, the secrets to copy."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import ceil
from pathlib import Path

from operate.adapters.stacks import Stack
from operate.bulk.checking import RowProblem
from operate.bulk.exporting import ExportNotes
from operate.bulk.reading import Sheet
from operate.bulk.register import Register, RegisterEntry, RowOutcome
from operate.rendering.console import err, out, print_json_line
from operate.views.wording import plural

_COLOURS: Mapping[RowOutcome, str] = {
    "registered": "green",
    "adopted": "yellow",
    "created": "green",
    "not reached": "dim",
}
_SHOWN = 10


def print_problem(problem: RowProblem, *, json: bool) -> None:
    if json:
        print_json_line(asdict(problem))
    else:
        out.print(problem)


def print_plan(sheet: Sheet, register: Register, stack: Stack, rate: float) -> None:
    total = sum(register.counts().values())
    entry = next(register.entries())
    lines = [
        f"{total} things of type {stack.thing_type_name} for the stack {stack.name} in {stack.region}, "
        f"{rate:g} a second: about {ceil(total / rate)} s.",
        f"The first one: thing {entry.thing_name}, device {entry.device_id}.",
    ]
    if replaced := register.replaced():
        lines.append(
            f"AWS IoT does not allow some characters in {replaced} names, descriptions or QR codes: they become _."
        )
    if sheet.columns.unused:
        lines.append(f"Ignored columns: {', '.join(sheet.columns.unused)}.")
    for line in lines:
        err.print(line)


def print_overwrites(entries: Sequence[RegisterEntry]) -> None:
    """Show the first ten devices to write; keys are named, never shown."""
    err.print(f"{len(entries)} devices existed before. The values of their rows will be written to them:")
    for entry in entries[:_SHOWN]:
        err.print(f"line {entry.line}, device {entry.device_id}: {entry.reason}")
    if len(entries) > _SHOWN:
        err.print(f"… and {len(entries) - _SHOWN} more; the report lists all.")


def print_outcome(counts: Mapping[RowOutcome, int], report: Path) -> None:
    for outcome, count in sorted(counts.items()):
        err.print(f"{count:>7} {outcome}", style=_COLOURS.get(outcome, "red"))
    err.print(f"Report: {report}")


def print_export(stack_name: str, count: int, notes: ExportNotes) -> None:
    """Print what the table lacks. Programs also read the lines that begin with ``secret``."""
    err.print(f"{plural(count, 'thing')} of the stack {stack_name}, without keys and codes.")
    if notes.left_out:
        err.print(
            f"{notes.left_out} of them have a key, a code or a QR code as an attribute. The table does not "
            "hold it: add it before you import the table.",
        )
    for number, (source, target) in enumerate(notes.copies()):
        if not number:
            err.print("Copy these secrets before you import the table (docs/bulk.md, Moving a fleet):")
        err.print(f"secret {source} -> {target}", soft_wrap=True)
    for number, each in enumerate(notes.all_unmoved()):
        if not number:
            err.print(
                "References that could not be rewritten. An import refuses them until you rewrite them:", style="red"
            )
        err.print(f"{each.thing_name}, {each.attribute}: {each.reason}", soft_wrap=True)
