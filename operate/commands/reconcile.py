"""``thingsync reconcile``: compare AWS IoT, the journal and The Things Stack, and repair with --apply."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Annotated, cast

import typer

from operate.adapters.things_stack import inspection
from operate.commands.options import ONE_THING, AllowRemovals, Json, SendOptions, TimeoutText, Yes, brake, read_timeout
from operate.drift.mirror_plan import MirrorPlanner, Prospect
from operate.drift.mirroring import MIRRORED_PER_S, Mirroring
from operate.drift.repairs import FinishedRepair, RepairResult, RepairWait, RepairWord, send_repairs
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.identification import named_thing
from operate.operator import Operator
from operate.pacing import Pace, Timeout
from operate.rendering.console import ask_to_confirm, follow
from operate.rendering.drift import (
    SHOWN,
    print_comparison,
    print_findings,
    print_mirror_summary,
    print_mirrored,
    print_plan,
    print_result,
    print_summary,
)
from operate.retrying import notice_of_things
from operate.views.drift import ThingComparison
from operate.views.status import STATUSES
from workflows.adapters.drift.ledger import Ledger
from workflows.adapters.drift.survey import Survey
from workflows.adapters.mirrored_things import IoTMirroredThings
from workflows.adapters.things_stack.inspection import Inspection
from workflows.domain.mirroring import MirrorRules
from workflows.domain.naming import Scheme
from workflows.domain.pages import every
from workflows.steps.concurrency import map_concurrently
from workflows.steps.drift.inspection import Inspector
from workflows.steps.drift.repairs import Repair, RepairPlanner
from workflows.steps.finding import Finder

Deep = Annotated[bool, typer.Option("--deep", help="Ask every server about every device: three calls each.")]
Apply = Annotated[bool, typer.Option("--apply", help="Repair what belongs to this stack, after asking.")]
Rate = Annotated[float, typer.Option("--rate", min=0.1, max=100, help="Send this many repairs a second.")]
MirrorToo = Annotated[
    bool, typer.Option("--mirror", help="Make things of foreign devices, as their first uplink would; with --apply.")
]
Things = Annotated[list[str] | None, typer.Argument(help=f"{ONE_THING} Only these, with all servers; default: all.")]


def reconcile(
    ctx: typer.Context,
    things: Things = None,
    deep: Deep = False,
    apply: Apply = False,
    mirror: MirrorToo = False,
    rate: Rate = 10,
    timeout: TimeoutText = "10m",
    allow_removals: AllowRemovals = None,
    json: Json = False,
    yes: Yes = False,
) -> None:
    """Compare AWS IoT, the journal and The Things Stack. Exits with 1 if anything of this stack differs.

    Changes nothing without --apply. After the repairs it compares again, and exits with 1 if anything still differs.
    """
    if mirror and things:
        raise WrongInputError("--mirror is about devices without a thing: leave the names of things out.")
    operator: Operator = ctx.obj
    outcome_timeout = read_timeout(timeout)
    options = SendOptions(outcome_timeout, allow_removals, yes=yes, json=json)
    names = list(map_concurrently(partial(named_thing, operator), things or ()))
    devices = inspection(operator.stack, operator.clients.secretsmanager)
    inspector = Inspector(operator.scope, operator.things, operator.journal, devices, deep=deep or bool(names))
    prospect = _prospect(operator, devices) if mirror else None
    with Ledger.opened() as ledger:
        if names:
            different, listed = _compare_things(operator, inspector, names, ledger, json=json), None
        else:
            different, listed = _compare_all(operator, inspector, devices, ledger, prospect, json=json)
        if prospect:
            print_mirrored(ledger.repairable()["mirror"], ledger.unmirrored(), _mirror_rate(rate), apply=apply)
        if apply and ledger.repairable():
            _confirm(operator, ledger, rate, options, listed)
            pace = Pace(rate)
            different -= _repair(_results(operator, inspector, ledger, pace, outcome_timeout), ledger, json=json)
            if prospect:
                different += _mirror(operator, inspector, prospect, ledger, options, rate)
    raise typer.Exit(WRONG_IN_FLEET if different else 0)


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
    print_findings(ledger, json=json)
    return ledger.counts().total() - ledger.counts()["foreign"], listed


def _compare_things(
    operator: Operator, inspector: Inspector, names: Sequence[str], ledger: Ledger, *, json: bool
) -> int:
    """Compare only these things, and print what differs; return how many differ or could not be compared."""

    def compare(name: str) -> ThingComparison:
        snapshots = list(operator.journal.named(name))
        findings = inspector.of_thing(name, (each.thing_id for each in snapshots))
        return ThingComparison(name, snapshots[0].status if snapshots else None, tuple(findings))

    compared = list(map_concurrently(compare, dict.fromkeys(names)))
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


def _repair(results: Iterable[RepairResult], ledger: Ledger, *, json: bool) -> int:
    """Print each result; return how many findings are repaired."""
    repairs = ledger.repairable()
    total = repairs.total() - repairs["mirror"]
    if not total:
        return 0
    repaired: Counter[RepairWord] = Counter()

    def count(result: RepairResult) -> None:
        print_result(result, json=json, name=repaired.total() < SHOWN)
        repaired[result.done] += result.is_good

    follow("Repaired", results, count, total=total)
    if not json:
        print_summary(repaired, total)
    return repaired.total()


def _mirror(
    operator: Operator, inspector: Inspector, prospect: Prospect, ledger: Ledger, options: SendOptions, rate: float
) -> int:
    """Make things of devices, print the result of each; return how many have none."""
    total, made = ledger.repairable()["mirror"], 0
    if not total:
        return 0
    mirroring = Mirroring(
        application_id=operator.stack.parameter("ApplicationId"),
        prospect=prospect,
        inspector=inspector,
        journal=operator.journal,
        queue=operator.activity,
        pace=Pace(_mirror_rate(rate)),
        timeout=options.timeout or Timeout(0),
    )

    def count(result: RepairResult) -> None:
        nonlocal made
        print_result(result, json=options.json, name=made < SHOWN)
        made += result.is_good

    follow("Things", mirroring.results(ledger.mirrored()), count, total=total)
    if not options.json:
        print_mirror_summary(made, total)
    return total - made


def _mirror_rate(rate: float) -> float:
    return min(rate, MIRRORED_PER_S)


def _prospect(operator: Operator, devices: Inspection) -> Prospect:
    scheme = cast("Scheme", operator.stack.parameter("ThingNameScheme") or "DevEUI")
    rules = MirrorRules(operator.stack_name, operator.stack.thing_type_name, scheme)
    return Prospect(devices, Finder(IoTMirroredThings(operator.clients.iot), operator.journal), rules)


def _results(
    operator: Operator, inspector: Inspector, ledger: Ledger, pace: Pace, timeout: Timeout
) -> Iterator[RepairResult]:
    """Send an event for each finding that can be repaired, wait for its outcome, and compare again."""
    planner = RepairPlanner(operator.scope, operator.things, operator.journal, operator.things)

    def repairs() -> Iterator[Repair]:
        for found in ledger.repairs():
            pace.wait()
            yield planner.plan(found)

    def compare_again(finished: FinishedRepair) -> RepairResult:
        repair, result = finished
        look = inspector.inspect_again(repair.finding)
        return RepairResult(repair.finding, result.outcome, result.error_name, look)

    sent = send_repairs(operator.queue, repairs(), operator.stack.state_machine_arn)
    waiting = RepairWait(operator.journal, timeout, notice_of_things(operator))
    for finished in waiting.outcomes(sent):
        yield from map_concurrently(compare_again, finished)
