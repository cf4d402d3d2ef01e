"""``thingsync``: the operator's command."""

import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from operate.adapters.aws import AwsAccess
from operate.adapters.aws_errors import EXPECTED, explained
from operate.commands.dlq import dlq
from operate.commands.doctor import doctor
from operate.commands.export import export
from operate.commands.failures import failures
from operate.commands.history import history
from operate.commands.import_things import import_things
from operate.commands.key import key
from operate.commands.list_things import list_things_command
from operate.commands.reconcile import reconcile
from operate.commands.redrive import redrive
from operate.commands.replay import replay
from operate.commands.status import status
from operate.connection import connect, connect_locally, global_options_first
from operate.errors import WrongInputError
from operate.operator import Operator
from operate.rendering.console import err, print_crash, print_wrong_call

# Windows has no SIGHUP.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def exit_on_signals() -> None:
    """Handle signals that end a program like Ctrl-C: reports are written, temporary files are removed.

    A signal that is ignored, as ``nohup`` does, stays ignored.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit)


def _exit(number: int, _frame: FrameType | None) -> NoReturn:
    """Exit with the code that a shell shows for the signal; a second signal does not interrupt the cleanup."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


class Commands(TyperGroup):
    """All commands; an error ends one with a sentence and an exit code."""

    def main(self, *args: Any, **how: Any) -> Any:  # noqa: ANN401  # as typer has it
        """Print usage errors here: typer would print the arguments unescaped."""
        alone = how.pop("standalone_mode", True)
        try:
            code = super().main(*args, **{**how, "standalone_mode": False})
        except typer.TyperException as error:
            _print_misuse(error)
            code = error.exit_code
        except typer.Abort:
            err.print("Aborted.")
            code = 1
        if alone:
            sys.exit(code)
        return code

    # typer does not export the class of the contexts that it passes here.
    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        return list(super().parse_args(ctx, global_options_first(args)))

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            explanation = explained(error, ctx.invoked_subcommand or "")
            err.print(explanation, style="red", soft_wrap=True)
            raise typer.Exit(explanation.exit_code) from error


def _print_misuse(error: typer.TyperException) -> None:
    """An error without a text has printed the help already."""
    context = getattr(error, "ctx", None)
    if error.format_message():
        usage = context.get_usage() if context else ""
        path = context.command_path if context else "thingsync"
        print_wrong_call(usage, f"Try `{path} --help`.", error.format_message())


app = typer.Typer(
    name="thingsync",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Operate Thingsync: find what is wrong in the fleet and fix it.",
    epilog="Exit codes: 0 all is well, 1 something is wrong in the fleet, 2 wrong call, "
    "3 AWS or The Things Stack did not answer or refused, 4 nothing was changed.",
)


@app.callback()
def connected(
    ctx: typer.Context,
    stack: Annotated[
        str | None, typer.Option(help="CloudFormation stack; default: STACK_NAME, else thingsync.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="AWS profile; default: AWS_PROFILE.")] = None,
    region: Annotated[str | None, typer.Option(help="AWS region; default: the profile's.")] = None,
    local: Annotated[bool, typer.Option("--local", help="Use the local cloud of `make up`.")] = False,
) -> None:
    """Select the stack. These options may come before or after the command."""
    if isinstance(ctx.obj, Operator):  # a calling program provides its own
        return
    if local and (region or profile):
        raise WrongInputError("--local excludes --profile and --region: give only one of them.")
    name = stack or os.environ.get("STACK_NAME")
    ctx.obj = connect_locally(name) if local else connect(name, AwsAccess(profile=profile, region=region))


app.command("list")(list_things_command)
for command in (status, history, failures, replay, redrive, export, reconcile, doctor):
    app.command()(command)
app.command("import")(import_things)
app.add_typer(dlq, name="dlq")
app.add_typer(key, name="key")


def main() -> None:
    exit_on_signals()
    try:
        app()
    except Exception as error:  # noqa: BLE001  # a bug of ours; its text may come from outside
        print_crash(error)
        sys.exit(1)
