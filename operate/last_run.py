"""Read what became of the last run of the function Reconcile."""

from datetime import datetime

from operate.operator import Operator
from operate.views.last_run import LastRun
from workflows.adapters.journal.reconcile_runs import DynamoDBReconcileRuns


def read_last_run(operator: Operator, now: datetime) -> LastRun:
    stack = operator.stack
    runs = DynamoDBReconcileRuns(operator.clients.dynamodb, stack.journal_table)
    schedule, mode = stack.parameter("ReconcileSchedule"), stack.parameter("ReconcileMode") or "Report"
    return LastRun.of(runs.stored(), runs.watched(), schedule=schedule, mode=mode, now=now)
