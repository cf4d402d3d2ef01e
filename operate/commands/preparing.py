"""What every command does first: connect to the stack, and say where it works."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from operate.adapters.aws_errors import EXPECTED, explained
from operate.connection import Selection
from operate.operator import Operator
from operate.rendering.console import err, print_place, working_at


def prepare_all(commands: typer.Typer) -> None:
    """Prepare every command that is registered, and those of its groups."""
    for command in commands.registered_commands:
        if command.callback:
            command.callback = _prepared(command.callback)
    for group in commands.registered_groups:
        if group.typer_instance:
            prepare_all(group.typer_instance)
    callback = commands.registered_callback
    if callback and callback.callback and commands.info.invoke_without_command:
        callback.callback = _prepared(callback.callback)


def _prepared(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` as it runs with its options read: ``--help`` and wrong calls need no stack."""

    @wraps(command)
    def run(*, ctx: typer.Context, **options: Any) -> None:  # noqa: ANN401  # whatever the command takes
        if ctx.invoked_subcommand:  # which is prepared itself
            return
        operator = _connected(ctx)
        try:
            with working_at(lambda: operator.place.line(err.width)):
                if not _is_for_programs(options):
                    print_place(operator.place.line(err.width))
                command(ctx=ctx, **options)
        except EXPECTED as error:
            raise explained(error, _name(ctx), operator.clients) from error

    return run


def _connected(ctx: typer.Context) -> Operator:
    if isinstance(ctx.obj, Selection):
        ctx.obj = ctx.obj.connect()
    operator: Operator = ctx.obj  # a calling program provides its own
    return operator


def _name(ctx: typer.Context) -> str:
    """Return the command as it is typed after ``thingsync``."""
    return ctx.command_path.removeprefix(ctx.find_root().command_path).strip()


def _is_for_programs(options: dict[str, Any]) -> bool:
    shape = options.get("format") or options.get("shape")
    return bool(options.get("json") or options.get("csv") or shape in ("csv", "json"))
