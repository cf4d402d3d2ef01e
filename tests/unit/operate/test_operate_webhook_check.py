"""What doctor says of the stack's webhook, for each MirrorOn."""

import pytest

from operate.adapters.stacks import Stack
from operate.diagnosis import check_namesakes, check_webhook
from operate.views.configuring import CONFIGURE
from operate.views.status import Check
from workflows.domain.webhook import REPORTED, ExistingWebhook, webhook_id_for

ARN = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/6f5d"
WEBHOOK_ID = webhook_id_for(ARN)
URL = "https://abc.execute-api.eu-west-1.amazonaws.com/activity"
BOTH, JOINS = (ExistingWebhook(URL, REPORTED[mirror_on]) for mirror_on in ("JoinAndUplink", "Join"))
ELSEWHERE = ExistingWebhook("https://example.com/", REPORTED["JoinAndUplink"])


def stack(mirror_on, url=URL):
    parameters = {
        "ClusterAddress": "eu1.example.com",
        "ApplicationId": "demo-app",
        **({"MirrorOn": mirror_on} if mirror_on else {}),
    }
    return Stack("thingsync", ARN, {"WebhookUrl": url}, parameters)


@pytest.mark.parametrize(
    ("mirror_on", "found", "text", "fix"),
    [
        ("JoinAndUplink", BOTH, "posts joins and uplinks; MirrorOn is JoinAndUplink", None),
        (None, BOTH, "posts joins and uplinks; MirrorOn is JoinAndUplink", None),
        ("Join", JOINS, "posts joins; MirrorOn is Join", None),
        ("Off", None, "is removed; MirrorOn is Off", None),
        ("JoinAndUplink", JOINS, "posts joins; MirrorOn is JoinAndUplink", CONFIGURE),
        ("Join", BOTH, "posts joins and uplinks; MirrorOn is Join", CONFIGURE),
        ("Off", BOTH, "exists; MirrorOn is Off", CONFIGURE),
        ("Join", None, "does not post to the stack", CONFIGURE),
        ("JoinAndUplink", ELSEWHERE, "does not post to the stack", CONFIGURE),
    ],
)
def test_the_webhook_is_compared_with_what_the_stack_mirrors_on(mirror_on, found, text, fix):
    assert check_webhook(stack(mirror_on), found) == Check("webhook", f"{WEBHOOK_ID} {text}", fix)


def test_a_stack_that_the_cluster_cannot_reach_needs_no_webhook():
    local = stack("JoinAndUplink", "http://abc.execute-api.127.0.0.1:4566/activity")

    assert check_webhook(local, None) == Check("webhook", "none: the cluster cannot reach this stack")


def test_a_stack_of_the_same_name_on_the_application_is_a_trouble():
    (check,) = check_namesakes(stack("Join"), ["thingsync-0a1b2c3d"])

    assert check.found == "thingsync-0a1b2c3d: another stack thingsync uses application demo-app"
    assert "under another name or for another application" in check.fix
    assert list(check_namesakes(stack("Join"), [])) == []
