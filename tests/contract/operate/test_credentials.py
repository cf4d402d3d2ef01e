"""What is wrong with the credentials, and the command that helps: by the profile as it was given."""

import pytest
from botocore import exceptions as aws
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from operate.adapters.aws import AwsAccess, Clients
from operate.adapters.aws_errors import explained
from operate.app import app

CONFIG = """
[profile prod]
region = eu-west-1
[profile empty]
"""
CREDENTIALS = """
[prod]
aws_access_key_id = any
aws_secret_access_key = any
"""
SESSION = "Your AWS session has expired."
LOCAL = AwsAccess(region="eu-west-1", endpoint_url="http://127.0.0.1:4566", access_key_id="a", secret_access_key="b")


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "any"}}, "DescribeStacks")


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    """Only these profiles, and no credentials in the environment."""
    for name in ("PROFILE", "DEFAULT_PROFILE", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "ENDPOINT_URL"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for variable, text in (("AWS_CONFIG_FILE", CONFIG), ("AWS_SHARED_CREDENTIALS_FILE", CREDENTIALS)):
        (tmp_path / variable).write_text(text)
        monkeypatch.setenv(variable, str(tmp_path / variable))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(refused("ExpiredToken"), f"{SESSION} Run: aws sso login", id="expired"),
        pytest.param(aws.UnauthorizedSSOTokenError(), f"{SESSION} Run: aws sso login", id="expired-sso"),
        pytest.param(
            aws.TokenRetrievalError(provider="sso", error_msg="any"), f"{SESSION} Run: aws sso login", id="no-refresh"
        ),
        pytest.param(
            aws.SSOTokenLoadError(error_msg="Token for s does not exist"),
            "You are not logged in to AWS. Run: aws sso login",
            id="never-logged-in",
        ),
        pytest.param(aws.LoginRefreshRequired(), f"{SESSION} Run: aws login", id="expired-login"),
        pytest.param(
            aws.LoginTokenLoadError(error_msg="any"), "You are not logged in to AWS. Run: aws login", id="no-login"
        ),
        pytest.param(
            aws.NoRegionError(),
            "No AWS region is set. Give --region, for example --region eu-west-1, or set one for good: "
            "aws configure set region eu-west-1",
            id="no-region",
        ),
        pytest.param(
            refused("UnrecognizedClientException"),
            "AWS does not know the access key (UnrecognizedClientException): it was deleted or switched off, or "
            "belongs to another kind of region. Check which credentials are used: aws configure list",
            id="unknown-key",
        ),
        pytest.param(
            refused("SignatureDoesNotMatch"),
            "The secret access key is not that of the access key (SignatureDoesNotMatch), or this machine's clock is "
            "wrong. Check which credentials are used: aws configure list",
            id="wrong-key",
        ),
    ],
)
@pytest.mark.parametrize(
    ("profile", "option"), [(None, ""), ("my prod", " --profile 'my prod'")], ids=["none", "named"]
)
def test_the_command_that_helps_has_the_profile_as_it_was_given(error, text, profile, option):
    explanation = explained(error, "status", Clients(AwsAccess(profile=profile)))

    assert str(explanation) == f"{text}{option}"
    assert explanation.exit_code == 3


def test_a_profile_of_the_environment_is_named_too(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "empty")

    assert str(explained(refused("ExpiredToken"), "status", Clients(AwsAccess()))).endswith("login --profile empty")


def test_an_expired_session_in_the_environment_is_no_matter_of_a_profile(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")

    assert str(explained(refused("ExpiredToken"), "status", Clients(AwsAccess()))) == (
        f"{SESSION} Its credentials are in the environment. Set new ones, or use a profile: "
        "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN, then give --profile NAME"
    )


def test_an_expired_session_in_a_file_is_renewed_there():
    text = str(explained(refused("ExpiredToken"), "status", Clients(AwsAccess(profile="prod"))))

    assert text == f"{SESSION} Its credentials are in ~/.aws/credentials, profile prod: write new ones there."


@pytest.mark.parametrize(
    ("options", "text"),
    [
        pytest.param(
            ["--profile", "nowhere"],
            "There is no AWS profile nowhere. There are: prod, empty. To make one: aws configure sso --profile nowhere",
            id="unknown profile",
        ),
        pytest.param(
            ["--profile", "empty", "--region", "eu-west-1"],
            "The AWS profile empty has no credentials. Run: aws configure sso --profile empty",
            id="profile without credentials",
        ),
        pytest.param(
            ["--region", "eu-west-1"],
            "There are no AWS credentials. Name a profile (thingsync --profile NAME, or AWS_PROFILE), make one "
            "(aws configure sso), or give --local for the local cloud.",
            id="nothing at all",
        ),
        pytest.param(
            ["--profile", "empty"],
            "No AWS region is set. Give --region, for example --region eu-west-1, or set one for good: "
            "aws configure set region eu-west-1 --profile empty",
            id="no region",
        ),
    ],
)
def test_what_is_missing_is_reported_before_anything_is_called(monkeypatch, options, text):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)

    done = CliRunner().invoke(app, ["status", *options])

    assert (done.exit_code, done.stdout, done.stderr) == (3, "", f"{text}\n")


def test_the_region_of_the_environment_is_the_one_that_the_aws_cli_uses(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    done = CliRunner().invoke(app, ["status", "--profile", "empty"])

    assert done.stderr.startswith("The AWS profile empty has no credentials.")


@pytest.mark.parametrize(
    ("access", "text"),
    [
        pytest.param(LOCAL, "The local cloud does not answer at http://127.0.0.1:4566. Start it: make up", id="local"),
        pytest.param(
            AwsAccess(region="eu-west1"),
            'AWS could not be reached: Could not connect to the endpoint URL: "https://x". '
            "There may be no AWS region eu-west1. Did you mean eu-west-1? Give it by --region.",
            id="no such region",
        ),
        pytest.param(
            AwsAccess(region="eu-west-1"),
            'AWS could not be reached: Could not connect to the endpoint URL: "https://x". '
            "Check the network, the region and AWS_ENDPOINT_URL.",
            id="no network",
        ),
    ],
)
def test_no_answer_is_explained_by_where_it_was_sought(access, text):
    assert str(explained(EndpointConnectionError(endpoint_url="https://x"), "status", Clients(access))) == text


def test_a_local_cloud_that_refuses_is_not_a_matter_of_roles():
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": "Unknown key."}}, "DescribeStacks")

    assert str(explained(error, "status", Clients(LOCAL))) == (
        "The local cloud refused DescribeStacks: Unknown key. Start it again: make up"
    )
