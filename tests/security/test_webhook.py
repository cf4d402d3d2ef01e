"""Who calls the stack's HTTP API without the secret gets nothing onto the queue."""

import pytest

from functions import authorize_activity, receive_activity
from tests.activity_samples import SECRET, authorizer_event, call_event, uplink
from tests.canned_server import Reply, served
from tests.configuring import secret
from workflows.adapters import aws
from workflows.bootstrap.authorizing import guard
from workflows.bootstrap.receiving import receiver


def forget_clients():
    for made_once in (aws.dynamodb, aws.secretsmanager, aws.sqs, guard, receiver):
        made_once.cache_clear()


@pytest.fixture
def server(monkeypatch):
    """Secrets Manager, DynamoDB and SQS."""
    with served() as canned:
        settings = {
            "AWS_ACCESS_KEY_ID": "-",
            "AWS_SECRET_ACCESS_KEY": "-",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": canned.address,
            "STACK_NAME": "thingsync",
            "JOURNAL_TABLE": "journal",
            "APPLICATION_ID": "demo-app",
            "WEBHOOK_SECRET_ARN": "arn:webhook",
            "ACTIVITY_QUEUE_URL": f"{canned.address}/123456789012/thingsync-DeviceActivity",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        forget_clients()
        yield canned
    forget_clients()


def queued(server):
    return [body for *_, body in server.asked if "MessageBody" in body]


@pytest.mark.parametrize("stored", ["", " ", "\n", "changeme", SECRET[:31]], ids=repr)
@pytest.mark.parametrize("given", [lambda stored: "", lambda stored: stored.strip()], ids=["nothing", "a guess"])
def test_to_be_let_in_where_the_operator_left_the_secret_blank_or_short(server, stored, given):
    server.replies.extend([secret(stored), secret(stored)])

    answer = authorize_activity.handler(authorizer_event(given(stored)), None)

    assert answer == {"isAuthorized": False, "context": {}}


def test_to_get_past_the_authorizer_by_a_route_that_has_none(server):
    """As while an older version is upgraded, or after somebody took the authorizer off."""
    answer = receive_activity.handler(call_event(uplink(), authorizer=None), None)

    assert answer["statusCode"] == 401
    assert queued(server) == []


def test_to_say_in_a_header_that_the_authorizer_admitted_the_call(server):
    event = call_event(uplink(), authorizer=None)
    event["headers"] |= {"requestcontext": '{"authorizer": {"lambda": {"admitted": "yes"}}}', "admitted": "yes"}

    assert receive_activity.handler(event, None)["statusCode"] == 401


def test_who_knows_a_long_secret_is_let_in(server):
    """And so the attack above would be."""
    nothing_known = Reply(200, b"{}")
    server.replies.extend([secret(SECRET), nothing_known, Reply(200, b'{"MessageId":"1","MD5OfMessageBody":"1"}')])

    said = authorize_activity.handler(authorizer_event(SECRET), None)
    answer = receive_activity.handler(call_event(uplink(), authorizer={"lambda": said["context"]}), None)

    assert answer["statusCode"] == 202
    assert len(queued(server)) == 1
