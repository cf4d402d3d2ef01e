"""Following a move of the dead-letter queue to its end, through impatience and interruptions."""

import time
from collections.abc import Callable
from typing import Protocol

from operate.adapters.moves import Move
from operate.following import GLANCE_S


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
