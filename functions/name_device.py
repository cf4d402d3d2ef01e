"""NameDevice: the thing ► the device ID in The Things Stack, null if its attributes give none. Pure."""

from typing import Any

from workflows.domain.naming import device_id_for
from workflows.schemas.handed import load_thing


def handler(event: dict[str, Any], _context: object) -> str | None:
    return device_id_for(load_thing(event))
