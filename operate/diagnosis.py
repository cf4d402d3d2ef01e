"""The checks of `thingsync doctor`. Each check inspects one part; if one check fails, the others still run."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import cast

from operate.adapters.aws_errors import EXPECTED, explained
from operate.adapters.parts import Parts
from operate.adapters.past_runs import FailedRun, PastRuns
from operate.adapters.queues import Queue
from operate.adapters.stacks import Stack
from operate.configuring import application_of, check_key, check_key_rights
from operate.errors import UnusableKeyError
from operate.fleet import read_last_run
from operate.operator import Operator
from operate.views.configuring import CONFIGURE
from operate.views.events import is_processed, origin_of
from operate.views.status import Check, unchecked
from operate.views.wording import plural
from workflows.adapters.iot_registry import IoTThingRegistry
from workflows.adapters.things_stack.connections import is_about_tls, is_unreachable
from workflows.adapters.things_stack.repository import TheDeviceRepository
from workflows.domain.facts import Underway
from workflows.domain.naming import change_of
from workflows.domain.thing_type import (
    ThingType,
    deprecated_problem,
    full_fix,
    full_problem,
    undo_deprecation,
)
from workflows.domain.webhook import (
    REPORTED,
    ExistingWebhook,
    MirrorOn,
    can_reach,
    name_reported,
    of_namesakes,
    webhook_id_for,
)
from workflows.errors import AccessDeniedError, TransientError
from workflows.ports.journal import History
from workflows.steps.concurrency import map_concurrently

RunCheck = Callable[[Operator], Iterator[Check]]

# AWS refuses signatures that are five minutes off; a clock that is one minute off is not synchronized.
SKEW_S = 60
# A batch of 10 events starts 10 runs, each in one function at a time; Ingest itself is the eleventh.
ENVIRONMENTS_PER_BATCH = 11

_SCHEDULE_FIXES = {
    "DISABLED": "Enable the schedule {name} in the console of Amazon EventBridge, Scheduler.",
    "gone": "Deploy with ReconcileSchedule empty, then once more with its expression: CloudFormation makes it again.",
}


def diagnosis(operator: Operator) -> Iterator[Check]:
    """Raise ``UnknownStackError`` if there is no stack: nothing can be checked without it."""
    yield _stack(operator)
    for name, check in _CHECKS:
        try:
            yield from check(operator)
        except EXPECTED as error:
            yield Check(name, "could not be checked", str(explained(error, "doctor")))


def _stack(operator: Operator) -> Check:
    stack = operator.stack
    return Check("stack", f"{stack.name} in {stack.region}, application {stack.parameter('ApplicationId')}")


def _events(operator: Operator) -> Iterator[Check]:
    on = IoTThingRegistry(operator.clients.iot).event_switches().get("THING", False)
    yield Check("registry events", "switched on" if on else "switched off", None if on else CONFIGURE)


def _thing_type(operator: Operator) -> Iterator[Check]:
    name = operator.stack.thing_type_name
    yield check_thing_type(name, IoTThingRegistry(operator.clients.iot).thing_type(name))


def check_thing_type(name: str, found: ThingType | None) -> Check:
    if found is None:
        return Check("thing type", f"there is no {name}", CONFIGURE)
    if found.is_deprecated:
        return Check("thing type", deprecated_problem(name), undo_deprecation(name))
    if found.is_full:
        return Check("thing type", full_problem(name, found), full_fix(name, found))
    if found.wanted() != found.searchable:
        missing = " and ".join(found.wanted()[len(found.searchable) :])
        return Check("thing type", f"{name}, whose things cannot be searched by {missing}", CONFIGURE)
    return Check("thing type", f"{name}, searchable by {', '.join(found.searchable)}")


def _rules(operator: Operator) -> Iterator[Check]:
    for rule_name in operator.physical_ids("AWS::IoT::TopicRule"):
        on = Parts(operator.clients).rule_is_on(rule_name)
        fix = None if on else f"aws iot enable-topic-rule --rule-name {rule_name}"
        yield Check("IoT rule", f"{rule_name} is {'on' if on else 'off'}", fix)


def _encryption_key(operator: Operator) -> Iterator[Check]:
    """Without the key nothing else works, so it is checked first."""
    for key_id in operator.physical_ids("AWS::KMS::Key"):
        state = Parts(operator.clients).key_state(key_id)
        steps = [f"aws kms cancel-key-deletion --key-id {key_id}"] if state == "PendingDeletion" else []
        fix = ", then ".join([*steps, f"aws kms enable-key --key-id {key_id}"])
        yield Check("encryption key", f"{key_id}: {state}", None if state == "Enabled" else fix)


def _mappings(operator: Operator) -> Iterator[Check]:
    for each in operator.resources:
        if each.kind == "AWS::Lambda::EventSourceMapping":
            state = Parts(operator.clients).mapping_state(each.physical_id)
            fix = f"aws lambda update-event-source-mapping --uuid {each.physical_id} --enabled"
            yield Check("queue mapping", f"{each.logical_id}: {state}", None if state == "Enabled" else fix)


def _queues(operator: Operator) -> Iterator[Check]:
    yield Check("queue", f"{operator.queue.name}, {plural(operator.queue.depth().total, 'message')}")
    count = operator.dead_letters.depth().total
    fix = "thingsync dlq shows why each is there. Fix the cause, then run thingsync redrive."
    yield _empty(operator.dead_letters, count, fix)
    if url := operator.stack.outputs.get("ActivityDeadLetterQueueUrl"):
        yield _lost_activity(Queue(operator.clients.sqs, url))
    if url := operator.stack.outputs.get("FactsDeadLetterQueueUrl"):
        yield _unpublished_facts(Queue(operator.clients.sqs, url))


def _lost_activity(queue: Queue) -> Check:
    """A device that is missed here is reported again by its next uplink."""
    count = queue.depth().total
    fix = (
        "Joins and uplinks could not be processed. Read MirrorDeviceFunction's log and fix the cause, then run "
        f"aws sqs start-message-move-task --source-arn {queue.arn() if count else ''}"
    )
    return _empty(queue, count, fix)


def _unpublished_facts(queue: Queue) -> Check:
    """The journal has them; its subscribers missed them."""
    count = queue.depth().total
    fix = (
        "Facts were not published on EventBridge. docs/facts.md says what each message means. Give the subscribers "
        f"what they missed, then run aws sqs purge-queue --queue-url {queue.url}"
    )
    return _empty(queue, count, fix)


def _empty(queue: Queue, count: int, fix: str) -> Check:
    """Each message in such a queue wants somebody."""
    return Check("queue", f"{queue.name}, {plural(count, 'message')}", fix if count else None)


def _machine(operator: Operator) -> Iterator[Check]:
    status = Parts(operator.clients).machine_status(operator.stack.state_machine_arn)
    yield Check("state machine", status, None if status == "ACTIVE" else "make deploy")


def _journal(operator: Operator) -> Iterator[Check]:
    status = Parts(operator.clients).table_status(operator.stack.journal_table)
    yield Check("journal", status, None if status == "ACTIVE" else "Wait for DynamoDB, or restore the table.")


def _reconciling(operator: Operator) -> Iterator[Check]:
    now = datetime.now(UTC)
    view = read_last_run(operator, now)
    for name in operator.physical_ids("AWS::Scheduler::Schedule"):
        state = Parts(operator.clients).schedule_state(name)
        found = f"{view.schedule} is {state.lower()}; ReconcileMode is {view.mode}"
        yield Check("schedule", found, _SCHEDULE_FIXES.get(state, "").format(name=name) or None)
    if not view.schedule:
        yield Check("schedule", f"off: ReconcileSchedule is empty; ReconcileMode is {view.mode}")
    yield Check("last reconcile", view.in_words(now), view.fix)


_KEY_CHECKS = {"API key": check_key, "rights of the key": check_key_rights}


def _authorities(operator: Operator) -> Iterator[Check]:
    secret_arn = operator.stack.parameter("CertificateAuthoritySecretArn")
    if secret_arn:
        count = operator.transport.authorities
        yield Check("certificate authorities", f"{plural(count, 'certificate')} beside the public ones")


def _key(operator: Operator) -> Iterator[Check]:
    """An outage says nothing about the key, and a refused key nothing about its rights."""
    application, application_id = application_of(operator), operator.stack.parameter("ApplicationId")
    unknown_because = ""
    for name, check in _KEY_CHECKS.items():
        if unknown_because:
            yield unchecked(name, unknown_because)
            continue
        try:
            yield Check(name, check(application, application_id))
        except UnusableKeyError as error:
            yield Check(name, error.found, error.fix)
            unknown_because = "the API key is refused"
        except TransientError as error:
            yield no_answer("Identity Server", error, operator.stack)
            unknown_because = "The Things Stack does not answer"
            yield unchecked(name, unknown_because)


_REPEATED = "Meanwhile runs repeat their tries: thingsync status."


def no_answer(name: str, error: TransientError, stack: Stack) -> Check:
    """A stack in a private network may reach what this computer does not; only its functions can say that."""
    if stack.parameter("SubnetIds") and is_unreachable(error.__cause__):
        because = f"this computer is not in the stack's network: {error} Its functions are: {CONFIGURE} asks from there"
        return unchecked(name, because)
    return Check(name, str(error), _REPEATED if is_about_tls(error.__cause__) else f"{_outage(stack)} {_REPEATED}")


def _outage(stack: Stack) -> str:
    addresses = {name: stack.parameter(name) for name in ("ClusterAddress", "IdentityServerAddress")}
    named = " and ".join(f"{name} ({address})" for name, address in addresses.items() if address)
    return f"Check the status page of The Things Stack, your network, and {named}."


def _cluster(operator: Operator) -> Iterator[Check]:
    """Call the cluster's own host, too: the key was checked at the Identity Server, which may be another host."""
    host = operator.stack.parameter("ClusterAddress")
    try:
        webhooks = application_of(operator).webhooks()
    except TransientError as error:
        yield no_answer("cluster", error, operator.stack)
        yield unchecked("webhook", "The Things Stack does not answer")
    except AccessDeniedError:
        yield Check("cluster", f"{host} answers")
        yield unchecked("webhook", "the API key is refused, or may not read webhooks")
    else:
        yield Check("cluster", f"{host} answers")
        yield check_webhook(operator.stack, webhooks.get(webhook_id_for(operator.stack.arn)))
        yield from check_namesakes(operator.stack, of_namesakes(operator.stack.arn, webhooks))


