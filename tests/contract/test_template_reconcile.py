"""The schedule of Reconcile, and the watch on it."""

import json
import re
from datetime import UTC, datetime

import pytest

from tests.contract.sam_template import PARAMETERS, RESOURCES, TEMPLATE
from workflows.domain.drift.schedule import Watched, is_overdue
from workflows.observability.metrics import NAMESPACE
from workflows.schemas.reconciling import is_watch

PATTERN = re.compile(PARAMETERS["ReconcileSchedule"]["AllowedPattern"])
ACCEPTED = (
    *("rate(1 minute)", "rate(1 hour)", "rate(12 hours)", "rate(1 day)", "rate(30 days)"),
    *("cron(0 3 * * ? *)", "cron(0/15 * * * ? *)", "cron(0 3 ? * MON-FRI *)", "cron(0 3 1,15 * ? *)"),
    *("cron(0 3 L * ? *)", "cron(0 3 3W * ? *)", "cron(0 3 ? * 6#3 *)", "cron(0 3 ? JAN,JUL 6L 2026-2030)"),
)
# EventBridge Scheduler refuses these as well, in the middle of a deployment.
REFUSED = (
    *("daily", "rate(1)", "rate(0 days)", "rate(1 days)", "rate(2 day)", "rate(1.5 hours)", "rate(3 weeks)"),
    *("cron(0 3 * * *)", "cron(0 3 * * * *)", "cron(0 3 ? * ? *)", "cron(0 3 * * ?  *)", "cron(0 3 * * ? * *)"),
    *("rate(1 day) ", "rate(1 day)rate(1 day)", "0 3 * * ? *", "cron()"),
)
WATCH = ("ReconcileWatch", "ReconcileWatchPermission")


def properties(name):
    return RESOURCES[name]["Properties"]


@pytest.mark.parametrize("expression", ACCEPTED)
def test_an_expression_of_the_scheduler_is_accepted_and_watched(expression):
    begin, later = (datetime(year, 1, 1, tzinfo=UTC) for year in (2026, 2030))

    assert PATTERN.search(expression)
    assert is_overdue(Watched(expression, since=begin, seen=later), None, later)


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_none_is_refused_before_anything_is_deployed(expression):
    assert not PATTERN.search(expression)


def test_the_refusal_says_what_is_accepted_by_examples_that_are():
    said = PARAMETERS["ReconcileSchedule"]["ConstraintDescription"]
    examples = re.findall(r"(?:rate|cron)\([^)]*\)", said)

    assert len(examples) == 3
    assert all(map(PATTERN.search, examples))
    assert said.startswith("must be empty, or ")


def test_the_default_and_none_are_accepted():
    assert PATTERN.search(PARAMETERS["ReconcileSchedule"]["Default"])
    assert PATTERN.search("")


def test_without_a_schedule_there_is_none_and_no_watch():
    conditional = {name for name, one in RESOURCES.items() if one.get("Condition") == "ReconcileScheduled"}

    assert conditional == {"Reconciling", "ReconcileScheduleRole", *WATCH}
    assert TEMPLATE["Conditions"]["ReconcileScheduled"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ReconcileSchedule"}, ""]}]
    }


def test_the_watch_calls_the_function_once_an_hour_by_another_way_than_the_schedule():
    [target] = properties("ReconcileWatch")["Targets"]
    permission = properties("ReconcileWatchPermission")

    assert properties("ReconcileWatch")["ScheduleExpression"] == "rate(1 hour)"
    assert is_watch(json.loads(target["Input"]))
    assert target["Arn"] == {"Fn::GetAtt": ["ReconcileFunction", "Arn"]}
    assert permission["FunctionName"] == {"Ref": "ReconcileFunction"}
    assert (permission["Principal"], permission["SourceArn"]) == (
        "events.amazonaws.com",
        {"Fn::GetAtt": ["ReconcileWatch", "Arn"]},
    )
    assert not is_watch(json.loads(properties("Reconciling")["Target"]["Input"]))


def test_an_overdue_schedule_alarms_as_long_as_it_is_overdue():
    """It is counted once an hour, perhaps a little late."""
    alarm = properties("ReconcileOverdueAlarm")

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == (NAMESPACE, "ReconcileOverdue", 1)
    assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"] * alarm["Period"]) == (1, 2 * 60 * 60)


def test_a_function_that_cannot_even_watch_raises_an_alarm_and_one_run_that_fails_does_not():
    """The watch calls it hourly; Lambda tries a call that fails three times, within minutes."""
    alarm = properties("ReconcileErrorsAlarm")

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "ReconcileFunction"}}]
    assert (alarm["Period"], alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (60 * 60, 3, 4)
