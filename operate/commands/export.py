"""``thingsync export``: the things of the stack as a CSV file, for itself or for another stack."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from operate.adapters.things import ThingsOfType
from operate.bulk.exporting import COLUMNS, Notes, exported, given
from operate.bulk.moving import Move, destination_of
from operate.bulk.reading import target_of
from operate.commands.options import Json
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.operator import Operator
from operate.rendering.bulk import print_export
from operate.rendering.console import print_json_line
from operate.safe_output import to_write, write_table


def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write; without it, the standard output.")] = None,
    for_stack: Annotated[str, typer.Option(help="Write it for this stack; tells which secrets to copy.")] = "",
    for_region: Annotated[str, typer.Option(help="The other stack's region, if it is another.")] = "",
    for_account: Annotated[str, typer.Option(help="The other stack's account, if it is another.")] = "",
    json: Json = False,
) -> None:
    """Write the things of the stack as `thingsync import` reads them, without keys and codes.

    With --for-stack the exit code is 1 if a reference to a secret could not be rewritten.
    """
    if file and json:
        raise WrongInputError(f"--json prints lines and writes no table: leave {file} out, or --json.")
    operator: Operator = ctx.obj
    move = _move(operator, for_stack, for_region, for_account)
    things = ThingsOfType(operator.clients.iot, operator.stack.thing_type_name)
    with Notes.opened() as notes:
        rows = exported(things.listed(), operator.stack_name, notes, move)
        count = _print(rows) if json else _write(file, rows)
        print_export(operator.stack_name, count, notes)
        if any(notes.all_unmoved()):
            raise typer.Exit(WRONG_IN_FLEET)


def _move(operator: Operator, for_stack: str, region: str, account_id: str) -> Move | None:
    if not for_stack:
        if region or account_id:
            raise WrongInputError("--for-region and --for-account say where a stack is: name it with --for-stack.")
        return None
    if for_stack == operator.stack_name and not region and not account_id:
        raise WrongInputError(
            f"{for_stack} is the stack itself. Say where the other one of this name is: --for-region, --for-account."
        )
    partition = operator.clients.partition_of(region) if region else ""
    destination = destination_of(for_stack, region=region, partition=partition, account_id=account_id)
    return Move(operator.stack_name, target_of(operator.stack).defaults, destination)


def _print(rows: Iterable[dict[str, str]]) -> int:
    count = 0
    for row in rows:
        print_json_line(given(row))
        count += 1
    return count


def _write(file: Path | None, rows: Iterable[dict[str, str]]) -> int:
    with to_write(file) as table:
        return write_table(table, COLUMNS, rows)
