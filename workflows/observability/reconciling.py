"""The log line and the counts of a run that reconciles."""

from dataclasses import asdict

from workflows.domain.drift.reconciling import Ended, Reconciled
from workflows.observability.log import logger
from workflows.observability.metrics import count, count_many


def counted_if_overdue(is_overdue: bool, *, stack_name: str) -> bool:
    """Return ``is_overdue``."""
    if is_overdue:
        count("ReconcileOverdue", stack_name=stack_name)
        logger.warning("No run has come to its end for two periods of the schedule")
    return is_overdue


def ended(done: Reconciled, how: Ended, *, stack_name: str) -> Reconciled:
    """Return ``done``. A run is counted once, at its end."""
    logger.info(f"Reconcile {how}", **asdict(done))
    if how == "done":
        count("ReconcileCompleted", stack_name=stack_name)
        count_many("ReconcileRepairs", done.repairs, stack_name=stack_name)
        count_many("ReconcileHeldBack", done.held_back, stack_name=stack_name)
        count_many("ReconcileUnrepaired", done.unrepaired, stack_name=stack_name)
    return done
