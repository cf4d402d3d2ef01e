"""Alarms watch metrics that exist, notify somebody, and say what to do."""

import json
import pathlib
import re

import pytest

from tests.contract.sam_template import PARAMETERS, RESOURCES, of_type
from tests.contract.watched_metrics import RESOURCE_TYPE_OF, is_ours, is_published
from workflows.observability.metrics import NAMESPACE

ALARMS = of_type("AWS::CloudWatch::Alarm")
each_alarm = pytest.mark.parametrize("alarm", sorted(ALARMS))

# The commands that a description may send the operator to.
COMMANDS = {"status", "history", "failures", "replay", "redrive", "restore", "dlq", "doctor", "reconcile", "key", "set"}
TEXT_MAX_CHARS = 1024
SCALING = pathlib.Path("docs/scaling.md")


QUERY = re.compile(r"""SELECT SUM\((\w+)\) FROM "([\w/]+)" WHERE (\w+) = '\$\{(\w+)\}'""")


def read(metric):
    """Return namespace, name and dimensions of a metric."""
    return (
        metric["Namespace"],
        metric["MetricName"],
        {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])},
    )


def queried(alarm):
    """Return the metrics that an alarm finds by queries."""
    found = [QUERY.fullmatch(one["Fn::Sub"]) for one in expressions(alarm) if isinstance(one, dict)]
    return [
        (namespace, metric, {name: {"Ref": value}}) for metric, namespace, name, value in map(re.Match.groups, found)
    ]


def expressions(alarm):
    return [one["Expression"] for one in ALARMS[alarm].get("Metrics", []) if "Expression" in one]


def watches(alarm):
    """Return every metric that an alarm watches or calculates with."""
    calculated = [read(one["MetricStat"]["Metric"]) for one in ALARMS[alarm].get("Metrics", []) if "MetricStat" in one]
    single = [read(ALARMS[alarm])] if "MetricName" in ALARMS[alarm] else []
    return [*calculated, *queried(alarm), *single]


def watched(alarm):
    namespace, metric, _ = watches(alarm)[0]
    return namespace, metric


def dimensions_of(alarm):
    return watches(alarm)[0][2]


CALCULATED = {name: alarm for name, alarm in ALARMS.items() if "Metrics" in alarm}
OURS = [alarm for alarm in ALARMS if watched(alarm)[0] == NAMESPACE]
OF_SERVICES = sorted(alarm for alarm in ALARMS if str(watched(alarm)[0]).startswith("AWS/"))
OF_FILTERS = sorted(set(ALARMS) - set(OURS) - set(OF_SERVICES))


@pytest.mark.parametrize("alarm", OF_SERVICES)
def test_an_alarm_on_a_service_watches_what_the_service_publishes(alarm):
    assert all(is_published(*one, queried=bool(queried(alarm))) for one in watches(alarm))


@pytest.mark.parametrize("alarm", OF_SERVICES)
def test_an_alarm_on_a_service_watches_a_resource_of_this_stack(alarm):
    for name, value in (each for *_, dimensions in watches(alarm) for each in dimensions.items()):
        logical_id = value.get("Ref") or value["Fn::GetAtt"][0]
        assert RESOURCES[logical_id]["Type"] == RESOURCE_TYPE_OF[name]


@pytest.mark.parametrize("alarm", OURS)
def test_an_alarm_of_ours_watches_what_the_functions_emit(alarm):
    namespace, metric = watched(alarm)
    assert is_ours(namespace, metric, dimensions_of(alarm))


@pytest.mark.parametrize("alarm", OF_FILTERS)
def test_an_alarm_on_a_log_watches_what_its_filters_make(alarm):
    made = {
        (transformation["MetricNamespace"]["Fn::Sub"], transformation["MetricName"])
        for one in of_type("AWS::Logs::MetricFilter").values()
        for transformation in one["MetricTransformations"]
    }

    namespace, metric = watched(alarm)
    assert (namespace["Fn::Sub"], metric) in made
    assert dimensions_of(alarm) == {}


def test_a_run_that_reaches_failed_counts_to_nothing_and_any_other_failed_run_to_one():
    filters = {one["FilterPattern"]: one for one in of_type("AWS::Logs::MetricFilter").values()}

    counted = {
        frozenset(re.findall(r'"(\w+)"', pattern)): int(one["MetricTransformations"][0]["MetricValue"])
        for pattern, one in filters.items()
    }
    assert counted == {frozenset({"ExecutionFailed", "ExecutionTimedOut"}): 1, frozenset({"FailStateEntered"}): -1}
    assert {one["LogGroupName"]["Ref"] for one in filters.values()} == {"StateMachineLogGroup"}
    # The level at which Step Functions logs both kinds of event.
    assert RESOURCES["StateMachine"]["Properties"]["LoggingConfiguration"]["Level"] == "ERROR"


