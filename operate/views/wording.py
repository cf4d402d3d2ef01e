"""How numbers are written. Pure."""


def plural(count: int, noun: str) -> str:
    """Write ``1 message`` or ``1,200 messages``; ``noun`` is a regular one, in the singular."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
