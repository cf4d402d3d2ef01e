"""The function Configure over sockets: AWS, The Things Stack and CloudFormation's answer address are canned."""

import orjson
import pytest

from functions.configure import handler
from tests.canned_server import Reply, served
from tests.free_ports import refusing_port
from workflows.adapters import aws
from workflows.adapters.stack_answers import StackAnswerLostError
from workflows.assembly.configuring import configure
from workflows.domain.rights import NEEDED_RIGHTS
from workflows.domain.webhook import webhook_id_for
from workflows.errors import AccessDeniedError

SIGNATURE = "X-Amz-Signature=5f1d0c"
TYPE = Reply(200, orjson.dumps({"thingTypeName": "lorawan"}))
OFF = Reply(200, orjson.dumps({"eventConfigurations": {"THING": {"Enabled": False}}}))
DENIED = Reply(403, b'{"message":"no"}', {"x-amzn-ErrorType": "AccessDeniedException"})


API_KEY, SECRET = "NNSXS.CONFIGURE.K3Y", "W3BH00KS3CRET"
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/1"
WEBHOOK_ID = webhook_id_for(STACK_ID)
URL = "https://abc.execute-api.eu-west-1.amazonaws.com/activity"
OWNER = Reply(200, b'{"api_key":{"entity_ids":{"application_ids":{"application_id":"demo-app"}}}}')
RIGHTS = Reply(200, orjson.dumps({"rights": NEEDED_RIGHTS}))
READ_ONLY = Reply(200, orjson.dumps({"rights": NEEDED_RIGHTS[:1]}))


def secret(text):
    return Reply(200, orjson.dumps({"Name": "secret", "SecretString": text}))


ALL_WELL = [secret(API_KEY), OWNER, RIGHTS, TYPE, OFF, Reply(), secret(SECRET)]


class Context:
    """Lambda's."""

    def get_remaining_time_in_millis(self):
        return 55_000


@pytest.fixture
def server(monkeypatch):
    """Answers for AWS, The Things Stack and, under /answer, for CloudFormation."""
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
            "APPLICATION_ID": "demo-app",
            "API_KEY_SECRET_ARN": "arn:key",
            "WEBHOOK_SECRET_ARN": "arn:webhook",
            "WEBHOOK_URL": URL,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        forget_clients()
        yield canned
    forget_clients()


def forget_clients():
    for made_once in (aws.iot, aws.secretsmanager, configure):
        made_once.cache_clear()


def asked_of_us(address, kind="Create", **more):
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


def answered(server):
    (answer,) = (body for method, path, body in server.asked if path.startswith("/answer"))
    return answer


def test_cloudformation_hears_of_success_at_the_address_it_gave(server):
    server.replies.extend(ALL_WELL)

    handler(asked_of_us(server.address), Context())

    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", "/"),
        ("GET", "/api/v3/auth_info"),
        ("GET", "/api/v3/applications/demo-app/rights"),
        ("GET", "/thing-types/lorawan"),
        ("GET", "/event-configurations"),
        ("PATCH", "/event-configurations"),
        ("POST", "/"),
        ("PUT", f"/api/v3/as/webhooks/demo-app/{WEBHOOK_ID}"),
        ("PUT", f"/answer?{SIGNATURE}"),
    ]
    assert answered(server) == {
        "Status": "SUCCESS",
        "Reason": (
            "the stack's name will do; the API key is known; it has the rights that it needs, but not "
            "RIGHT_APPLICATION_INFO, so that the application's cluster was not compared; "
            "found the thing type lorawan; switched registry events on; "
            f"wrote the webhook {WEBHOOK_ID} of the application demo-app"
        ),
        "PhysicalResourceId": "Configure",
        "StackId": STACK_ID,
        "RequestId": "r-1",
        "LogicalResourceId": "Configure",
    }


def test_the_answer_has_an_empty_content_type_since_the_signature_covers_it(server):
    server.replies.append(secret(API_KEY))

    handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), Context())

    assert server.sent("content-type")[-1] == ""


def test_the_webhook_proves_itself_by_the_stacks_secret(server):
    server.replies.extend(ALL_WELL)

    handler(asked_of_us(server.address), Context())

    (webhook,) = (body["webhook"] for _, path, body in server.asked if "/as/webhooks/" in path)
    assert (webhook["base_url"], webhook["headers"]) == (URL, {"X-Thingsync-Secret": SECRET})


def test_cloudformation_hears_of_failure_with_its_reason(server):
    server.replies.extend([secret(API_KEY), OWNER, RIGHTS, DENIED])

    handler(asked_of_us(server.address), Context())

    assert answered(server)["Status"] == "FAILED"
    assert "AccessDeniedException" in answered(server)["Reason"]


