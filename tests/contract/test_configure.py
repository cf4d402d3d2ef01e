"""Configure and Reconfigure over sockets: AWS, The Things Stack and CloudFormation's answer address are canned."""

import pytest

from functions import configure, reconfigure
from tests.authorities import authority, pem_of
from tests.canned_server import Reply
from tests.configuring import (
    API_KEY,
    DELETED,
    OLD_API_KEY,
    OWNER,
    RIGHTS,
    SECRET,
    SIGNATURE,
    STACK_ID,
    UP_TO_THE_WEBHOOK,
    WEBHOOK_ID,
    WEBHOOK_URL,
    Context,
    asked_of_us,
    secret,
    surroundings,
)
from workflows.adapters.stack_answers import StackAnswerLostError
from workflows.domain.rights import NEEDED_RIGHTS
from workflows.errors import AccessDeniedError, StackConfigurationError

DENIED = Reply(403, b'{"message":"no"}', {"x-amzn-ErrorType": "AccessDeniedException"})
ACCESS_DENIED = Reply(403, b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>")
READ_ONLY = Reply(200, b'{"rights":["%s"]}' % NEEDED_RIGHTS[0].encode())


@pytest.fixture
def server(monkeypatch):
    with surroundings(monkeypatch.setenv) as canned:
        yield canned


def answered(server):
    (answer,) = (body for method, path, body in server.asked if path.startswith("/answer"))
    return answer


def test_cloudformation_hears_of_success_at_the_address_it_gave(server):
    server.replies.extend(UP_TO_THE_WEBHOOK)

    configure.handler(asked_of_us(server.address), Context())

    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", "/"),
        ("GET", "/api/v3/auth_info"),
        ("GET", "/api/v3/applications/demo-app/rights"),
        ("POST", "/"),
        ("GET", "/thing-types/lorawan"),
        ("GET", "/event-configurations"),
        ("PATCH", "/event-configurations"),
        ("PUT", f"/api/v3/as/webhooks/demo-app/{WEBHOOK_ID}"),
        ("PUT", f"/answer?{SIGNATURE}"),
    ]
    assert answered(server) == {
        "Status": "SUCCESS",
        "Reason": (
            "the stack's name is short enough; the API key is known; it has the rights that it needs; without "
            "RIGHT_APPLICATION_INFO the application's cluster was not checked; "
            "the webhook's secret is long enough; found the thing type lorawan; switched registry events on; "
            f"wrote the webhook {WEBHOOK_ID} of the application demo-app for joins and uplinks "
            "(MirrorOn is JoinAndUplink)"
        ),
        "PhysicalResourceId": "Configure",
        "StackId": STACK_ID,
        "RequestId": "r-1",
        "LogicalResourceId": "Configure",
    }


def test_the_answer_has_an_empty_content_type_since_the_signature_covers_it(server):
    server.replies.extend([DELETED, secret(API_KEY)])

    configure.handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), Context())

    assert server.sent("content-type")[-1] == ""


def test_the_webhook_proves_itself_by_the_stacks_secret(server):
    server.replies.extend(UP_TO_THE_WEBHOOK)

    configure.handler(asked_of_us(server.address), Context())

    (webhook,) = (body["webhook"] for _, path, body in server.asked if "/as/webhooks/" in path)
    assert (webhook["base_url"], webhook["headers"]) == (WEBHOOK_URL, {"X-Thingsync-Secret": SECRET})


def test_cloudformation_hears_of_failure_with_its_reason(server):
    server.replies.extend([*UP_TO_THE_WEBHOOK[:4], DENIED])

    configure.handler(asked_of_us(server.address), Context())

    assert answered(server)["Status"] == "FAILED"
    assert "AccessDeniedException" in answered(server)["Reason"]


def test_cloudformation_hears_that_a_bundle_of_authorities_is_none_and_nothing_else_was_asked(server, monkeypatch):
    monkeypatch.setenv("CERTIFICATE_AUTHORITY_SECRET_ARN", "arn:authorities")
    server.replies.append(secret("hello"))

    configure.handler(asked_of_us(server.address), Context())

    assert [path for _, path, _ in server.asked] == ["/", f"/answer?{SIGNATURE}"]
    assert answered(server)["Status"] == "FAILED"
    assert "CertificateAuthoritySecretArn holds no certificate in PEM form" in answered(server)["Reason"]


