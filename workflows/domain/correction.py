"""The commands that correct a thing, derived from what an error says of its attributes."""

import re
import shlex
from collections.abc import Container, Mapping
from dataclasses import field

from workflows.domain import labels
from workflows.domain.attributes import ATTRIBUTES, CODES, KEYS, NAMES_OF_SESSION_KEYS, ROOT_KEYS
from workflows.domain.error_text import without_codes
from workflows.values import value

# In place of a value that only the user knows.
_VALUE = "…"
_SESSION_KEYS_OF_1_0 = ("appSKey", "nwkSKey")
_NAMES = "|".join(row.name for row in ATTRIBUTES)

# Most of what imports this corrects nothing, and to compile them takes 4 ms: ``re`` remembers what it compiled.
_PROBLEM = rf"(?:^|; )({_NAMES}|{labels.PREFIX}[\w.,@/#-]+): "
# How the other errors say which attribute the user may correct.
_MENTION = (
    rf"(?:correct the|another|Give the thing the) (?P<before>{_NAMES})\b"
    rf"|\b(?P<after>{_NAMES})(?:: correct it| is wrong)"
    rf"|give the thing (?P<known>{_NAMES})=(?P<value>[0-9A-F]{{16}})\b"
)
_GIVEN_AS = r"the thing has (\S+): attribute names are"
_KNOWN_VALUE = (
    r"; use ([0-9a-z-]+)$|is registered (?:as|with) ([0-9A-Za-z.-]*[0-9A-Za-z-])|which takes ([0-9A-Za-z.-]+)$"
)
_TO_REMOVE = r"\b[Rr]emove (?:it|the attribute|one of the two)\b"
_TO_GIVE_BESIDE = rf"(?:give|needs) ({_NAMES})(?: and ({_NAMES}))? beside it"
_OTHER_MODEL = "or name another model"


@value
class Correction:
    """``given``: attribute -> its new value, ``…`` if only the user knows it. ``removed``: attributes to take away."""

    thing_name: str
    given: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        unset = [f"--unset {shlex.quote(name)}" for name in self.removed]
        values = [f"{name}={value}" for name, value in self.given.items()]
        name = argument(self.thing_name)
        words = [*unset, name, *values] if name.startswith("-") else [name, *values, *unset]
        return " ".join(["thingsync set", *words])

    @property
    def aws_command(self) -> str:
        """Without ``merge=true``, UpdateThing would remove all other attributes. An empty text removes one."""
        values = {**self.given, **dict.fromkeys(self.removed, '""')}
        listed = ",".join(f"{name}={value}" for name, value in values.items())
        payload = shlex.quote(f"attributes={{{listed}}},merge=true")
        return f"aws iot update-thing {thing_name_option(self.thing_name)} --attribute-payload {payload}"


def know_words() -> None:
    """Be ready for the first error."""
    for pattern in (_PROBLEM, _MENTION, _GIVEN_AS, _KNOWN_VALUE, _TO_REMOVE, _TO_GIVE_BESIDE):
        re.compile(pattern)


def argument(thing_name: str) -> str:
    """Quote the name for a shell; behind ``--`` it may begin with a dash."""
    return f"{'-- ' if thing_name.startswith('-') else ''}{shlex.quote(thing_name)}"


def thing_name_option(thing_name: str) -> str:
    """Name the thing for the AWS CLI, which takes a name that begins with a dash only behind an equals sign."""
    return f"--thing-name{'=' if thing_name.startswith('-') else ' '}{shlex.quote(thing_name)}"


def correction(message: str, thing_name: str) -> Correction | None:
    """Return how to correct the thing, by what the error's ``message`` says; None if it names no attribute."""
    text = without_codes(message)
    problems = _problems(text)
    if not problems:
        return _mentioned(text, thing_name)
    given: dict[str, str] = {}
    removed: list[str] = []
    for name, problem in _one_way(problems).items():
        _decide(name, problem, given, removed)
    return Correction(thing_name, given, tuple(removed))


def _mentioned(text: str, thing_name: str) -> Correction | None:
    found = re.search(_MENTION, text)
    if found is None:
        return None
    name = found["before"] or found["after"] or found["known"]
    return Correction(thing_name, {name: found["value"] or _VALUE})


def _problems(text: str) -> dict[str, str]:
    """Return attribute -> problem, as ``InvalidThingError`` lists them, with "the same" written out."""
    _, *parts = re.split(_PROBLEM, text)
    problems: dict[str, str] = {}
    before = ""
    for name, problem in zip(parts[::2], parts[1::2], strict=True):
        before = before if problem == "the same" else problem
        problems[name] = before
    return problems


def _one_way(problems: Mapping[str, str]) -> dict[str, str]:
    """A device is created with its keys or claimed with its code: of the two, propose the keys.

    It joins, or has a session: propose the session if it is whole, else the thing was probably meant to join.
    """
    joins, session = problems.keys() & {*ROOT_KEYS, *CODES}, problems.keys() & (NAMES_OF_SESSION_KEYS | {"devAddr"})
    if joins and session and all(re.search(_TO_REMOVE, problems[name]) for name in joins | session):
        is_whole = "devAddr" in session and len(session) > len(_SESSION_KEYS_OF_1_0)
        return _without(problems, session if is_whole else joins)
    if problems.keys().isdisjoint(KEYS) or problems.keys().isdisjoint(CODES):
        return dict(problems)
    is_too_much = any(re.search(_TO_REMOVE, problem) for problem in problems.values())
    return _without(problems, KEYS if is_too_much else CODES)


def _without(problems: Mapping[str, str], names: Container[str]) -> dict[str, str]:
    return {name: problem for name, problem in problems.items() if name not in names}


def _decide(name: str, problem: str, given: dict[str, str], removed: list[str]) -> None:
    if labels.is_label(name) and (problem == labels.TOO_MANY or not labels.is_well_formed(name, _VALUE)):
        removed.append(name)
    elif beside := re.search(_TO_GIVE_BESIDE, problem):
        given.update(dict.fromkeys(filter(None, beside.groups()), _VALUE))
    elif _OTHER_MODEL in problem:
        given["modelID"] = _VALUE
    elif re.search(_TO_REMOVE, problem):
        removed.append(name)
    else:
        known = re.search(_KNOWN_VALUE, problem)
        given[name] = next(filter(None, known.groups()), _VALUE) if known else _VALUE
    if other := re.search(_GIVEN_AS, problem):
        removed.append(other[1])
