"""Spellings of values that files have and things do not: of spreadsheets, and of The Things Stack's own tools. Pure.

A thing takes one spelling alone. A text that the attribute does not take is read as what it must mean, or stays.
"""

import re
from collections.abc import Callable

from workflows.domain.attributes import ROWS, VALUES

# As spreadsheets of several languages write them, and as The Things Stack's reader takes them (Go's ParseBool).
_TRUE = "true t 1 wahr vrai vero verdadero verdadeiro waar sant sann sand tosi prawda pravda igaz"
_FALSE = "false f 0 falsch faux falso onwaar falskt usann falsk epätosi fałsz nepravda hamis"
_BOOLEANS = dict.fromkeys(_TRUE.split(), "true") | dict.fromkeys(_FALSE.split(), "false")
# RX_DELAY_5, DATA_RATE_3, PING_EVERY_32S, 60s; and 5.0, which a table has where empty cells made its column fractions.
# Each word begins with a letter: 868_100_000 is no 000.
_NUMBER = re.compile(r"(?:[A-Z][A-Z0-9]*_)*([0-9]+)(?:[.,]0|S|s)?")
# No thousands have commas here: the degrees go to 180.
_DEGREES = re.compile(r"([-+\u2212]?)([0-9]{1,3})(?:[.,]([0-9]+))?")
# What The Things Stack's Console writes for a model whose hardware versions the Device Repository does not have.
_NO_HARDWARE_VERSION = ("hardwareVersion", "_unknown_hw_version_")
_SEPARATORS = re.compile(r"[\s,;|]+")
# The numbers that the names have in The Things Stack. Source: lorawan-stack api/ttn/lorawan/v3/lorawan.proto.
_MAC = ("MAC_V1_0", "MAC_V1_0_1", "MAC_V1_0_2", "MAC_V1_1", "MAC_V1_0_3", "MAC_V1_0_4")
_PHY = (
    *("PHY_V1_0", "PHY_V1_0_1", "PHY_V1_0_2_REV_A", "PHY_V1_0_2_REV_B", "PHY_V1_1_REV_A", "PHY_V1_1_REV_B"),
    *("PHY_V1_0_3_REV_A", "RP002_V1_0_0", "RP002_V1_0_1", "RP002_V1_0_2", "RP002_V1_0_3", "RP002_V1_0_4"),
)


def _number(text: str) -> str:
    found = _NUMBER.fullmatch(text)
    return found[1] if found else ""


def _degrees(text: str) -> str:
    found = _DEGREES.fullmatch(text)
    if not found:
        return ""
    sign, whole, fraction = found.groups()
    return ("" if sign in ("", "+") else "-") + whole + (f".{fraction}" if fraction else "")


def _delay(text: str) -> str:
    """The Things Stack takes 0 for the least delay, a second."""
    found = _number(text)
    return "1" if found == "0" else found


def _listed(text: str) -> str:
    return ",".join(_SEPARATORS.split(text))


def _by_number(names: tuple[str, ...]) -> Callable[[str], str]:
    numbered = {str(number): name for number, name in enumerate(names, start=1)}
    return lambda text: numbered.get(text, "")


_FLAGS = {row.name for row in VALUES if row.read("true") is True}
# What takes numbers and no words: elsewhere SN_12 may be a whole name.
_NUMBERS = {row.name for row in VALUES if row.read("abc") is None and any(map(row.read, ("1", "868100000")))}
_READERS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("latitude", "longitude"), _degrees),
    "rx1Delay": _delay,
    "factoryPresetFrequencies": _listed,
    "lorawanVersion": _by_number(_MAC),
    "regionalParametersVersion": _by_number(_PHY),
}


def in_things_spelling(attribute: str, text: str) -> str:
    """Return what ``text`` must mean in the spelling of things, ``text`` itself if that is not certain.

    It is empty for what says nothing.
    """
    if (attribute, text) == _NO_HARDWARE_VERSION:
        return ""
    row = ROWS.get(attribute)
    if row is None or row.form == "text" or row.read(text) is not None:
        return text
    meant = _meant(attribute, text)
    return meant if meant and row.read(meant) is not None else text


def _meant(attribute: str, text: str) -> str:
    if attribute in _READERS:
        return _READERS[attribute](text)
    if attribute in _FLAGS:
        return _BOOLEANS.get(text.casefold(), "")
    return _number(text) if attribute in _NUMBERS else ""