def test_by_hand_a_corrected_bundle_is_read_again(server, monkeypatch):
    monkeypatch.setenv("CERTIFICATE_AUTHORITY_SECRET_ARN", "arn:authorities")
    server.replies.append(secret("hello"))
    with pytest.raises(StackConfigurationError, match="no certificate in PEM form"):
        reconfigure.handler({}, Context())
    server.replies.extend([secret(pem_of(authority())), *UP_TO_THE_WEBHOOK])

    answer = reconfigure.handler({}, Context())

    assert "the bundle of certificate authorities holds 1; the API key is known" in answer["Reason"]


def test_a_stack_whose_bundle_is_none_is_deleted_and_its_webhook_named(server, monkeypatch):
    monkeypatch.setenv("CERTIFICATE_AUTHORITY_SECRET_ARN", "arn:authorities")
    server.replies.extend([DELETED, secret(API_KEY), secret("hello")])

    configure.handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), Context())

    assert answered(server)["Status"] == "SUCCESS"
    assert f"could not remove the webhook {WEBHOOK_ID}" in answered(server)["Reason"]


def test_cloudformation_hears_which_rights_the_key_lacks_and_nothing_was_changed(server):
    server.replies.extend([secret(API_KEY), OWNER, READ_ONLY])

    configure.handler(asked_of_us(server.address), Context())

    assert answered(server)["Status"] == "FAILED"
    assert answered(server)["Reason"].startswith(
        f"AccessDeniedError: The API key lacks rights on the application demo-app: {', '.join(NEEDED_RIGHTS[1:])}. "
    )
    assert len(server.asked) == 4


def test_cloudformation_hears_that_the_webhooks_secret_is_too_short_and_nothing_was_changed(server):
    server.replies.extend([secret(API_KEY), OWNER, RIGHTS, secret("")])

    configure.handler(asked_of_us(server.address), Context())

    assert answered(server)["Status"] == "FAILED"
    assert answered(server)["Reason"].startswith("StackConfigurationError: The webhook's secret has 0 characters")
    assert len(server.asked) == 5


def test_cloudformation_hears_that_an_address_is_plain_http_and_it_was_not_called(server, monkeypatch):
    monkeypatch.setenv("CLUSTER_ADDRESS", "http://tts.example.com")
    server.replies.append(secret(API_KEY))

    configure.handler(asked_of_us(server.address), Context())

    assert answered(server)["Status"] == "FAILED"
    assert answered(server)["Reason"].startswith(
        "StackConfigurationError: ClusterAddress 'http://tts.example.com' is plain http"
    )
    assert [path for _, path, _ in server.asked] == ["/", f"/answer?{SIGNATURE}"]


def test_neither_the_key_nor_the_webhooks_secret_is_shown_to_anybody(server, capsys):
    server.replies.extend([*UP_TO_THE_WEBHOOK, Reply(500, f'"{API_KEY} {SECRET}"'.encode())])

    configure.handler(asked_of_us(server.address), Context())

    result = f"{answered(server)}{capsys.readouterr()}"
    assert answered(server)["Status"] == "FAILED"
    assert [held for held in (API_KEY, SECRET) if held in result] == []


def test_an_update_takes_the_webhook_along_from_another_application_of_the_cluster(server):
    server.replies.extend([*UP_TO_THE_WEBHOOK, secret(OLD_API_KEY)])
    before = {"ApplicationId": "old-app", "ClusterAddress": server.address}

    configure.handler(
        asked_of_us(server.address, "Update", PhysicalResourceId="C", OldResourceProperties=before), Context()
    )

    removals = [(path, headers["Authorization"]) for method, path, _, headers in server.requests if method == "DELETE"]
    assert removals == [
        (f"/api/v3/as/webhooks/old-app/{WEBHOOK_ID}", f"Bearer {key}") for key in (OLD_API_KEY, API_KEY)
    ]


