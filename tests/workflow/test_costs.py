"""What a change costs: transitions of the state machine, and requests to the journal; and what an uplink costs."""

from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench import changes, uplinks
from tests.golden_events import golden
from tests.workflow.device_states import CREATE
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


def rows_under(heading, page="scaling"):
    """The cells of the rows of the tables under a heading of a page, by their first cell."""
    text = Path(f"docs/{page}.md").read_text(encoding="utf-8")
    lines = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {first: rest for first, *rest in cells}


@pytest.fixture(scope="module")
def counted_once():
    return {}


@pytest.fixture
def counted(pipeline, counted_once):
    """Return what each kind of change costs."""
    if not counted_once:
        counted_once |= changes.counts(pipeline)
    return counted_once


def test_each_change_costs_what_the_page_on_scaling_says(counted):
    rows = rows_under("What a change costs, counted")
    assert {kind: rows.get(f"`{kind}`") for kind in counted} == {
        kind: [str(row[column]) for column in changes.COLUMNS] for kind, row in counted.items()
    }
    assert [name for name in rows if name.startswith("`") and name.strip("`") not in counted] == []


def test_no_change_costs_more_than_promised(counted):
    """Beside its first log line and its shadow, a thing's first outcome has the DescribeThing of Dispatch."""
    create, update, known = counted["create"], counted["update"], counted["known_uplink"]
    calls = {name: row["things_stack"] for name, row in counted.items()}

    rows = rows_under("Calls per change", "performance")
    assert [cells[-1].partition(":")[0] for cells in rows.values()][1:] == [
        f"{create['transitions']}; {create['dynamodb']}; {create['things_stack']}",
        f"{calls['create_by_model']}",
        f"{calls['create_by_model_and_firmware_new_instance']}",
        f"{calls['create_by_model_new_instance']}",
        f"{update['iot'] + update['logs']}",
        f"{create['iot'] - 1 + create['logs']}",
        f"{known['transitions'] + known['stepfunctions']}; {known['iot']}",
    ]
    assert create["transitions"] <= 6
    assert create["dynamodb"] <= 4
    assert create["things_stack"] <= 4
    assert calls["create_by_model_and_firmware_new_instance"] <= 5
    assert update["iot"] + update["logs"] <= 3
    assert (known["sqs"], counted["known_uplink_remembered"]["dynamodb"]) == (0, 0)


def test_what_a_thousand_things_cost_is_calculated_from_what_was_counted(counted):
    create, rows = counted["create"], rows_under("What it costs")

    transitions = f"{create['transitions'] * 1000:,} transitions at $0.025 per 1,000"
    assert rows["Step Functions"] == [transitions, f"${create['transitions'] * 0.025:.2f}"]
    assert rows["Lambda, arm64"][0].startswith(f"{create['lambda'] * 1000:,} calls")
    requests = f"{create['reads'] * 1000:,} reads, {create['transactions'] * 1000:,} transactions of 3 items"
    assert rows["DynamoDB, on demand"][0].startswith(requests)
    assert create["items"] == 3 * create["transactions"]


def test_what_a_million_uplinks_cost_is_calculated_from_what_was_measured():
    rows, costs = rows_under("What uplinks cost"), uplinks.costs(**uplinks.STATED)
    names = {
        "HTTP_API": "HTTP API",
        "Lambda_requests": "ReceiveActivity: calls",
        "Lambda_duration": "ReceiveActivity: time",
        "DynamoDB": "DynamoDB",
        "logs": "logs",
        "together": "**an uplink of a device that has its thing**",
    }

    assert {part: rows[name][-1].strip("*") for part, name in names.items()} == {
        part: f"${usd:.2f}" for part, usd in costs.items()
    }
    uplinks_of_1000 = 30 * 24 * 3600 / uplinks.SENDS_EVERY_S * 1000
    usd = [number * uplinks_of_1000 / uplinks.MILLION * costs["together"] for number in (1, 10, 100)]
    assert rows["`JoinAndUplink`"] == [f"${each:.0f}" for each in usd]


def test_no_way_in_that_checks_the_header_before_any_function_reaches_what_the_function_url_costs():
    """The figures of decision 0033."""
    costs = uplinks.costs(**uplinks.STATED)
    page = Path("docs/decisions/0033-the-way-in.md").read_text(encoding="utf-8")

    assert f"${costs['HTTP_API'] + costs['Lambda_requests']:.2f} of the ${costs['together']:.2f}" in page
    assert f"**${costs['together'] - costs['HTTP_API'] - costs['logs']:.2f}**" in page


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
