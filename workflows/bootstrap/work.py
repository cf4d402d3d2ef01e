"""A decision goes to the step that carries it out, if its run still holds the thing."""

from collections.abc import Mapping
from typing import Any

from workflows.bootstrap.snapshots import snapshots
from workflows.domain.fold import ThingState
from workflows.domain.outcome import Outcome
from workflows.observability.tracing import annotate
from workflows.schemas.planned import Work, dump_worked, load_work
from workflows.settings import TheThingsStackSettings, load
from workflows.steps.fence import held_state


def held_work(message: Mapping[str, Any]) -> tuple[Work, ThingState]:
    """Read the decision in ``message`` and its thing's state; raise ``SupersededError`` if another run holds it."""
    work = traced_work(message)
    return work, held_state(snapshots(), work.mark)


def worked(outcome: Outcome, before: ThingState) -> dict[str, Any]:
    """Hand over what was done, with the state read ``before``, so that the report need not read it again."""
    annotate({"outcome": outcome.kind})
    return dump_worked(outcome, before)


def traced_work(message: Mapping[str, Any]) -> Work:
    """Read the decision in ``message``, and name its thing and device in the trace."""
    work = load_work(message, stack_name=load(TheThingsStackSettings).stack_name)
    annotate({"thing_name": work.thing_name, "device_id": work.decision.device_id})
    return work