def _repository(operator: Operator) -> Iterator[Check]:
    """Say whether things can be registered by model; a deployment need not offer that."""
    name = "Device Repository"
    try:
        is_there = TheDeviceRepository(application_of(operator).ask).is_there()
    except TransientError:
        yield unchecked(name, "The Things Stack does not answer")
    except AccessDeniedError:
        yield unchecked(name, "the API key is refused")
    else:
        none = "none: things with brandID and modelID must also give both versions"
        yield Check(name, "there: things may name their model" if is_there else none)


def check_webhook(stack: Stack, found: ExistingWebhook | None) -> Check:
    webhook_id, url = webhook_id_for(stack.arn), stack.outputs.get("WebhookUrl")
    mirror_on = cast("MirrorOn", stack.parameter("MirrorOn") or "JoinAndUplink")
    wanted = REPORTED[mirror_on]
    if not wanted:
        fix = CONFIGURE if found else None
        return Check("webhook", f"{webhook_id} {'exists' if found else 'is removed'}; MirrorOn is Off", fix)
    if url is None or not can_reach(stack.parameter("ClusterAddress"), url):
        return Check("webhook", "none: the cluster cannot reach this stack")
    if found is None or found.url != url:
        return Check("webhook", f"{webhook_id} does not post to the stack", CONFIGURE)
    fix = None if set(found.reported) == set(wanted) else CONFIGURE
    return Check("webhook", f"{webhook_id} posts {name_reported(found.reported)}; MirrorOn is {mirror_on}", fix)


