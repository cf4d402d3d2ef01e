"""The checks of `thingsync doctor`. Each check inspects one part; if one check fails, the others still run."""

from collections.abc import Callable, Iterator

from operate.adapters.aws_errors import EXPECTED, named
from operate.adapters.parts import Parts
from operate.adapters.past_runs import FailedRun, PastRuns
from operate.adapters.queues import Queue
from operate.operator import Operator
from operate.pacing import looked_up
from operate.views.events import is_served, started_for
from operate.views.status import Check
from workflows.adapters.iot_registry import IoTThingRegistry
from workflows.adapters.things_stack import TheApplication, Transport
from workflows.domain.facts import EventAccepted
from workflows.domain.webhook import can_reach, webhook_id_for
from workflows.ports.journal import History
from workflows.steps.access import check_key, check_rights

Looks = Callable[[Operator], Iterator[Check]]

CONFIGURE = "thingsync doctor --configure"
# AWS refuses signatures that are five minutes off; a minute is a clock that nobody sets.
SKEW_S = 60
# A batch of 10 events is 10 runs, each in one function at a time, beside Ingest itself.
ENVIRONMENTS_PER_BATCH = 11


def diagnosis(operator: Operator) -> Iterator[Check]:
    for name, looks in _CHECKS:
        try:
            yield from looks(operator)
        except EXPECTED as error:
            yield Check(name, type(error).__name__, str(named(error, "doctor")))


def _events(operator: Operator) -> Iterator[Check]:
    on = IoTThingRegistry(operator.clients.iot).event_switches().get("THING", False)
    yield Check("registry events", "switched on" if on else "switched off", None if on else CONFIGURE)


def _thing_type(operator: Operator) -> Iterator[Check]:
    name = operator.stack.thing_type_name
    match IoTThingRegistry(operator.clients.iot).thing_type(name):
        case "usable":
            yield Check("thing type", name)
        case "deprecated":
            mend = f"aws iot deprecate-thing-type --thing-type-name {name} --undo-deprecate"
            yield Check("thing type", f"{name} is deprecated", mend)
        case None:
            yield Check("thing type", f"there is no {name}", CONFIGURE)


def _rules(operator: Operator) -> Iterator[Check]:
    for rule_name in operator.physical_ids("AWS::IoT::TopicRule"):
        on = Parts(operator.clients).rule_is_on(rule_name)
        mend = None if on else f"aws iot enable-topic-rule --rule-name {rule_name}"
        yield Check("IoT rule", f"{rule_name} is {'on' if on else 'off'}", mend)


def _mappings(operator: Operator) -> Iterator[Check]:
    for each in operator.resources:
        if each.kind == "AWS::Lambda::EventSourceMapping":
            state = Parts(operator.clients).mapping_state(each.physical_id)
            mend = f"aws lambda update-event-source-mapping --uuid {each.physical_id} --enabled"
            yield Check("queue mapping", f"{each.logical_id}: {state}", None if state == "Enabled" else mend)


def _queues(operator: Operator) -> Iterator[Check]:
    for queue in (operator.queue, operator.dead_letters):
        yield Check("queue", f"{queue.name}, {queue.depth().total:,} messages")
    if url := operator.stack.outputs.get("ActivityDeadLetterQueueUrl"):
        yield _lost_activity(Queue(operator.clients.sqs, url))


def _lost_activity(queue: Queue) -> Check:
    """A device that is born in The Things Stack tells of itself again with its next uplink."""
    count = queue.depth().total
    mend = (
        "Joins and uplinks could not be served: read MirrorDeviceFunction's log, mend it, then "
        f"aws sqs start-message-move-task --source-arn {queue.arn() if count else ''}"
    )
    return Check("queue", f"{queue.name}, {count:,} messages", mend if count else None)


def _machine(operator: Operator) -> Iterator[Check]:
    status = Parts(operator.clients).machine_status(operator.stack.state_machine_arn)
    yield Check("state machine", status, None if status == "ACTIVE" else "make deploy")


def _journal(operator: Operator) -> Iterator[Check]:
    status = Parts(operator.clients).table_status(operator.stack.journal_table)
    yield Check("journal", status, None if status == "ACTIVE" else "Wait for DynamoDB, or restore the table.")


