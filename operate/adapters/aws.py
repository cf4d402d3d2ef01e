"""boto3 clients as an operator uses them: patient, and where the command's options say."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import UnknownRegionError

from operate.errors import WrongInputError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot_data import IoTDataPlaneClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

# Somebody waits at the terminal: throttling is sat out, an address that leads nowhere is told within half a minute.
_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 6, "mode": "standard"})
# Configure takes its time; a call that is given up would be made again while the first still works.
FUNCTION_ANSWER_S = 60
_FUNCTION_CONFIG = _CONFIG.merge(Config(read_timeout=FUNCTION_ANSWER_S))


@dataclass(frozen=True, slots=True)
class Place:
    """Where AWS is; None leaves it to the usual environment variables and configuration files."""

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Clients:
    """Each client is made when it is first asked for."""

    place: Place

    @cached_property
    def session(self) -> boto3.Session:
        return boto3.Session(
            profile_name=self.place.profile,
            region_name=self.place.region,
            aws_access_key_id=self.place.access_key_id,
            aws_secret_access_key=self.place.secret_access_key,
        )

    def partition_of(self, region: str) -> str:
        """Return the partition of a region (``aws``, ``aws-cn``, …); raise ``WrongInputError`` if there is no such."""
        try:
            return self.session.get_partition_for_region(region)
        except UnknownRegionError as error:
            raise WrongInputError(f"AWS has no region {region}.") from error

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        return self.session.client("cloudformation", config=_CONFIG, endpoint_url=self.place.endpoint_url)

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        return self.session.client("cloudwatch", config=_CONFIG, endpoint_url=self.place.endpoint_url)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return self.session.client("dynamodb", config=_CONFIG, endpoint_url=self.place.endpoint_url)

    @cached_property
    def iot(self) -> "IoTClient":
        return self.session.client("iot", config=_CONFIG, endpoint_url=self.place.endpoint_url)

    @cached_property
    def iot_data(self) -> "IoTDataPlaneClient":
        return self.session.client("iot-data", config=_CONFIG, endpoint_url=self.place.endpoint_url)

    @cached_property
    def functions(self) -> "LambdaClient":
        return self.session.client("lambda", config=_FUNCTION_CONFIG, endpoint_url=self.place.endpoint_url)

    @cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        return self.session.client("secretsmanager", config=_CONFIG, endpoint_url=self.place.endpoint_url)

    @cached_property
    def sqs(self) -> "SQSClient":
        return self.session.client("sqs", config=_CONFIG, endpoint_url=self.place.endpoint_url)

    @cached_property
    def stepfunctions(self) -> "SFNClient":
        return self.session.client("stepfunctions", config=_CONFIG, endpoint_url=self.place.endpoint_url)