def test_a_setting_that_is_missing_is_an_answer_too(server, monkeypatch):
    monkeypatch.delenv("WEBHOOK_URL")

    configure.handler(asked_of_us(server.address), Context())

    assert answered(server)["Reason"] == (
        "StackConfigurationError: The function lacks the environment variables WEBHOOK_URL."
    )


@pytest.mark.parametrize(
    ("kind", "replies"),
    [("Update", UP_TO_THE_WEBHOOK), ("Delete", [DELETED, secret(API_KEY)])],
    ids=["update", "delete"],
)
def test_the_resource_keeps_its_id_for_life(server, kind, replies):
    server.replies.extend(replies)

    configure.handler(asked_of_us(server.address, kind, PhysicalResourceId="2019/earlier"), Context())

    assert answered(server)["PhysicalResourceId"] == "2019/earlier"


def test_a_deleted_stack_removes_its_webhook_asks_nothing_of_aws_iot_and_succeeds(server):
    server.replies.extend([DELETED, secret(API_KEY)])

    configure.handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), Context())

    assert answered(server)["Status"] == "SUCCESS"
    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", "/"),
        ("POST", "/"),
        ("DELETE", f"/api/v3/as/webhooks/demo-app/{WEBHOOK_ID}"),
        ("PUT", f"/answer?{SIGNATURE}"),
    ]
    assert server.asked[0][2] == {"Action": "DescribeStacks", "Version": "2010-05-15", "StackName": STACK_ID}


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param([DELETED, DENIED], id="read its key"),
        pytest.param([ACCESS_DENIED], id="ask for the stack's status"),
    ],
)
def test_a_stack_is_deleted_and_its_webhook_named_if_the_right_is_missing_to(server, replies):
    server.replies.extend(replies)

    configure.handler(asked_of_us(server.address, "Delete", PhysicalResourceId="Configure"), Context())

    assert answered(server)["Status"] == "SUCCESS"
    assert f"could not remove the webhook {WEBHOOK_ID}" in answered(server)["Reason"]


def test_by_hand_it_does_the_same_and_reports_to_its_caller(server):
    server.replies.extend(UP_TO_THE_WEBHOOK)

    result = reconfigure.handler({}, Context())

    assert result["Status"] == "SUCCESS"
    assert result["Reason"].endswith(
        f"wrote the webhook {WEBHOOK_ID} of the application demo-app for joins and uplinks (MirrorOn is JoinAndUplink)"
    )


def test_by_hand_what_is_wrong_is_raised(server):
    server.replies.extend([secret(API_KEY), OWNER, READ_ONLY])

    with pytest.raises(
        AccessDeniedError, match="RIGHT_APPLICATION_DEVICES_WRITE, RIGHT_APPLICATION_DEVICES_WRITE_KEYS"
    ):
        reconfigure.handler({}, Context())


def test_by_hand_a_webhooks_secret_that_could_be_guessed_is_refused(server):
    server.replies.extend([secret(API_KEY), OWNER, RIGHTS, secret("hunter2")])

    with pytest.raises(StackConfigurationError, match="secret has 7 characters"):
        reconfigure.handler({}, Context())


def test_by_hand_a_key_that_was_replaced_is_read_again(server):
    server.replies.extend([*UP_TO_THE_WEBHOOK, Reply(), secret("NNSXS.ROTATED.K3Y"), *UP_TO_THE_WEBHOOK[1:]])
    reconfigure.handler({}, Context())

    reconfigure.handler({}, Context())

    assert "Bearer NNSXS.ROTATED.K3Y" in server.sent("Authorization")


def test_an_answer_that_comes_late_is_an_error_that_does_not_show_the_address(server, capsys):
    server.replies.extend([DELETED, secret(API_KEY), Reply(), Reply(403)])

    with pytest.raises(StackAnswerLostError, match=r"refused the answer.*403") as raised:
        configure.handler(asked_of_us(server.address, "Delete"), Context())

    assert SIGNATURE not in str(raised.value) + capsys.readouterr().out
