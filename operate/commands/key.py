"""``thingsync key rotate``: replace the API key of The Things Stack."""

from dataclasses import replace
from typing import Annotated

import typer

from operate.adapters.queues import MessageMoves
from operate.adapters.things_stack import KeySecret
from operate.commands.options import Json, SendOptions, Yes, read_timeout
from operate.commands.redrive import carry_out, print_result
from operate.configuring import application_with, check_key, check_key_rights, configure, key_secret
from operate.errors import (
    WRONG_IN_FLEET,
    NoAnswerError,
    NotAgreedError,
    NotConfiguredError,
    OperateError,
    RefusedError,
    UnusableKeyError,
    WrongInputError,
)
from operate.operator import Operator
from operate.rendering.console import ask_secret, ask_to_confirm, err, is_typed, out, print_json, read_input
from operate.rendering.status import show_done
from operate.views.api_key import IN_FORCE_WITHIN_S, ROTATE, read_key, where_keys_are
from operate.views.configuring import CONFIGURE
from operate.views.rotation import Rotation, rotation_json
from workflows.errors import SyncError, TransientError
from workflows.values import value

key = typer.Typer(help="Replace the API key of The Things Stack.", no_args_is_help=True)

Source = Annotated[
    str | None, typer.Argument(metavar="[-]", help="- reads the key from the standard input. Default: a hidden prompt.")
]
_NOTHING = "Nothing was changed."
_STDIN = "-"
_TIMEOUT = "10m"


@key.callback()
def _group() -> None:
    """Replace the API key of The Things Stack."""


@value
class RotateOptions:
    """``redrive`` is None if a question decides."""

    redrive: bool | None
    yes: bool
    json: bool


@key.command()
def rotate(
    ctx: typer.Context,
    source: Source = None,
    undo: Annotated[bool, typer.Option("--undo", help="Return to the key before the present one.")] = False,
    redrive: Annotated[
        bool | None,
        typer.Option("--redrive/--no-redrive", help="Redrive the dead-letter queue at the end; default: ask."),
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Replace the API key: check the new one, write it, set up the webhook with it, offer a redrive.

    The key is typed at a prompt or piped, and never shown. If The Things Stack refuses it, nothing is changed (exit 4).
    """
    operator: Operator = ctx.obj
    secret = key_secret(operator)
    new_key = _former(secret) if undo else _new(source, yes=yes)
    _check(operator, new_key)
    options = RotateOptions(redrive, yes=yes, json=json)
    rotation = _rotate(operator, secret, new_key, options)
    if not rotation.problem:
        rotation = _offer_redrive(operator, rotation, options)
    if json:
        print_json(rotation_json(rotation))
    _end(rotation, json=json)


def _end(rotation: Rotation, *, json: bool) -> None:
    """Exit unless all is well; the document for programs says the problem already."""
    if rotation.problem and not json:
        raise NotConfiguredError(rotation.problem)
    if not rotation.is_good:
        raise typer.Exit(NotConfiguredError.exit_code if rotation.problem else WRONG_IN_FLEET)


def _new(source: str | None, *, yes: bool) -> str:
    if source not in (None, _STDIN):
        raise WrongInputError(
            "Do not give the key on the command line: other users of this machine and the shell's history see it. "
            f"Revoke it if it was one, make another, and run `{ROTATE}`: it asks for the key, or reads it from a pipe."
        )
    if source is None and is_typed():
        return read_key(ask_secret("New API key (not shown)"))
    if not yes:
        raise WrongInputError(
            "The standard input holds the key, so that no question can be answered there: give --yes as well."
        )
    return read_key(read_input().decode(errors="replace"))


def _former(secret: KeySecret) -> str:
    former = secret.former()
    if former is None:
        raise NotAgreedError(f"The secret has no former key. {_NOTHING}")
    return former


def _check(operator: Operator, new_key: str) -> None:
    """Raise if the stack could not work with the key; the text says why and that nothing was changed."""
    application, application_id = application_with(operator, new_key), operator.stack.parameter("ApplicationId")
    try:
        facts = [check_key(application, application_id), check_key_rights(application, application_id)]
    except UnusableKeyError as error:
        raise UnusableKeyError(error.found, f"{error.fix} {_NOTHING}") from error
    except TransientError as error:
        text = str(error).rstrip(".")
        raise NoAnswerError(
            f"The key was not checked: {text}. {_NOTHING} Try again when The Things Stack answers."
        ) from error
    except SyncError as error:
        raise RefusedError(f"{error} {_NOTHING}") from error
    err.print(f"The key is good: {'; '.join(facts)}.")


def _rotate(operator: Operator, secret: KeySecret, new_key: str, options: RotateOptions) -> Rotation:
    """Write the key and run Configure. A failure of the second is a ``problem``: the key is in the secret by then."""
    stack = operator.stack
    is_new = new_key != secret.current()
    err.print(
        f"It is written to the secret {_name(secret.arn)}, and the webhook is set up with it again."
        if is_new
        else "The secret holds this key already. The webhook is set up with it again."
    )
    ask_to_confirm(f"Replace the API key of {stack.name}?" if is_new else "Go on?", yes=options.yes)
    if is_new:
        secret.put(new_key)
    rotation = Rotation(stack.name, stack.parameter("ApplicationId"), is_new)
    try:
        rotation = replace(rotation, done=configure(operator))
    except (OperateError, SyncError) as error:
        return replace(rotation, problem=_half_done(str(error), is_new=is_new))
    except KeyboardInterrupt:
        err.print(_half_done("this was interrupted.", is_new=is_new), style="yellow", soft_wrap=True)
        raise
    if not options.json:
        _show(rotation)
    return rotation


def _name(secret_arn: str) -> str:
    """Secrets Manager ends the name in an ARN with a dash and six characters."""
    return secret_arn.rpartition(":secret:")[2].rpartition("-")[0] or secret_arn


def _half_done(error: str, *, is_new: bool) -> str:
    written = "The new key is in the secret, but" if is_new else "The key is unchanged, and"
    back = f" To return to the former key: `{ROTATE} --undo`." if is_new else ""
    return f"{written} the webhook was not set up with it: {error} To finish: `{CONFIGURE}`.{back}"


def _show(rotation: Rotation) -> None:
    show_done(rotation.done)
    if rotation.written:
        out.print(
            "The new key is in force: functions read it when the former one is refused, else within "
            f"{IN_FORCE_WITHIN_S // 60} minutes."
        )
        out.print(
            f"Now revoke the former key ({where_keys_are(rotation.application_id)}). At the next deployment leave "
            "ApplicationApiKey as it is."
        )


def _offer_redrive(operator: Operator, rotation: Rotation, options: RotateOptions) -> Rotation:
    """Redrive what the former key made fail, if somebody agrees. The key stays whatever comes of it."""
    if options.redrive is False or not operator.dead_letters.depth().total:
        return rotation
    moves = MessageMoves(operator.clients.sqs, operator.dead_letters.arn())
    yes = options.yes or options.redrive is True
    send = SendOptions(read_timeout(_TIMEOUT), allowed=None, yes=yes, json=options.json)
    try:
        result = carry_out(operator, moves, None, send)
    except OperateError as error:
        refused = isinstance(error, NotAgreedError)
        err.print("Not redriven. `thingsync redrive` does it later." if refused else f"The key is in place. {error}")
        return rotation
    if not options.json:
        print_result(result, json=False)
    return replace(rotation, redrive=result)
