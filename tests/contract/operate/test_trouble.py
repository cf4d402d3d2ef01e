"""What AWS refuses, and what is not there, in sentences and exit codes."""

import json

import boto3
import jsonschema
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from botocore.stub import Stubber
from typer.testing import CliRunner

from operate.adapters.aws_errors import explained
from operate.adapters.stacks import Resource, Stack, find_stack, resources_of
from operate.app import app
from operate.connection import connect_locally
from operate.errors import StackOutputMissingError, UnknownStackError, WrongInputError
from tests.contract.operate.field import SCHEMAS
from workflows.errors import AccessDeniedError, RegistryThrottledError

ARN = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/1"


def refused(code, message="", operation="Query"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


DENIED = (
    "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: dynamodb:Query on resource: "
    "arn:aws:dynamodb:eu-west-1:1:table/t because no identity-based policy allows the dynamodb:Query action"
)


@pytest.mark.parametrize(
    ("error", "exit_code", "text"),
    [
        pytest.param(
            refused("AccessDeniedException", DENIED),
            3,
            "`thingsync status` needs the permission dynamodb:Query on arn:aws:dynamodb:eu-west-1:1:table/t, which "
            "arn:aws:sts::1:assumed-role/r/s lacks. AWS says: because no identity-based policy allows",
            id="right",
        ),
        pytest.param(
            refused("AccessDenied"), 3, "needs the permission Query, which", id="right-that-aws-does-not-name"
        ),
        pytest.param(refused("KMSDisabled", "key is off"), 3, "refused Query (KMSDisabled): key is off", id="other"),
        pytest.param(ConnectTimeoutError(endpoint_url="http://x"), 3, "could not be reached", id="no-answer"),
        pytest.param(
            refused("InvalidRequestException", "Invalid thingName", "DescribeThing"),
            2,
            "must be 1 to 128 letters, digits, `:`, `_` and `-`",
            id="no-name",
        ),
        pytest.param(RegistryThrottledError("AWS throttled Query."), 3, "Query. Try again", id="throttled"),
        pytest.param(RegistryThrottledError("No answer (code)"), 3, "(code). Try again", id="no-full-stop"),
        pytest.param(AccessDeniedError("The key lacks rights."), 3, "The key lacks rights.", id="things-stack"),
        pytest.param(WrongInputError("no"), 2, "no", id="called-wrongly"),
    ],
)
def test_an_error_is_reported_in_a_sentence(field, error, exit_code, text):
    explanation = explained(error, "status")

    assert text in str(explanation)
    assert explanation.exit_code == exit_code


@pytest.fixture
def formation(monkeypatch):
    client = boto3.client(
        "cloudformation", region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any"
    )
    with Stubber(client) as stubber:
        yield client, stubber


def test_a_stack_is_found_with_outputs_and_parameters(formation):
    client, stubber = formation
    stubber.add_response(
        "describe_stacks",
        {
            "Stacks": [
                {
                    "StackName": "thingsync",
                    "StackId": ARN,
                    "CreationTime": 0,
                    "StackStatus": "CREATE_COMPLETE",
                    "Outputs": [{"OutputKey": "QueueUrl", "OutputValue": "https://queue"}],
                    "Parameters": [{"ParameterKey": "ApplicationId", "ParameterValue": "demo-app"}],
                }
            ]
        },
    )

    found = find_stack(client, "thingsync")

    assert found == Stack("thingsync", ARN, {"QueueUrl": "https://queue"}, {"ApplicationId": "demo-app"})
    assert (found.region, found.output("QueueUrl"), found.parameter("ApplicationId")) == (
        "eu-west-1",
        "https://queue",
        "demo-app",
    )


def test_a_stack_that_does_not_exist_is_reported_with_how_to_name_yours(formation):
    client, stubber = formation
    stubber.add_client_error("describe_stacks", "ValidationError", "Stack with id nowhere does not exist")

    with pytest.raises(UnknownStackError, match=r"no stack nowhere in eu-west-1\. Set its name with --stack"):
        find_stack(client, "nowhere")


def test_a_stack_of_another_version_is_reported_by_the_output_that_it_lacks():
    with pytest.raises(StackOutputMissingError, match="no output JournalTableName"):
        Stack("thingsync", ARN, {}).journal_table  # noqa: B018 - the access is the act


def test_resources_come_from_every_page(formation):
    client, stubber = formation
    for token, more in (("1", {"NextToken": "2"}), ("2", {})):
        summary = {
            "LogicalResourceId": f"Rule{token}",
            "PhysicalResourceId": f"rule_{token}",
            "ResourceType": "AWS::IoT::TopicRule",
            "LastUpdatedTimestamp": 0,
            "ResourceStatus": "CREATE_COMPLETE",
        }
        stubber.add_response("list_stack_resources", {"StackResourceSummaries": [summary], **more})

    assert resources_of(client, "thingsync") == [
        Resource("Rule1", "AWS::IoT::TopicRule", "rule_1"),
        Resource("Rule2", "AWS::IoT::TopicRule", "rule_2"),
    ]


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "template.yaml").touch()
    (tmp_path / ".local").mkdir()
    return tmp_path