@each_alarm
def test_an_alarm_is_sent_and_missing_data_is_no_alarm(alarm):
    assert ALARMS[alarm]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert ALARMS[alarm]["TreatMissingData"] == "notBreaching"


@each_alarm
def test_an_alarm_says_what_is_wrong_and_after_a_colon_what_to_do(alarm):
    wrong, colon, to_do = ALARMS[alarm]["AlarmDescription"].partition(": ")

    assert wrong
    assert colon
    assert to_do.endswith(".")
    assert len(ALARMS[alarm]["AlarmDescription"]) <= TEXT_MAX_CHARS


@each_alarm
def test_an_alarm_names_the_command_that_shows_or_fixes_the_cause(alarm):
    named = re.findall(r"`thingsync\s+(\w+)", ALARMS[alarm]["AlarmDescription"])

    assert named
    assert set(named) <= COMMANDS


@pytest.mark.parametrize(
    "metric",
    [
        pytest.param(("AWS/SQS", "ApproximateNumberOfMessagesVisible"), id="dead-letter queue not empty"),
        pytest.param(("AWS/SQS", "ApproximateAgeOfOldestMessage"), id="oldest message age"),
        pytest.param((NAMESPACE, "Failed"), id="failed runs that are no rejections"),
        pytest.param((NAMESPACE, "EventsNotStarted"), id="Ingest's failed items"),
        pytest.param((NAMESPACE, "CallsUnanswered"), id="a Things Stack that does not answer"),
        pytest.param(("AWS/IoT", "Failure"), id="rule action failures"),
        pytest.param(("AWS/States", "ExecutionThrottled"), id="throttling"),
        pytest.param(("AWS/States", "ExecutionsAborted"), id="runs that somebody stopped"),
        pytest.param(("AWS/States", "ExecutionsStarted"), id="more runs than things have reasons for"),
        pytest.param(("AWS/ApiGateway", "4xx"), id="refused calls of the webhook"),
        pytest.param(("AWS/ApiGateway", "5xx"), id="failed calls of the webhook"),
    ],
)
def test_what_must_be_watched_is(metric):
    assert metric in map(watched, ALARMS)


def test_a_storm_of_updates_raises_an_alarm_long_before_it_is_as_fast_as_the_default_pace_allows():
    """An Ingest starts some 10 runs a second, and so many work at once."""
    fastest = PARAMETERS["MaximumConcurrency"]["Default"] * 10 * ALARMS["RunsStartedAlarm"]["Period"]

    assert ALARMS["RunsStartedAlarm"]["Threshold"] == {"Ref": "AlarmRunsPerHour"}
    assert ALARMS["RunsStartedAlarm"]["Period"] == 60 * 60
    assert PARAMETERS["AlarmRunsPerHour"]["Default"] <= fastest / 10


def test_an_outage_raises_an_alarm_within_two_minutes_and_a_single_call_raises_none():
    """Periods are whole half minutes, so that the first may have begun with successes."""
    alarm = ALARMS["RegistryUnavailableAlarm"]
    needed = alarm["DatapointsToAlarm"]

    assert (alarm["Statistic"], alarm["Threshold"]) == ("Minimum", 1)
    assert 1 < needed < alarm["EvaluationPeriods"]
    assert (needed + 1) * alarm["Period"] <= 2 * 60


def test_each_window_of_the_alarm_on_outages_holds_a_try_of_a_single_run():
    """A run that is alone repeats its tries at most so far apart."""
    states = json.loads(pathlib.Path("statemachine.asl.json").read_text())["States"].values()
    pauses_s = {
        retrier["MaxDelaySeconds"]
        for state in states
        for retrier in state.get("Retry", ())
        if "RegistryUnavailableError" in retrier["ErrorEquals"]
    }

    alarm = ALARMS["RegistryUnavailableAlarm"]
    assert max(pauses_s) < alarm["EvaluationPeriods"] * alarm["Period"]


def test_throttling_and_refused_access_have_alarms_of_their_own():
    errors = {dimensions_of(alarm).get("ErrorName") for alarm in OURS}

    assert errors >= {"RegistryThrottledError", "AccessDeniedError"}


def test_the_alarm_on_failed_runs_names_a_limit_of_the_plan():
    [alarm] = [alarm for alarm in OURS if watched(alarm)[1] == "Failed" and "ErrorName" not in dimensions_of(alarm)]

    assert "limit of the plan" in ALARMS[alarm]["AlarmDescription"]
    assert "PlanLimitError" in ALARMS[alarm]["AlarmDescription"]


