"""Keys on things: nothing of it without the parameter; with it, every outcome that leaves a device registered."""

import json

import pytest

from tests.contract.sam_template import FUNCTIONS, PARAMETERS, RESOURCES, TEMPLATE
from tests.contract.test_template_facts import is_wanted, record
from tests.journal_samples import ONE_OF_EACH, entry
from workflows.adapters.journal.items import fact_item, snapshot_key
from workflows.domain.facts import EventSkipped, Registered
from workflows.domain.fold import ThingState

(SOURCE,) = FUNCTIONS["RemoveKeys"]["Events"].values()
[FILTER] = SOURCE["Properties"]["FilterCriteria"]["Filters"]


def test_without_the_parameter_nothing_is_created():
    conditional = {name for name, one in RESOURCES.items() if one.get("Condition") == "KeysRemoved"}

    assert conditional == {"RemoveKeysFunction", "RemoveKeysRole", "KeysLateAlarm", "KeysNotRemovedAlarm"}
    assert TEMPLATE["Conditions"]["KeysRemoved"] == {"Fn::Equals": [{"Ref": "KeysOnThings"}, "Remove"]}
    assert PARAMETERS["KeysOnThings"]["Default"] == "Keep"


@pytest.mark.parametrize("fact", ONE_OF_EACH, ids=lambda fact: type(fact).__name__)
def test_outcomes_that_leave_a_device_registered_are_read_and_no_others(fact):
    inserted = record("INSERT", {})
    inserted["dynamodb"] = {"Keys": _key_of(fact), "NewImage": fact_item(entry(ThingState(), fact))}

    assert is_wanted(json.loads(FILTER["Pattern"]), inserted) == isinstance(fact, Registered | EventSkipped)


def _key_of(fact):
    item = fact_item(entry(ThingState(), fact))
    return {name: item[name] for name in ("pk", "sk")}


def test_snapshots_are_not_read():
    assert not is_wanted(json.loads(FILTER["Pattern"]), record("INSERT", snapshot_key("5a3c1f0e")))


def test_an_outcome_is_repeated_almost_as_long_as_the_stream_has_it():
    properties = SOURCE["Properties"]

    assert (properties["StartingPosition"], properties["MaximumRetryAttempts"]) == ("TRIM_HORIZON", -1)
    assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert 20 * 3600 < properties["MaximumRecordAgeInSeconds"] < 24 * 3600
