"""Alarms watch metrics that exist, tell somebody, and say what to do."""

from typing import get_args

import pytest

from tests.contract.sam_template import RESOURCES, of_type
from workflows.errors import SyncError, leaf_names
from workflows.observability.metrics import NAMESPACE, Metric

ALARMS = of_type("AWS::CloudWatch::Alarm")
each_alarm = pytest.mark.parametrize("alarm", sorted(ALARMS))

# What the services publish: namespace and metric -> the dimensions that it is published with.
# Sources: the CloudWatch pages of the developer guides of SQS, Lambda, Step Functions and IoT Core.
PUBLISHED = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName"},
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): {"QueueName"},
    ("AWS/Lambda", "Errors"): {"FunctionName"},
    ("AWS/Lambda", "Throttles"): {"FunctionName"},
    ("AWS/States", "ExecutionThrottled"): {"StateMachineArn"},
    ("AWS/IoT", "Failure"): {"RuleName", "ActionType"},
    ("AWS/IoT", "ErrorActionFailure"): {"RuleName", "ActionType"},
}
# What a dimension's value must be made from.
RESOURCE_TYPE_OF = {
    "QueueName": "AWS::SQS::Queue",
    "FunctionName": "AWS::Serverless::Function",
    "StateMachineArn": "AWS::StepFunctions::StateMachine",
    "RuleName": "AWS::IoT::TopicRule",
}


def dimensions_of(alarm):
    return {one["Name"]: one["Value"] for one in ALARMS[alarm]["Dimensions"]}


def watched(alarm):
    return ALARMS[alarm]["Namespace"], ALARMS[alarm]["MetricName"]


OURS = [alarm for alarm in ALARMS if watched(alarm)[0] == NAMESPACE]
OF_SERVICES = sorted(set(ALARMS) - set(OURS))


@pytest.mark.parametrize("alarm", OF_SERVICES)
def test_an_alarm_on_a_service_watches_what_the_service_publishes(alarm):
    assert set(dimensions_of(alarm)) == PUBLISHED[watched(alarm)]


@pytest.mark.parametrize("alarm", OF_SERVICES)
def test_an_alarm_on_a_service_watches_a_resource_of_this_stack(alarm):
    for name, value in dimensions_of(alarm).items():
        if name in RESOURCE_TYPE_OF:
            logical_id = value.get("Ref") or value["Fn::GetAtt"][0]
            assert RESOURCES[logical_id]["Type"] == RESOURCE_TYPE_OF[name]


@pytest.mark.parametrize("alarm", OURS)
def test_an_alarm_of_ours_watches_what_the_functions_emit(alarm):
    dimensions = dimensions_of(alarm)

    assert ALARMS[alarm]["MetricName"] in get_args(Metric)
    assert dimensions.pop("StackName") == {"Ref": "AWS::StackName"}
    assert dimensions == {} or dimensions.pop("ErrorName") in leaf_names(SyncError)
    assert dimensions == {}


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


@pytest.mark.parametrize(
    "metric",
    [
        pytest.param(("AWS/SQS", "ApproximateNumberOfMessagesVisible"), id="dead-letter queue not empty"),
        pytest.param(("AWS/SQS", "ApproximateAgeOfOldestMessage"), id="oldest message age"),
        pytest.param((NAMESPACE, "Failed"), id="failed runs that are no rejections"),
        pytest.param((NAMESPACE, "EventsNotStarted"), id="Ingest's failed items"),
        pytest.param(("AWS/IoT", "Failure"), id="rule action failures"),
        pytest.param(("AWS/States", "ExecutionThrottled"), id="throttling"),
    ],
)
def test_what_must_be_watched_is(metric):
    assert metric in map(watched, ALARMS)


def test_throttling_and_refused_access_have_alarms_of_their_own():
    errors = {dimensions_of(alarm).get("ErrorName") for alarm in OURS}

    assert errors >= {"RegistryThrottledError", "AccessDeniedError"}


def test_both_rules_are_watched():
    rules = {value["Ref"] for alarm in ALARMS for name, value in dimensions_of(alarm).items() if name == "RuleName"}

    assert rules == set(of_type("AWS::IoT::TopicRule"))


def test_only_alarms_of_this_stack_may_use_its_topic():
    (statement,) = RESOURCES["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert set(statement["Condition"]) == {"StringEquals", "ArnLike"}
