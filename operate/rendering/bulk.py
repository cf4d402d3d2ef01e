"""What an import tells: bad rows, the plan, how it ended."""

from collections.abc import Mapping
from dataclasses import asdict
from math import ceil
from pathlib import Path

from operate.adapters.stacks import Stack
from operate.bulk.checking import Problem
from operate.bulk.reading import Sheet
from operate.bulk.register import Outcome, Register
from operate.rendering.console import err, out, print_json_line

_COLOURS: Mapping[Outcome, str] = {"registered": "green", "created": "green", "not reached": "dim"}


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
        lines.append(f"In {replaced} names and descriptions characters that AWS IoT does not take become _.")
    if sheet.columns.unused:
        lines.append(f"Columns of which nothing is made: {', '.join(sheet.columns.unused)}.")
    for line in lines:
        err.print(line)


def print_outcome(counts: Mapping[Outcome, int], report: Path) -> None:
    for outcome, count in sorted(counts.items()):
        err.print(f"{count:>7} {outcome}", style=_COLOURS.get(outcome, "red"))
    err.print(f"Each row: {report}")
