"""No event is lost: what could not be served waits in the dead-letter queue, longer than it could elsewhere."""

from tests.contract.function_sources import variables_read
from tests.contract.sam_template import FUNCTIONS, RESOURCES, module_of

SOURCE = RESOURCES["RegistryEvents"]["Properties"]
DEAD_LETTERS = RESOURCES["RegistryEventsDLQ"]["Properties"]
DAY_S = 24 * 60 * 60


def test_dead_letters_are_kept_14_days_which_is_longer_than_the_source_keeps_events():
    """A standard queue's message keeps its age when SQS moves it."""
    assert DEAD_LETTERS["MessageRetentionPeriod"] == 14 * DAY_S
    assert SOURCE["MessageRetentionPeriod"] < DEAD_LETTERS["MessageRetentionPeriod"]


def test_an_event_goes_to_the_dead_letter_queue_after_5_receives():
    assert SOURCE["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["RegistryEventsDLQ", "Arn"]},
        "maxReceiveCount": 5,
    }


def test_no_other_queue_may_use_the_dead_letter_queue():
    arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:" + SOURCE["QueueName"]["Fn::Sub"]

    assert DEAD_LETTERS["RedriveAllowPolicy"] == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [{"Fn::Sub": arn}],
    }


def test_ingest_reports_each_failed_event_by_itself():
    (source,) = FUNCTIONS["Ingest"]["Events"].values()

    assert source["Properties"] == {
        "Queue": {"Fn::GetAtt": ["RegistryEvents", "Arn"]},
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": {"Ref": "MaximumConcurrency"}},
    }


def test_configure_is_not_called_twice():
    """CloudFormation calls asynchronously; a retry would answer a request that was answered."""
    assert FUNCTIONS["Configure"]["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}
    assert "ConfigureFunctionEventInvokeConfig" in RESOURCES["Configure"]["DependsOn"]


def test_only_functions_that_call_the_things_stack_reserve_concurrency():
    reserved = {name: one.get("ReservedConcurrentExecutions") for name, one in FUNCTIONS.items()}
    # Configure calls at deployment alone, one call after the other.
    calling = {name for name in FUNCTIONS if "CLUSTER_ADDRESS" in variables_read(module_of(name))} - {"Configure"}
    as_asked = {"Fn::If": ["ConcurrencyReserved", {"Ref": "RegistryConcurrency"}, {"Ref": "AWS::NoValue"}]}

    assert reserved == {name: as_asked if name in calling else None for name in FUNCTIONS}
