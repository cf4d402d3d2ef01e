"""What an import tells: bad rows, the plan, how it ended."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import ceil
from pathlib import Path

from operate.adapters.stacks import Stack
from operate.bulk.checking import Problem
from operate.bulk.exporting import Notes
from operate.bulk.reading import Sheet
from operate.bulk.register import Entry, Outcome, Register
from operate.rendering.console import err, out, print_json_line

_COLOURS: Mapping[Outcome, str] = {
    "registered": "green",
    "adopted": "yellow",
    "created": "green",
    "not reached": "dim",
}
_SHOWN = 10


def print_problem(problem: Problem, *, json: bool) -> None:
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
        f"The first: thing {entry.thing_name}, device {entry.device_id}.",
    ]
    if replaced := register.replaced():
        lines.append(f"In {replaced} names, descriptions and QR codes characters that AWS IoT does not take become _.")
    if sheet.columns.unused:
        lines.append(f"Columns of which nothing is made: {', '.join(sheet.columns.unused)}.")
    for line in lines:
        err.print(line)


def print_overwrites(entries: Sequence[Entry]) -> None:
    """Show what is to be written, the first ten: keys are named, never shown."""
    err.print(f"{len(entries)} devices were there before. What their rows say is to be written to them:")
    for entry in entries[:_SHOWN]:
        err.print(f"line {entry.line}, device {entry.device_id}: {entry.reason}")
    if len(entries) > _SHOWN:
        err.print(f"… and {len(entries) - _SHOWN} more; the report has them all.")


def print_outcome(counts: Mapping[Outcome, int], report: Path) -> None:
    for outcome, count in sorted(counts.items()):
        err.print(f"{count:>7} {outcome}", style=_COLOURS.get(outcome, "red"))
    err.print(f"Each row: {report}")


def print_export(stack_name: str, count: int, notes: Notes) -> None:
    """Tell what the table does not: each line that begins with ``secret`` is for a program, too."""
    err.print(f"{count} things of the stack {stack_name}, without keys and codes.")
    if notes.left_out:
        err.print(
            f"{notes.left_out} of them have a key, a code or a QR code on themselves, which is not in the table: write "
            "it there before you import it.",
        )
    for number, (source, target) in enumerate(notes.copies()):
        if not number:
            err.print("Copy these secrets before you import the table (docs/bulk.md, Moving a fleet):")
        err.print(f"secret {source} -> {target}", soft_wrap=True)
    for number, each in enumerate(notes.all_unmoved()):
        if not number:
            err.print("References that stay as they are; an import refuses them until you rewrite them:", style="red")
        err.print(f"{each.thing_name}, {each.attribute}: {each.reason}", soft_wrap=True)
