"""Registry events and queue messages as AWS publishes them: one file each, read fresh for every use."""

import json
from pathlib import Path

_FOLDER = Path(__file__).with_name("events")


def golden(name, **changes):
    """Return ``events/<name>.json``, with some of its fields replaced."""
    return {**json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8")), **changes}


def attributes_of(name, **changes):
    """Return the thing's attributes of a golden event; a change to None leaves one out."""
    changed = {**golden(name)["attributes"], **changes}
    return {attribute: value for attribute, value in changed.items() if value is not None}
