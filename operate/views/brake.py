"""The brake for commands: nothing is sent that removes more than a few devices, unless the operator allows it. Pure."""

from collections.abc import Callable

from operate.errors import TooManyRemovalsError
from workflows.domain.brake import ALWAYS_ALLOWED, Removals, allowed_removals

_EMPTY = "AWS IoT lists no thing of this stack's type, as if a right were missing or the region were wrong"


def check_removals(
    removals: Removals, *, fleet: Callable[[], int], allowed: int | None, listed: int | None = None
) -> None:
    """Accept few removals: ``allowed`` if given, else as many as of a ``fleet`` of this size.

    ``listed`` is how many things AWS IoT listed; None if no list was read.

    Raises:
        TooManyRemovalsError: there are more. Nothing must be sent.
    """
    limit, rule = _limit(removals, fleet, allowed, listed)
    if removals.at_most > limit:
        raise TooManyRemovalsError(
            f"Nothing was sent: {removals}. The limit is {limit:,} at once ({rule}). "
            f"If you want all of them, add --allow-removals {removals.at_most}."
        )


def _limit(removals: Removals, fleet: Callable[[], int], allowed: int | None, listed: int | None) -> tuple[int, str]:
    """Return the limit and its rule; count the fleet only if that decides."""
    if allowed is not None:
        return allowed, "set by --allow-removals"
    if listed == 0:
        return allowed_removals(0, listed=listed), _EMPTY
    few = removals.at_most <= ALWAYS_ALLOWED
    return allowed_removals(0 if few else fleet()), "10, or 1 % of the fleet"
