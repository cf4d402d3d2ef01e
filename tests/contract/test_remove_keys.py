"""RemoveKeys as Lambda calls it: outcomes in, keys off the things, and which outcomes come again."""

import json
import os

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from tests.journal_samples import append, change, device, entry
from tests.journal_table import WholeJournal, create_table
from tests.samples import CREATE
from workflows.adapters import aws
from workflows.adapters.journal.items import fact_item
from workflows.bootstrap import keyless
from workflows.bootstrap.snapshots import snapshots
from workflows.domain.facts import DeviceCreated
from workflows.domain.fold import ThingState

CACHED = (aws.iot, aws.logs, aws.dynamodb, snapshots, keyless.remover)


@pytest.fixture
def handler(monkeypatch):
    environment = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "STACK_NAME": "thingsync",
        "APPLICATION_ID": "demo-app",
        "THINGS_LOG_GROUP": "things",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for cached in CACHED:
        cached.cache_clear()
    with mock_aws():
        aws.logs().create_log_group(logGroupName="things")
        monkeypatch.setenv("JOURNAL_TABLE", create_table(aws.dynamodb()))
        from functions.remove_keys import handler  # noqa: PLC0415  # reads the environment

        yield lambda *records: handler({"Records": list(records)}, None)
    for cached in CACHED:
        cached.cache_clear()


def registered(name):
    """Make a thing whose device is registered; return the stream's record of that."""
    thing_id = aws.iot().create_thing(thingName=name, attributePayload={"attributes": CREATE})["thingId"]
    fact = DeviceCreated(change(), device(device_id=name))
    append(WholeJournal(aws.dynamodb(), os.environ["JOURNAL_TABLE"]), fact, thing_id=thing_id, thing_name=name)
    item = fact_item(entry(ThingState(), fact, thing_id, name))
    return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": name, "NewImage": item}}


def attributes_of(name):
    return aws.iot().describe_thing(thingName=name)["attributes"]


def test_keys_go_from_each_thing_and_the_functions_log_holds_none(handler, capsys):
    answer = handler(registered("pump-1"), registered("pump-2"))

    assert answer == {"batchItemFailures": []}
    for name in ("pump-1", "pump-2"):
        assert attributes_of(name) == {each: text for each, text in CREATE.items() if each != "appKey"}
    assert CREATE["appKey"] not in capsys.readouterr().out


def test_what_aws_iot_does_not_take_now_comes_again_with_all_that_follows(handler):
    records = [registered(name) for name in ("pump-1", "pump-2", "pump-3")]
    thing = aws.iot().describe_thing(thingName="pump-1")
    with Stubber(aws.iot()) as stub:
        stub.add_response("describe_thing", {key: thing[key] for key in ("thingId", "version", "attributes")})
        stub.add_response("update_thing", {})
        stub.add_client_error("describe_thing", "ThrottlingException", http_status_code=429)

        answer = handler(*records)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "pump-2"}]}
    assert attributes_of("pump-3") == CREATE


def test_what_aws_iot_will_never_take_is_counted_and_the_things_behind_it_go_on(handler, capsys, caplog):
    records = [registered(name) for name in ("pump-1", "pump-2")]
    things = [aws.iot().describe_thing(thingName=name) for name in ("pump-1", "pump-2")]
    with Stubber(aws.iot()) as stub:
        stub.add_response("describe_thing", {key: things[0][key] for key in ("thingId", "version", "attributes")})
        stub.add_client_error("update_thing", "InvalidRequestException", CREATE["appKey"], http_status_code=400)
        stub.add_response("describe_thing", {key: things[1][key] for key in ("thingId", "version", "attributes")})
        stub.add_response("update_thing", {})

        answer = handler(*records)
        stub.assert_no_pending_responses()

    assert answer == {"batchItemFailures": []}
    [counted] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "KeysNotRemoved" in line]
    assert (counted["StackName"], counted["KeysNotRemoved"]) == ("thingsync", [1.0])
    [error] = [vars(line) for line in caplog.records if line.levelname == "ERROR"]
    assert (error["thing_name"], error["attributes"], error["error_name"]) == (
        "pump-1",
        ("appKey",),
        "ThingRefusedAnswer",
    )
    assert CREATE["appKey"] not in str([vars(line) for line in caplog.records])


def test_a_call_that_is_not_allowed_fails_so_that_lambda_counts_an_error(handler):
    record = registered("pump-1")
    with Stubber(aws.iot()) as stub:
        stub.add_client_error("describe_thing", "AccessDeniedException", http_status_code=403)

        with pytest.raises(ClientError, match="AccessDenied"):
            handler(record)