def test_a_command_that_is_installed_elsewhere_says_where_the_local_cloud_is(tmp_path):
    with pytest.raises(WrongInputError, match=r"--local needs a checkout .* \.venv/bin/thingsync --local"):
        connect_locally(None, tmp_path)


def test_the_local_cloud_that_has_left_no_exports_is_reported_with_how_to_start_it(checkout):
    with pytest.raises(WrongInputError, match=r"make up"):
        connect_locally(None, checkout)


def test_exports_that_are_not_all_there_are_reported(checkout):
    (checkout / ".local" / "env").write_text("export AWS_DEFAULT_REGION=eu-west-1\n")

    with pytest.raises(WrongInputError, match=r"env lacks AWS_ENDPOINT_URL. Restart the local cloud"):
        connect_locally(None, checkout)


def test_the_local_cloud_is_found_by_its_exports(checkout):
    (checkout / ".local" / "env").write_text(
        "export AWS_ENDPOINT_URL=http://127.0.0.1:4566\nexport AWS_ACCESS_KEY_ID=a\n"
        "export AWS_SECRET_ACCESS_KEY=b\nexport AWS_DEFAULT_REGION=eu-west-1\nexport STACK_NAME=thingsync\n"
        "aws() {\n  command aws\n}\n"
    )

    operator = connect_locally(None, checkout)

    assert operator.stack_name == "thingsync"
    assert operator.clients.sqs.meta.endpoint_url == "http://127.0.0.1:4566"
    assert connect_locally("second", checkout).stack_name == "second"


def test_local_and_a_profile_exclude_each_other():
    done = CliRunner().invoke(app, ["status", "--local", "--profile", "x"])

    assert done.exit_code == 2
    assert "--local excludes --profile and --region" in done.stderr


def test_the_command_says_what_there_is():
    done = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"})

    for command in ("status", "history", "failures", "replay", "redrive", "dlq", "doctor"):
        assert command in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


@pytest.mark.parametrize(
    ("arguments", "name", "exit_code"),
    [
        pytest.param(["status", "pump-9"], "UnknownThingError", 2, id="what is not there"),
        pytest.param(["replay", "pump-9", "--timeout", "soon"], "WrongInputError", 2, id="a value"),
        pytest.param(["status", "--nonsense"], "WrongInputError", 2, id="an option"),
        pytest.param(["statsu"], "WrongInputError", 2, id="a command"),
        pytest.param(["dlq", "purge"], "NotAgreedError", 4, id="nobody who agrees"),
    ],
)
def test_programs_read_why_a_command_ended(field, arguments, name, exit_code):
    field.bury("<html>")

    done = field.call(*arguments, "--json")

    [error] = [json.loads(line) for line in done.stdout.splitlines()]
    jsonschema.validate(error, json.loads((SCHEMAS / "error.json").read_text()))
    assert (error["error"]["name"], error["error"]["exitCode"], done.exit_code) == (name, exit_code, exit_code)
    assert error["error"]["message"] in done.stderr


def test_people_read_it_on_the_standard_error_alone(field):
    assert field.call("status", "pump-9").stdout == ""