def check_namesakes(stack: Stack, webhook_ids: Sequence[str]) -> Iterator[Check]:
    """Say that another stack of this name uses the application: by their marks the devices of both are one stack's."""
    if webhook_ids:
        yield Check(
            "stack's name",
            f"{', '.join(webhook_ids)}: another stack {stack.name} uses application {stack.parameter('ApplicationId')}",
            "Two stacks of one name take each other's devices for their own. Deploy one of them, in whatever account "
            f"and region, under another name or for another application. If there is no other stack {stack.name} any "
            "more, delete its webhook in The Things Stack.",
        )


def _clock(operator: Operator) -> Iterator[Check]:
    skew_s = Parts(operator.clients).clock_skew_s()
    if skew_s is None:
        return
    is_ok = abs(skew_s) < SKEW_S
    found = f"this computer is {abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} AWS"
    yield Check("clock", "correct" if is_ok else found, None if is_ok else "Synchronize this computer's clock (NTP).")


def _quotas(operator: Operator) -> Iterator[Check]:
    free = Parts(operator.clients).unreserved_concurrency()
    needed = ENVIRONMENTS_PER_BATCH * int(operator.stack.parameter("MaximumConcurrency") or 5)
    fix = (
        f"Runs are throttled and wait. Request a Lambda concurrency quota that leaves {needed}, "
        "or deploy with a lower MaximumConcurrency."
    )
    found = f"{free:,} functions can start now; at full load this stack runs up to {needed:,}"
    yield Check("Lambda concurrency", found, None if free >= needed else fix)


