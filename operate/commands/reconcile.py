"""``thingsync reconcile``: compare AWS IoT, the journal and The Things Stack, and repair with --apply."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated, cast

import typer

from operate.adapters.finding_log import findings_of
from operate.adapters.things_stack import inspection
from operate.commands.options import (
    ONE_THING,
    AllowRemovals,
    Json,
    SendOptions,
    TimeoutText,
    Yes,
    brake,
    explained_if_stopped,
    read_timeout,
)
from operate.drift.applying import Applying
from operate.drift.awaiting import compared_again, drop_awaited
from operate.drift.mirror_plan import MirrorPlanner, Prospect
from operate.drift.mirroring import MIRRORED_PER_S, mirror_rate
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.fleet import read_last_run
from operate.identification import named_things
from operate.operator import Operator
from operate.pacing import Pace, Timeout
from operate.rendering.console import ask_to_confirm, follow, print_json
from operate.rendering.drift import (
    print_comparison,
    print_findings,
    print_mirrored,
    print_plan,
    print_waiting,
)
from operate.rendering.last_run import show_last_run
from operate.views.counts import STATUSES
from operate.views.drift import ThingComparison
from operate.views.last_run import last_run_json
from workflows.adapters.drift.ledger import Ledger
from workflows.adapters.drift.survey import Survey
from workflows.adapters.mirrored_things import IoTMirroredThings
from workflows.adapters.things_stack.inspection import Inspection
from workflows.domain.mirroring import MirrorRules
from workflows.domain.naming import Scheme
from workflows.domain.pages import every
from workflows.steps.concurrency import map_concurrently
from workflows.steps.drift.inspection import Inspector
from workflows.steps.finding import Finder
from workflows.values import value

Deep = Annotated[bool, typer.Option("--deep", help="Ask every server about every device: three calls each.")]
Apply = Annotated[bool, typer.Option("--apply", help="Repair what belongs to this stack, after asking.")]
Last = Annotated[
    bool, typer.Option("--last", help="Compare nothing: show the last run of the function Reconcile, and its findings.")
]
Rate = Annotated[float, typer.Option("--rate", min=0.1, max=100, help="Send this many repairs a second.")]
MirrorToo = Annotated[
    bool, typer.Option("--mirror", help="Make things of foreign devices, as their first uplink would; with --apply.")
]
Things = Annotated[list[str] | None, typer.Argument(help=f"{ONE_THING} Only these, with all servers; default: all.")]


@value
class Wanted:
    """``deep``: with all servers. ``rate``: so many repairs a second."""

    deep: bool
    apply: bool
    mirror: bool
    rate: float


def reconcile(
    ctx: typer.Context,
    things: Things = None,
    deep: Deep = False,
    apply: Apply = False,
    mirror: MirrorToo = False,
    last: Last = False,
    rate: Rate = 10,
    timeout: TimeoutText = "10m",
    allow_removals: AllowRemovals = None,
    json: Json = False,
    yes: Yes = False,
) -> None:
    """Compare AWS IoT, the journal and The Things Stack. Exits with 1 if anything of this stack differs.

    Changes nothing without --apply. After the repairs it compares again, and exits with 1 if anything still differs.
    """
    if last:
        raise typer.Exit(_show_last(ctx.obj, alone=not (things or deep or apply or mirror), json=json))
    if mirror and things:
        raise WrongInputError("--mirror is about devices without a thing: leave the names of things out.")
    names = named_things(ctx.obj, things or ())
    wanted = Wanted(deep=deep or bool(names), apply=apply, mirror=mirror, rate=rate)
    options = SendOptions(read_timeout(timeout), allow_removals, yes=yes, json=json)
    raise typer.Exit(WRONG_IN_FLEET if _reconciled(ctx.obj, names, wanted, options) else 0)


def _show_last(operator: Operator, *, alone: bool, json: bool) -> int:
    """Return the exit code."""
    if not alone:
        raise WrongInputError("--last shows what a run did before: give no things and no --deep, --apply or --mirror.")
    now = datetime.now(UTC)
    view = read_last_run(operator, now)
    found = findings_of(operator.clients.logs, operator.stack_name, view.last) if view.last else []
    if json:
        print_json(last_run_json(view, found))
    else:
        show_last_run(view, found, operator.stack.output("ReconcileFunctionName"), now)
    return 0 if view.is_ok else WRONG_IN_FLEET


def _reconciled(operator: Operator, names: Sequence[str], wanted: Wanted, options: SendOptions) -> int:
    """Compare, and do what is wanted of it; return how much is still wrong."""
    devices = inspection(operator.stack, operator.clients.secretsmanager)
    inspector = Inspector(operator.scope, operator.things, operator.journal, devices, deep=wanted.deep)
    prospect = _prospect(operator, devices) if wanted.mirror else None
    listed: int | None = None
    with Ledger.opened() as ledger:
        if names:
            different = _compare_things(operator, inspector, names, ledger, json=options.json)
        else:
            different, listed = _compare_all(operator, inspector, devices, ledger, prospect, json=options.json)
        planned = ledger.repairable()
        if prospect:
            print_mirrored(planned["mirror"], ledger.unmirrored(), mirror_rate(wanted.rate), apply=wanted.apply)
        if wanted.apply and planned:
            _confirm(operator, ledger, wanted.rate, options, listed)
            applying = Applying(operator, inspector, ledger, wanted.rate, options.timeout or Timeout(0))
            with explained_if_stopped():
                different -= applying.repair(json=options.json)
                different += applying.mirror(prospect, json=options.json) if prospect else 0
    return different


def _compare_all(
    operator: Operator,
    inspector: Inspector,
    devices: Inspection,
    ledger: Ledger,
    prospect: Prospect | None,
    *,
    json: bool,
) -> tuple[int, int]:
    """Compare the fleet, and print what differs; return how many findings are this stack's, and how many things it has.

    The Things Stack is read first: a device that is registered meanwhile is then inspected, and not foreign.
    """
    snapshots = chain.from_iterable(map(operator.journal.by_status, STATUSES))
    with Survey.opened() as survey:
        follow("Devices in The Things Stack", every(devices.page), survey.add_record, total=None)
        follow("Things in the journal", snapshots, survey.add_snapshot, total=None)
        follow("Things in AWS IoT", operator.things.listed(), survey.add_listed, total=None)
        comparisons = survey.comparisons(operator.stack.thing_type_name)
        findings = inspector.findings(comparisons)
        planned = MirrorPlanner(prospect, survey, Pace(MIRRORED_PER_S)).planned(findings) if prospect else findings
        follow("Findings", planned, ledger.add, total=None)
        listed = survey.count_things()
    ledger.sum_up_types(operator.scope)
    waiting = drop_awaited(operator.queue, inspector, ledger)
    print_findings(ledger, json=json)
    print_waiting(waiting)
    return ledger.counts().total() - ledger.counts()["foreign"], listed


def _compare_things(
    operator: Operator, inspector: Inspector, names: Sequence[str], ledger: Ledger, *, json: bool
) -> int:
    """Compare only these things, and print what differs; return how many differ or could not be compared."""

    def compare(name: str) -> ThingComparison:
        snapshots = list(operator.journal.named(name))
        findings = inspector.of_thing(name, (each.thing_id for each in snapshots))
        return ThingComparison(name, snapshots[0].status if snapshots else None, tuple(findings))

    first = list(map_concurrently(compare, names))
    compared = compared_again(operator.queue, first, compare)
    for each in compared:
        print_comparison(each, json=json)
        for finding in each.findings:
            ledger.add(finding)
    return sum(each.count for each in compared)


def _confirm(operator: Operator, ledger: Ledger, rate: float, options: SendOptions, listed: int | None) -> None:
    repairs = ledger.repairable()
    print_plan(repairs, rate)
    brake(operator, ledger.removals(), options.allowed, listed=listed)
    mirrored = repairs.pop("mirror", 0)
    asked = [f"repair {repairs.total()}"] if repairs else []
    asked += [f"make {mirrored} of these devices things"] if mirrored else []
    ask_to_confirm(f"{' and '.join(asked).capitalize()}?", yes=options.yes)


def _prospect(operator: Operator, devices: Inspection) -> Prospect:
    scheme = cast("Scheme", operator.stack.parameter("ThingNameScheme") or "DevEUI")
    rules = MirrorRules(operator.stack_name, operator.stack.thing_type_name, scheme)
    return Prospect(devices, Finder(IoTMirroredThings(operator.clients.iot), operator.journal), rules)
