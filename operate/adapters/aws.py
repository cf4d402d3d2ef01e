"""boto3 clients for the account and region of the command's options, with the retries of an interactive command."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound, UnknownRegionError

from operate.errors import WrongInputError
from workflows.values import value

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot_data import IoTDataPlaneClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

# Somebody waits at the terminal: throttled calls are repeated, an unreachable address fails within half a minute.
_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 6, "mode": "standard"})
# Configure takes long. After a read timeout boto3 would invoke it again while the first call still runs.
FUNCTION_ANSWER_S = 60
_FUNCTION_CONFIG = _CONFIG.merge(Config(read_timeout=FUNCTION_ANSWER_S))
# The output that only stacks of Thingsync have.
_JOURNAL = "JournalTableName"
# The account's alias is good to know and not worth waiting for.
_ALIAS_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})


@value
class AwsAccess:
    """How to reach AWS; None leaves it to the usual environment variables and configuration files."""

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Clients:
    """Each client is created on first use."""

    access: AwsAccess

    @cached_property
    def session(self) -> boto3.Session:
        return boto3.Session(
            profile_name=self.access.profile,
            region_name=self.access.region,
            aws_access_key_id=self.access.access_key_id,
            aws_secret_access_key=self.access.secret_access_key,
        )

    def partition_of(self, region: str) -> str:
        """Return the partition of a region (``aws``, ``aws-cn``, …); raise ``WrongInputError`` if there is none."""
        try:
            return self.session.get_partition_for_region(region)
        except UnknownRegionError as error:
            raise WrongInputError(f"AWS has no region {region}.") from error

    @property
    def is_local(self) -> bool:
        """True with ``--local``."""
        return self.access.endpoint_url is not None

    @property
    def profile(self) -> str:
        """The profile that was named by the option or the environment; empty if none was."""
        try:
            in_use = self.session.profile_name
        except ProfileNotFound as error:
            in_use = error.kwargs["profile"]
        return self.access.profile or ("" if in_use == "default" else in_use)

    def credentials_method(self) -> str:
        """Return how the credentials were found, in botocore's words, such as ``env`` or ``sso``."""
        try:
            found = self.session.get_credentials()
        except BotoCoreError:
            return ""
        return str(found.method) if found else ""

    def profile_names(self) -> list[str]:
        return botocore.session.Session().available_profiles

    def region_names(self) -> list[str]:
        return self.session.get_available_regions("iot")

    def stack_names(self) -> list[str]:
        """Return the stacks of the account and region that look like Thingsync's, as far as one call lists them."""
        stacks = self.cloudformation.describe_stacks()["Stacks"]
        return [
            each["StackName"] for each in stacks if _JOURNAL in {out["OutputKey"] for out in each.get("Outputs", [])}
        ]

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        return self.session.client("cloudformation", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        return self.session.client("cloudwatch", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return self.session.client("dynamodb", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def iam(self) -> "IAMClient":
        return self.session.client("iam", config=_ALIAS_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def iot(self) -> "IoTClient":
        return self.session.client("iot", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def iot_data(self) -> "IoTDataPlaneClient":
        return self.session.client("iot-data", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def kms(self) -> "KMSClient":
        return self.session.client("kms", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def functions(self) -> "LambdaClient":
        return self.session.client("lambda", config=_FUNCTION_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        return self.session.client("logs", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def scheduler(self) -> "EventBridgeSchedulerClient":
        return self.session.client("scheduler", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        return self.session.client("secretsmanager", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def sqs(self) -> "SQSClient":
        return self.session.client("sqs", config=_CONFIG, endpoint_url=self.access.endpoint_url)

    @cached_property
    def stepfunctions(self) -> "SFNClient":
        return self.session.client("stepfunctions", config=_CONFIG, endpoint_url=self.access.endpoint_url)


def alias_of(client: "IAMClient") -> str:
    """Return the account's alias; empty if it has none, or if the caller cannot read it."""
    try:
        return next(iter(client.list_account_aliases(MaxItems=1)["AccountAliases"]), "")
    except (BotoCoreError, ClientError):
        return ""
