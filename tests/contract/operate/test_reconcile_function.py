"""The function Reconcile: things, journal, queue and log in moto, devices in the simulator."""

import json
import re
import threading
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from functions import reconcile
from tests.bulk_samples import dev_eui
from tests.samples import STACK
from workflows.adapters import aws
from workflows.adapters.journal.items import RECONCILE
from workflows.adapters.journal.reconcile_runs import DynamoDBReconcileRuns
from workflows.errors import InvalidEventError, RegistryUnavailableError, StackConfigurationError, UnexpectedAnswerError
from workflows.schemas.message import read_message

LOG_GROUP = f"/thethings/lorawan/{STACK}/reconcile"
CLIENTS = (aws.dynamodb, aws.iot, aws.lambda_functions, aws.logs, aws.secretsmanager, aws.sqs)
AGREE = {
    **{"things": 3, "devices": 3, "missing": 0, "differing": 0, "orphaned": 0, "foreign": 0},
    **{"repairs": 0, "held_back": 0, "scrubbed": 3, "waiting": 0, "complete": True},
}
NO_TIME_MS = 1000


class Context:
    """An invocation; after ``pages`` pages its time is over."""

    function_name = "thingsync-Reconcile"

    def __init__(self, request_id="run-1", pages=10_000):
        self.aws_request_id, self.pages = request_id, pages

    def get_remaining_time_in_millis(self):
        self.pages -= 1
        return 900_000 if self.pages >= 0 else NO_TIME_MS


class Deployed:
    def __init__(self, fleet):
        self.fleet, self.invoked = fleet, []
        turn = threading.Lock()
        for client in (aws.iot(), aws.dynamodb()):
            client.meta.events.register("before-call", lambda **_: turn.acquire() and None)
            client.meta.events.register("after-call", lambda **_: turn.release())
        aws.lambda_functions().meta.events.register("before-send.lambda.Invoke", self._invoke)

    def _invoke(self, request, **_):
        """Moto would start a container."""
        self.invoked.append(json.loads(request.body))
        return AWSResponse(request.url, 202, {}, Body(b""))

    def findings(self, run="run-1"):
        events = aws.logs().get_log_events(logGroupName=LOG_GROUP, logStreamName=run)["events"]
        return [json.loads(event["message"]) for event in events]


class Body:
    def __init__(self, text):
        self.text = text

    def stream(self, **_):
        return iter([self.text])


@pytest.fixture
def deployed(fleet, monkeypatch):
    variables = {
        "STACK_NAME": STACK,
        "THING_TYPE_NAME": "lorawan",
        "CLUSTER_ADDRESS": fleet.simulator.address,
        "IDENTITY_SERVER_ADDRESS": "",
        "ALLOW_HTTP": "true",
        "APPLICATION_ID": "demo-app",
        "API_KEY_SECRET_ARN": fleet.outputs["ApplicationApiKeySecretArn"],
        "CERTIFICATE_AUTHORITY_SECRET_ARN": "",
        "JOURNAL_TABLE": fleet.table,
        "STATE_MACHINE_ARN": fleet.outputs["StateMachineArn"],
        "REGISTRY_EVENTS_URL": fleet.queue_url,
        "RECONCILE_SCHEDULE": "rate(1 day)",
        "RECONCILE_MODE": "Report",
        "RECONCILE_SCRUB": "2000",
        "RECONCILE_LOG_GROUP": LOG_GROUP,
    }
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    for client in CLIENTS:
        client.cache_clear()
    boto3.client("logs").create_log_group(logGroupName=LOG_GROUP)
    yield Deployed(fleet)
    for client in CLIENTS:
        client.cache_clear()


def agreeing(fleet):
    return [fleet.registered(f"pump-{number}", dev_eui(number)) for number in range(3)]


def test_registries_that_agree_have_no_finding(deployed, fleet):
    agreeing(fleet)

    assert reconcile.handler({}, Context()) == AGREE
    assert fleet.events() == []


def test_the_stacks_own_authorities_are_read(deployed, fleet, monkeypatch):
    made = boto3.client("secretsmanager").create_secret(Name="authorities", SecretString="hello")
    monkeypatch.setenv("CERTIFICATE_AUTHORITY_SECRET_ARN", made["ARN"])

    with pytest.raises(StackConfigurationError, match="CertificateAuthoritySecretArn holds no certificate in PEM form"):
        reconcile.handler({}, Context())


