import pytest

from tests.ports.dead_letters import DeadLetterQueueContract
from workflows.adapters import aws
from workflows.adapters.dead_letters import SQSDeadLetterQueue


class TestDeadLetterQueue(DeadLetterQueueContract):
    @pytest.fixture
    def queue_url(self, cloud):
        return aws.sqs().create_queue(QueueName="RegistryEventsDLQ")["QueueUrl"]

    @pytest.fixture
    def dead_letters(self, queue_url):
        return SQSDeadLetterQueue(aws.sqs(), queue_url)

    @pytest.fixture
    def messages(self, queue_url):
        def receive():
            answer = aws.sqs().receive_message(
                QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            return [content_of(message) for message in answer["Messages"]]

        return receive


def content_of(message):
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes.keys() == {"ErrorName", "ErrorMessage"}
    return message["Body"], attributes["ErrorName"], attributes["ErrorMessage"]
