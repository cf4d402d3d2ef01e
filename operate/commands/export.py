"""``thingsync export``: the things of the stack as a CSV file."""

from pathlib import Path
from typing import Annotated

import typer

from operate.adapters.things_of_type import ThingsOfType
from operate.bulk.exporting import COLUMNS, exported, given
from operate.errors import WrongInputError
from operate.operator import Operator
from operate.options import Json
from operate.rendering.console import err, print_json_line
from operate.writing import to_write, write_table


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
    with to_write(file) as table:
        count = write_table(table, COLUMNS, rows)
    err.print(f"{count} things of the stack {operator.stack_name}, without keys and codes.")
