"""The webhook's ID and whether it can be reached."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.domain.webhook import Webhook, can_reach, of_namesakes, webhook_id_for

PLACE = "arn:aws:cloudformation:eu-west-1:123456789012:stack"


def test_the_id_begins_with_the_stacks_name():
    assert re.fullmatch(r"thingsync-[0-9a-f]{8}", webhook_id_for(f"{PLACE}/thingsync/6f5d"))


def test_a_stack_that_is_made_again_has_the_id_of_the_one_before():
    assert webhook_id_for(f"{PLACE}/thingsync/6f5d") == webhook_id_for(f"{PLACE}/thingsync/0a0b")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(f"{PLACE}/Thingsync/6f5d", id="other-case"),
        pytest.param(f"{PLACE}/thingsync-/6f5d", id="dash-at-the-end"),
        pytest.param(f"{PLACE.replace('eu-west-1', 'eu-west-2')}/thingsync/6f5d", id="other-region"),
        pytest.param(f"{PLACE.replace('0', '9')}/thingsync/6f5d", id="other-account"),
    ],
)
def test_another_stack_has_another_id(other):
    assert webhook_id_for(other) != webhook_id_for(f"{PLACE}/thingsync/6f5d")


def test_webhooks_of_stacks_with_this_name_elsewhere_are_known_by_their_ids():
    stack_id = f"{PLACE}/thingsync/6f5d"
    elsewhere = webhook_id_for(stack_id.replace("eu-west-1", "eu-west-2"))
    others = [webhook_id_for(f"{PLACE}/thingsync-2/6f5d"), f"my-{elsewhere}", f"{elsewhere}f", "thingsync-dashboard"]

    assert of_namesakes(stack_id, [webhook_id_for(stack_id), *others, elsewhere]) == (elsewhere,)


@given(st.from_regex(r"[a-zA-Z][a-zA-Z0-9-]{0,127}", fullmatch=True))
def test_the_id_is_one_that_the_things_stack_takes(stack_name):
    webhook_id = webhook_id_for(f"{PLACE}/{stack_name}/6f5d")

    assert re.fullmatch(r"[a-z0-9](?:[-]?[a-z0-9]){2,}", webhook_id)
    assert len(webhook_id) <= 36


def test_the_secret_is_not_shown():
    assert "S3CRET" not in repr(Webhook("thingsync-0a1b2c3d", "https://example.com/", "S3CRET"))


@pytest.mark.parametrize(
    ("cluster_address", "url", "expected"),
    [
        ("eu1.cloud.thethings.network", "https://a.execute-api.eu-west-1.amazonaws.com/activity", True),
        ("http://127.0.0.1:1885", "http://a.execute-api.127.0.0.1:4566/activity", True),
        ("http://127.0.0.1:1885", "https://a.execute-api.eu-west-1.amazonaws.com/activity", True),
        ("https://localhost:8885", "http://127.0.0.1:4566/_aws/execute-api/a/activity", True),
        ("http://127.0.0.53:1885", "http://127.0.0.1:4566/_aws/execute-api/a/activity", True),
        ("eu1.cloud.thethings.network", "http://a.execute-api.127.0.0.1:4566/activity", False),
        ("127.0.0.1.example.com", "http://127.0.0.1:4566/_aws/execute-api/a/activity", False),
        ("eu1.cloud.thethings.network", "http://127.0.0.1:4566/_aws/execute-api/a/activity", False),
        ("https://eu1.cloud.thethings.network", "http://a.execute-api.localhost:4566/activity", False),
        ("localhost.example.com", "http://LOCALHOST/activity", False),
    ],
)
def test_a_machine_of_ones_own_is_reached_from_there_alone(cluster_address, url, expected):
    assert can_reach(cluster_address, url) is expected