def test_findings_are_lines_in_a_stream_of_the_run(deployed, fleet):
    [_, lost, _] = agreeing(fleet)
    fleet.devices.delete_identity(lost.device_id)

    done = reconcile.handler({}, Context("run-2"))

    assert (done["missing"], done["repairs"], done["complete"], fleet.events()) == (1, 0, True, [])
    [line] = deployed.findings("run-2")
    assert line == {
        "kind": "missing",
        "thingName": "pump-1",
        "thingId": line["thingId"],
        "deviceId": lost.device_id,
        "text": "the Identity Server does not know the device",
        "repair": "write",
        "done": "reported",
    }


def test_a_repair_is_an_event_that_asks_for_another_run(deployed, fleet):
    [_, lost, _] = agreeing(fleet)
    record = fleet.devices.identity(lost.device_id)
    fleet.devices.delete_identity(lost.device_id)
    aws.sqs().meta.events.register("after-call.sqs.SendMessage", lambda **_: fleet.devices.create_identity(record))

    done = reconcile.handler({"mode": "Repair", "scrub": 0}, Context())

    [(event, attributes)] = fleet.events()
    assert (done["missing"], done["repairs"], done["scrubbed"]) == (1, 1, 0)
    assert (event["thingName"], event["repair"], event["attributes"]["devEUI"]) == ("pump-1", True, dev_eui(1))
    assert read_message(json.dumps(event))[1].repair
    assert attributes["ExecutionArn"]["StringValue"].endswith(lost.run)
    assert [line["done"] for line in deployed.findings()] == ["repaired"]


def test_things_whose_events_may_be_in_the_queue_get_no_second_one(deployed, fleet, monkeypatch):
    agreeing(fleet)
    fleet.create_thing("unheard")
    aws.sqs().send_message(QueueUrl=fleet.queue_url, MessageBody="{}")
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    done = reconcile.handler({"mode": "Repair"}, Context())

    assert done == AGREE | {"things": 4, "waiting": 1}
    assert len(fleet.events()) == 1


def test_what_does_not_fit_into_the_time_is_carried_on_by_other_invocations(deployed, fleet):
    """Each of them is a machine of its own: only the journal's table goes from one to the next."""
    [_, lost, _] = agreeing(fleet)
    fleet.devices.delete_identity(lost.device_id)
    answers, orders = [reconcile.handler({}, Context(pages=2))], []
    while deployed.invoked:
        orders.append(deployed.invoked.pop())
        answers.append(reconcile.handler(orders[-1], Context(f"again-{len(orders)}", pages=2)))

    assert len(answers) > 3
    assert {each["complete"] for each in answers[:-1]} == {False}
    assert answers[-1] == AGREE | {"missing": 1}
    assert {(each["run"], each["mode"], each["scrub"]) for each in orders} == {("run-1", "Report", 2000)}
    assert [line["thingName"] for line in deployed.findings("run-1")] == ["pump-1"]


def test_a_run_stops_for_one_that_has_begun_since(deployed, fleet):
    agreeing(fleet)
    reconcile.handler({}, Context("first", pages=1))
    reconcile.handler({}, Context("second", pages=1))
    of_the_first, _ = deployed.invoked

    done = reconcile.handler(of_the_first, Context("again"))

    assert (done["complete"], len(deployed.invoked)) == (False, 2)


def test_the_things_stack_down_ends_the_invocation_and_the_next_run_begins_again(deployed, fleet, monkeypatch):
    agreeing(fleet)
    fleet.simulator.control("POST", "faults", action="503", times=1000)
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    with pytest.raises(RegistryUnavailableError, match="503"):
        reconcile.handler({"mode": "Repair"}, Context())
    fleet.simulator.control("DELETE", "faults")

    assert fleet.events() == []
    assert reconcile.handler({"mode": "Repair"}, Context("next")) == AGREE


WATCH = {"watch": True}


def runs(fleet):
    return DynamoDBReconcileRuns(boto3.client("dynamodb"), fleet.table)


def watched_for(fleet, days):
    """Let the watch have begun so long before its last look."""
    seen = runs(fleet).watched()
    runs(fleet).keep_watch(replace(seen, since=seen.seen - timedelta(days=days)))


