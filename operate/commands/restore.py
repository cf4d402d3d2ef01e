"""``thingsync restore``: make deleted things again, with the devices that The Things Stack still has."""

from collections.abc import Sequence
from typing import Annotated

import typer

from operate.bulk.importing import await_outcomes
from operate.bulk.register import Register
from operate.commands.options import ONE_THING, Json, TimeoutText, Wait, Yes, read_timeout
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.identification import named_things
from operate.operator import Operator
from operate.pacing import Pace, Timeout
from operate.rendering.console import ask_to_confirm, err, follow, print_json
from operate.rendering.restoring import show_restore_plan, show_results
from operate.restoring import held_things, make_all, plan_restores, settle_deletions, without_duplicates
from operate.views.restoring import DeletedThing, NotRestored, RestoreResult, restore_json
from operate.views.wording import plural


def restore(
    ctx: typer.Context,
    things: Annotated[list[str] | None, typer.Argument(metavar="THING…", help=ONE_THING)] = None,
    held: Annotated[bool, typer.Option("--held", help="All things whose deletion waits (DeletionHeldError).")] = False,
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="Make this many things a second.")] = 40,
    wait: Wait = True,
    timeout: TimeoutText = "10m",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Make deleted things again, with what the journal knows of them; it has no keys.

    A device that The Things Stack still has is taken up as it is. If it is gone, the command says how to give the keys.
    Exits with 1 unless every thing is registered.
    """
    operator: Operator = ctx.obj
    if bool(things) == held:
        raise WrongInputError("Say what to restore: names of things, or --held for all held deletions.")
    names = held_things(operator) if held else named_things(operator, things or ())
    outcome_timeout = read_timeout(timeout) if wait else None
    planned, others = _plan(operator, names)
    show_restore_plan(planned, others)
    results: list[RestoreResult] = []
    if planned:
        ask_to_confirm(f"Make {plural(len(planned), 'thing')} again?", yes=yes)
        results = _restore(operator, planned, rate, outcome_timeout)
    _settle_and_print(operator, results, others, json=json)
    good = ("registered", "adopted") if wait else ("created",)
    if not all(each.outcome in good for each in results) or (others and not planned):
        raise typer.Exit(WRONG_IN_FLEET)


def _settle_and_print(
    operator: Operator, results: Sequence[RestoreResult], others: Sequence[NotRestored], *, json: bool
) -> None:
    """Print the results whatever becomes of the deletions: the things are made, and nobody can ask for this again."""
    settled = 0
    try:
        for count in settle_deletions(operator, results):
            settled += count
    finally:
        _print(results, others, settled=settled, json=json)


def _print(results: Sequence[RestoreResult], others: Sequence[NotRestored], *, settled: int, json: bool) -> None:
    if json:
        print_json(restore_json(results, others, settled=settled))
    elif results:
        show_results(results, settled=settled)


def _plan(operator: Operator, names: Sequence[str]) -> tuple[list[DeletedThing], list[NotRestored]]:
    if not names:
        err.print("No deletion is held: there is nothing to restore.")
    found = list(without_duplicates(plan_restores(operator, names)))
    planned = [each for each in found if isinstance(each, DeletedThing)]
    return planned, [each for each in found if isinstance(each, NotRestored)]


def _restore(
    operator: Operator, planned: Sequence[DeletedThing], rate: float, timeout: Timeout | None
) -> list[RestoreResult]:
    by_name = {each.thing_name: each for each in planned}
    with Register.opened() as register:
        follow("Made", make_all(operator, register, planned, Pace(rate)), total=len(planned))
        if timeout:
            follow("Settled", await_outcomes(operator, register, timeout), int, total=len(planned))
        return [
            RestoreResult(by_name[each.thing_name], each.outcome, each.reason, each.device_id, each.thing_id)
            for each in register.entries()
        ]
