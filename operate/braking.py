"""The brake, in sight of the operator."""

from operate.operator import Operator
from operate.rendering.console import err
from operate.views.brake import Removals, ensure_few


def pass_brake(operator: Operator, removals: Removals, allowed: int | None) -> None:
    """Say how many things lose their devices; raise ``TooManyRemovalsError`` if that is more than ``allowed``."""
    ensure_few(removals, fleet=operator.journal.devices, allowed=allowed)
    if removals.at_most:
        err.print(f"{removals}.", markup=False)
