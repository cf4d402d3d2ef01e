"""AWS clients, one of a kind per Lambda instance, with timeouts that fit inside the functions'.

They are botocore's, which boto3's are, too: boto3 adds resources and transfers to S3 that nobody here uses, and
would take a seventh longer to import (docs/decisions/0034).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, cast

from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.session import Session

from workflows.errors import RegistryThrottledError, RegistryUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot_data import IoTDataPlaneClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

CONNECT_TIMEOUT_S = 1
READ_TIMEOUT_S = 4
ATTEMPTS = 2

# What one call may take at most, with botocore's pause of up to a second between the attempts; the functions'
# timeouts rest on it.
CALL_TIMEOUT_S = ATTEMPTS * (CONNECT_TIMEOUT_S + READ_TIMEOUT_S) + 1

_CONFIG = Config(
    connect_timeout=CONNECT_TIMEOUT_S,
    read_timeout=READ_TIMEOUT_S,
    # Longer waits belong to the state machine and the queue. Two attempts, since a pooled connection may be stale.
    retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
)
_THROTTLED = {
    "LimitExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


_made: list[BaseClient] = []


@cache
def session() -> Session:
    return Session()


def _client(service: str) -> BaseClient:
    client = session().create_client(service, config=_CONFIG)
    _made.append(client)
    return client


@cache
def cloudformation() -> "CloudFormationClient":
    return cast("CloudFormationClient", _client("cloudformation"))


@cache
def dynamodb() -> "DynamoDBClient":
    return cast("DynamoDBClient", _client("dynamodb"))


@cache
def events() -> "EventBridgeClient":
    return cast("EventBridgeClient", _client("events"))


@cache
def iot() -> "IoTClient":
    return cast("IoTClient", _client("iot"))


@cache
def iot_data() -> "IoTDataPlaneClient":
    return cast("IoTDataPlaneClient", _client("iot-data"))


@cache
def lambda_functions() -> "LambdaClient":
    return cast("LambdaClient", _client("lambda"))


@cache
def logs() -> "CloudWatchLogsClient":
    return cast("CloudWatchLogsClient", _client("logs"))


@cache
def secretsmanager() -> "SecretsManagerClient":
    return cast("SecretsManagerClient", _client("secretsmanager"))


@cache
def sqs() -> "SQSClient":
    return cast("SQSClient", _client("sqs"))


@cache
def ssm() -> "SSMClient":
    return cast("SSMClient", _client("ssm"))


@cache
def stepfunctions() -> "SFNClient":
    return cast("SFNClient", _client("stepfunctions"))


def made_clients() -> Sequence[BaseClient]:
    """Return the clients that this instance has made so far."""
    return tuple(_made)


def code_of(error: ClientError) -> str:
    return error.response["Error"]["Code"]


@contextmanager
def transient_errors_mapped() -> Iterator[None]:
    """Raise transient errors as ours, which the state machine retries; re-raise any other error unchanged.

    Raises:
        RegistryThrottledError: AWS refused for rate.
        RegistryUnavailableError: no connection, no answer in time, or a 5xx.
    """
    try:
        yield
    except (HTTPClientError, BotoConnectionError) as error:
        raise RegistryUnavailableError(f"AWS could not be reached ({type(error).__name__}).") from error
    except ClientError as error:
        if code_of(error) in _THROTTLED:
            raise RegistryThrottledError(f"AWS throttled {error.operation_name}.") from error
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise RegistryUnavailableError(f"AWS failed at {error.operation_name} ({code_of(error)}).") from error
        raise
