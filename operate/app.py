"""``thingsync``: what an operator sees of the fleet, and what there is to press."""

import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from operate.adapters.aws import Place
from operate.adapters.aws_errors import EXPECTED, named
from operate.commands.dlq import dlq
from operate.commands.doctor import doctor
from operate.commands.export import export
from operate.commands.failures import failures
from operate.commands.history import history
from operate.commands.import_things import import_things
from operate.commands.reconcile import reconcile
from operate.commands.redrive import redrive
from operate.commands.replay import replay
from operate.commands.status import status
from operate.connection import connect, connect_locally, hoisted
from operate.errors import WrongInputError
from operate.operator import Operator
from operate.rendering.console import err, print_fault, print_misuse

# Windows has no SIGHUP.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def end_on_signals() -> None:
    """Let a signal to end do what Ctrl-C does: reports are written, and everything is put away.

    Whoever has a signal ignored, as ``nohup`` does, is left alone.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave with the exit code that a shell gives to whom a signal has ended; another one breaks nothing off."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


class Commands(TyperGroup):
    """All commands; what ends one early is told in a sentence and an exit code."""

    def main(self, *args: Any, **how: Any) -> Any:  # noqa: ANN401  # as typer has it
        """Tell here what was called wrongly: typer would repeat the arguments as they are."""
        alone = how.pop("standalone_mode", True)
        try:
            code = super().main(*args, **{**how, "standalone_mode": False})
        except typer.TyperException as error:
            _tell_misuse(error)
            code = error.exit_code
        except typer.Abort:
            err.print("Aborted.")
            code = 1
        if alone:
            sys.exit(code)
        return code

    # typer keeps the class of the contexts that it passes here to itself.
    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        return list(super().parse_args(ctx, hoisted(args)))

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            told = named(error, ctx.invoked_subcommand or "")
            err.print(told, style="red", soft_wrap=True)
            raise typer.Exit(told.exit_code) from error


def _tell_misuse(error: typer.TyperException) -> None:
    """Without a text there is help on the screen already."""
    context = getattr(error, "ctx", None)
    if error.format_message():
        usage = context.get_usage() if context else ""
        path = context.command_path if context else "thingsync"
        print_misuse(usage, f"Try `{path} --help`.", error.format_message())


app = typer.Typer(
    name="thingsync",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Operate Thingsync: see what is wrong in the fleet, why, and mend it.",
    epilog="Exit codes: 0 all is well, 1 something is wrong in the fleet, 2 called wrongly, "
    "3 AWS or The Things Stack did not answer or refused, 4 not agreed to.",
)


@app.callback()
def connected(
    ctx: typer.Context,
    stack: Annotated[
        str | None, typer.Option(help="The CloudFormation stack; default: STACK_NAME, else thingsync.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="AWS profile; default: AWS_PROFILE.")] = None,
    region: Annotated[str | None, typer.Option(help="AWS region, if the profile's is not meant.")] = None,
    local: Annotated[bool, typer.Option("--local", help="The local cloud of `make up`.")] = False,
) -> None:
    """Say where. These options may stand before or after the command."""
    if isinstance(ctx.obj, Operator):  # a program that calls this one brings its own
        return
    if local and (region or profile):
        raise WrongInputError("--local says where AWS is, and so does --profile or --region: give one of them.")
    name = stack or os.environ.get("STACK_NAME")
    ctx.obj = connect_locally(name) if local else connect(name, Place(profile=profile, region=region))


for command in (status, history, failures, replay, redrive, export, reconcile, doctor):
    app.command()(command)
app.command("import")(import_things)
app.add_typer(dlq, name="dlq")


def main() -> None:
    end_on_signals()
    try:
        app()
    except Exception as error:  # noqa: BLE001  # a fault of ours, whose text may be anybody's
        print_fault(error)
        sys.exit(1)
