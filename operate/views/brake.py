"""The brake for commands: nothing is sent that removes more than a few devices, unless the operator allows it. Pure."""

from collections.abc import Callable

from operate.errors import TooManyRemovalsError
from workflows.domain.brake import ALWAYS_ALLOWED, Removals, allowed_removals


def check_removals(removals: Removals, *, fleet: Callable[[], int], allowed: int | None) -> None:
    """Accept few removals: ``allowed`` if given, else as many as of a ``fleet`` of this size.

    Raises:
        TooManyRemovalsError: there are more. Nothing must be sent.
    """
    limit = ALWAYS_ALLOWED if allowed is None else allowed
    if allowed is None and removals.at_most > limit:
        limit = allowed_removals(fleet())
    if removals.at_most > limit:
        rule = "10, or 1 % of the fleet" if allowed is None else "set by --allow-removals"
        raise TooManyRemovalsError(
            f"Nothing was sent: {removals}. The limit is {limit:,} at once ({rule}). "
            f"If you want all of them, add --allow-removals {removals.at_most}."
        )
