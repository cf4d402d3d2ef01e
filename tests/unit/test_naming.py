import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import CREATE, DEV_EUI, THING_ID, registry_event
from workflows.domain.naming import device_id_for, execution_arn, execution_name, is_same_change, retry_name
from workflows.domain.thing import Thing
from workflows.schemas.event import load_event

LEGAL = re.compile(r"[A-Za-z0-9_-]{1,80}")
EVENTS = st.builds(
    registry_event,
    thingId=st.uuids().map(str) | st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
    versionNumber=st.integers(1, 10**12),
    operation=st.sampled_from(["CREATED", "UPDATED", "DELETED"]),
)


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        pytest.param(Thing(dev_eui=DEV_EUI), "eui-70b3d57ed0051234", id="by its DevEUI"),
        pytest.param(Thing(dev_eui=DEV_EUI, device_id="pump-7"), "pump-7", id="its own"),
        pytest.param(Thing(device_id="pump-7"), "pump-7", id="its own, without a DevEUI"),
        pytest.param(Thing(), None, id="neither"),
    ],
)
def test_a_device_is_named_after_its_thing(thing, expected):
    assert device_id_for(thing) == expected


def test_an_execution_is_named_after_the_change():
    event = load_event(registry_event(versionNumber=7, operation="UPDATED"))

    assert execution_name(event) == f"{THING_ID}-v7-UPDATED"


def test_a_retry_is_named_after_the_delivery_too():
    assert retry_name("name-v1-CREATED", "0a1b2c3d-aaaa-bbbb-cccc-ddddeeeeffff") == "name-v1-CREATED-r0a1b2c3d"


def test_a_run_has_an_arn_by_its_machine_and_name():
    machine = "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:thingsync"

    assert execution_arn(machine, "n") == "arn:aws-cn:states:cn-north-1:123456789012:execution:thingsync:n"


@given(EVENTS, st.uuids().map(str))
def test_every_name_is_legal_in_step_functions(event, message_id):
    name = execution_name(load_event(event))

    assert LEGAL.fullmatch(name)
    assert LEGAL.fullmatch(retry_name(name, message_id))


@given(EVENTS, st.integers(), st.text())
def test_the_same_change_always_has_the_same_name(event, timestamp, event_id):
    delivered_again = event | {"timestamp": timestamp, "eventId": event_id, "attributes": CREATE}

    assert execution_name(load_event(delivered_again)) == execution_name(load_event(event))


@given(EVENTS, EVENTS)
def test_different_changes_have_different_names(one, other):
    change = ("thingId", "versionNumber", "operation")
    same_change = all(one[field] == other[field] for field in change)

    assert (execution_name(load_event(one)) == execution_name(load_event(other))) is same_change


@given(EVENTS, EVENTS, st.uuids().map(str))
def test_the_runs_of_one_change_are_distinguished_from_those_of_others(one, other, message_id):
    name, other_name = execution_name(load_event(one)), execution_name(load_event(other))
    again = retry_name(name, message_id)

    assert is_same_change(name, again)
    assert is_same_change(again, retry_name(other_name, message_id)) is (name == other_name)


@pytest.mark.parametrize(
    ("run", "other"),
    [
        pytest.param(f"{THING_ID}-v1-CREATED", f"{THING_ID}-v2-UPDATED", id="another change"),
        pytest.param(f"{THING_ID}-v1-CREATED", "0f9e8d7c-1234", id="a run that somebody started by hand"),
        pytest.param(f"{THING_ID}-v1-CREATED", f"{THING_ID}-v1-CREATED-r0a1b2c3d-r4", id="a retry of no retry"),
    ],
)
def test_runs_of_other_changes_are_not_the_same(run, other):
    assert not is_same_change(run, other)
