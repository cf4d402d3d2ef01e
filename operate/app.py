"""``thingsync``: the operator's command."""

import os
import signal
import sys
from importlib.metadata import version
from itertools import pairwise
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from operate.adapters.aws_errors import EXPECTED, explained
from operate.commands.completing import complete_all
from operate.commands.dlq import dlq
from operate.commands.doctor import doctor
from operate.commands.export import export
from operate.commands.failures import failures
from operate.commands.help_pages import Group, epilog, explain_all
from operate.commands.history import history
from operate.commands.import_things import import_things
from operate.commands.key import key
from operate.commands.list_things import list_things_command
from operate.commands.preparing import prepare_all
from operate.commands.reconcile import reconcile
from operate.commands.redrive import redrive
from operate.commands.replay import replay
from operate.commands.restore import restore
from operate.commands.set_attributes import set_attributes
from operate.commands.status import status
from operate.connection import Selection, command_completer, global_options_first
from operate.errors import WrongInputError
from operate.operator import Operator
from operate.rendering.console import (
    commands_completed,
    err,
    out,
    print_crash,
    print_error,
    print_wrong_call,
)

_FOR_PROGRAMS = "thingsync.for_programs"
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


class Commands(Group):
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
        # Of all contexts; a wrong call is known before its options are.
        ctx.meta[_FOR_PROGRAMS] = bool({"--json", "--format=json"} & {*args}) or ("--format", "json") in pairwise(args)
        return list(super().parse_args(ctx, global_options_first(args)))

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        given = {f"--{name}": value for name, value in ctx.params.items()}
        with commands_completed(command_completer(given, self.commands)):
            return self._invoke(ctx)

    def _invoke(self, ctx: typer.Context) -> object:
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            explanation = explained(error, ctx.invoked_subcommand or "")
            err.print(explanation, style="red", soft_wrap=True)
            if ctx.meta[_FOR_PROGRAMS]:
                print_error(type(explanation).__name__, str(explanation), explanation.exit_code)
            raise typer.Exit(explanation.exit_code) from error


def _print_misuse(error: typer.TyperException) -> None:
    """The text of an error about a missing command is the whole page of help."""
    context, problem = getattr(error, "ctx", None), error.format_message()
    if context and problem == context.get_help():
        for line in problem.split("\n"):
            err.print(line, soft_wrap=True)
        problem = "Missing command."
    else:
        usage = context.get_usage() if context else ""
        path = context.command_path if context else "thingsync"
        print_wrong_call(usage, f"Try `{path} --help`.", problem)
    if context and context.meta.get(_FOR_PROGRAMS):
        print_error(WrongInputError.__name__, problem, error.exit_code)


app = typer.Typer(
    name="thingsync",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Operate Thingsync: find what is wrong in the fleet and fix it.",
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=epilog(
        "",
        "Exit codes: 0 all is well, 1 something is wrong in the fleet, 2 wrong call, "
        "3 AWS or The Things Stack did not answer or refused, 4 nothing was changed.",
    ),
)


def _print_version(wanted: bool) -> None:  # as typer calls it
    if wanted:
        out.print(f"thingsync {version('thingsync')}")
        raise typer.Exit


Stack = Annotated[
    str | None, typer.Option(metavar="NAME", help="CloudFormation stack; default: $STACK_NAME, or thingsync.")
]
Profile = Annotated[str | None, typer.Option(metavar="NAME", help="AWS profile; default: $AWS_PROFILE.")]
Region = Annotated[str | None, typer.Option(metavar="NAME", help="AWS region; default: the profile's.")]
Local = Annotated[bool, typer.Option("--local", help="Use the local cloud of `make up`.")]
Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
]


@app.callback()
def selected(
    ctx: typer.Context,
    stack: Stack = None,
    profile: Profile = None,
    region: Region = None,
    local: Local = False,
    version: Version = False,  # its callback has done it
) -> None:
    """Select the stack. These options may come before or after the command."""
    if not isinstance(ctx.obj, Operator):  # a calling program provides its own
        ctx.obj = Selection(stack or os.environ.get("STACK_NAME"), profile, region, local, os.environ.get("AWS_REGION"))


app.command("list")(list_things_command)
for command in (status, history, failures, replay, redrive, restore, export, reconcile, doctor):
    app.command()(command)
app.command("import")(import_things)
app.command("set")(set_attributes)
app.add_typer(dlq, name="dlq")
app.add_typer(key, name="key")
explain_all(app)
complete_all(app)
prepare_all(app)


def main() -> None:
    exit_on_signals()
    try:
        app()
    except Exception as error:  # noqa: BLE001  # a bug of ours; its text may come from outside
        print_crash(error)
        sys.exit(1)
