"""``thingsync redrive``: move the dead-letter queue back and follow its events to their outcomes."""

from typing import Annotated

import typer

from operate.adapters.queues import MessageMove, MessageMoves
from operate.allowing import allow, end_allowance, removing, show_held
from operate.commands.options import AllowRemovals, Json, SendOptions, TimeoutText, Wait, Yes, brake, read_timeout
from operate.errors import WRONG_IN_FLEET
from operate.fleet import dead_lettered_messages
from operate.operator import Operator
from operate.pacing import Timeout
from operate.rendering.console import ask_to_confirm, err, out, print_json, progress
from operate.rendering.replay import MoveBar, show_move_plan, show_redrive
from operate.replaying import wait_with_progress, with_current_facts
from operate.views.messages import RedriveResult, expected_outcomes, redrive_json, removals_of
from operate.views.replay import PlannedReplay
from operate.views.wording import plural

# Waits for the outcomes of this many messages; `thingsync status` counts the rest.
FOLLOWED = 1000
_FOREVER = Timeout(float("inf"))


def redrive(
    ctx: typer.Context,
    per_second: Annotated[
        int | None, typer.Option(min=1, max=500, help="Move at most this many messages a second; default: SQS decides.")
    ] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="Stop the move that is running.")] = False,
    wait: Wait = True,
    timeout: TimeoutText = "10m",
    allow_removals: AllowRemovals = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Move the dead-letter queue back and show the outcomes of its events.

    Fix the cause first (thingsync failures). If a move is running, the command follows it and starts no other.
    Exits with 1 if anything fails or stays in the dead-letter queue.
    """
    operator: Operator = ctx.obj
    moves = MessageMoves(operator.clients.sqs, operator.dead_letters.arn())
    if cancel:
        _cancel(operator, moves, json=json)
        return
    options = SendOptions(read_timeout(timeout) if wait else None, allow_removals, yes=yes, json=json)
    result = carry_out(operator, moves, per_second, options)
    print_result(result, json=json)
    if not result.is_good and not result.is_running:
        raise typer.Exit(WRONG_IN_FLEET)


def carry_out(operator: Operator, moves: MessageMoves, per_second: int | None, options: SendOptions) -> RedriveResult:
    """Return how the redrive ended, or its progress if the command does not wait."""
    running = moves.running()
    if running is None and not operator.dead_letters.depth().total:
        return RedriveResult("COMPLETED", 0, (), 0)
    planned, are_all = ([], False) if running else _start(operator, moves, per_second, options)
    if options.timeout is None:
        return RedriveResult("RUNNING", running.moved if running else 0, (), operator.dead_letters.depth().total)
    move = _follow(moves)
    # Nobody knows which messages a cancelled or failed move has reached.
    results = wait_with_progress(operator, planned, options.timeout) if move.status == "COMPLETED" else []
    ended = are_all and results and all(each.outcome != "in flight" for each in results)
    if options.allowed is not None and ended:
        end_allowance(operator)
    return RedriveResult(move.status, move.moved, tuple(results), operator.dead_letters.depth().total)


def _cancel(operator: Operator, moves: MessageMoves, *, json: bool) -> None:
    running = moves.running()
    if running is None or running.handle is None:
        result = RedriveResult("COMPLETED", 0, (), operator.dead_letters.depth().total)
        text = "No move is running."
    else:
        moves.cancel(running.handle)
        result = RedriveResult("CANCELLED", running.moved, (), operator.dead_letters.depth().total)
        text = f"Cancelled after {plural(running.moved, 'message')}; the rest stays in the dead-letter queue."
    if json:
        print_json(redrive_json(result))
    else:
        out.print(text)


def _start(
    operator: Operator, moves: MessageMoves, per_second: int | None, options: SendOptions
) -> tuple[list[PlannedReplay], bool]:
    """Start the move. Return the outcomes to wait for, and whether they are those of all messages."""
    found = dead_lettered_messages(operator, FOLLOWED)
    total = max(operator.dead_letters.depth().total, len(found))
    show_move_plan(found, total=total, queue_name=operator.queue.name)
    removals = removals_of(removing(operator, found), operator.scope, unread=total - len(found))
    brake(operator, removals, options.allowed)
    show_held(operator, removals, options.allowed)
    ask_to_confirm("Is the cause fixed? Move them?", yes=options.yes)
    planned = with_current_facts(operator.journal, expected_outcomes(found))
    if options.allowed is not None:
        allow(operator, removals.at_most)
    moves.start(operator.queue.arn(), per_second)
    return planned, total == len(found)


def _follow(moves: MessageMoves) -> MessageMove:
    with progress("moving", total=None) as (bar, task):
        move = follow_move(moves, MoveBar(bar, task))
    if move.why_failed:
        err.print(f"SQS stopped the move: {move.why_failed}", style="red")
    return move


def print_result(result: RedriveResult, *, json: bool) -> None:
    if json:
        print_json(redrive_json(result))
    elif result.is_running:
        err.print("The move is running. `thingsync redrive` follows it.")
    elif result.moved:
        show_redrive(result)
    else:
        out.print("The dead-letter queue is empty: there is nothing to redrive.", style="green")


def follow_move(moves: MessageMoves, bar: MoveBar, timeout: Timeout = _FOREVER) -> MessageMove:
    """Return the move when it has ended. The first Ctrl-C explains, the second cancels the move, the third exits."""

    def poll() -> MessageMove | None:
        move = moves.latest()
        if move:
            bar.update(move)
        return move if move and not move.is_running else None

    interruptions = 0
    while True:
        try:
            return next(filter(None, timeout.polls(poll)))
        except KeyboardInterrupt:
            interruptions += 1
            if interruptions > 2:
                raise
            _answer(moves, bar, cancel=interruptions == 2)


def _answer(moves: MessageMoves, bar: MoveBar, *, cancel: bool) -> None:
    move = moves.latest()
    if cancel and move and move.handle:
        moves.cancel(move.handle)
    elif not cancel:
        bar.interrupted()
