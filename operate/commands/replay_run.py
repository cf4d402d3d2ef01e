"""``thingsync replay --execution ARN``: one run once more, with the input that it had."""

import json
import uuid

from operate.adapters.past_runs import PastRun, PastRuns
from operate.errors import WrongInputError
from operate.following import Patience, as_of_now
from operate.operator import Operator
from operate.rendering.console import agree, err
from operate.views.replay import Planned, Replayed, became, without_a_fact
from workflows.domain.event import RegistryEvent
from workflows.domain.naming import execution_name, retry_name
from workflows.errors import InvalidEventError
from workflows.schemas.event import load_event


def replay_run(operator: Operator, execution_arn: str, *, yes: bool, patience: Patience | None) -> list[Replayed]:
    """Start the run as Ingest would start a redriven event: under its own name and ``-r…``."""
    runs = PastRuns(operator.clients.stepfunctions, operator.stack.state_machine_arn)
    run = runs.read(execution_arn)
    event = _event_of(run)
    name = retry_name(execution_name(event), uuid.uuid4().hex)
    err.print(
        f"Start {name}", f"with the input of {run.name}, which is {run.status.lower()}.", sep="\n", soft_wrap=True
    )
    agree("Start it?", yes=yes)
    [planned] = as_of_now(operator.history, [Planned(event.thing_name, "send", f"as {run.name}", event)])
    started = runs.start(name, run.event_text)
    if patience is None or not patience.until(lambda: runs.status(started) != "RUNNING"):
        return [Replayed(planned, "in flight")]
    state = operator.history.read(event.thing_id)
    result = became(planned, state, lambda: operator.history.recent(event.thing_id), patient=False)
    return [result or without_a_fact(planned, state, name, status=runs.status(started))]


def _event_of(run: PastRun) -> RegistryEvent:
    try:
        return load_event(json.loads(run.event_text))
    except (ValueError, InvalidEventError) as error:
        raise WrongInputError(
            f"The input of {run.name} is no registry event, so a run of it cannot succeed."
        ) from error