def test_a_schedule_that_never_fires_is_counted_as_overdue_after_two_periods(deployed, fleet, capsys):
    def look(days):
        watched_for(fleet, days)
        return reconcile.handler(WATCH, Context()), "ReconcileOverdue" in capsys.readouterr().out

    agreeing(fleet)

    assert reconcile.handler(WATCH, Context()) == {"overdue": False}
    assert look(days=1.9) == ({"overdue": False}, False)
    assert look(days=2.1) == ({"overdue": True}, True)
    reconcile.handler({}, Context())
    assert look(days=2.1) == ({"overdue": False}, False)


def test_a_run_that_fails_has_not_come_to_its_end(deployed, fleet, monkeypatch):
    fleet.simulator.control("POST", "faults", action="503", times=1000)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(RegistryUnavailableError, match="503"):
        reconcile.handler({}, Context("failed"))
    fleet.simulator.control("DELETE", "faults")
    reconcile.handler(WATCH, Context())
    watched_for(fleet, days=3)

    assert reconcile.handler(WATCH, Context()) == {"overdue": True}
    stored = runs(fleet).stored()
    assert (stored.latest.run, stored.latest.found, stored.completed) == ("failed", None, None)
    assert stored.latest.error.startswith("RegistryUnavailableError: ")


def test_what_a_run_did_is_kept_until_the_next_has_ended(deployed, fleet):
    agreeing(fleet)
    reconcile.handler({"scrub": 0}, Context("first"))
    first = runs(fleet).stored().latest
    reconcile.handler({}, Context("second", pages=1))
    while_the_second_works = runs(fleet).stored()
    reconcile.handler(deployed.invoked.pop(), Context("again"))
    second = runs(fleet).stored().latest

    assert (first.run, first.found.devices, first.scrub) == ("first", 3, 0)
    assert (while_the_second_works.before, while_the_second_works.latest.ended) == (first, None)
    assert (second.run, second.begun, second.found.complete) == ("second", while_the_second_works.latest.begun, True)
    assert second.heard > second.begun


def test_a_run_that_lambda_begins_again_is_the_same_run(deployed, fleet):
    agreeing(fleet)
    reconcile.handler({}, Context("first"))
    reconcile.handler({}, Context("again", pages=0))
    reconcile.handler({}, Context("again"))

    stored = runs(fleet).stored()
    assert (stored.latest.run, stored.before.run) == ("again", "first")


@pytest.mark.parametrize(
    ("event", "text"),
    [
        pytest.param({"mode": "repair"}, "mode: Must be one of: Report, Repair.", id="mode"),
        pytest.param({"scrub": -1}, "scrub: ", id="number"),
        pytest.param({"scrub": "many"}, "scrub: Not a valid integer.", id="no number"),
        pytest.param({"apply": True}, "apply: Unknown field.", id="unknown"),
        pytest.param([], "Invalid input type.", id="no object"),
        pytest.param({"run": "my:run"}, "run: Is Reconcile's own: leave it out.", id="a name"),
        pytest.param({"parts": 1}, "parts: Is Reconcile's own: leave it out.", id="parts of no run"),
    ],
)
def test_an_order_that_there_is_not_is_refused_with_what_there_is(deployed, event, text):
    with pytest.raises(InvalidEventError, match=re.escape(text)) as refused:
        reconcile.handler(event, Context())

    assert 'Reconcile takes {} or {"mode": "Report" or "Repair", "scrub": 0 to 1000000}' in str(refused.value)


def test_a_run_whose_notebook_has_expired_says_so(deployed):
    with pytest.raises(UnexpectedAnswerError, match="Part 0 of the notebook of the run run-1 is not in the journal's"):
        reconcile.handler({"run": "run-1", "parts": 1}, Context())


def test_only_parts_of_a_notebook_expire(deployed, fleet):
    agreeing(fleet)
    reconcile.handler({}, Context(pages=1))

    items = boto3.client("dynamodb").scan(TableName=fleet.table)["Items"]
    left = {item["sk"]["S"].partition("#")[0]: "expires_at" in item for item in items if item["pk"]["S"] == RECONCILE}
    assert left == {"RUN": False, "NOTES": True}
