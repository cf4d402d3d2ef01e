"""Facts on EventBridge: nothing of it without the parameter; with it, every fact and in the order of each thing."""

import json
from datetime import UTC, datetime

import pytest

from tests.contract.sam_template import FUNCTIONS, PARAMETERS, RESOURCES, TEMPLATE, values_in
from workflows.adapters.journal.items import (
    FACT,
    allowance_key,
    fact_key,
    hour_key,
    reconcile_key,
    snapshot_key,
    tombstone_key,
)
from workflows.adapters.journal.registered import owner_key

HOUR_S = 60 * 60
# A run's name is the ID of an invocation, or what somebody who invokes the function writes there.
OF_RECONCILE = ("RUN", "BEFORE", "WATCH", "SCRUB", "NOTES#run-1#000000", "NOTES#FACT#1#000000")
OF_FACTS = {"PublishFactsFunction", "PublishFactsRole", "FactsDLQ", "FactsDeadLettersAlarm", "FactsLateAlarm"}
(SOURCE,) = FUNCTIONS["PublishFacts"]["Events"].values()


def is_wanted(pattern, record):
    """Compare as event filtering does, as far as the pattern here uses it."""
    if isinstance(pattern, list):
        return any(record.startswith(one["prefix"]) if isinstance(one, dict) else record == one for one in pattern)
    return all(name in record and is_wanted(inner, record[name]) for name, inner in pattern.items())


def record(kind, key):
    return {"eventName": kind, "dynamodb": {"Keys": {name: {"S": value} for name, value in key.items()}}}


def test_without_the_parameter_nothing_is_created():
    conditional = {name for name, one in RESOURCES.items() if one.get("Condition") == "FactsPublished"}

    assert conditional == OF_FACTS
    assert TEMPLATE["Conditions"]["FactsPublished"] == {"Fn::Equals": [{"Ref": "PublishFacts"}, "true"]}
    assert PARAMETERS["PublishFacts"]["Default"] == "false"


def test_what_may_not_be_there_is_named_by_what_is_there_under_the_same_condition_alone():
    naming = {
        name
        for name, one in RESOURCES.items()
        for value in values_in(one)
        if isinstance(value, dict) and (value.get("Ref") in OF_FACTS or (value.get("Fn::GetAtt") or [0])[0] in OF_FACTS)
    }

    assert naming <= OF_FACTS


def test_the_table_has_a_stream_of_new_items_only_if_it_is_read():
    assert RESOURCES["JournalTable"]["Properties"]["StreamSpecification"] == {
        "Fn::If": ["FactsPublished", {"StreamViewType": "NEW_IMAGE"}, {"Ref": "AWS::NoValue"}]
    }
    assert SOURCE["Type"] == "DynamoDB"
    assert SOURCE["Properties"]["Stream"] == {"Fn::GetAtt": ["JournalTable", "StreamArn"]}


@pytest.mark.parametrize(
    ("kind", "key", "wanted"),
    [
        pytest.param("INSERT", fact_key("5a3c1f0e", 0), True, id="a new fact"),
        pytest.param("REMOVE", fact_key("5a3c1f0e", 0), False, id="a fact that somebody deleted"),
        pytest.param("MODIFY", fact_key("5a3c1f0e", 0), False, id="a fact that somebody changed"),
        pytest.param("INSERT", snapshot_key("5a3c1f0e"), False, id="a snapshot"),
        pytest.param("INSERT", tombstone_key("5a3c1f0e"), False, id="a tombstone"),
        pytest.param("REMOVE", tombstone_key("5a3c1f0e"), False, id="a tombstone that expired"),
        pytest.param("INSERT", owner_key("pump-7"), False, id="an owner"),
        pytest.param("INSERT", hour_key(datetime(2026, 11, 26, tzinfo=UTC)), False, id="a count of removals"),
        pytest.param("INSERT", allowance_key(), False, id="removals that are allowed"),
        *(pytest.param("INSERT", reconcile_key(what), False, id=f"RECONCILE/{what}") for what in OF_RECONCILE),
    ],
)
def test_new_facts_are_published_and_nothing_else(kind, key, wanted):
    [one] = SOURCE["Properties"]["FilterCriteria"]["Filters"]

    assert is_wanted(json.loads(one["Pattern"]), record(kind, key)) == wanted
    assert FACT in one["Pattern"]


def test_no_fact_is_passed_over_or_overtaken():
    properties = SOURCE["Properties"]

    assert properties["StartingPosition"] == "TRIM_HORIZON"
    assert properties["ParallelizationFactor"] == 1
    assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert properties["BisectBatchOnFunctionError"] is True


def test_a_fact_is_repeated_almost_as_long_as_the_stream_has_it_and_then_waits_in_a_queue():
    """DynamoDB keeps a stream's records for 24 hours."""
    properties = SOURCE["Properties"]

    assert properties["MaximumRetryAttempts"] == -1
    assert 20 * HOUR_S < properties["MaximumRecordAgeInSeconds"] < 24 * HOUR_S
    assert properties["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["FactsDLQ", "Arn"]}}}
    assert RESOURCES["FactsDLQ"]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * HOUR_S
