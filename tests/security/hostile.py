"""What comes from outside, at its worst, in every text of everything that the command prints."""

import contextlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import get_type_hints
from unicodedata import category

from hypothesis import strategies as st

from operate.adapters.stacks import Stack
from operate.bulk.checking import BadRow, PlannedThing
from operate.bulk.exporting import ExportNotes, UnmovedReference
from operate.bulk.moving import SecretCopy
from operate.bulk.problem_list import ProblemList
from operate.bulk.problems import RowProblem
from operate.bulk.register import Register, RowPlan
from operate.views.status import ThingView
from workflows.adapters.drift.ledger import Ledger
from workflows.domain.drift.findings import Finding
from workflows.domain.fold import Attempt
from workflows.schemas.shadow import load_registration

FORGED = "FORGED all is well"
CLIPBOARD = "\x1b]52;c;cm0gLXJmIH4=\x07"
ATTACKS = [
    f"\n{FORGED}",
    f"\r\n{FORGED}",
    f"\x1b[2J\x1b[H{FORGED}",
    f"\x1b[1A\x1b[2K\r{FORGED}",
    f"\x85{FORGED}",
    f"\u2028{FORGED}",
    f"\x0b{FORGED}",
    CLIPBOARD,
    "\x1b]0;title\x1b\\",
    "\x9b2J",
    "\x90$q\x9c",
    "\x7f\x7f\x7f",
    "\u202egpj.exe",
    "\u2066\u200f\u061c\u200e\u2069",
    "pump\u200b-7\ufeff",
    "\U000e0041\U000e007f",
    "[/] [red]not ours[/red] [link=http://x]",
    ":key: \\x1b[31m",
]
ALL_IN_ONE = f"x\n{FORGED}\x1b[2J\x1b]0;t\x07\x9b2J\u202e\u2028\x7f\r[/red]"
HIDDEN = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x61C, *range(0x200B, 0x2010), *range(0x2028, 0x202F)]))
texts = st.sampled_from(ATTACKS) | st.text(
    st.sampled_from(HIDDEN) | st.characters(exclude_categories=["Cs"]), max_size=20
)

st.register_type_strategy(str, texts)
st.register_type_strategy(
    datetime,
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
st.register_type_strategy(Path, texts.map(Path))
st.register_type_strategy(float, st.floats(0.1, 1e6))
st.register_type_strategy(int, st.integers(0, 10**6))


def documents():
    """JSON as programs read it, texts at any place."""
    plain = texts | st.none() | st.booleans() | st.integers()
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


def _stack(name, region, type_name):
    arn = f"arn:aws:cloudformation:{region.replace(':', '.')}:1:stack/x/1"
    return Stack(name, arn, {"ThingTypeName": type_name}, {})


def _ledger(findings):
    opened = Ledger.opened()
    ledger = opened.__enter__()
    ledger.until = opened  # type: ignore[attr-defined]  # it is closed when nobody has the ledger any more
    for each in findings:
        ledger.add(each)
    return ledger


def _notes(copies, unmoved):
    opened = ExportNotes.opened()
    notes = opened.__enter__()
    notes.until = opened  # type: ignore[attr-defined]
    for each in copies:
        notes.copy(each)
    for each in unmoved:
        notes.unmoved(each)
    return notes


def _register(things):
    opened = Register.opened()
    register = opened.__enter__()
    register.until = opened  # type: ignore[attr-defined]  # it is closed when nobody has the register any more
    for line, thing in enumerate(things, start=2):
        register.add(PlannedThing(line, thing, f"{line}{thing}", "", {}, (thing,)))
        register.record_plan(line, RowPlan("change", thing, 1, (), thing, thing if line % 2 else ""))
    return register


def _problems(texts_of_rows):
    opened = ProblemList.opened()
    problems = opened.__enter__()
    problems.until = opened  # type: ignore[attr-defined]
    for line, text in enumerate(texts_of_rows, start=2):
        found = RowProblem(line, text, text, text, text, text)
        problems.add(BadRow(line, (found, found), missing=(found, found), thing_name=text))
    return problems


st.register_type_strategy(Stack, st.builds(_stack, texts, texts, texts))
st.register_type_strategy(Ledger, st.builds(_ledger, st.lists(st.builds(Finding), max_size=4)))
st.register_type_strategy(
    ExportNotes,
    st.builds(_notes, st.lists(st.builds(SecretCopy), max_size=3), st.lists(st.builds(UnmovedReference), max_size=3)),
)
st.register_type_strategy(Register, st.builds(_register, st.lists(texts, min_size=1, max_size=3)))
st.register_type_strategy(ProblemList, st.builds(_problems, st.lists(texts, min_size=1, max_size=3)))
st.register_type_strategy(Attempt, st.builds(Attempt, st.lists(texts, min_size=1, max_size=2).map(tuple)))
st.register_type_strategy(
    ThingView,
    st.builds(ThingView, reported=st.none() | st.dictionaries(texts, documents(), max_size=3).map(load_registration)),
)


def arguments(function, **more):
    """Return a strategy for the arguments of a function: the type of each says what it may be."""
    hints = {name: hint for name, hint in get_type_hints(function).items() if name != "return"}
    return st.fixed_dictionaries({name: more.get(name, st.from_type(hint)) for name, hint in hints.items()})


class Terminal(io.StringIO):
    """Both outputs of a command."""

    def __init__(self, *, is_one=False):
        super().__init__()
        self._is_one = is_one

    def isatty(self):
        return self._is_one


@contextlib.contextmanager
def captured(*, is_terminal=False):
    terminal = Terminal(is_one=is_terminal)
    with contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(terminal):
        yield terminal


def acting(text):
    """Return the characters of a printed text that do something, but for the ends of its lines."""
    return [each for each in text if each != "\n" and category(each) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]


def forged(text):
    return [line for line in text.split("\n") if line.strip().startswith(FORGED)]
