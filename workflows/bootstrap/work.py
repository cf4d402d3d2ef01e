"""Reads the work that Dispatch decided on, checks the fence, and writes the result for the report."""

from collections.abc import Mapping
from typing import Any

from workflows.bootstrap.snapshots import snapshots
from workflows.bootstrap.time_left import TIME_LEFT, Invocation
from workflows.domain.fold import ThingState
from workflows.domain.outcome import Outcome
from workflows.observability.tracing import annotate
from workflows.schemas.handover import Work, dump_result, load_work
from workflows.settings import TheThingsStackSettings, load
from workflows.steps.fence import held_state


def fenced_work(message: Mapping[str, Any], context: Invocation | None = None) -> tuple[Work, ThingState]:
    """Return the work in ``message``, and its thing's state before that work.

    With the ``context`` of the invocation, it is broken off in time, to be tried again, if The Things Stack answers so
    slowly that its many calls could take longer than the function may run.

    Raises:
        SupersededError: another run holds the thing now (see ``steps.fence``).
    """
    if context is not None:
        TIME_LEFT.begin(context)
    work = work_in(message)
    return work, held_state(snapshots(), work.mark)


def result_for_report(outcome: Outcome, before: ThingState) -> dict[str, Any]:
    """Return the state machine's ``$.result``. It contains ``before``, so ReportOutcome need not read it again."""
    annotate({"outcome": outcome.kind})
    return dump_result(outcome, before)


def work_in(message: Mapping[str, Any]) -> Work:
    """Return the work in ``message``; write its thing and device to the trace."""
    work = load_work(message, stack_name=load(TheThingsStackSettings).stack_name)
    annotate({"thing_name": work.thing_name, "device_id": work.decision.device_id})
    return work
