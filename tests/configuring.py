"""What Configure finds around it, over sockets: a canned server for AWS and The Things Stack, and a genuine request."""

from contextlib import contextmanager

import orjson

from tests.canned_server import Reply, served
from workflows.adapters import aws
from workflows.bootstrap.configuring import configure
from workflows.bootstrap.custom_resource import custom_resource
from workflows.domain.rights import NEEDED_RIGHTS
from workflows.domain.webhook import webhook_id_for

API_KEY, OLD_API_KEY, SECRET = "NNSXS.CONFIGURE.K3Y", "NNSXS.OLD.K3Y", "W3BH00KS3CRET" * 3
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/1"
WEBHOOK_ID = webhook_id_for(STACK_ID)
WEBHOOK_URL = "https://abc.execute-api.eu-west-1.amazonaws.com/activity"
SIGNATURE = "X-Amz-Signature=5f1d0c"

OWNER = Reply(200, b'{"api_key":{"entity_ids":{"application_ids":{"application_id":"demo-app"}}}}')
RIGHTS = Reply(200, orjson.dumps({"rights": NEEDED_RIGHTS}))
SEARCHABLE = {"searchableAttributes": ["devEUI", "stackName"]}
TYPE = Reply(200, orjson.dumps({"thingTypeName": "lorawan", "thingTypeProperties": SEARCHABLE}))
OFF = Reply(200, orjson.dumps({"eventConfigurations": {"THING": {"Enabled": False}}}))


def secret(text):
    return Reply(200, orjson.dumps({"Name": "secret", "SecretString": text}))


def stack_is(status):
    """CloudFormation's answer to DescribeStacks."""
    member = (
        f"<StackName>thingsync</StackName><StackId>{STACK_ID}</StackId>"
        f"<CreationTime>2026-03-01T08:35:02Z</CreationTime><StackStatus>{status}</StackStatus>"
    )
    stacks = f"<DescribeStacksResult><Stacks><member>{member}</member></Stacks></DescribeStacksResult>"
    xml = f'<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">{stacks}'
    return Reply(200, f"{xml}</DescribeStacksResponse>".encode(), {"Content-Type": "text/xml"})


DELETED = stack_is("DELETE_IN_PROGRESS")
# Of a stack that is made: the last one is for the registry events' switch.
UP_TO_THE_WEBHOOK = (secret(API_KEY), OWNER, RIGHTS, secret(SECRET), TYPE, OFF, Reply())


class Context:
    """Lambda's."""

    def get_remaining_time_in_millis(self):
        return 55_000


@contextmanager
def surroundings(set_variable):
    """Serve as AWS, which AWS_ENDPOINT_URL leads to and which therefore takes answers, and as The Things Stack.

    ``set_variable`` takes a variable's name and value.
    """
    with served() as canned:
        settings = {
            "AWS_ACCESS_KEY_ID": "-",
            "AWS_SECRET_ACCESS_KEY": "-",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": canned.address,
            "STACK_ID": STACK_ID,
            "STACK_NAME": "thingsync",
            "THING_TYPE_NAME": "lorawan",
            "CLUSTER_ADDRESS": canned.address,
            "IDENTITY_SERVER_ADDRESS": "",
            "ALLOW_HTTP": "false",
            "APPLICATION_ID": "demo-app",
            "API_KEY_SECRET_ARN": "arn:key",
            "CERTIFICATE_AUTHORITY_SECRET_ARN": "",
            "WEBHOOK_SECRET_ARN": "arn:webhook",
            "WEBHOOK_URL": WEBHOOK_URL,
            "MIRROR_ON": "JoinAndUplink",
        }
        for name, value in settings.items():
            set_variable(name, value)
        forget_clients()
        yield canned
    forget_clients()


def forget_clients():
    for made_once in (aws.cloudformation, aws.iot, aws.secretsmanager, configure, custom_resource):
        made_once.cache_clear()


def asked_of_us(address, kind="Create", **more):
    """CloudFormation's request to the custom resource, with the answer at ``address``."""
    return {
        "RequestType": kind,
        "ResponseURL": f"{address}/answer?{SIGNATURE}",
        "StackId": STACK_ID,
        "RequestId": "r-1",
        "LogicalResourceId": "Configure",
        "ResourceType": "Custom::ThingRegistry",
        "ResourceProperties": {"ServiceToken": "arn", "ServiceTimeout": "60", "ThingTypeName": "lorawan"},
        **more,
    }