def test_every_dead_letter_queue_is_watched():
    queues = [name for name in of_type("AWS::SQS::Queue") if name.endswith("DLQ")]
    policies = [queue["RedrivePolicy"] for queue in of_type("AWS::SQS::Queue").values() if "RedrivePolicy" in queue]

    watching = {
        value["Fn::GetAtt"][0]
        for alarm in ALARMS
        for value in dimensions_of(alarm).values()
        if watched(alarm) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    }
    assert watching == set(queues)
    assert watching >= {policy["deadLetterTargetArn"]["Fn::GetAtt"][0] for policy in policies}


def test_facts_that_wait_raise_an_alarm_as_early_as_events_that_wait():
    late, oldest = ALARMS["FactsLateAlarm"], ALARMS["OldestEventAlarm"]

    assert watched("FactsLateAlarm") == ("AWS/Lambda", "IteratorAge")
    assert late["Threshold"] == oldest["Threshold"] * 1000  # milliseconds


def test_every_rule_is_watched():
    rules = {
        (watched(alarm)[1], value["Ref"])
        for alarm in ALARMS
        for name, value in dimensions_of(alarm).items()
        if name == "RuleName"
    }

    failures = ("Failure", "ErrorActionFailure")
    assert rules == {(failure, rule) for failure in failures for rule in of_type("AWS::IoT::TopicRule")}


def test_an_alarm_names_no_value_of_a_dimension_that_aws_does_not_document():
    assert "ActionType" not in {name for alarm in ALARMS for *_, dimensions in watches(alarm) for name in dimensions}


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
@pytest.mark.parametrize("function", ["IngestFunction", "ReceiveActivityFunction"])
def test_functions_at_the_two_ways_in_are_watched(function, metric):
    assert ("AWS/Lambda", metric, {"FunctionName": {"Ref": function}}) in [
        each for one in ALARMS for each in watches(one)
    ]


@pytest.mark.parametrize("alarm", [name for name in sorted(ALARMS) if "Throttled" in name and name not in OURS])
def test_throttling_by_aws_alarms_only_if_it_lasts(alarm):
    assert (ALARMS[alarm]["EvaluationPeriods"], ALARMS[alarm]["Period"]) == (3, 300)


def test_two_counts_of_one_run_fall_into_one_period():
    """A window that slides would have one of them at its edge every minute."""
    on_the_clock = {name for name, alarm in ALARMS.items() if alarm.get("EvaluationWindow") == {"WallClockWindow": {}}}

    assert on_the_clock == {"UncaughtRunsAlarm"}
    # Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
    assert ALARMS["UncaughtRunsAlarm"]["Period"] in (60, 300, 3600)


def test_an_alarm_on_a_calculation_shows_one_figure():
    shown = {
        name: [one for one in alarm["Metrics"] if one.get("ReturnData", True)] for name, alarm in CALCULATED.items()
    }

    assert {name: len(figures) for name, figures in shown.items()} == dict.fromkeys(CALCULATED, 1)


def test_refused_calls_count_by_their_share_and_not_by_the_handful():
    share, refused, calls = ALARMS["WebhookRefusedAlarm"]["Metrics"]

    assert (refused["Id"], calls["Id"]) == ("refused", "calls")
    assert share["Expression"] == "IF(refused >= 10, 100 * refused / calls, 0)"
    assert refused["MetricStat"]["Period"] == calls["MetricStat"]["Period"]


def test_an_alarm_reaches_people_although_the_key_is_disabled():
    assert "KmsMasterKeyId" not in RESOURCES["AlarmTopic"]["Properties"]


def test_only_this_stack_may_use_its_topic():
    alarms, key = RESOURCES["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert set(alarms["Condition"]) == {"StringEquals", "ArnLike"}
    assert key["Principal"] == {"Service": "events.amazonaws.com"}
    assert key["Condition"] == {
        "StringEqualsIfExists": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnEqualsIfExists": {"aws:SourceArn": {"Fn::GetAtt": ["KeyRule", "Arn"]}},
    }


def test_the_costs_count_every_alarm():
    """An alarm costs by its metrics, and three times as much if it counts by half minutes. With PublishFacts, more."""
    always = [name for name in ALARMS if "Condition" not in RESOURCES[name]]
    fast = [name for name in always if ALARMS[name].get("Period", 60) < 60]
    metrics = sum(len(watches(name)) for name in always) - len(fast)

    [written] = re.findall(r"^\| alarms \| (\d+) . \$0\.10, (\d+) . \$0\.30 \|", SCALING.read_text(), re.MULTILINE)
    assert written == (str(metrics), str(len(fast)))
