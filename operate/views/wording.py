"""How numbers and absence are written. Pure."""

# Where a thing does not have an attribute; "none" may be a value.
NOT_GIVEN = "(not given)"


def plural(count: int, noun: str) -> str:
    """Write ``1 message`` or ``1,200 messages``; ``noun`` is a regular one, in the singular."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
