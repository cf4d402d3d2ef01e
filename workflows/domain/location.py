"""Where a device is: the location that its thing gives, beside those that The Things Stack has solved.

Source: lorawan-stack api/ttn/lorawan/v3/metadata.proto, Location; the key and source are those of its own tools.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

# The Things Stack's tools put what people enter under this key.
OWN = "user"
_SOURCE = "SOURCE_REGISTRY"
_DECIMAL = re.compile(r"-?\d{1,3}(?:\.\d{1,15})?(?:[eE]-?\d{1,2})?")


def degrees(limit: int) -> Callable[[str], float | None]:
    """Read degrees with a decimal point; None for anything else, or beyond ``limit``."""

    def read(given: str) -> float | None:
        if _DECIMAL.fullmatch(given) is None:
            return None
        value = float(given)
        return value if -limit <= value <= limit else None

    return read


def merged(locations: Mapping[str, Any], before: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's ``locations`` with the thing's ``own``, without one if that is empty.

    Of what somebody else has entered, only that goes which the thing gave ``before``.
    """
    others = {key: each for key, each in locations.items() if key != OWN}
    there = locations.get(OWN)
    stays = {name: each for name, each in there.items() if name not in before} if isinstance(there, Mapping) else {}
    return {**others, OWN: {**stays, **own, "source": _SOURCE}} if own else others
