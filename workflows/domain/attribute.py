"""A row of the table of attributes, and the kinds of rows. The table itself is ``workflows.domain.attributes``."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from workflows.domain import identifiers, lorawan
from workflows.domain.qr_code import QRCode
from workflows.values import value

AnyServer = Literal["is", "js", "ns", "as"]
# Those beside the Identity Server.
Server = Literal["js", "ns", "as"]
Value = str | int | float | bool | tuple[str, ...] | Mapping[str, str]
# What a later change of the attribute does. With the next session: at the next join, or when the session is reset.
Change = Literal["never", "now", "at the next join", "with the next session", "another stack takes over"]
# What becomes of the device's value when the thing does not give the attribute. stays: nothing. is cleared: the device
# has none. goes: the device loses what the thing gave before; what the thing never gave is not touched.
Absence = Literal["stays", "is cleared", "goes"]
# How people write it: hex digits and codes in groups with blanks between them; texts with blanks that belong to them.
Form = Literal["word", "groups", "text"]
Read = Callable[[str], Value | QRCode | None]


def _as_it_is(value: Any) -> Any:  # noqa: ANN401
    return value


@value
class Attribute:
    """A row of the table.

    ``name`` is the attribute's on the thing. ``accepted`` says to the user what it takes; ``read`` brings that into one
    spelling, The Things Stack's where it has one, and returns None for anything else.
    ``field`` is the path in The Things Stack's end device, ``servers`` those that hold it; ``mask`` is the path that a
    mask names, if it is another. ``sent`` makes what is sent of a value, ``got`` the value of what came; ``unsent`` is
    the value of a field that is not in an answer, because it is zero.
    ``is_merged``: it is part of a map that a write replaces as a whole.
    ``is_once``: it is used when the device is created; afterwards it is the device's own.
    ``takes_reference``: a secret's ARN or a parameter's name may be given instead; ``is_secret``: it is never shown.
    ``column`` is its name in The Things Stack's CSV files where that is spelled otherwise.
    ``show`` brings a value into a text for people; None for what is never shown.
    ``suggest`` returns what a text that is not accepted was probably meant to be.
    """

    name: str
    accepted: str
    read: Read
    field: str = ""
    servers: tuple[AnyServer, ...] = ()
    changes: Change = "never"
    absence: Absence = "stays"
    mask: str = ""
    sent: Callable[[Any], Any] = _as_it_is
    got: Callable[[Any], Any] = _as_it_is
    unsent: Value | None = None
    is_once: bool = False
    is_merged: bool = False
    is_secret: bool = False
    takes_reference: bool = False
    form: Form = "word"
    column: str = ""
    show: Callable[[Any], str] | None = str
    suggest: Callable[[str], str | None] = lambda text: None

    @property
    def is_owners(self) -> bool:
        """Return whether a device that was there before its thing keeps its own value."""
        return self.servers != ("is",)

    @property
    def masked(self) -> str:
        return self.mask or self.field

    def problem_with(self, text: str) -> str:
        """Say what the attribute takes instead of ``text``, which ``read`` does not accept."""
        suggestion = self.suggest(text)
        return f"{self.accepted}; use {suggestion}" if suggestion else self.accepted

    def shown(self, value: object, unshown: str = "") -> str:
        """Return ``value`` as a text for people, ``unshown`` instead of one that is never shown."""
        if value is None:
            return "none"
        return unshown if self.show is None else self.show(value)


# Readers of texts.


def as_written(accepts: Callable[[str], bool]) -> Read:
    return lambda text: text if accepts(text) else None


def up_to(max_chars: int) -> Read:
    return as_written(lambda text: 1 <= len(text) <= max_chars)


def upper(accepts: Callable[[str], bool]) -> Read:
    return lambda text: text.upper() if accepts(text) else None


def whole(low: int, high: int) -> Callable[[str], int | None]:
    """Read a plain whole number; a sign, a blank or a decimal point makes it none."""

    def read(text: str) -> int | None:
        digits = text.removeprefix("-") if low < 0 else text
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > len(str(high)) + 1:
            return None
        return int(text) if low <= int(text) <= high else None

    return read


def _or_reference(accepts: Callable[[str], bool]) -> Read:
    plain, reference = upper(accepts), as_written(identifiers.is_well_formed_reference)
    return lambda text: reference(text) if identifiers.is_reference(text) else plain(text)


# Rows of one kind.


def text(name: str, max_chars: int, *, show: Callable[[str], str] | None) -> Attribute:
    accepted = f"must be 1 to {max_chars} characters"
    return Attribute(
        name, accepted, up_to(max_chars), name, ("is",), "now", absence="is cleared", form="text", show=show
    )


def radio(name: str, accepted: str, read: Read, at: str, *, column: str = "") -> Attribute:
    return Attribute(name, accepted, read, at, ("ns",), "at the next join", column=column, show=lorawan.spelling_of)


def setting(
    name: str,
    accepted: str,
    read: Read,
    at: str,
    *,
    changes: Change = "with the next session",
    **rest: Any,  # noqa: ANN401
) -> Attribute:
    """Make a row of the Network Server's settings; most are those that it begins a session with."""
    return Attribute(name, accepted, read, at, ("ns",), changes, absence="goes", **rest)


