"""Puts Reconcile together from its settings, and carries an invocation out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
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
from workflows.adapters.things_stack import Addresses, Transport
from workflows.adapters.things_stack.repeating import RepeatingInspection
from workflows.domain.drift.reconciling import Order, Reconciled
from workflows.domain.scope import StackScope
from workflows.observability.reconciling import begun, ended
from workflows.schemas.reconciling import load_order
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

# A run stops with so much time left: for the page that it is at, and to leave its notebook for the next invocation.
TIME_TO_STOP_S = 300
REPAIR_EVERY_S = 0.1
LOOK_EVERY_S = 10


class ReconcileInvocation(Protocol):
    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int: ...


def reconcile(event: object, invocation: ReconcileInvocation) -> Reconciled:
    """Begin a run or go on with one; what does not fit into the time is left to another invocation.

    Raises:
        InvalidEventError: the invocation orders what there is not.
    """
    settings, stack = load(ReconcileSettings), load(StackSettings)
    order = load_order(
        event,
        run=invocation.aws_request_id,
        mode=settings.reconcile_mode,
        scrub=int(settings.reconcile_scrub),
    )
    runs = DynamoDBReconcileRuns(aws.dynamodb(), load(JournalSettings).journal_table)
    if not order.parts:
        begun(runs.begin(order.run), stack_name=stack.stack_name)
    with _notebook(runs, order) as (notes, path):
        how = _reconciler(settings, stack, runs, invocation).work(order, notes)
        done = summary(notes, complete=how == "done")
        if how == "done":
            runs.finish(order.run)
        if how == "out of time":
            parts = shelf.leave(runs, order.run, path)
            following = Order(order.run, order.mode, order.scrub, parts)
            LambdaNextInvocation(aws.lambda_functions(), invocation.function_name).begin(following)
    return ended(done, how, stack_name=stack.stack_name)


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
        queue=SQSRepairQueue(
            aws.sqs(), settings.registry_events_url, load(RunSettings).state_machine_arn, lambda: datetime.now(UTC)
        ),
        log=CloudWatchFindingLog(aws.logs(), settings.reconcile_log_group),
        runs=runs,
        pauses=Pauses(lambda: time.sleep(REPAIR_EVERY_S), lambda: time.sleep(LOOK_EVERY_S)),
        has_time=lambda: invocation.get_remaining_time_in_millis() / 1000 > TIME_TO_STOP_S,
    )


def _devices() -> RepeatingInspection:
    settings = load(TheThingsStackSettings)
    return RepeatingInspection(
        Addresses.parse(
            settings.cluster_address, settings.identity_server_address, allow_http=settings.allow_http == "true"
        ),
        settings.application_id,
        api_key=StackSecret(aws.secretsmanager(), settings.api_key_secret_arn),
        transport=Transport(
            at_once=MAX_CONCURRENT,
            authorities=CertificateAuthorities(aws.secretsmanager(), settings.certificate_authority_secret_arn).read(),
        ),
        sleep=time.sleep,
    )
