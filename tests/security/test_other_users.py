"""What another user of the developer's machine wants: he reaches its ports, and reads what is not closed to him."""

import json
import os
import stat
import subprocess
import uuid
from pathlib import Path
from urllib.parse import quote

import boto3
import pytest
from botocore.exceptions import ClientError

from local.emulator import access_key_id
from local.exports import write_exports
from local.places import HOST, REGION
from local.things_stacks import simulated_things_stack
from tests.contract.local.emulated_aws import ROLE
from tests.contract.local.listening import addresses_of
from tests.emulation import started_simulator
from tests.security.calls import authorization, call

# Protocols differ, and so do the answers that an SDK can read.
SERVICES = [
    pytest.param("sqs", "list_queues", {}, id="json"),
    pytest.param("lambda", "list_functions", {}, id="rest-json"),
    pytest.param("iot", "list_things", {}, id="iot"),
    pytest.param("iot-data", "get_thing_shadow", {"thingName": "a"}, id="iot-data"),
    pytest.param("cloudformation", "list_stacks", {}, id="query"),
    pytest.param("cloudwatch", "list_metrics", {}, id="cbor"),
    pytest.param("s3", "list_buckets", {}, id="rest-xml"),
    pytest.param("secretsmanager", "list_secrets", {}, id="secrets"),
    pytest.param("iam", "create_user", {"UserName": "mine"}, id="rights"),
    pytest.param("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "mine"}, id="a session"),
]
ASKS_FOR_QUEUES = """
import os, urllib.request

def handler(event, context):
    credential = f"Credential={os.environ['AWS_ACCESS_KEY_ID']}/20260101/eu-west-1/sqs/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {credential}", "X-Amz-Target": "AmazonSQS.ListQueues"}
    return urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], b"{}", headers)).status
"""
SIGNED_ONLY = [
    ("POST", "/_ministack/config"),
    ("POST", "/_ministack/reset"),
    ("POST", "/_ministack/ready"),
    ("GET", "/_ministack/ready/"),
    ("GET", "//_ministack/ready"),
    ("GET", "/_ministack/health"),
    ("GET", "/_localstack/health"),
    ("GET", "/_ministack/lambda-code/000000000000/eu-west-1/any"),
    ("GET", "/_aws/sqs/messages"),
    ("GET", "/_aws/execute-api/"),
    ("POST", "/_aws/execute-api/abcdef"),
    ("POST", "/_aws/execute-api/abcdef/"),
    ("POST", "/_aws/execute-api/abcdef/$default/@connections/one"),
    ("POST", "/_aws/execute-api/../2015-03-31/functions"),
    ("POST", "/restapis/abcdef/prod/_user_request_/x"),
    ("PUT", "/_ministack/cfn-response/"),
    ("PUT", "/_ministack/cfn-response/../config"),
    ("POST", f"/_ministack/cfn-response/{uuid.uuid4()}"),
    ("PUT", f"/_ministack/cfn-signal/{uuid.uuid4()}"),
    ("GET", "/latest/meta-data/iam/security-credentials/"),
    ("PUT", "/latest/api/token"),
    ("GET", "/thingsync-artifacts/any.zip"),
    ("GET", "/"),
]


@pytest.mark.parametrize(("method", "path"), SIGNED_ONLY)
def test_calls_of_the_emulator_without_its_key(aws, method, path):
    target = ("X-Amz-Target", "AmazonSQS.ListQueues")

    answers = [call(aws.daemon.port, method, path, headers) for headers in ([], [target])]

    assert [answer.status for answer in answers] == [403, 403]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="none"),
        pytest.param("test", id="everybody's"),
        pytest.param("local", id="the one of former clouds"),
        pytest.param("000000000000", id="the account"),
        pytest.param(access_key_id().lower(), id="in lower case"),
        pytest.param(access_key_id()[:-1], id="its beginning"),
        pytest.param(access_key_id() + "A", id="more than it"),
        pytest.param("\xe9", id="no ASCII"),
    ],
)
def test_calls_of_the_emulator_with_a_key_that_is_none(aws, key):
    in_header = call(aws.daemon.port, "POST", "/", [authorization(key), ("X-Amz-Target", "AmazonSQS.ListQueues")])
    presigned = call(aws.daemon.port, "GET", f"/?X-Amz-Credential={quote(key)}/20260101&AWSAccessKeyId={quote(key)}")

    assert (in_header.status, presigned.status) == (403, 403)


