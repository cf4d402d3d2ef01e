"""Changes of things' attributes: what somebody asks for ► what is written to each thing, and what is refused. Pure."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from difflib import get_close_matches

from operate.bulk.aws_rules import as_aws_takes, is_attribute_name, refused_by_aws
from operate.bulk.cells import as_meant
from operate.errors import WrongInputError
from operate.views.changes import why_rejected
from operate.views.identification import misspelled, what_is_not_ours
from operate.views.setting import AttributeChange
from workflows.domain import effects, labels
from workflows.domain.attribute import Attribute
from workflows.domain.attributes import ATTRIBUTES, ROWS
from workflows.domain.facts import RegisteredDevice
from workflows.domain.identifiers import is_key
from workflows.domain.planning import StackDefaults
from workflows.domain.registry_things import DescribedThing
from workflows.domain.scope import StackScope
from workflows.schemas.thing import examine_and_spell
from workflows.values import value

# Instead of a value: it is read from the standard input.
READ = "-"
_SEPARATORS = re.compile(r"[-._\s]")
_SPELLINGS = {
    _SEPARATORS.sub("", each).lower(): row.name
    for row in ATTRIBUTES
    for each in (row.name, row.column)
    if each and not labels.is_label(each)
}
# So alike that it is a slip and no attribute of the user's own.
_ALIKE = 0.8


@value
class WantedChange:
    """``things`` as they were named, ``values`` by attribute; ``notes`` say what was read.

    ``unset`` are removed, in any spelling.
    """

    things: tuple[str, ...]
    values: Mapping[str, str] = field(repr=False)
    unset: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def to_read(self) -> tuple[str, ...]:
        return tuple(name for name, text in self.values.items() if text == READ)


@value
class PlannedChange:
    """What is written to a thing as it is in ``version``; nothing if it is already as wanted."""

    thing_name: str
    thing_id: str
    version: int
    changes: tuple[AttributeChange, ...]
    written: Mapping[str, str] = field(repr=False)


def read_words(words: Sequence[str], unset: Sequence[str]) -> WantedChange:
    """Read ``THING… attribute=value…``; raise ``WrongInputError``."""
    things = tuple(word for word in words if "=" not in word)
    pairs = [word.split("=", 1) for word in words if "=" in word]
    notes: list[str] = []
    values = {_meant(name, notes): text for name, text in pairs}
    removed = tuple(name if name in ROWS or labels.is_label(name) else _checked(name) for name in unset)
    if not things:
        raise WrongInputError("Name the things to change: thingsync set THING… attribute=value…")
    if not values and not removed:
        raise WrongInputError("Say what to change: attribute=value, or --unset attribute.")
    _refuse_unclear(pairs, values, removed)
    return WantedChange(things, values, removed, tuple(notes))


def _refuse_unclear(pairs: Sequence[Sequence[str]], values: Mapping[str, str], removed: Iterable[str]) -> None:
    if empty := [name for name, text in values.items() if not text]:
        raise WrongInputError(f"{empty[0]} has no value. To remove it: --unset {empty[0]}.")
    if copied := [name for name, text in values.items() if text == "…"]:
        raise WrongInputError(f"Put the value of {copied[0]} in place of …, or give {copied[0]}=- to be asked.")
    if len(values) < len(pairs) or not values.keys().isdisjoint(removed):
        raise WrongInputError("An attribute is given twice: give one value for it, or --unset.")


def _meant(name: str, notes: list[str]) -> str:
    """Return the attribute that somebody means by ``name``, which may be one of his own."""
    if labels.is_label(name.lower()):
        return _meant_label(name, notes)
    if name in ROWS:
        return name
    spelled = _SEPARATORS.sub("", name).lower()
    if meant := _SPELLINGS.get(spelled):
        notes.append(f"{name}: you meant {meant}.")
        return meant
    if close := get_close_matches(spelled, _SPELLINGS, 1, _ALIKE):
        raise WrongInputError(f"There is no attribute {name}. Did you mean {_SPELLINGS[close[0]]}?")
    if not is_attribute_name(name):
        raise WrongInputError(f"{name!r} is no name of an attribute: AWS IoT allows letters, digits and _.,@/:#-")
    return name


def _checked(name: str) -> str:
    """Refuse a slip; which spelling is taken away, depends on the thing."""
    _meant(name, [])
    return name


def _removed(names: Iterable[str], there: Container[str], stays: Container[str]) -> tuple[str, ...]:
    """A thing that has a name just as it is written loses that one, else the one that is meant."""
    meant = {name: _SPELLINGS.get(_SEPARATORS.sub("", name).lower(), name) for name in names}
    return tuple(name if name in there or other in stays else other for name, other in meant.items())


def _meant_label(name: str, notes: list[str]) -> str:
    """The Things Stack takes no capitals and no underscores in the key of a label."""
    meant = name.lower().replace("_", "-")
    if not labels.is_well_formed(meant, "a value"):
        raise WrongInputError(f"{name}: {labels.ACCEPTED}.")
    if meant != name:
        notes.append(f"{name}: you meant {meant}.")
    return meant


def plan_change(
    thing: DescribedThing,
    wanted: WantedChange,
    scope: StackScope,
    *,
    device: RegisteredDevice | None,
    defaults: StackDefaults,
) -> PlannedChange:
    """Return what to write; ``device`` is the journal's.

    Raises:
        WrongInputError: the thing is not this stack's, or the pipeline would reject it then.
    """
    given = {name: as_aws_takes(name, as_meant(name, text.strip()))[0] for name, text in wanted.values.items()}
    unset = _removed(wanted.unset, thing.attributes, given)
    after = {name: text for name, text in {**thing.attributes, **given}.items() if name not in unset}
    _refuse_stranger(thing, after, scope)
    if refused := refused_by_aws(given):
        raise WrongInputError(f"{thing.thing_name}: {_listed(refused)}")
    _, spelled = examine_and_spell(after, thing.thing_name)
    new = {name: spelled.get(name, text) for name, text in given.items()}
    removed = dict.fromkeys((name for name in unset if name in thing.attributes), "")
    written = {name: text for name, text in new.items() if _differs(name, thing.attributes.get(name), text)} | removed
    if written and (reason := why_rejected(thing.thing_name, {**after, **new}, device, defaults)):
        raise WrongInputError(f"{thing.thing_name} would be rejected: {reason}")
    before = thing.attributes
    changes = tuple(_change(name, before.get(name), text, _note(name, text, device)) for name, text in written.items())
    return PlannedChange(thing.thing_name, thing.thing_id, thing.version_number, changes, written)


def _refuse_stranger(thing: DescribedThing, after: Mapping[str, str], scope: StackScope) -> None:
    """A thing may be taken over by naming this stack, but not be given away, which would release its device."""
    if others := what_is_not_ours(thing.thing_type_name, after, scope):
        if after.get("stackName") == thing.attributes.get("stackName"):
            it_is = "; ".join((*others, *misspelled(thing.attributes)))
            raise WrongInputError(f"{thing.thing_name} is not of this stack: {it_is}.")
        raise WrongInputError(
            f"{thing.thing_name}: `set` gives no thing to another stack, because its device would be released. "
            "Do that with aws iot update-thing (merge=true)."
        )


def _listed(problems: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {text}" for name, text in problems.items())


def _differs(name: str, before: str | None, after: str) -> bool:
    """Compare what the attribute table reads; an attribute of the user's own as it is written."""
    if before is None or name not in ROWS:
        return before != after
    read = ROWS[name].read
    return read(before) != read(after)


def _note(name: str, after: str, device: RegisteredDevice | None) -> str:
    row = ROWS.get(labels.PREFIX if labels.is_label(name) else name)
    if row is None:
        return "Thingsync ignores it" if after else ""
    if device is None:
        return ""
    if row.absence == "stays" and not after:
        return "the device stays as it was"
    return effects.when(name, joins=not device.is_abp)


def _change(name: str, before: str | None, after: str, note: str) -> AttributeChange:
    row = ROWS.get(name)
    if row is None and not any(map(is_key, filter(None, (before, after)))):
        return AttributeChange(name, before, after or None, note=note)
    if row is None or row.is_secret:
        word = "set" if before is None else "changed"
        return AttributeChange(name, None, word if after else None, is_secret=True, note=note)
    return AttributeChange(name, before and _shown(row, before), (after and _shown(row, after)) or None, note=note)


def _shown(row: Attribute, text: str) -> str:
    value = row.read(text)
    if value is None or is_key(text):
        return "malformed"
    return str(value) if row.show is None or row.form == "text" else row.show(value)


def changed_only(planned: Iterable[PlannedChange]) -> Iterator[PlannedChange]:
    return (each for each in planned if each.written)