def _key(operator: Operator) -> Iterator[Check]:
    application, application_id = _application(operator), operator.stack.parameter("ApplicationId")
    yield Check("API key", check_key(application, application_id))
    yield Check("rights of the key", check_rights(application, application_id))


def _cluster(operator: Operator) -> Iterator[Check]:
    """Ask the cluster's own host, too: keys and rights are the Identity Server's, which may be elsewhere."""
    stack = operator.stack
    posts_to = _application(operator).webhook_urls()
    yield Check("cluster", f"{stack.parameter('ClusterAddress')} answers")
    url = stack.outputs.get("WebhookUrl")
    if url is None or not can_reach(stack.parameter("ClusterAddress"), url):
        yield Check("webhook", "none is made: the cluster cannot reach this stack")
        return
    webhook_id = webhook_id_for(stack.arn)
    if posts_to.get(webhook_id) == url:
        yield Check("webhook", f"{webhook_id} posts to the stack")
    else:
        yield Check("webhook", f"{webhook_id} does not post to the stack", CONFIGURE)


def _application(operator: Operator) -> TheApplication:
    stack = operator.stack
    return TheApplication(
        stack.addresses,
        stack.parameter("ApplicationId"),
        api_key=Parts(operator.clients).secret(stack.api_key_secret_arn),
        transport=Transport(),
    )


def _clock(operator: Operator) -> Iterator[Check]:
    skew_s = Parts(operator.clients).clock_skew_s()
    if skew_s is None:
        return
    is_well = abs(skew_s) < SKEW_S
    found = f"this machine's is {abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} AWS's"
    yield Check("clock", "as AWS's" if is_well else found, None if is_well else "Let this machine set its clock (NTP).")


def _quotas(operator: Operator) -> Iterator[Check]:
    free = Parts(operator.clients).unreserved_concurrency()
    needed = ENVIRONMENTS_PER_BATCH * int(operator.stack.parameter("MaximumConcurrency") or 5)
    mend = (
        f"Runs are throttled and wait: ask AWS for a quota of Lambda concurrency that leaves {needed}, "
        "or deploy with a lower MaximumConcurrency."
    )
    yield Check("Lambda concurrency", f"{free:,} left, {needed:,} at full pace", None if free >= needed else mend)


def _silent_runs(operator: Operator) -> Iterator[Check]:
    runs = PastRuns(operator.clients.stepfunctions, operator.stack.state_machine_arn)
    silent = list(silent_runs(runs, operator.history))
    for run in silent:
        yield Check(
            "silent run",
            f"{run.name} ended {run.status} and told nobody",
            f"thingsync replay --execution {run.execution_arn}",
        )
    if not silent:
        yield Check("silent runs", "every failed run has told of itself")


_CHECKS: tuple[tuple[str, Looks], ...] = (
    ("registry events", _events),
    ("thing type", _thing_type),
    ("IoT rules", _rules),
    ("queue mappings", _mappings),
    ("queues", _queues),
    ("state machine", _machine),
    ("journal", _journal),
    ("API key", _key),
    ("cluster", _cluster),
    ("clock", _clock),
    ("Lambda concurrency", _quotas),
    ("silent runs", _silent_runs),
)


# Of each kind of end; a run that failed longer ago is the alarm's and the dead-letter queue's affair.
LOOKED_AT = 100


def silent_runs(runs: PastRuns, history: History) -> Iterator[FailedRun]:
    """Look at the latest failed runs; those that somebody started under another name are theirs to watch."""
    failed = (run for run in runs.failed(LOOKED_AT) if started_for(run.name))
    told = looked_up(lambda run: (run, _is_told(run, history)), failed)
    return (run for run, is_told in told if not is_told)


def _is_told(run: FailedRun, history: History) -> bool:
    """Tell whether the journal has an outcome of the run, or nothing is left to do of what it was started for."""
    started = started_for(run.name)
    if started is None:
        return True
    change = started.change
    if is_served(change.operation, change.version_number, history.read(started.thing_id).settled):
        return True
    facts = (recorded.fact for recorded in history.recent(started.thing_id))
    return any(fact.change.run == run.name and not isinstance(fact, EventAccepted) for fact in facts)
