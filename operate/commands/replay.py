"""``thingsync replay``: send things through the pipeline again, as they are now, or start one run again."""

import json as json_format
import uuid
from collections.abc import Iterable
from typing import Annotated

import typer

from operate.adapters.past_runs import PastRun, PastRuns
from operate.commands.failures import FailureOptions, matching_failures
from operate.commands.options import (
    AllowRemovals,
    ErrorName,
    Json,
    SendOptions,
    Since,
    TimeoutText,
    Wait,
    Yes,
    brake,
    explained_if_stopped,
    read_timeout,
)
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.identification import named_things
from operate.operator import Operator
from operate.pacing import Pace
from operate.rendering.console import ask_to_confirm, err, follow, print_json
from operate.rendering.replay import show_plan, show_results
from operate.replaying import messages_for, plan_things, send_all, wait_with_progress, with_current_facts
from operate.retrying import RetryNotice
from operate.views.replay import PlannedReplay, ReplayResult, replay_json, result_of, result_without_fact
from operate.views.wording import plural
from workflows.domain.brake import Removals, removals
from workflows.domain.event import RegistryEvent
from workflows.domain.fold import ThingState
from workflows.domain.naming import execution_name, retry_name
from workflows.errors import InvalidEventError
from workflows.schemas.event import load_event


def replay(
    ctx: typer.Context,
    things: Annotated[list[str] | None, typer.Argument(help="Things: names, DevEUIs or device IDs.")] = None,
    error: ErrorName = None,
    since: Since = None,
    execution: Annotated[str | None, typer.Option(help="ARN of one run, to start it again with its input.")] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=300, help="Send this many events a second.")] = 40,
    wait: Wait = True,
    timeout: TimeoutText = "10m",
    allow_removals: AllowRemovals = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Send things through the pipeline again: by name, by failure, or one run.

    Sends each thing as it is now in AWS IoT, a deleted thing as deleted. Settled changes are not sent, so it is safe
    to run twice. Exits with 1 if a thing fails.
    """
    operator: Operator = ctx.obj
    options = SendOptions(read_timeout(timeout) if wait else None, allow_removals, yes=yes, json=json)
    if sum((bool(things), bool(error or since), bool(execution))) != 1:
        raise WrongInputError("Say what to replay: names of things, or --error and --since, or --execution.")
    if execution:
        results = _replay_run(operator, execution, options)
    else:
        names = named_things(operator, things) if things else _failed(operator, error, since)
        results = _replay(operator, names, rate, options)
    _print(results, json=json)
    if wait and not all(each.is_good for each in results):
        raise typer.Exit(WRONG_IN_FLEET)


def _failed(operator: Operator, error: str | None, since: str | None) -> list[str]:
    return [each.thing_name for each in matching_failures(operator, FailureOptions(error, since=since))]


def _print(results: list[ReplayResult], *, json: bool) -> None:
    if json:
        print_json(replay_json(results))
    elif results:
        show_results(results)


@explained_if_stopped()
def _replay(operator: Operator, names: Iterable[str], rate: float, options: SendOptions) -> list[ReplayResult]:
    planned = list(plan_things(operator, names))
    to_send = [each for each in planned if each.verdict == "send"]
    if not planned:
        err.print("No thing matches: there is nothing to replay.")
        return []
    show_plan(planned)
    if to_send:
        brake(operator, _removals(operator, to_send), options.allowed)
        ask_to_confirm(f"Send {plural(len(to_send), 'event')} to {operator.queue.name}?", yes=options.yes)
        to_send = with_current_facts(operator.journal, to_send)
        _send(operator, to_send, rate)
    rest = [ReplayResult(each, "not sent") for each in planned if each.verdict not in ("send", "in flight")]
    under_way = [*to_send, *(each for each in planned if each.verdict == "in flight")]
    if options.timeout is None:
        return [*rest, *(ReplayResult(each, "in flight") for each in under_way)]
    return [*rest, *wait_with_progress(operator, under_way, options.timeout)]


def _removals(operator: Operator, to_send: list[PlannedReplay]) -> Removals:
    events = [each.event for each in to_send if each.event]
    snapshots = operator.journal.snapshots(event.thing_id for event in events)
    states = {snapshot.thing_id: snapshot.state for snapshot in snapshots}
    return removals(((event, states.get(event.thing_id, ThingState())) for event in events), operator.scope)


def _send(operator: Operator, to_send: list[PlannedReplay], rate: float) -> None:
    messages = messages_for(to_send, operator.stack.state_machine_arn)
    follow("sending", send_all(operator.queue, messages, Pace(rate)), int, total=len(to_send))


@explained_if_stopped()
def _replay_run(operator: Operator, execution_arn: str, options: SendOptions) -> list[ReplayResult]:
    """Start the run as Ingest would start a redriven event: with its own name and ``-r…``."""
    runs = PastRuns(operator.clients.stepfunctions, operator.stack.state_machine_arn)
    run = runs.read(execution_arn)
    event = _event_of(run)
    name = retry_name(execution_name(event), uuid.uuid4().hex)
    err.print(
        f"Start {name}", f"with the input of {run.name}, which is {run.status.lower()}.", sep="\n", soft_wrap=True
    )
    ask_to_confirm("Start it?", yes=options.yes)
    plan = PlannedReplay(event.thing_name, "send", f"as {run.name}", event)
    [planned] = with_current_facts(operator.journal, [plan])
    started = runs.start(name, run.event_text)
    notice = RetryNotice(operator.run_histories)

    def is_over() -> bool:
        notice.check(lambda: [name])
        return runs.status(started) != "RUNNING"

    if options.timeout is None or not any(options.timeout.polls(is_over)):
        return [ReplayResult(planned, "in flight")]
    state = operator.journal.read(event.thing_id)
    result = result_of(planned, state, lambda: operator.journal.recent(event.thing_id), can_wait=False)
    return [result or result_without_fact(planned, state, name, status=runs.status(started))]


def _event_of(run: PastRun) -> RegistryEvent:
    try:
        return load_event(json_format.loads(run.event_text))
    except (ValueError, InvalidEventError) as error:
        raise WrongInputError(
            f"The input of {run.name} is not a registry event, so running it again cannot succeed."
        ) from error
