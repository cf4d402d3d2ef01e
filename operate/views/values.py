"""What a thing says of its device, and what changed of it, in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflows.domain import identifiers, labels
from workflows.domain.attribute import Attribute
from workflows.domain.attributes import LOCATION, DeviceValues, apart

# Attribute -> what people call it, and the unit of its value.
_WORDS = {
    "supportsClassB": ("class B", ""),
    "supportsClassC": ("class C", ""),
    "pingSlotPeriodicity": ("ping slot every", " s"),
    "classBTimeout": ("class B timeout", " s"),
    "classCTimeout": ("class C timeout", " s"),
}
# What may be a key that got into the wrong attribute.
_HIDDEN = "(not shown)"
_Said = Mapping[str, tuple[Attribute, Any]]


def in_words(values: DeviceValues) -> list[str]:
    """Say ``class C``, ``label room-no=12``, ``location 52.37, 4.89`` and so on."""
    return list(_words(apart(values)))


def changes_in_words(before: DeviceValues, now: DeviceValues) -> list[str]:
    """Say what is otherwise ``now``; what is no longer said, by its name: ``no label room-no``.

    What counts only when a device is created did not change it.
    """
    had, has = ({name: each for name, each in apart(one).items() if not each[0].is_once} for one in (before, now))
    other = {name for name, (_, value) in has.items() if name not in had or had[name][1] != value}
    gone = had.keys() - has.keys()
    if (other | gone).intersection(LOCATION) and "latitude" in has:
        other, gone = other.union(LOCATION), gone.difference(LOCATION)
    new = {name: each for name, each in has.items() if name in other}
    return [*_words(new), *_gone(name for name in had if name in gone)]


def attribute_texts(values: DeviceValues) -> dict[str, str]:
    """Return attribute name -> value as a thing gives them."""
    return {name: _as_given(row, value) for name, (row, value) in apart(values).items()}


def shown_texts(values: DeviceValues) -> dict[str, str]:
    """Return the same to show."""
    return {name: _HIDDEN if identifiers.is_key(text) else text for name, text in attribute_texts(values).items()}


def _as_given(row: Attribute, value: Any) -> str:  # noqa: ANN401
    as_it_is = row.form == "text" or row.show is None or row.name == labels.PREFIX
    return str(value) if as_it_is else row.shown(value)


def _words(said: _Said) -> Iterator[str]:
    for name, (row, value) in said.items():
        if name == "latitude":
            yield _location({each: said[each][1] for each in LOCATION if each in said})
        elif name not in LOCATION:
            yield _word(name, row, value)


def _location(own: Mapping[str, Any]) -> str:
    more = (f"{name} {own[name]} m" for name in ("altitude", "accuracy") if name in own)
    return ", ".join((f"location {own['latitude']}", str(own.get("longitude", "?")), *more))


def _word(name: str, row: Attribute, value: Any) -> str:  # noqa: ANN401
    if labels.is_label(name):
        return f"label {name.removeprefix(labels.PREFIX)}={_HIDDEN if identifiers.is_key(value) else value}"
    word, unit = _WORDS.get(name, (name, ""))
    if isinstance(value, bool) and name in _WORDS:
        return word if value else f"no {word}"
    return word if row.show is None else f"{word} {row.shown(value)}{unit}"


def _gone(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name == "latitude":
            yield "no location"
        elif labels.is_label(name):
            yield f"no label {name.removeprefix(labels.PREFIX)}"
        elif name not in LOCATION:
            yield f"no {_WORDS.get(name, (name, ''))[0]}"