@pytest.mark.parametrize(("service", "operation", "request_"), SERVICES)
def test_a_service_by_an_sdk_with_credentials_of_ones_own(aws, service, operation, request_):
    place = {"region_name": REGION, "endpoint_url": f"http://{HOST}:{aws.daemon.port}"}
    stranger = boto3.client(service, **place, aws_access_key_id="test", aws_secret_access_key="test")

    with pytest.raises(ClientError, match=r"AccessDenied.*source \.local/env"):
        getattr(stranger, operation)(**request_)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/_ministack/ready", 200, id="whether it serves"),
        pytest.param("PUT", f"/_ministack/cfn-response/{uuid.uuid4()}", 200, id="a custom resource's answer"),
        pytest.param("POST", "/_aws/execute-api/abcdef/activity", 404, id="an http api"),
    ],
)
def test_what_bears_no_key_on_aws_either_gets_no_further_than_there(aws, method, path, status):
    assert call(aws.daemon.port, method, path, [], b"{}").status == status


def test_what_was_presigned_with_the_key_works(aws):
    storage = aws.client("s3")
    storage.create_bucket(Bucket="shared", CreateBucketConfiguration={"LocationConstraint": REGION})
    storage.put_object(Bucket="shared", Key="one", Body=b"content")
    url = storage.generate_presigned_url("get_object", Params={"Bucket": "shared", "Key": "one"})
    path = url.partition(f":{aws.daemon.port}")[2]

    answers = [call(aws.daemon.port, "GET", each) for each in (path, path.replace(access_key_id(), "test"))]

    assert [answer.status for answer in answers] == [200, 403]
    assert answers[0].body == "content"


def test_the_plain_aws_cli_works_once_the_env_file_is_sourced(aws, tmp_path):
    exports = {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{aws.daemon.port}",
        "AWS_ACCESS_KEY_ID": access_key_id(),
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": REGION,
    }
    write_exports(exports, tmp_path / "env")
    command = [str(Path(".venv/bin/aws").absolute()), "iot", "list-things", "--query", "length(things)"]
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}

    done = subprocess.run(
        ["sh", "-c", '. ./env; exec "$@"', "sh", *command],
        cwd=tmp_path,
        env={**elsewhere, "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, "0"), done.stderr


def test_functions_get_the_key_from_the_emulator(aws):
    aws.make_queue()

    answer = aws.client("lambda").invoke(FunctionName=aws.make_function(ASKS_FOR_QUEUES))

    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read()) == 200


def test_to_reach_them_from_another_machine(aws, things_stack):
    assert addresses_of(aws.daemon) == {f"{HOST}:{aws.daemon.port}"}
    assert addresses_of(things_stack) == {f"{HOST}:{things_stack.port}"}


def test_keys_in_the_list_of_processes(aws, things_stack):
    keys = (access_key_id(), simulated_things_stack(things_stack.folder.parent).api_key)

    commands = running_commands()

    assert any("local.ministack" in command for command in commands)
    assert any("local.things_stack" in command for command in commands)
    assert [command for command in commands if any(key in command for key in keys)] == []


@pytest.mark.parametrize("server", ["aws", "things_stack"])
def test_files_of_the_local_cloud(aws, things_stack, server):
    """Databases with keys, logs, the functions' code, process numbers."""
    aws.client("lambda").invoke(FunctionName=aws.make_function(ASKS_FOR_QUEUES))
    state = {"aws": aws.daemon, "things_stack": things_stack}[server].folder.parent

    found = [state, *state.rglob("*")]

    assert len([path for path in found if path.is_file()]) >= 3
    assert [str(path) for path in found if not path.is_socket() and opened_to_others(path)] == []


def test_what_an_older_version_left_open(tmp_path):
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    (state / "env").touch(0o644)

    with started_simulator(state):
        write_exports({"TTS_API_KEY": "secret"}, state / "env")

    assert [opened_to_others(path) for path in (state, state / "run", state / "env")] == [0, 0, 0]
    assert (state / "env").read_text().startswith("export TTS_API_KEY=secret\n")


def opened_to_others(path):
    return stat.S_IMODE(path.lstat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)


def running_commands():
    """Every process's command with its arguments, as any user may list them."""
    if not Path("/proc/self/cmdline").exists():
        return subprocess.run(["ps", "-Awwo", "args="], capture_output=True, text=True, check=True).stdout.splitlines()
    lines = (path / "cmdline" for path in Path("/proc").glob("[0-9]*"))
    return [content.replace("\0", " ") for content in map(content_of, lines)]


def content_of(path):
    try:
        return path.read_text(errors="replace")
    except OSError:  # it has just ended
        return ""
