"""``thingsync export``: the things of the stack as a CSV file."""

import csv
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, TextIO

import typer

from operate.adapters.things_of_type import ThingsOfType
from operate.bulk.exporting import COLUMNS, exported, given
from operate.errors import WrongInputError
from operate.operator import Operator
from operate.options import Json
from operate.rendering.console import err, print_json_line
from operate.writing import to_write


def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write; without it, the standard output.")] = None,
    json: Json = False,
) -> None:
    """Write the things of the stack as `thingsync import` reads them, without keys and codes."""
    if file and json:
        raise WrongInputError(f"--json prints lines and writes no table: leave {file} out, or --json.")
    operator: Operator = ctx.obj
    things = ThingsOfType(operator.clients.iot, operator.stack.thing_type_name)
    rows = exported(things.listed(), operator.stack_name)
    if json:
        for row in rows:
            print_json_line(given(row))
        return
    with nullcontext(sys.stdout) if file is None else to_write(file) as written:
        count = _write(written, rows)
    err.print(f"{count} things of the stack {operator.stack_name}, without keys and codes.", markup=False)


def _write(file: TextIO, rows: Iterable[dict[str, str]]) -> int:
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count
