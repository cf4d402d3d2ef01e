"""What a change costs: transitions of the state machine, and requests to the journal; and what an uplink costs."""

from collections import Counter
from contextlib import contextmanager

import pytest

from tests.golden_events import golden
from tests.workflow.device_states import CLAIM, CREATE
from tests.workflow.mirroring import Webhook
from tests.workflow.queue import Runs, delivered, message
from workflows.adapters import aws
from workflows.steps.door import PASSES_AT_ONCE


@contextmanager
def requests(client):
    """Collect the names of the operations that a client is asked for."""
    asked = []

    def hook(model, **_):
        asked.append(model.name)

    before_each_call = f"before-call.{client.meta.service_model.service_name}"
    client.meta.events.register(before_each_call, hook)
    yield asked
    client.meta.events.unregister(before_each_call, hook)


@pytest.mark.parametrize("attributes", [CREATE, CLAIM], ids=["create", "claim"])
def test_a_registration_that_works_takes_six_transitions_and_four_requests(pipeline, attributes):
    event = pipeline.event("created", attributes=attributes)

    with requests(aws.dynamodb()) as asked:
        run = pipeline.run(event)

    # Step Functions counts a transition each time that a state is executed.
    # Source: https://aws.amazon.com/step-functions/pricing/
    assert len(run.path) == 6
    assert asked == ["GetItem", "TransactWriteItems", "GetItem", "TransactWriteItems"]


MODEL = {"brandID": "nordlys-sensors", "modelID": "fjord-air"}


@pytest.mark.parametrize(
    ("attributes", "first"),
    [
        pytest.param(CREATE, 4, id="no-model"),
        pytest.param(CREATE | MODEL, 6, id="model"),
        pytest.param(CREATE | MODEL | {"firmwareVersion": "1.1"}, 5, id="model-and-firmware"),
    ],
)
def test_a_model_is_asked_for_once_an_instance_however_many_devices_have_it(pipeline, asked, *, attributes, first):
    calls = []
    for number in range(5):
        pipeline.registered(attributes | {"devEUI": f"70B3D57ED00000{number:02}"})
        calls.append(len(asked()))

    assert calls == [first, 4, 4, 4, 4]


def test_an_event_that_is_not_ours_costs_no_write(pipeline):
    event = pipeline.event("updated", attributes={"site": "rotterdam"})

    with requests(aws.dynamodb()) as asked:
        pipeline.run(event)

    assert set(asked) == {"GetItem"}


def test_a_removal_costs_two_requests_more_which_count_it(pipeline):
    event = pipeline.deleted(pipeline.registered())

    with requests(aws.dynamodb()) as asked:
        run = pipeline.run(event)

    assert len(run.path) == 6
    assert Counter(asked) == {"GetItem": 3, "UpdateItem": 1, "TransactWriteItems": 2}


def test_a_removal_without_a_limit_is_not_counted(pipeline):
    pipeline.deploy(DELETIONS_PER_HOUR="0")
    event = pipeline.deleted(pipeline.registered())

    with requests(aws.dynamodb()) as asked:
        pipeline.run(event)

    assert Counter(asked) == {"GetItem": 2, "TransactWriteItems": 2}


def test_an_uplink_of_a_known_device_costs_one_read_or_none(pipeline):
    webhook = Webhook(pipeline)
    devices = [webhook.register() for _ in range(PASSES_AT_ONCE + 1)]
    for ids in devices:
        webhook.sent(ids)
        pipeline.run(webhook.event_of(ids.dev_eui))
    for ids in devices[:-1]:
        webhook.call(ids)

    with requests(aws.dynamodb()) as asked, requests(aws.sqs()) as sent:
        for _ in range(3):
            webhook.call(devices[-1])

    assert (asked, sent) == (["GetItem"], [])


def test_an_uplink_of_a_device_without_a_thing_costs_one_read_and_one_message(pipeline):
    webhook = Webhook(pipeline)
    ids = webhook.register()
    webhook.call(ids)

    with requests(aws.dynamodb()) as asked, requests(aws.sqs()) as sent:
        webhook.call(ids)

    assert (asked, sent) == (["GetItem"], ["SendMessage"])


def test_the_authorizer_reads_the_secret_once_an_instance(pipeline):
    webhook = Webhook(pipeline)
    ids = webhook.register()

    with requests(aws.secretsmanager()) as asked:
        for _ in range(3):
            webhook.call(ids)

    assert asked == ["GetSecretValue"]


def test_a_deletion_of_another_type_costs_a_message_and_one_read(pipeline):
    """Without the read, the deletion of a thing of ours that was given another type would be lost."""
    of_another = golden("deleted", thingId="0f1e2d3c-0000-4000-8000-000000000000", thingTypeName="another")

    with requests(aws.dynamodb()) as asked, requests(aws.stepfunctions()) as started:
        again = delivered(message(of_another))

    assert (again, asked, started) == ([], ["GetItem"], [])


def test_a_deletion_of_a_thing_of_ours_that_was_given_another_type_is_none_of_these(pipeline):
    created = pipeline.registered()
    device_id = pipeline.shadow(created)["deviceId"]
    event = pipeline.deleted(created) | {"thingTypeName": "another"}
    runs = Runs(pipeline.cloud.clients["stepfunctions"], pipeline.cloud.state_machine_arn)

    delivered(message(event))

    runs.wait_until(event, "SUCCEEDED")
    assert pipeline.device(device_id)["is"] is None
