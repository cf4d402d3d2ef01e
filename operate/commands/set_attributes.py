"""``thingsync set``: change attributes of things, and wait for what becomes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from operate.bulk.reading import target_of
from operate.commands.options import ONE_THING, Json, TimeoutText, Wait, Yes, explained_if_stopped, read_timeout
from operate.errors import WRONG_IN_FLEET, UnknownThingError, WrongInputError
from operate.fleet import explain_failure
from operate.identification import named_things
from operate.operator import Operator
from operate.pacing import Timeout
from operate.rendering.console import ask_to_confirm, err, print_json, read_secret
from operate.rendering.setting import show_changes, show_set_results
from operate.replaying import wait_with_progress, with_current_facts
from operate.setting import PlannedChange, WantedChange, changed_only, plan_change, read_words
from operate.views.replay import PlannedReplay, ReplayResult
from operate.views.setting import SetResult, set_json
from operate.views.wording import plural
from workflows.domain.correction import argument
from workflows.domain.registry_things import DescribedThing
from workflows.steps.concurrency import map_concurrently

Unset = Annotated[list[str] | None, typer.Option("--unset", help="Remove this attribute; may be repeated.")]


def set_attributes(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="THING… ATTRIBUTE=VALUE…", help=f"{ONE_THING} And new values.")],
    unset: Unset = None,
    wait: Wait = True,
    timeout: TimeoutText = "10m",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Change attributes of things, and leave all other attributes as they are.

    Give appKey=- for a key: it is then asked for, or read from the standard input, and nobody sees it in a list of
    processes. Exits with 1 unless the pipeline accepts every change.
    """
    operator: Operator = ctx.obj
    wanted = read_words(words, unset or ())
    outcome_timeout = read_timeout(timeout) if wait else None
    planned = _plan(operator, _with_secrets(wanted))
    show_changes(planned)
    to_send = list(changed_only(planned))
    _confirm(len(to_send), yes=yes)
    with explained_if_stopped():
        results = _results(planned, _send(operator, to_send, outcome_timeout))
    if json:
        print_json(set_json(results))
    elif to_send:
        show_set_results(results)
    if not all(each.is_good or (each.outcome == "in flight" and not wait) for each in results):
        raise typer.Exit(WRONG_IN_FLEET)


def _confirm(count: int, *, yes: bool) -> None:
    if count:
        ask_to_confirm(f"Change {plural(count, 'thing')}?", yes=yes)
    else:
        err.print("There is nothing to change.")


def _with_secrets(wanted: WantedChange) -> WantedChange:
    for note in wanted.notes:
        err.print(note)
    read = {name: read_secret(name) for name in wanted.to_read}
    if empty := [name for name, text in read.items() if not text]:
        raise WrongInputError(f"The standard input holds no value for {empty[0]}.")
    return replace(wanted, values={**wanted.values, **read})


def _plan(operator: Operator, wanted: WantedChange) -> list[PlannedChange]:
    """Plan all things, or refuse with what is wrong with each."""
    defaults = target_of(operator.stack).defaults

    def plan(thing_name: str) -> PlannedChange | str:
        try:
            thing = _existing(operator, thing_name)
            device = operator.journal.read(thing.thing_id).device
            return plan_change(thing, wanted, operator.scope, device=device, defaults=defaults)
        except WrongInputError as error:
            return str(error)

    planned = list(map_concurrently(plan, named_things(operator, wanted.things)))
    _refuse([each for each in planned if isinstance(each, str)], len(planned))
    return [each for each in planned if isinstance(each, PlannedChange)]


def _refuse(refused: Sequence[str], count: int) -> None:
    if len(refused) == 1:
        raise WrongInputError(refused[0])
    if refused:
        for each in refused:
            err.print(each, style="red", soft_wrap=True)
        raise WrongInputError(f"{len(refused)} of {count} things cannot be changed so: nothing was changed.")


def _existing(operator: Operator, thing_name: str) -> DescribedThing:
    thing = operator.things.describe(thing_name)
    if thing is None:
        raise UnknownThingError(f"{thing_name} was deleted: the journal knows it, AWS IoT does not.")
    return thing


def _send(operator: Operator, to_send: Sequence[PlannedChange], timeout: Timeout | None) -> dict[str, SetResult]:
    """Write the changes and wait for their outcomes, by the names of the things."""
    written: list[PlannedReplay] = []
    results: dict[str, SetResult] = {}
    for change, awaited in zip(to_send, _awaited(operator, to_send), strict=True):
        done = operator.things.write_attributes(change.thing_name, change.written, change.version)
        if done == "written":
            written.append(awaited)
        else:
            reason = f"the thing was {done}; run the same command again"
            results[change.thing_name] = _result(change, ReplayResult(awaited, "not sent"), reason)
    known = {each.thing_name: each for each in to_send}
    for found in _outcomes(operator, written, timeout):
        change = known[found.planned.thing_name]
        results[change.thing_name] = _result(change, found, _reason(operator, change, found))
    return results


def _outcomes(operator: Operator, written: Sequence[PlannedReplay], timeout: Timeout | None) -> Iterator[ReplayResult]:
    if timeout is None:
        return (ReplayResult(each, "in flight") for each in written)
    return iter(wait_with_progress(operator, written, timeout))


def _awaited(operator: Operator, to_send: Sequence[PlannedChange]) -> list[PlannedReplay]:
    """AWS IoT counts the version up by one, and raises the event itself."""
    planned = []
    for each in to_send:
        thing = DescribedThing(each.thing_name, each.thing_id, each.version + 1, operator.stack.thing_type_name, {})
        planned.append(PlannedReplay(each.thing_name, "send", "changed", thing.event))
    return with_current_facts(operator.journal, planned)


def _reason(operator: Operator, change: PlannedChange, found: ReplayResult) -> str:
    if found.outcome == "in flight":
        return f"no outcome yet; see thingsync status {argument(change.thing_name)}"
    if found.outcome not in ("rejected", "failed"):
        return ""
    return next((explain_failure(operator, each) for each in operator.journal.snapshots([change.thing_id])), "")


def _results(planned: Sequence[PlannedChange], sent: dict[str, SetResult]) -> list[SetResult]:
    return [sent.get(each.thing_name) or SetResult(each.thing_name, each.thing_id, (), "unchanged") for each in planned]


def _result(change: PlannedChange, found: ReplayResult, reason: str) -> SetResult:
    return SetResult(change.thing_name, change.thing_id, change.changes, found.outcome, found.error_name, reason)