def flag(name: str, at: str, **rest: Any) -> Attribute:  # noqa: ANN401
    """Make a row of a setting that is true or false."""
    words = {"true": True, "false": False}
    return setting(name, "must be true or false", words.get, at, show=lambda value: str(value).lower(), **rest)


def number(name: str, at: str, low: int, high: int) -> Attribute:
    return setting(name, f"must be a whole number from {low} to {high}", whole(low, high), at)


# A day: more than any class waits.
_MAX_TIMEOUT_S = 86_400


def timeout(name: str, at: str) -> Attribute:
    """Make a row of a time in seconds."""
    seconds = whole(1, _MAX_TIMEOUT_S)
    return setting(
        name,
        f"must be a whole number of seconds from 1 to {_MAX_TIMEOUT_S}, without a unit",
        lambda given: f"{value}s" if (value := seconds(given)) else None,
        at,
        changes="now",
        show=lambda value: str(value).removesuffix("s"),
    )


def power_of_two(name: str, at: str, highest: int, named: str) -> Attribute:
    """Make a row of a setting whose values The Things Stack names, as ``PING_EVERY_{}S``."""
    words = {str(2**exponent): named.format(2**exponent) for exponent in range(highest.bit_length())}
    numbers = {word: each for each, word in words.items()}
    accepted = f"must be one of {', '.join(words)}"
    return setting(name, accepted, words.get, at, show=lambda value: numbers.get(value, str(value)))


_LOWEST_HZ, _HIGHEST_HZ = 100_000, 10_000_000_000
_HZ = "in Hz, at least 100000, without a decimal point"


def _hertz(given: str) -> str | None:
    value = whole(_LOWEST_HZ, _HIGHEST_HZ)(given)
    return None if value is None else str(value)


def frequency(name: str, at: str, *, hops: bool) -> Attribute:
    """Make a row of a frequency; ``hops``: 0 means frequency hopping."""
    accepted = f"must be a frequency {_HZ}{', or 0 for frequency hopping' if hops else ''}"
    return setting(name, accepted, lambda given: "0" if hops and given == "0" else _hertz(given), at, got=str)


def frequencies(name: str, at: str, at_most: int) -> Attribute:
    def read(given: str) -> tuple[str, ...] | None:
        listed = [_hertz(each) for each in given.split(",")]
        return None if None in listed or len(listed) > at_most else tuple(each for each in listed if each)

    accepted = f"must be 1 to {at_most} frequencies {_HZ}, with commas between them"
    return setting(name, accepted, read, at, sent=list, got=_texts, show=",".join)


def _texts(came: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, came))


def secret(name: str, accepted: str, is_one: Callable[[str], bool], **where: Any) -> Attribute:  # noqa: ANN401
    read = _or_reference(is_one)
    accepted = (
        f"must be {accepted}, or the ARN of a Secrets Manager secret, or the name of an SSM parameter (…#jsonKey for a "
        "field of a JSON secret)"
    )
    return Attribute(name, accepted, read, is_secret=True, takes_reference=True, form="groups", show=None, **where)


_KEY = "32 hex digits without separators, not all zero"


def root_key(name: str, at: str) -> Attribute:
    return secret(name, _KEY, identifiers.is_key, field=at, servers=("js",), changes="at the next join")


def session_key(name: str, at: str, server: AnyServer) -> Attribute:
    return secret(name, _KEY, identifiers.is_key, field=at, servers=(server,), changes="now")
