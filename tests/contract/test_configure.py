"""The function Configure over sockets: AWS IoT and CloudFormation's answer address are canned."""

import socket

import orjson
import pytest

from functions.configure import handler
from tests.canned_server import Reply, served
from workflows.adapters import aws
from workflows.adapters.stack_answers import StackAnswerLostError

SIGNATURE = "X-Amz-Signature=5f1d0c"
TYPE = Reply(200, orjson.dumps({"thingTypeName": "lorawan"}))
OFF = Reply(200, orjson.dumps({"eventConfigurations": {"THING": {"Enabled": False}}}))
DENIED = Reply(403, b'{"message":"no"}', {"x-amzn-ErrorType": "AccessDeniedException"})


@pytest.fixture
def server(monkeypatch):
    """Answers for AWS IoT and, under /answer, for CloudFormation."""
    for name, value in {"ACCESS_KEY_ID": "-", "SECRET_ACCESS_KEY": "-", "DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with served() as canned:
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.address)
        aws.iot.cache_clear()
        yield canned
    aws.iot.cache_clear()


def asked_of_us(address, kind="Create", **more):
    return {
        "RequestType": kind,
        "ResponseURL": f"{address}/answer?{SIGNATURE}",
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/1",
        "RequestId": "r-1",
        "LogicalResourceId": "Configure",
        "ResourceType": "Custom::ThingRegistry",
        "ResourceProperties": {"ServiceToken": "arn", "ServiceTimeout": "60", "ThingTypeName": "lorawan"},
        **more,
    }


def answered(server):
    (answer,) = (body for method, path, body in server.asked if path.startswith("/answer"))
    return answer


def test_cloudformation_hears_of_success_at_the_address_it_gave(server):
    server.replies.extend([TYPE, OFF])

    handler(asked_of_us(server.address), None)

    assert [(method, path) for method, path, _ in server.asked] == [
        ("GET", "/thing-types/lorawan"),
        ("GET", "/event-configurations"),
        ("PATCH", "/event-configurations"),
        ("PUT", f"/answer?{SIGNATURE}"),
    ]
    assert answered(server) == {
        "Status": "SUCCESS",
        "Reason": "found the thing type lorawan; switched registry events on",
        "PhysicalResourceId": "Configure",
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/1",
        "RequestId": "r-1",
        "LogicalResourceId": "Configure",
    }


def test_the_answer_has_an_empty_content_type_since_the_signature_covers_it(server):
    handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), None)

    assert server.sent("content-type") == [""]


def test_cloudformation_hears_of_failure_with_its_reason(server):
    server.replies.append(DENIED)

    handler(asked_of_us(server.address), None)

    assert answered(server)["Status"] == "FAILED"
    assert "AccessDeniedException" in answered(server)["Reason"]


@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_the_resource_keeps_its_id_for_life(server, kind):
    server.replies.extend([TYPE, OFF] if kind == "Update" else [])

    handler(asked_of_us(server.address, kind, PhysicalResourceId="2019/earlier"), None)

    assert answered(server)["PhysicalResourceId"] == "2019/earlier"


def test_a_deleted_stack_asks_nothing_of_aws_iot_and_succeeds(server):
    handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), None)

    assert answered(server)["Status"] == "SUCCESS"
    assert len(server.asked) == 1


def test_by_hand_it_does_the_same_and_tells_its_caller(server):
    server.replies.extend([TYPE, OFF])

    told = handler({"RequestType": "Update", "ResourceProperties": {"ThingTypeName": "lorawan"}}, None)

    assert told["Status"] == "SUCCESS"
    assert [method for method, _, _ in server.asked] == ["GET", "GET", "PATCH"]


def test_an_answer_that_comes_late_is_an_error_that_does_not_tell_the_address(server, capsys):
    server.replies.append(Reply(403))

    with pytest.raises(StackAnswerLostError, match=r"refused the answer.*403") as raised:
        handler(asked_of_us(server.address, "Delete"), None)

    assert SIGNATURE not in str(raised.value) + capsys.readouterr().out


def test_no_connection_is_an_error_that_does_not_tell_the_address(server, capsys):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(StackAnswerLostError, match="could not be told") as raised:
        handler(asked_of_us(f"http://127.0.0.1:{port}", "Delete"), None)

    assert SIGNATURE not in str(raised.value) + capsys.readouterr().out
    assert raised.value.__cause__ is None
