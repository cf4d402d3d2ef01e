"""``thingsync reconcile``: AWS IoT, the journal and The Things Stack compared, and repaired where asked."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, TypeVar

import typer

from operate.adapters.things import ThingsOfType
from operate.adapters.things_stack import inspection
from operate.commands.options import AllowRemovals, Json, Yes, pass_brake
from operate.drift.findings import Repair
from operate.drift.inspection import Look
from operate.drift.ledger import Ledger
from operate.drift.repairs import Answered, Mended, Mender, Mending, Waiting, sent
from operate.drift.survey import Survey
from operate.errors import WRONG_IN_FLEET
from operate.operator import Operator
from operate.pacing import Pace, looked_up
from operate.rendering.console import agree, progress
from operate.rendering.drift import print_findings, print_mended, print_plan, print_repaired
from operate.views.status import STATUSES
from operate.views.times import span
from workflows.adapters.things_stack.inspection import Inspection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Pressing:
    """How the operator wants repairs to be done."""

    rate: float
    patience_s: float
    allowed: int | None
    json: bool
    yes: bool


def reconcile(
    ctx: typer.Context,
    deep: Annotated[bool, typer.Option("--deep", help="Ask every server about every device: four calls each.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Repair what is this stack's, after asking.")] = False,
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="Repairs to send in a second.")] = 10,
    timeout: Annotated[str, typer.Option(help="Wait that long for the next outcome.")] = "10m",
    allow_removals: AllowRemovals = None,
    json: Json = False,
    yes: Yes = False,
) -> None:
    """Tell what differs between AWS IoT, the journal and The Things Stack. Exits with 1 if anything of ours does.

    Changes nothing without --apply. After its repairs it looks again, and exits with 1 while anything still differs.
    """
    operator: Operator = ctx.obj
    how = _Pressing(rate, span(timeout).total_seconds(), allow_removals, json=json, yes=yes)
    devices = inspection(operator.stack, operator.clients.secretsmanager)
    look = Look(operator.ours, _things(operator), operator.journal, devices, deep=deep)
    with Ledger.opened() as ledger:
        _compare(operator, look, devices, ledger)
        print_findings(ledger, json=json)
        drifted = ledger.counts().total() - ledger.counts()["foreign"]
        if apply and ledger.repairable():
            drifted -= _repair(operator, look, ledger, how)
    raise typer.Exit(WRONG_IN_FLEET if drifted else 0)


def _things(operator: Operator) -> ThingsOfType:
    return ThingsOfType(operator.clients.iot, operator.stack.thing_type_name)


def _compare(operator: Operator, look: Look, devices: Inspection, ledger: Ledger) -> None:
    """The Things Stack is read first: what is registered meanwhile is then looked up, and not taken for foreign."""
    with Survey.opened(operator.stack.thing_type_name) as survey:
        _each("Devices in The Things Stack", devices.identities(), survey.add_record)
        _each(
            "Things in the journal", chain.from_iterable(map(operator.journal.by_status, STATUSES)), survey.add_snapshot
        )
        _each("Things in AWS IoT", _things(operator).listed(), survey.add_listed)
        _each("Findings", look.findings(survey.sights()), ledger.add)
    ledger.sum_up_types(operator.ours)


def _each(what: str, items: Iterable[T], do: Callable[[T], None]) -> None:
    with progress(what, total=None) as (bar, task):
        for item in items:
            do(item)
            bar.advance(task)


def _repair(operator: Operator, look: Look, ledger: Ledger, how: _Pressing) -> int:
    """Send an event for each finding that can be repaired, and look again; return how many differ no more."""
    repairs = ledger.repairable()
    total = repairs.total()
    print_plan(repairs, how.rate)
    pass_brake(operator, ledger.removals(), how.allowed)
    agree(f"Repair {total}?", yes=how.yes)
    repaired: Counter[Repair | None] = Counter()
    with progress("Repaired", total=total) as (bar, task):
        for mended in _mended(operator, look, ledger, how):
            print_mended(mended, json=how.json)
            repaired[mended.done] += mended.is_good
            bar.advance(task)
    if not how.json:
        print_repaired(repaired, total)
    return repaired.total()


def _mended(operator: Operator, look: Look, ledger: Ledger, how: _Pressing) -> Iterator[Mended]:
    mender, pace = Mender(operator.ours, _things(operator), operator.journal), Pace(how.rate)

    def mendings() -> Iterator[Mending]:
        for found in ledger.repairs():
            pace.wait()
            yield mender.mending(found)

    def looked_at_again(answered: Answered) -> Mended:
        mending, replayed = answered
        return Mended(mending.finding, replayed.outcome, replayed.error_name, look.again(mending.finding))

    under_way = sent(operator.queue, mendings(), operator.stack.state_machine_arn)
    for answered in Waiting(operator.journal, how.patience_s).outcomes(under_way):
        yield from looked_up(looked_at_again, answered)
