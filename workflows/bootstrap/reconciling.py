"""Puts Reconcile together from its settings, and carries an invocation out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from workflows.adapters import aws
from workflows.adapters.described_things import IoTDescribedThings
from workflows.adapters.drift import shelf
from workflows.adapters.drift.notebook import FileNotebook
from workflows.adapters.finding_log import CloudWatchFindingLog
from workflows.adapters.journal.many import DynamoDBJournalReader
from workflows.adapters.journal.pages import DynamoDBSnapshotPages
from workflows.adapters.journal.reconcile_runs import DynamoDBReconcileRuns
from workflows.adapters.listed_things import IoTListedThings
from workflows.adapters.next_invocation import LambdaNextInvocation
from workflows.adapters.repair_queue import SQSRepairQueue
from workflows.adapters.secrets import CertificateAuthorities, StackSecret
from workflows.adapters.things_stack import Transport
from workflows.adapters.things_stack.repeating import RepeatingInspection
from workflows.adapters.things_stack.trust import public_context
from workflows.bootstrap.addresses import addresses_of
from workflows.bootstrap.clients import rehearsed_clients
from workflows.domain.drift.reconciling import Order, Reconciled
from workflows.domain.drift.schedule import is_overdue, watch_on
from workflows.domain.scope import StackScope
from workflows.observability.reconciling import counted_if_overdue, ended
from workflows.schemas.reconciling import dump_reconciled, is_watch, load_order
from workflows.settings import (
    JournalSettings,
    ReconcileSettings,
    RunSettings,
    StackSettings,
    TheThingsStackSettings,
    load,
)
from workflows.steps.concurrency import MAX_CONCURRENT
from workflows.steps.drift.inspection import Inspector
from workflows.steps.drift.reconcile import Pauses, Reconciler, Sources, summary
from workflows.steps.drift.repairs import RepairPlanner

# A run stops with so much time left, for one more page and to leave its notebook for the next invocation. That takes at
# most
#    10 s  for the pause before a look,
#   100 s  for a page of 100 things, ten at a time: ten calls each if all differ, at a second a call,
#    62 s  if The Things Stack throttles: the pauses of a call,
#    16 s  to pack the notebook of two million devices, all that the disk holds: 0.8 s for 100,000 (make bench),
#    70 s  to write its 1,400 parts, at 0.05 s each.
# Together 258 s; tests/contract/test_template_timeouts.py does the sum.
TIME_TO_STOP_S = 300
REPAIR_EVERY_S = 0.1
# A repair that nothing hinders takes less than the first pause. Each pause is longer by as much, up to the longest.
LOOK_AFTER_S = 3
LOOK_EVERY_S = 10
ERROR_MAX_CHARS = 500


class ReconcileInvocation(Protocol):
    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int: ...


def answer(event: object, invocation: ReconcileInvocation) -> dict[str, object]:
    """Carry out what was ordered.

    Raises:
        InvalidEventError: the invocation orders what there is not.
    """
    return {"overdue": watch()} if is_watch(event) else dump_reconciled(reconcile(event, invocation))


def reconcile(event: object, invocation: ReconcileInvocation) -> Reconciled:
    """Begin a run or go on with one; what does not fit into the time is left to another invocation."""
    settings, stack = load(ReconcileSettings), load(StackSettings)
    order = load_order(
        event,
        run=invocation.aws_request_id,
        mode=settings.reconcile_mode,
        scrub=int(settings.reconcile_scrub),
    )
    runs = _runs()
    if order.parts:
        runs.go_on(order.run, _now())
    else:
        runs.begin(order, _now())
    with _error_recorded(runs, order.run), _notebook(runs, order) as (notes, path):
        how = _reconciler(settings, stack, runs, invocation).work(order, notes)
        done = summary(notes, complete=how == "done")
        if how == "done":
            runs.finish(order.run, done, _now())
        if how == "out of time":
            parts = shelf.leave(runs, order.run, path)
            following = Order(order.run, order.mode, order.scrub, parts)
            LambdaNextInvocation(aws.lambda_functions(), invocation.function_name).begin(following)
    return ended(done, how, stack_name=stack.stack_name)


def watch() -> bool:
    """Look whether the schedule is obeyed: it cannot say so itself if it never fires."""
    runs, settings, now = _runs(), load(ReconcileSettings), _now()
    watched = watch_on(runs.watched(), settings.reconcile_schedule, now)
    runs.keep_watch(watched)
    return counted_if_overdue(
        is_overdue(watched, runs.stored().completed, now), stack_name=load(StackSettings).stack_name
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _runs() -> DynamoDBReconcileRuns:
    return DynamoDBReconcileRuns(aws.dynamodb(), load(JournalSettings).journal_table)


@contextmanager
def _error_recorded(runs: DynamoDBReconcileRuns, run: str) -> Iterator[None]:
    """Let people read later why the run stopped. If that fails, too, only the function's log says it."""
    try:
        yield
    except Exception as error:
        with suppress(Exception):
            runs.fail(run, f"{type(error).__name__}: {error}"[:ERROR_MAX_CHARS], _now())
        raise


@contextmanager
def _notebook(runs: DynamoDBReconcileRuns, order: Order) -> Iterator[tuple[FileNotebook, Path]]:
    """Open the notebook that an earlier invocation left, or a new one; nothing of it stays on the machine."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "notes")
        if order.parts:
            shelf.take(runs, order.run, order.parts, path)
        with FileNotebook.opened(str(path)) as notes:
            yield notes, path


def _reconciler(
    settings: ReconcileSettings, stack: StackSettings, runs: DynamoDBReconcileRuns, invocation: ReconcileInvocation
) -> Reconciler:
    table, scope = load(JournalSettings).journal_table, StackScope(stack.stack_name, stack.thing_type_name)
    journal = DynamoDBJournalReader(aws.dynamodb(), table, time.sleep)
    things, devices = IoTDescribedThings(aws.iot()), _devices()
    return Reconciler(
        sources=Sources(
            devices=devices.page,
            journal=DynamoDBSnapshotPages(aws.dynamodb(), table).page,
            things=IoTListedThings(aws.iot(), stack.thing_type_name).page,
        ),
        inspector=Inspector(scope, things, journal, devices),
        planner=RepairPlanner(scope, things, journal),
        queue=SQSRepairQueue(aws.sqs(), settings.registry_events_url, load(RunSettings).state_machine_arn, _now),
        log=CloudWatchFindingLog(aws.logs(), settings.reconcile_log_group),
        runs=runs,
        pauses=Pauses(
            lambda: time.sleep(REPAIR_EVERY_S), lambda number: time.sleep(min(LOOK_AFTER_S * number, LOOK_EVERY_S))
        ),
        has_time=lambda: invocation.get_remaining_time_in_millis() / 1000 > TIME_TO_STOP_S,
    )


def _devices() -> RepeatingInspection:
    settings = load(TheThingsStackSettings)
    return RepeatingInspection(
        addresses_of(settings),
        settings.application_id,
        api_key=StackSecret(aws.secretsmanager(), settings.api_key_secret_arn),
        transport=Transport(
            at_once=MAX_CONCURRENT,
            authorities=CertificateAuthorities(aws.secretsmanager(), settings.certificate_authority_secret_arn).read(),
        ),
        sleep=time.sleep,
    )


# What a run needs, to be made before the first.
PARTS = (
    aws.dynamodb,
    aws.iot,
    aws.sqs,
    aws.logs,
    aws.secretsmanager,
    aws.lambda_functions,
    public_context,
    rehearsed_clients,
)
