"""boto3 clients, one of a kind per Lambda instance, with timeouts that fit inside the functions'."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

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


@cache
def cloudformation() -> "CloudFormationClient":
    return boto3.client("cloudformation", config=_CONFIG)


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def events() -> "EventBridgeClient":
    return boto3.client("events", config=_CONFIG)


@cache
def iot() -> "IoTClient":
    return boto3.client("iot", config=_CONFIG)


@cache
def iot_data() -> "IoTDataPlaneClient":
    return boto3.client("iot-data", config=_CONFIG)


@cache
def lambda_functions() -> "LambdaClient":
    return boto3.client("lambda", config=_CONFIG)


@cache
def logs() -> "CloudWatchLogsClient":
    return boto3.client("logs", config=_CONFIG)


@cache
def secretsmanager() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", config=_CONFIG)


@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=_CONFIG)


@cache
def ssm() -> "SSMClient":
    return boto3.client("ssm", config=_CONFIG)


@cache
def stepfunctions() -> "SFNClient":
    return boto3.client("stepfunctions", config=_CONFIG)


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
