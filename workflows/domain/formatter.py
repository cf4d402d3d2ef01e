"""Which formatter decodes a device's payloads: what users write, and what the Application Server has.

Source: lorawan-stack api/ttn/lorawan/v3/messages.proto, MessagePayloadFormatters.
"""

from collections.abc import Mapping

# No formatters of its own: those of the application decode.
APPLICATIONS = "application"
REPOSITORY = "FORMATTER_REPOSITORY"
_NONE = "FORMATTER_NONE"
FORMATTERS: Mapping[str, str] = {
    "repository": REPOSITORY,
    "cayennelpp": "FORMATTER_CAYENNELPP",
    "none": _NONE,
    "application": APPLICATIONS,
}
WORDS = {name: word for word, name in FORMATTERS.items()}


def formatter_sent(name: str) -> dict[str, str] | None:
    """Return the message of the formatter; None for the application's: there is nothing to send."""
    return None if name == APPLICATIONS else {"up_formatter": name, "down_formatter": name}


def formatter_got(message: Mapping[str, object]) -> str:
    """Return the formatter of uplinks. That of FORMATTER_NONE, which is zero, is not in an answer."""
    return str(message.get("up_formatter", _NONE))


def formatter_shown(name: str) -> str:
    return WORDS.get(name, name)
