"""The sentences of errors: their end, with the code of The Things Stack, is for those who search it there."""

import re

_CODE = re.compile(r" \[\d{3} [^\[\]]*\]")


def with_code(text: str, status: int, name: str) -> str:
    """Add the HTTP status and the error's name as The Things Stack gave them."""
    return f"{text} [{status} {name or 'without an error name'}]"


def without_codes(text: str) -> str:
    """Return what people read first."""
    return _CODE.sub("", text)
