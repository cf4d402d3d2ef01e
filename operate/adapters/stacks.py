"""The deployed stack in CloudFormation: its outputs, parameters and resources."""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from operate.errors import StackOutputMissingError, UnknownStackError
from workflows.adapters.aws import code_of
from workflows.adapters.things_stack import Addresses
from workflows.values import value

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef


@value
class Stack:
    """``arn`` is ``arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>``."""

    name: str
    arn: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def state_machine_arn(self) -> str:
        return self.output("StateMachineArn")

    @property
    def journal_table(self) -> str:
        return self.output("JournalTableName")

    @property
    def thing_type_name(self) -> str:
        return self.output("ThingTypeName")

    @property
    def api_key_secret_arn(self) -> str:
        return self.output("ApplicationApiKeySecretArn")

    @property
    def addresses(self) -> Addresses:
        """Addresses of The Things Stack; raise ``StackConfigurationError`` if the parameters hold none."""
        return Addresses.parse(
            self.parameter("ClusterAddress"),
            self.parameter("IdentityServerAddress"),
            allow_http=self.parameter("AllowHttp") == "true",
        )

    def parameter(self, name: str) -> str:
        """Return a parameter of the stack, empty if it has none of this name."""
        return self.parameters.get(name, "")

    def output(self, name: str) -> str:
        """Raise ``StackOutputMissingError``."""
        if name not in self.outputs:
            raise StackOutputMissingError(
                f"The stack {self.name} has no output {name}: it is not a stack of Thingsync, or of another "
                "version. Deploy this version (make deploy)."
            )
        return self.outputs[name]


@value
class Resource:
    """``kind`` is CloudFormation's type, such as ``AWS::SQS::Queue``."""

    logical_id: str
    kind: str
    physical_id: str


def find_stack(client: "CloudFormationClient", name: str) -> Stack:
    """Raise ``UnknownStackError``."""
    try:
        [found] = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if code_of(error) != "ValidationError":
            raise
        raise UnknownStackError(
            f"There is no stack {name} in {client.meta.region_name}. Set its name with --stack or STACK_NAME, "
            "its account and region with --profile and --region, or give --local for the local cloud."
        ) from error
    return _stack(found)


def _stack(found: "StackTypeDef") -> Stack:
    return Stack(
        name=found["StackName"],
        arn=found.get("StackId", ""),
        outputs={each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])},
        parameters={each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])},
    )


def resources_of(client: "CloudFormationClient", stack_name: str) -> list[Resource]:
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_name)
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    return [
        Resource(each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", "")) for each in found
    ]
