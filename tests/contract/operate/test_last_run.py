"""The last run of the function Reconcile, as `reconcile --last`, `doctor` and `status` show it."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from operate.adapters.stacks import Resource
from tests.contract.operate.keyed_fleet import KeyedFleet
from tests.samples import STACK
from workflows.adapters.finding_log import CALL_BYTES, CloudWatchFindingLog
from workflows.adapters.journal.reconcile_runs import DynamoDBReconcileRuns
from workflows.domain.drift.findings import Finding
from workflows.domain.drift.reconciling import Order, Reconciled, finding_line
from workflows.domain.drift.schedule import Watched

LOG_GROUP = f"/thethings/lorawan/{STACK}/reconcile"
MINUTE = timedelta(minutes=1)
FOUND = Reconciled(30, 29, 1, 2, 12, 3, repairs=2, held_back=12, unrepaired=13, scrubbed=29, complete=True)
WELL = Reconciled(30, 30, 0, 0, 0, 3, repairs=0, held_back=0, unrepaired=0, scrubbed=30, complete=True)
GONE = "the thing is gone, but the journal still has its device"
SCHEDULE = "thingsync-Reconciling-1"


@pytest.fixture
def reconciled(field):
    return Reconciling(field)


@pytest.fixture
def diagnosed(field, simulator):
    """A stack whose other parts `doctor` can check, too."""
    simulator.control("POST", "reset")
    return Reconciling(KeyedFleet(simulator))


def unwrapped(text):
    return " ".join(text.split())


class Reconciling:
    def __init__(self, field):
        self.field, self.now = field, datetime.fromtimestamp(time.time(), UTC)
        self.runs = DynamoDBReconcileRuns(boto3.client("dynamodb"), field.table)
        field.outputs |= {"ReconcileFunctionName": "thingsync-ReconcileFunction-1"}
        field.parameters |= {"ReconcileSchedule": "rate(1 day)", "ReconcileMode": "Repair"}
        boto3.client("logs").create_log_group(logGroupName=LOG_GROUP)

    def begins(self, run="run-1", ago=10 * MINUTE):
        self.runs.begin(Order(run, "Repair", 2000), self.now - ago)

    def ends(self, found, run="run-1", ago=5 * MINUTE):
        self.begins(run, ago + 5 * MINUTE)
        self.runs.finish(run, found, self.now - ago)

    def finds(self, *lines, run="run-1"):
        CloudWatchFindingLog(boto3.client("logs"), LOG_GROUP).write(run, lines)

    def scheduled(self, state="ENABLED"):
        self.field.resources.append(Resource("Reconciling", "AWS::Scheduler::Schedule", SCHEDULE))
        if state is None:
            return
        boto3.client("scheduler").create_schedule(
            Name=SCHEDULE,
            ScheduleExpression="rate(1 day)",
            State=state,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:lambda:eu-west-1:123456789012:function:f", "RoleArn": "arn:aws:iam::1:role/r"},
        )

    def checks(self):
        found = self.field.document("doctor", "doctor", exit_code=1)["checks"]
        return {each["name"]: each for each in found if each["name"] in ("schedule", "last reconcile")}


def line(number, done, kind="orphaned", text=GONE):
    return finding_line(Finding(kind, text, f"pump-{number}", f"id-{number}", f"device-{number}", "remove"), done)


def test_what_a_run_found_and_did_is_shown_and_what_it_left_comes_first(reconciled, field):
    reconciled.ends(FOUND)
    foreign = line(99, "reported", "foreign", "it has no mark of Thingsync")
    reconciled.finds(line(1, "repaired", "missing", "the thing has no device"), foreign, line(2, "held back"))

    shown = field.printed("reconcile", "--last", exit_code=1)

    for text in ("rate(1 day); ReconcileMode is Repair", "5 min ago", "30 things with 29 devices, 29 on all servers"):
        assert text in shown
    assert "1 missing, 2 differing, 12 orphaned, 3 foreign" in shown
    assert "2 sent, 12 held back" in shown
    assert "--allow-removals N" in unwrapped(shown)
    assert "pump-99" not in shown
    assert shown.index("orphaned, held back  pump-2") < shown.index("missing, repaired  pump-1")


def test_programs_get_all_findings(reconciled, field):
    reconciled.ends(FOUND)
    lines = [line(number, "held back") for number in range(25)]
    reconciled.finds(*lines)

    document = field.document("reconcile-last", "reconcile", "--last", exit_code=1)

    assert document["findings"] == lines
    assert (document["last"]["found"]["heldBack"], document["last"]["found"]["left"]) == (12, 13)
    assert (document["ok"], document["underWay"], document["overdue"]) == (False, None, False)
    assert "… and 5 more (--json shows all)." in field.printed("reconcile", "--last", exit_code=1)


def test_it_says_where_to_see_a_repair_that_was_rejected_and_what_the_scrub_found(reconciled, field):
    """The one is in no comparison, since the thing is what was rejected; the other only in one with all servers."""
    reconciled.ends(replace(FOUND, held_back=0))
    reconciled.finds(line(1, "still differs", "missing", "no event of this thing has arrived"))

    shown = unwrapped(field.printed("reconcile", "--last", exit_code=1))

    assert "thingsync reconcile --deep shows what still differs" in shown
    assert "thingsync failures shows the repairs that failed or were rejected" in shown


def test_findings_with_long_texts_go_into_the_log_in_calls_that_cloudwatch_takes(reconciled, field):
    """As where somebody has changed all labels of hundreds of devices."""
    reconciled.ends(FOUND)
    lines, sizes = [line(number, "reported", text="Ж" * 2000) for number in range(500)], []
    client = boto3.client("logs")
    client.meta.events.register(
        "provide-client-params.cloudwatch-logs.PutLogEvents",
        lambda params, **_: sizes.append(sum(len(each["message"].encode()) + 26 for each in params["logEvents"])),
    )

    CloudWatchFindingLog(client, LOG_GROUP).write("run-1", lines)

    assert max(sizes) <= CALL_BYTES < sum(sizes)
    assert field.document("reconcile-last", "reconcile", "--last", exit_code=1)["findings"] == lines


def test_a_run_that_lambda_began_again_shows_each_finding_once_as_its_last_attempt_left_it(reconciled, field):
    reconciled.begins()
    healed, left, twice = line(1, "reported"), line(2, "sent"), line(3, "still differs", text="now rejected")
    stream = {"logGroupName": LOG_GROUP, "logStreamName": "run-1"}
    boto3.client("logs").create_log_stream(**stream)
    before_ms = int((reconciled.now - 11 * MINUTE).timestamp() * 1000)
    boto3.client("logs").put_log_events(
        **stream, logEvents=[{"timestamp": before_ms, "message": json.dumps(each)} for each in (healed, left)]
    )
    reconciled.finds(line(3, "sent"), line(2, "repaired"))
    reconciled.finds(twice)
    reconciled.runs.finish("run-1", FOUND, reconciled.now)

    document = field.document("reconcile-last", "reconcile", "--last", exit_code=1)

    assert document["findings"] == [twice, line(2, "repaired")]


def test_a_run_that_ends_while_another_begins_has_ended(reconciled):
    """The other has read the item, and has not written it yet."""
    reconciled.begins()
    client, endings = boto3.client("dynamodb"), [WELL]

    def other_ends(**_):
        if endings:
            reconciled.runs.finish("run-1", endings.pop(), reconciled.now)

    client.meta.events.register("before-call.dynamodb.PutItem", other_ends)

    DynamoDBReconcileRuns(client, reconciled.field.table).begin(Order("run-2", "Repair", 2000), reconciled.now)

    stored = reconciled.runs.stored()
    assert (stored.completed, stored.latest.run, stored.before.found) == (reconciled.now, "run-2", WELL)


def test_a_run_says_how_many_things_wait_for_their_events(reconciled, field):
    reconciled.ends(replace(WELL, waiting=32))

    assert "32 things wait for events that are in the queue" in unwrapped(field.printed("reconcile", "--last"))
    assert field.document("reconcile-last", "reconcile", "--last")["last"]["found"]["waiting"] == 32


def test_a_run_that_found_nothing_has_no_stream_and_is_well(reconciled, field):
    reconciled.ends(WELL)

    assert field.document("reconcile-last", "reconcile", "--last")["findings"] == []
    assert "left      0" in field.printed("reconcile", "--last")


def test_before_the_first_run_it_says_why_there_is_none_and_how_to_begin_one(reconciled, field):
    shown = field.call("reconcile", "--last")
    field.parameters["ReconcileSchedule"] = ""
    without = unwrapped(field.call("reconcile", "--last").stdout)

    assert shown.exit_code == 0
    assert "No run has begun yet: the first begins when rate(1 day) says so." in shown.stdout
    assert "aws lambda invoke --function-name thingsync-ReconcileFunction-1 --invocation-type Event" in shown.stdout
    assert "none begins by itself, because ReconcileSchedule is empty" in without
    assert field.document("reconcile-last", "reconcile", "--last")["schedule"] is None


def test_a_run_under_way_is_shown_beside_the_last_one_that_has_ended(reconciled, field):
    reconciled.ends(WELL)
    reconciled.begins("run-2", ago=2 * MINUTE)

    document = field.document("reconcile-last", "reconcile", "--last")

    assert (document["underWay"]["run"], document["underWay"]["died"]) == ("run-2", False)
    assert document["last"]["run"] == "run-1"
    assert "2 min ago, mode Repair" in field.printed("reconcile", "--last")


def test_a_run_that_died_and_one_that_failed_make_the_exit_code(reconciled, field):
    reconciled.begins(ago=21 * MINUTE)
    died = field.printed("reconcile", "--last", exit_code=1)
    reconciled.runs.fail("run-1", "AccessDeniedError: the key is refused", reconciled.now)
    failed = field.printed("reconcile", "--last", exit_code=1)

    assert "died" in died
    assert "AccessDeniedError: the key is refused" in failed
    assert "thingsync doctor" in unwrapped(failed)


@pytest.mark.parametrize("more", [["--apply"], ["--deep"], ["pump-7"]])
def test_it_compares_and_repairs_nothing(reconciled, field, more):
    done = field.call("reconcile", "--last", *more)

    assert (done.exit_code, "--last shows what a run did before" in done.stderr) == (2, True)


def test_hostile_names_do_not_act_on_the_terminal(reconciled, field):
    reconciled.ends(FOUND)
    reconciled.finds({**line(1, "held back"), "thingName": "pump\x1b[2J", "text": "a\nb"})

    assert "pump\\x1b[2J" in field.printed("reconcile", "--last", exit_code=1)


@pytest.mark.parametrize(
    ("state", "found", "fix"),
    [
        pytest.param("ENABLED", "rate(1 day) is enabled; ReconcileMode is Repair", None, id="on"),
        pytest.param("DISABLED", "rate(1 day) is disabled; ReconcileMode is Repair", "Enable the schedule", id="off"),
        pytest.param(None, "rate(1 day) is gone; ReconcileMode is Repair", "ReconcileSchedule empty", id="deleted"),
    ],
)
def test_doctor_says_whether_the_schedule_is_on(diagnosed, state, found, fix):
    diagnosed.scheduled(state)

    check = diagnosed.checks()["schedule"]

    assert (check["found"], check["ok"]) == (found, fix is None)
    assert (fix or "") in (check["fix"] or "")


def test_doctor_says_that_there_is_no_schedule(diagnosed):
    diagnosed.field.parameters["ReconcileSchedule"] = ""

    found = diagnosed.checks()

    assert (found["schedule"]["ok"], found["last reconcile"]["found"]) == (True, "no run yet")
    assert "ReconcileSchedule is empty" in found["schedule"]["found"]


def test_doctor_passes_a_run_that_has_ended_and_no_schedule_that_is_overdue(diagnosed):
    diagnosed.scheduled()
    diagnosed.ends(FOUND)
    well = diagnosed.checks()["last reconcile"]
    diagnosed.ends(WELL, ago=timedelta(days=3))
    diagnosed.runs.keep_watch(Watched("rate(1 day)", diagnosed.now - timedelta(days=9), diagnosed.now))
    overdue = diagnosed.checks()["last reconcile"]

    assert (well["ok"], well["found"].endswith("13 differences left")) == (True, True)
    assert (overdue["ok"], overdue["found"].endswith("overdue")) == (False, True)
    assert "log of ReconcileFunction" in overdue["fix"]


def test_status_shows_in_a_line_what_the_last_run_left(reconciled, field):
    reconciled.ends(FOUND)

    assert "show it: thingsync reconcile --last" in unwrapped(field.printed("status"))
    assert field.document("status", "status")["reconcile"]["last"]["found"]["left"] == 13
