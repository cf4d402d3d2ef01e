"""``thingsync reconcile``: AWS IoT, the journal and The Things Stack compared, and mended where asked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Annotated, TypeVar

import typer

from operate.adapters.journal import JournalPages
from operate.adapters.registry_thing import describe_thing
from operate.adapters.things_of_type import ThingsOfType
from operate.adapters.things_stack import inspection
from operate.drift.ledger import Ledger
from operate.drift.looking import Look
from operate.drift.repairs import Mending, Waiting, mending
from operate.drift.sending import sent
from operate.drift.survey import Survey
from operate.errors import WRONG_IN_FLEET
from operate.operator import Operator
from operate.options import Json, Yes
from operate.pace import Pace
from operate.rendering.console import agree, err, progress
from operate.rendering.drift import print_findings, print_mended
from operate.views.fleet import STATUSES
from operate.views.times import span

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Pressing:
    """How the operator wants repairs to be done."""

    rate: float
    patience_s: float
    json: bool
    yes: bool


def reconcile(
    ctx: typer.Context,
    deep: Annotated[bool, typer.Option("--deep", help="Ask every server about every device: four calls each.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Repair what is this stack's, after asking.")] = False,
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="Repairs to send in a second.")] = 10,
    timeout: Annotated[str, typer.Option(help="Wait that long for the next outcome.")] = "10m",
    json: Json = False,
    yes: Yes = False,
) -> None:
    """Tell what differs between AWS IoT, the journal and The Things Stack. Exits with 1 if anything of ours does.

    Changes nothing without --apply.
    """
    operator: Operator = ctx.obj
    how = _Pressing(rate, span(timeout).total_seconds(), json=json, yes=yes)
    journal = JournalPages(operator.clients.dynamodb, operator.stack.journal_table)
    with Ledger.opened() as ledger:
        _compare(operator, journal, ledger, deep=deep)
        print_findings(ledger, json=json)
        drifted = ledger.counts().total() - ledger.counts()["foreign"]
        if apply and ledger.repairable():
            drifted -= _repair(operator, journal, ledger, how)
    raise typer.Exit(WRONG_IN_FLEET if drifted else 0)


def _compare(operator: Operator, journal: JournalPages, ledger: Ledger, *, deep: bool) -> None:
    """The Things Stack is read first: what is registered meanwhile is then looked up, and not taken for foreign."""
    devices = inspection(operator.stack, operator.clients.secretsmanager)
    things = ThingsOfType(operator.clients.iot, operator.stack.thing_type_name)
    look = Look(operator.stack_name, things, journal, devices, deep=deep)
    with Survey.opened() as survey:
        _each("Devices in The Things Stack", devices.identities(), survey.add_record)
        _each("Things in the journal", chain.from_iterable(map(journal.standing, STATUSES)), survey.add_head)
        _each("Things in AWS IoT", things.listed(), survey.add_listed)
        _each("Findings", look.findings(survey.sights()), ledger.add)


def _each(what: str, items: Iterable[T], do: Callable[[T], None]) -> None:
    with progress(what, total=None) as (bar, task):
        for item in items:
            do(item)
            bar.advance(task)


def _repair(operator: Operator, journal: JournalPages, ledger: Ledger, how: _Pressing) -> int:
    """Send an event for each finding that can be repaired, and wait for its outcome; return how many are mended."""
    total = ledger.repairable()
    err.print(f"{total} events go through the queue of registry events, {how.rate:g} a second.", markup=False)
    agree(f"Repair {total}?", yes=how.yes)
    pace, waiting = Pace(how.rate), Waiting(journal, how.patience_s)
    mended = 0
    with progress("Repaired", total=total) as (bar, task):
        under_way = sent(operator.queue, _mendings(operator, journal, ledger, pace), operator.stack.state_machine_arn)
        for each in waiting.outcomes(under_way):
            print_mended(each, json=how.json)
            mended += each.is_good
            bar.advance(task)
    return mended


def _mendings(operator: Operator, journal: JournalPages, ledger: Ledger, pace: Pace) -> Iterator[Mending]:
    for found in ledger.repairs():
        pace.wait()
        event = mending(found, partial(describe_thing, operator.clients.iot), journal)
        if event is not None:
            yield event
