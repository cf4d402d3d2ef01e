"""What stands before and behind the webhook, in moto."""

import pytest

from tests.ports.webhook import ActivityQueueContract, WebhookSecretContract
from workflows.adapters import aws
from workflows.adapters.activity_queue import SQSActivityQueue
from workflows.adapters.secrets import StackSecret
from workflows.schemas.activity import load_queued


class TestSQSActivityQueue(ActivityQueueContract):
    @pytest.fixture
    def queue_url(self, cloud):
        return aws.sqs().create_queue(QueueName="DeviceActivity")["QueueUrl"]

    @pytest.fixture
    def queue(self, queue_url):
        return SQSActivityQueue(aws.sqs(), queue_url)

    @pytest.fixture
    def waiting(self, queue_url):
        def take():
            answer = aws.sqs().receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
            return [load_queued(message["Body"]) for message in answer["Messages"]]

        return take


class TestWebhookSecret(WebhookSecretContract):
    @pytest.fixture
    def secret_arn(self, cloud):
        return aws.secretsmanager().create_secret(Name="webhook-secret", SecretString="none")["ARN"]

    @pytest.fixture
    def secret(self, secret_arn):
        return StackSecret(aws.secretsmanager(), secret_arn)

    @pytest.fixture
    def store(self, secret_arn):
        return lambda text: aws.secretsmanager().put_secret_value(SecretId=secret_arn, SecretString=text)
