"""A decision goes to the step that carries it out, if its run still holds the thing."""

from collections.abc import Callable, Mapping
from typing import Any

from workflows.bootstrap.snapshots import snapshots
from workflows.domain.outcome import Outcome
from workflows.observability.tracing import annotate
from workflows.schemas.planned import Work, dump_worked, load_work
from workflows.settings import TheThingsStackSettings, load
from workflows.steps.fence import fenced


def fenced_work(message: Mapping[str, Any], do: Callable[[Work], Outcome]) -> dict[str, Any]:
    """Carry out the decision in ``message``, if its run still holds the thing."""
    work = traced_work(message)
    worked = fenced(snapshots(), work.mark, lambda: do(work))
    annotate({"outcome": worked.outcome.kind})
    return dump_worked(worked)


def traced_work(message: Mapping[str, Any]) -> Work:
    """Read the decision in ``message``, and put whose it is on the trace."""
    work = load_work(message, stack_name=load(TheThingsStackSettings).stack_name)
    annotate({"thing_name": work.thing_name, "device_id": work.decision.device_id})
    return work
