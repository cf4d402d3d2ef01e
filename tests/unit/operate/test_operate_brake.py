"""The brake: how many things may lose their devices at once."""

from dataclasses import replace

import pytest

from operate.errors import TooManyRemovalsError
from operate.views.brake import check_removals
from tests.drift import REGISTERED
from tests.journal_samples import DELETION, accepted
from tests.samples import CREATE, DEVICE_ID, STACK, THING_ID
from workflows.domain.brake import Removals, removals
from workflows.domain.event import RegistryEvent
from workflows.domain.facts import DeviceRemoved, EventFailed
from workflows.domain.fold import ThingState, fold
from workflows.domain.scope import StackScope

SCOPE = StackScope(STACK, "lorawan")
DELETED = RegistryEvent("DELETED", THING_ID, "pump-7", 2)
UPDATED = RegistryEvent("UPDATED", THING_ID, "pump-7", 2, "lorawan", attributes=CREATE)
HALF_MADE = fold([accepted(), EventFailed(accepted().change, "ThingBusyError")])


@pytest.mark.parametrize(
    ("event", "state", "count"),
    [
        pytest.param(DELETED, fold(REGISTERED), 1, id="deleted"),
        pytest.param(DELETED, HALF_MADE, 1, id="deleted while half-made"),
        pytest.param(DELETED, fold([*REGISTERED, DeviceRemoved(DELETION, DEVICE_ID)]), 0, id="removed before"),
        pytest.param(DELETED, ThingState(), 0, id="never heard of, and not evidently ours"),
        pytest.param(replace(DELETED, attributes=CREATE), ThingState(), 1, id="ours, perhaps made from its device"),
        pytest.param(UPDATED, fold(REGISTERED), 0, id="updated"),
        pytest.param(replace(UPDATED, thing_type_name="lamp"), fold(REGISTERED), 1, id="given another type"),
        pytest.param(
            replace(UPDATED, attributes={**CREATE, "stackName": "other"}), HALF_MADE, 1, id="given away half-made"
        ),
        pytest.param(replace(UPDATED, thing_type_name="lamp"), ThingState(), 0, id="a lamp all its life"),
        pytest.param(replace(UPDATED, thing_type_name=None), fold(REGISTERED), 0, id="lost its type"),
    ],
)
def test_what_takes_a_device_from_its_thing_is_counted(event, state, count):
    assert removals([(event, state)], SCOPE).count == count


def test_a_thing_is_counted_once_however_often_its_end_is_reported():
    events = [(replace(DELETED, thing_id=f"id-{number % 7}", thing_name=f"pump-{number % 7}")) for number in range(14)]

    found = removals(((event, fold(REGISTERED)) for event in events), SCOPE)

    assert found == Removals(7, ("pump-0", "pump-1", "pump-2", "pump-3", "pump-4"))


def uncounted():
    raise AssertionError("nobody need count the fleet for that")


@pytest.mark.parametrize(
    ("count", "unread", "fleet", "allowed"),
    [
        pytest.param(0, 0, uncounted, None, id="none"),
        pytest.param(10, 0, uncounted, None, id="ten, however small the fleet"),
        pytest.param(4, 6, uncounted, None, id="ten with what was not seen"),
        pytest.param(11, 0, lambda: 1100, None, id="a hundredth"),
        pytest.param(500, 0, lambda: 50_099, None, id="a hundredth of many"),
        pytest.param(37, 0, uncounted, 37, id="as many as were allowed"),
        pytest.param(37, 3, uncounted, 50, id="fewer than were allowed"),
        pytest.param(0, 0, uncounted, 0, id="none allowed, none needed"),
    ],
)
def test_few_removals_pass(count, unread, fleet, allowed):
    check_removals(Removals(count, (), unread), fleet=fleet, allowed=allowed)


@pytest.mark.parametrize(
    ("listed", "allowed"),
    [
        pytest.param(1, None, id="one thing is there"),
        pytest.param(None, None, id="no list was read"),
        pytest.param(0, 1, id="somebody says so"),
    ],
)
def test_a_few_removals_pass_unless_the_list_of_things_is_empty(listed, allowed):
    check_removals(Removals(1, ("a",)), fleet=uncounted, allowed=allowed, listed=listed)


def test_after_an_empty_list_nothing_is_removed():
    with pytest.raises(TooManyRemovalsError, match="AWS IoT lists no thing of this stack's type") as refused:
        check_removals(Removals(1, ("a",)), fleet=uncounted, allowed=None, listed=0)

    assert "The limit is 0 at once" in str(refused.value)
    assert "add --allow-removals 1." in str(refused.value)


def test_an_empty_list_is_no_matter_where_nothing_goes():
    check_removals(Removals(0, ()), fleet=uncounted, allowed=None, listed=0)


NAMES = ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("removals", "fleet", "allowed", "text"),
    [
        pytest.param(
            Removals(11, NAMES),
            1099,
            None,
            "Nothing was sent: 11 things would lose their devices (a, b, c, d, e, …). The limit is 10 at once "
            "(10, or 1 % of the fleet). If you want all of them, add --allow-removals 11.",
            id="of a small fleet",
        ),
        pytest.param(
            Removals(21, NAMES), 2000, None, "The limit is 20 at once (10, or 1 % of the fleet)", id="of 2000"
        ),
        pytest.param(
            Removals(37, NAMES),
            2000,
            36,
            "The limit is 36 at once (set by --allow-removals). If you want all of them, add --allow-removals 37.",
            id="fewer were allowed",
        ),
        pytest.param(Removals(1, ("a",)), 2000, 0, "1 thing would lose its device (a). The limit is 0", id="none"),
        pytest.param(
            Removals(3, ("a", "b", "c"), 1500),
            2000,
            None,
            "3 things would lose their devices (a, b, c); 1,500 messages could not be read and may be deletions. "
            "The limit is 20 at once (10, or 1 % of the fleet). If you want all of them, add --allow-removals 1503.",
            id="what was not seen counts",
        ),
        pytest.param(
            Removals(0, (), 11),
            0,
            None,
            "Nothing was sent: 11 messages could not be read and may be deletions. The limit is 10",
            id="nothing was seen",
        ),
    ],
)
def test_more_are_refused_with_their_number_and_the_first(removals, fleet, allowed, text):
    with pytest.raises(TooManyRemovalsError, match="Nothing was sent: ") as refused:
        check_removals(removals, fleet=lambda: fleet, allowed=allowed)

    assert text in str(refused.value)
    assert refused.value.exit_code == 4
