import pytest

from tests.ports.dead_letters import DeadLettersContract
from workflows.adapters import aws
from workflows.adapters.dead_letters import DeadLetterQueue


class TestDeadLetterQueue(DeadLettersContract):
    @pytest.fixture
    def queue_url(self, cloud):
        return aws.sqs().create_queue(QueueName="RegistryEventsDLQ")["QueueUrl"]

    @pytest.fixture
    def dead_letters(self, queue_url):
        return DeadLetterQueue(aws.sqs(), queue_url)

    @pytest.fixture
    def letters(self, queue_url):
        def receive():
            answer = aws.sqs().receive_message(
                QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            return [letter_of(message) for message in answer["Messages"]]

        return receive


def letter_of(message):
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes.keys() == {"ErrorName", "ErrorMessage"}
    return message["Body"], attributes["ErrorName"], attributes["ErrorMessage"]
