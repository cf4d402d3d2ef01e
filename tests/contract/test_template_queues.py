"""No event is lost: what could not be processed waits in a dead-letter queue, longer than it could elsewhere."""

import pytest

from tests.contract.function_sources import variables_read
from tests.contract.sam_template import FUNCTIONS, RESOURCES, TEMPLATE, module_of

DAY_S = 24 * 60 * 60
QUEUES = ["RegistryEvents", "DeviceActivity"]
# Function, its queue, and how many batches at once.
READERS = [
    pytest.param("Ingest", "RegistryEvents", {"Ref": "MaximumConcurrency"}, id="Ingest"),
    pytest.param("MirrorDevice", "DeviceActivity", 2, id="MirrorDevice"),
]


def properties(queue):
    return RESOURCES[queue]["Properties"]


@pytest.mark.parametrize("queue", QUEUES)
def test_dead_lettered_messages_stay_14_days_which_is_longer_than_in_the_source(queue):
    """A standard queue's message keeps its age when SQS moves it."""
    retention_s = properties(f"{queue}DLQ")["MessageRetentionPeriod"]

    assert retention_s == 14 * DAY_S
    assert properties(queue)["MessageRetentionPeriod"] < retention_s


@pytest.mark.parametrize("queue", QUEUES)
def test_an_event_goes_to_the_dead_letter_queue_after_5_receives(queue):
    assert properties(queue)["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [f"{queue}DLQ", "Arn"]},
        "maxReceiveCount": 5,
    }


@pytest.mark.parametrize("queue", QUEUES)
def test_no_other_queue_may_use_the_dead_letter_queue(queue):
    arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:" + properties(queue)["QueueName"]["Fn::Sub"]

    assert properties(f"{queue}DLQ")["RedriveAllowPolicy"] == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [{"Fn::Sub": arn}],
    }


@pytest.mark.parametrize(("function", "queue", "at_once"), READERS)
def test_a_reader_reports_each_failed_event_by_itself(function, queue, at_once):
    (source,) = FUNCTIONS[function]["Events"].values()

    assert source["Properties"] == {
        "Queue": {"Fn::GetAtt": [queue, "Arn"]},
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": at_once},
    }


def test_configure_is_not_called_twice():
    """CloudFormation calls asynchronously; a retry would answer a request that was answered."""
    assert FUNCTIONS["Configure"]["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}
    assert "ConfigureFunctionEventInvokeConfig" in RESOURCES["Configure"]["DependsOn"]


def test_only_functions_that_call_the_things_stack_for_things_reserve_concurrency():
    reserved = {name: one.get("ReservedConcurrentExecutions") for name, one in FUNCTIONS.items()}
    calling = {name for name in FUNCTIONS if "CLUSTER_ADDRESS" in variables_read(module_of(name))}
    # They call at deployment, by hand or by a schedule, and run one at a time.
    calling -= {"Configure", "Reconfigure", "Reconcile"}
    as_asked = {"Fn::If": ["ConcurrencyReserved", {"Ref": "RegistryConcurrency"}, {"Ref": "AWS::NoValue"}]}

    assert reserved == {name: as_asked if name in calling else None for name in FUNCTIONS}


def test_no_reservation_is_smaller_than_what_the_poller_of_a_queue_hands_on_at_once():
    """Else Lambda throttles the poller, and messages go to the dead-letter queue unread."""
    (source,) = FUNCTIONS["MirrorDevice"]["Events"].values()
    (assertion,) = TEMPLATE["Rules"]["ReservationServesThePoller"]["Assertions"]

    assert source["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "RegistryConcurrency"}, "1"]}]}
    assert "at least 2" in assertion["AssertDescription"]