def test_cloudformation_hears_which_rights_the_key_lacks_and_nothing_was_changed(server):
    server.replies.extend([secret(API_KEY), OWNER, READ_ONLY])

    handler(asked_of_us(server.address), Context())

    assert answered(server)["Status"] == "FAILED"
    assert answered(server)["Reason"].startswith(
        f"AccessDeniedError: The API key lacks rights on the application demo-app: {', '.join(NEEDED_RIGHTS[1:])}. "
    )
    assert len(server.asked) == 4


def test_neither_the_key_nor_the_webhooks_secret_is_told_to_anybody(server, capsys):
    server.replies.extend([*ALL_WELL, Reply(500, f'"{API_KEY} {SECRET}"'.encode())])

    handler(asked_of_us(server.address), Context())

    told = f"{answered(server)}{capsys.readouterr()}"
    assert answered(server)["Status"] == "FAILED"
    assert [held for held in (API_KEY, SECRET) if held in told] == []


def test_an_update_hears_where_the_webhook_was(server):
    gone = [secret("NNSXS.OLD.K3Y"), Reply(), Reply()]
    server.replies.extend([*ALL_WELL[:-1], *gone, *ALL_WELL[-1:]])
    before = {"ApplicationId": "old-app", "ClusterAddress": server.address}

    handler(asked_of_us(server.address, "Update", PhysicalResourceId="C", OldResourceProperties=before), Context())

    removals = [path for method, path, _ in server.asked if method == "DELETE"]
    assert removals == [f"/api/v3/as/webhooks/old-app/{WEBHOOK_ID}"] * 2
    assert "Bearer NNSXS.OLD.K3Y" in server.sent("Authorization")


def test_a_setting_that_is_missing_is_an_answer_too(server, monkeypatch):
    monkeypatch.delenv("WEBHOOK_URL")

    handler(asked_of_us(server.address), Context())

    assert answered(server)["Reason"] == (
        "StackConfigurationError: The function lacks the environment variables WEBHOOK_URL."
    )


@pytest.mark.parametrize("kind", ["Update", "Delete"])
def test_the_resource_keeps_its_id_for_life(server, kind):
    server.replies.extend(ALL_WELL if kind == "Update" else [secret(API_KEY)])

    handler(asked_of_us(server.address, kind, PhysicalResourceId="2019/earlier"), Context())

    assert answered(server)["PhysicalResourceId"] == "2019/earlier"


def test_a_deleted_stack_removes_its_webhook_asks_nothing_of_aws_iot_and_succeeds(server):
    server.replies.append(secret(API_KEY))

    handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), Context())

    assert answered(server)["Status"] == "SUCCESS"
    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", "/"),
        ("DELETE", f"/api/v3/as/webhooks/demo-app/{WEBHOOK_ID}"),
        ("PUT", f"/answer?{SIGNATURE}"),
    ]


def test_a_stack_whose_secret_is_gone_is_deleted_and_its_webhook_named(server):
    server.replies.append(DENIED)

    handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), Context())

    assert answered(server)["Status"] == "SUCCESS"
    assert f"could not remove the webhook {WEBHOOK_ID}" in answered(server)["Reason"]


def test_by_hand_it_does_the_same_and_tells_its_caller(server):
    server.replies.extend(ALL_WELL)

    told = handler({}, Context())

    assert told["Status"] == "SUCCESS"
    assert told["Reason"].endswith(f"wrote the webhook {WEBHOOK_ID} of the application demo-app")
    assert not any(path.startswith("/answer") for _, path, _ in server.asked)


def test_by_hand_what_is_wrong_is_raised(server):
    server.replies.extend([secret(API_KEY), OWNER, READ_ONLY])

    with pytest.raises(
        AccessDeniedError, match="RIGHT_APPLICATION_DEVICES_WRITE, RIGHT_APPLICATION_DEVICES_WRITE_KEYS"
    ):
        handler({}, Context())


def test_by_hand_a_key_that_was_replaced_is_read_anew(server):
    server.replies.extend([*ALL_WELL, Reply(), secret("NNSXS.ROTATED.K3Y"), *ALL_WELL[1:]])
    handler({}, Context())

    handler({}, Context())

    assert "Bearer NNSXS.ROTATED.K3Y" in server.sent("Authorization")


def test_an_answer_that_comes_late_is_an_error_that_does_not_tell_the_address(server, capsys):
    server.replies.extend([secret(API_KEY), Reply(), Reply(403)])

    with pytest.raises(StackAnswerLostError, match=r"refused the answer.*403") as raised:
        handler(asked_of_us(server.address, "Delete"), Context())

    assert SIGNATURE not in str(raised.value) + capsys.readouterr().out


def test_no_connection_is_an_error_that_does_not_tell_the_address(server, capsys):
    server.replies.append(secret(API_KEY))

    with refusing_port() as port, pytest.raises(StackAnswerLostError, match="could not be told") as raised:
        handler(asked_of_us(f"http://127.0.0.1:{port}", "Delete"), Context())

    assert SIGNATURE not in str(raised.value) + capsys.readouterr().out
    assert raised.value.__cause__ is None
