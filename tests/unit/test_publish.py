"""Facts go out in the order of each thing; what is not taken goes out again with all that follows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.executions import FakeDeadLetters
from tests.fakes.fact_bus import FakeFactBus
from workflows.domain.publishing import EVENTS_AT_ONCE, FactEvent, Published, Streamed, calls_for
from workflows.errors import RegistryThrottledError, RegistryUnavailableError, UnknownFactError
from workflows.steps.publish import Publisher


def read(streamed):
    if streamed.item["pk"] == "unreadable":
        raise UnknownFactError("FACT#0 is of version 2")
    return FactEvent(streamed.number, streamed.item["pk"], "DeviceCreated", "2025-11-26T10:00:00Z", {})


def facts(*thing_ids):
    """A fact for each ID, numbered from 0."""
    return [Streamed(str(number), {"pk": thing_id, "sk": "FACT#0"}) for number, thing_id in enumerate(thing_ids)]


def publisher(**bus):
    return Publisher(FakeFactBus(**bus), FakeDeadLetters(), read)


def test_a_batch_goes_out_in_calls_of_ten():
    asked = publisher()

    result = asked.publish(facts(*map(str, range(23))))

    assert result == Published(23)
    assert [len(call) for call in asked.bus.calls] == [10, 10, 3]
    assert asked.bus.taken == [str(number) for number in range(23)]


def test_two_facts_of_a_thing_go_out_in_two_calls_since_the_first_could_be_refused_alone():
    asked = publisher()

    asked.publish(facts("pump", "valve", "pump", "pump"))

    assert asked.bus.calls == [["0", "1"], ["2"], ["3"]]


@given(st.lists(st.sampled_from("abc"), max_size=40))
def test_calls_hold_all_events_in_order_and_no_thing_twice(thing_ids):
    events = [read(one) for one in facts(*thing_ids)]

    calls = list(calls_for(events))

    assert [event for call in calls for event in call] == events
    assert all(0 < len(call) <= EVENTS_AT_ONCE for call in calls)
    assert all(len({event.thing_id for event in call}) == len(call) for call in calls)


@given(st.lists(st.sampled_from("abcdefghijkl"), max_size=30), st.integers(0, 29))
def test_no_fact_goes_out_before_an_earlier_one_of_its_thing_is_taken(thing_ids, refused):
    asked = publisher(refuses=(str(refused),))

    asked.publish(facts(*thing_ids))

    later = [number for number in asked.bus.taken if int(number) > refused]
    assert [number for number in later if thing_ids[int(number)] == thing_ids[refused]] == []


def test_from_the_first_fact_that_is_refused_all_are_delivered_again():
    asked = publisher(refuses=("1", "3"))

    result = asked.publish(facts("a", "b", "c", "d", "b"))

    assert result == Published(1, again_from="1", error_name="ThrottlingException")
    assert asked.bus.calls == [["0", "1", "2", "3"]]


@pytest.mark.parametrize("error", [RegistryThrottledError("slow"), RegistryUnavailableError("away")])
def test_a_call_that_fails_as_a_whole_is_repeated_as_a_whole(error):
    result = publisher(raises=error).publish(facts("a", "b"))

    assert result == Published(0, again_from="0", error_name=type(error).__name__)


def test_a_fact_that_nobody_can_read_holds_up_no_other_and_waits_in_the_dead_letter_queue():
    asked = publisher()

    result = asked.publish(facts("a", "unreadable", "b"))

    assert result == Published(2, unreadable=("FACT#0 is of version 2",))
    assert asked.bus.taken == ["0", "2"]
    assert asked.dead_letters.messages == [("unreadable FACT#0", "UnknownFactError", "FACT#0 is of version 2")]


def test_an_empty_batch_calls_nothing():
    asked = publisher()

    assert asked.publish([]) == Published(0)
    assert asked.bus.calls == []


def test_what_nobody_can_read_is_put_aside_once_though_what_is_before_it_is_delivered_again():
    asked = publisher(refuses=("1",))

    result = asked.publish(facts("unreadable", "a", "unreadable", "b"))

    assert result == Published(0, ("FACT#0 is of version 2",), again_from="1", error_name="ThrottlingException")
    assert len(asked.dead_letters.messages) == 1
