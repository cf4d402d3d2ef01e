"""``thingsync export``: the things of the stack as a CSV file, for itself or for another stack."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from operate.bulk.exporting import ExportNotes, ExportTable, OwnDevices, export_rows, moved_rows, without_empty
from operate.bulk.moving import StackMove, destination_of
from operate.bulk.reading import target_of
from operate.commands.options import Json
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.operator import Operator
from operate.rendering.bulk import print_export
from operate.rendering.console import print_json_line
from operate.safe_output import open_output, write_table


def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="File to write; default: the standard output.")] = None,
    for_stack: Annotated[str, typer.Option(help="Export for this other stack, and list the secrets to copy.")] = "",
    for_region: Annotated[str, typer.Option(help="Region of the other stack, if it differs.")] = "",
    for_account: Annotated[str, typer.Option(help="Account of the other stack, if it differs.")] = "",
    json: Json = False,
) -> None:
    """Write the things of the stack as CSV for `thingsync import`, without keys and codes.

    With --for-stack, also names each thing whose keys the other stack will need, and exits with 1 if a reference to a
    secret could not be rewritten.
    """
    if file and json:
        raise WrongInputError(f"--json writes no file: leave out {file} or --json.")
    operator: Operator = ctx.obj
    move = _move(operator, for_stack, for_region, for_account)
    with ExportNotes.opened() as notes, OwnDevices.opened() as devices:
        rows = _rows(operator, move, devices, notes)
        count = _print(rows) if json else _write(file, rows)
        print_export(operator.stack_name, count, notes)
        if any(notes.all_unmoved()):
            raise typer.Exit(WRONG_IN_FLEET)


def _move(operator: Operator, for_stack: str, region: str, account_id: str) -> StackMove | None:
    if not for_stack:
        if region or account_id:
            raise WrongInputError("--for-region and --for-account need --for-stack.")
        return None
    if for_stack == operator.stack_name and not region and not account_id:
        raise WrongInputError(
            f"{for_stack} is this stack. Select the other stack of this name with --for-region or --for-account."
        )
    partition = operator.clients.partition_of(region) if region else ""
    destination = destination_of(for_stack, region=region, partition=partition, account_id=account_id)
    return StackMove(operator.stack_name, target_of(operator.stack).defaults, destination)


def _rows(
    operator: Operator, move: StackMove | None, devices: OwnDevices, notes: ExportNotes
) -> Iterator[dict[str, str]]:
    if move is None:
        return export_rows(operator.things.listed(), operator.stack_name, notes)
    devices.add(operator.journal.with_devices())
    return moved_rows(operator.things.listed(), move, devices, notes)


def _print(rows: Iterable[dict[str, str]]) -> int:
    count = 0
    for row in rows:
        print_json_line(without_empty(row))
        count += 1
    return count


def _write(file: Path | None, rows: Iterable[dict[str, str]]) -> int:
    with ExportTable.opened() as table:
        for row in rows:
            table.add(row)
        with open_output(file) as output:
            return write_table(output, table.columns(), table.rows())
