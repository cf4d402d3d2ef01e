"""A device that another stack has registered is not ours to make a thing of."""

from dataclasses import replace

import pytest

from tests.activity_samples import ACTIVITY
from tests.journal_samples import OTHER_THING_ID, append, change
from tests.mirroring import Mirroring
from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, OTHER_STACK, STACK, THING_ID
from workflows.domain.facts import BEFORE_ALL_EVENTS, DeviceAdopted, EventRejected, RegisteredDevice
from workflows.domain.mirroring import RegistryThing

HANDED_OVER = RegistryThing("pump-7", "lorawan", {"devEUI": DEV_EUI, "stackName": STACK}, THING_ID)


def marked(*things, mark=OTHER_STACK):
    return Mirroring(*things).register(attributes=mark.attributes())


def with_rejected_event(mirroring, thing_id=THING_ID, thing_name="pump-7"):
    """The thing became this stack's, and its event was rejected for lack of keys."""
    fact = EventRejected(change("UPDATED", 3), "InvalidThingError", undone=True)
    append(mirroring.journal, fact, thing_id=thing_id, thing_name=thing_name)
    return mirroring


def test_nothing_is_made_of_it_and_nothing_is_asked_of_aws_iot():
    mirroring = marked()

    result = mirroring.deliver()

    assert result.status == "refused"
    assert "has the mark of stack another-stack" in result.reason
    assert (mirroring.things.calls, mirroring.journal.owners) == ({}, {})


def test_the_operator_is_notified_once_in_a_while_and_no_thing_is():
    mirroring = marked()

    for _ in range(10):
        mirroring.deliver()

    assert [type(error).__name__ for error in mirroring.refusals] == ["MismatchingStackError"]
    assert (mirroring.thing_log.lines, mirroring.troubles) == ({}, [])


def test_nothing_is_made_of_a_device_that_a_stack_of_the_same_name_elsewhere_has():
    """Its thing is in another account or region. Whoever deleted the thing that was made here would take its device."""
    mirroring = marked(mark=replace(OTHER_STACK, stack_name=STACK))

    result = mirroring.deliver()

    assert result.status == "refused"
    assert "in another account or region uses this application" in result.reason
    assert (mirroring.things.things, mirroring.journal.owners) == ({}, {})


@pytest.mark.parametrize(
    "things",
    [
        pytest.param([], id="no-thing"),
        pytest.param([replace(HANDED_OVER, thing_id=OTHER_THING_ID)], id="a-thing-of-ours"),
        pytest.param([replace(HANDED_OVER, thing_name=DEV_EUI, thing_id=OTHER_THING_ID)], id="a-thing-of-our-name"),
    ],
)
def test_another_thing_than_the_one_that_it_was_registered_for_does_not_get_it(things):
    mirroring = with_rejected_event(marked(*things))

    assert mirroring.deliver().status == "refused"
    assert list(mirroring.things.things.values()) == things
    assert mirroring.facts(OTHER_THING_ID) == []


def test_a_thing_that_the_other_stack_still_has_does_not_get_it():
    theirs = replace(HANDED_OVER, attributes={"devEUI": DEV_EUI, "stackName": "another-stack"})
    mirroring = with_rejected_event(marked(theirs))

    assert mirroring.deliver().status == "refused"
    assert len(mirroring.facts(THING_ID)) == 1


def test_the_thing_that_was_handed_over_by_its_stack_name_is_linked():
    mirroring = with_rejected_event(marked(HANDED_OVER))

    result = mirroring.deliver()

    device = RegisteredDevice("adopted", DEVICE_ID, DEVICE_ID, DEV_EUI, JOIN_EUI)
    assert (result.status, result.thing_name) == ("linked", "pump-7")
    assert mirroring.facts(THING_ID)[1:] == [
        DeviceAdopted(replace(change("UPDATED", 3), run=BEFORE_ALL_EVENTS.run), device)
    ]


def test_it_is_found_beside_another_thing_of_its_user_s():
    mirroring = with_rejected_event(marked(HANDED_OVER, replace(HANDED_OVER, thing_name="a", thing_id=OTHER_THING_ID)))

    assert mirroring.deliver().thing_name == "pump-7"


def test_a_device_that_an_earlier_thing_of_this_stack_left_is_mirrored():
    mirroring = with_rejected_event(marked(mark=replace(OTHER_STACK, stack_name=STACK)), OTHER_STACK.thing_id)

    assert mirroring.deliver(ACTIVITY).status == "mirrored"
