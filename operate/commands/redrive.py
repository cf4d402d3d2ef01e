"""``thingsync redrive``: the dead-letter queue back through the pipeline, followed to the end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Protocol

import typer

from operate.adapters.queues import Move, Moves
from operate.commands.options import AllowRemovals, Json, Yes, pass_brake
from operate.errors import WRONG_IN_FLEET
from operate.fleet import letters
from operate.operator import Operator
from operate.rendering.console import agree, err, out, print_json, progress
from operate.rendering.replay import MoveBar, show_letters_to_move, show_redriven
from operate.replaying import GLANCE_S, Patience, as_of_now, awaited
from operate.views.messages import Redriven, expected, redrive_json, removals_of
from operate.views.replay import Planned
from operate.views.times import span

# So many letters are followed to their things' outcomes; of the rest `thingsync status` tells.
FOLLOWED = 1000


def redrive(
    ctx: typer.Context,
    per_second: Annotated[
        int | None, typer.Option(min=1, max=500, help="Move at most that many a second; default: as SQS sees fit.")
    ] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="Stop the move that is under way.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait for what becomes of them.")] = True,
    timeout: Annotated[str, typer.Option(help="Wait that long for the next outcome.")] = "10m",
    allow_removals: AllowRemovals = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Move the dead-letter queue back, follow it to the end, and tell what became of its events.

    Mend the cause first (thingsync failures). A move that is under way is followed instead of starting another.
    Exits with 1 if something is not well in the end.
    """
    operator: Operator = ctx.obj
    moves = Moves(operator.clients.sqs, operator.dead_letters.arn())
    if cancel:
        _cancel(operator, moves, json=json)
        return
    asked = Asked(per_second, yes, Patience(span(timeout).total_seconds()) if wait else None, allow_removals)
    redriven = _redriven(operator, moves, asked)
    if redriven.is_under_way:
        _leave(redriven, json=json)
        return
    _tell(redriven, json=json)
    if not redriven.is_good:
        raise typer.Exit(WRONG_IN_FLEET)


@dataclass(frozen=True, slots=True)
class Asked:
    """``patience`` is None for whoever does not wait, ``allowed`` for whoever lets only few removals pass."""

    per_second: int | None
    yes: bool
    patience: Patience | None
    allowed: int | None


def _redriven(operator: Operator, moves: Moves, asked: Asked) -> Redriven:
    """Return how it ended, or how far it is if nobody waits for that."""
    running = _running(moves)
    if running is None and not operator.dead_letters.depth().total:
        return Redriven("COMPLETED", 0, (), 0)
    planned = [] if running else _start(operator, moves, asked)
    if asked.patience is None:
        return Redriven("RUNNING", running.moved if running else 0, (), operator.dead_letters.depth().total)
    move = _followed(moves)
    # Of a move that was cut short nobody knows whose letters it has reached.
    results = awaited(operator.history, planned, asked.patience) if move.status == "COMPLETED" else []
    return Redriven(move.status, move.moved, tuple(results), operator.dead_letters.depth().total)


def _running(moves: Moves) -> Move | None:
    latest = moves.latest()
    return latest if latest and latest.is_running else None


def _cancel(operator: Operator, moves: Moves, *, json: bool) -> None:
    running = _running(moves)
    if running is None or running.handle is None:
        told = Redriven("COMPLETED", 0, (), operator.dead_letters.depth().total)
        text = "No move is under way."
    else:
        moves.cancel(running.handle)
        told = Redriven("CANCELLED", running.moved, (), operator.dead_letters.depth().total)
        text = f"Cancelled; {running.moved:,} letters had been moved, the rest stays in the dead-letter queue."
    if json:
        print_json(redrive_json(told))
    else:
        out.print(text)


def _leave(redriven: Redriven, *, json: bool) -> None:
    if json:
        print_json(redrive_json(redriven))
    else:
        err.print("The move is under way; `thingsync redrive` follows it.")


def _start(operator: Operator, moves: Moves, asked: Asked) -> list[Planned]:
    """Return the outcomes to wait for."""
    found = list(letters(operator, FOLLOWED))
    total = max(operator.dead_letters.depth().total, len(found))
    show_letters_to_move(found, total=total, queue_name=operator.queue.name)
    pass_brake(operator, removals_of(found, operator.whose, unseen=total - len(found)), asked.allowed)
    agree("Is the cause mended? Move them?", yes=asked.yes)
    planned = as_of_now(operator.history, expected(found))
    moves.start(operator.queue.arn(), asked.per_second)
    return planned


def _followed(moves: Moves) -> Move:
    with progress("moving", total=None) as (bar, task):
        move = follow(moves, MoveBar(bar, task))
    if move.why_failed:
        err.print(f"SQS gave the move up: {move.why_failed}", style="red")
    return move


def _tell(redriven: Redriven, *, json: bool) -> None:
    if json:
        print_json(redrive_json(redriven))
    elif redriven.moved:
        show_redriven(redriven)
    else:
        out.print("The dead-letter queue is empty: there is nothing to redrive.", style="green")


class RunningMoves(Protocol):
    def latest(self) -> Move | None:
        """Return the move that was started last."""

    def cancel(self, handle: str) -> None:
        """Leave where it is what has not been moved."""


class Watcher(Protocol):
    def saw(self, move: Move) -> None:
        """Take note of how far it is."""

    def interrupted(self) -> None:
        """Say that the move goes on, and how to stop it."""


def follow(moves: RunningMoves, watcher: Watcher, *, sleep: Callable[[float], None] = time.sleep) -> Move:
    """Return the move as it ended. The first Ctrl-C is answered, the second cancels the move, a third leaves."""
    interruptions = 0
    while True:
        try:
            move = moves.latest()
            if move:
                watcher.saw(move)
                if not move.is_running:
                    return move
            sleep(GLANCE_S)
        except KeyboardInterrupt:
            interruptions += 1
            if interruptions > 2:
                raise
            _answer(moves, watcher, cancel=interruptions == 2)


def _answer(moves: RunningMoves, watcher: Watcher, *, cancel: bool) -> None:
    move = moves.latest()
    if cancel and move and move.handle:
        moves.cancel(move.handle)
    elif not cancel:
        watcher.interrupted()