def _check_unreported_runs(operator: Operator) -> Iterator[Check]:
    runs = PastRuns(operator.clients.stepfunctions, operator.stack.state_machine_arn)
    unreported = list(unreported_runs(runs, operator.journal))
    for run in unreported:
        yield Check(
            "unreported run",
            f"{run.name} ended {run.status} and reported nothing",
            f"thingsync replay --execution {run.execution_arn}",
        )
    if not unreported:
        yield Check("unreported runs", "every failed run has reported its outcome")


_CHECKS: tuple[tuple[str, RunCheck], ...] = (
    ("encryption key", _encryption_key),
    ("registry events", _events),
    ("thing type", _thing_type),
    ("IoT rules", _rules),
    ("queue mappings", _mappings),
    ("queues", _queues),
    ("state machine", _machine),
    ("journal", _journal),
    ("reconcile", _reconciling),
    ("certificate authorities", _authorities),
    ("API key", _key),
    ("cluster", _cluster),
    ("Device Repository", _repository),
    ("clock", _clock),
    ("Lambda concurrency", _quotas),
    ("unreported runs", _check_unreported_runs),
)


# Of each end status. Older failures have raised an alarm and are in the dead-letter queue.
INSPECTED = 100


def unreported_runs(runs: PastRuns, history: History) -> Iterator[FailedRun]:
    """Return the latest failed runs without an outcome in the journal, except runs that somebody named.

    A change may have several, as after replays that failed, too; one of them is enough to start it again.
    """
    failed = (run for run in runs.failed(INSPECTED) if origin_of(run.name))
    checked = map_concurrently(lambda run: (run, _is_reported(run, history)), failed)
    changes: set[str] = set()
    for run, is_reported in checked:
        change = change_of(run.name)
        if not is_reported and change not in changes:
            changes.add(change)
            yield run


def _is_reported(run: FailedRun, history: History) -> bool:
    """Return whether the journal has an outcome of the run, or its change is processed already."""
    started = origin_of(run.name)
    if started is None:
        return True
    change = started.change
    if is_processed(change.operation, change.version_number, history.read(started.thing_id).settled):
        return True
    facts = (recorded.fact for recorded in history.recent(started.thing_id))
    return any(fact.change.run == run.name and not isinstance(fact, Underway) for fact in facts)
