import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import MARK, OTHER_STACK, OTHER_THING, RETRY_MARK, identity_of, planned, registered_device
from workflows.domain.mark import Mark, has_lost_its_mark, mark_in

MARKS = st.builds(Mark, st.text(max_size=128), st.text(max_size=40), st.text(max_size=80))


def test_a_mark_is_three_attributes_within_the_bounds_of_the_things_stack():
    attributes = Mark("s" * 128, "t" * 40, "r" * 80).attributes()

    assert attributes == {"aws-stack": "s" * 128, "aws-thing-id": "t" * 40, "aws-run": "r" * 80}


@given(MARKS, st.dictionaries(st.sampled_from(["site", "floor", "aws"]), st.text(max_size=10)))
def test_a_mark_is_found_among_other_attributes(mark, others):
    assert mark_in(others | mark.attributes()) == mark


@pytest.mark.parametrize("absent", ["aws-stack", "aws-thing-id", "aws-run"])
def test_half_a_mark_is_none(absent):
    attributes = {name: value for name, value in MARK.attributes().items() if name != absent}

    assert mark_in(attributes) is None


@pytest.mark.parametrize(
    ("other", "same_stack", "same_thing"),
    [
        pytest.param(MARK, True, True, id="the same run"),
        pytest.param(RETRY_MARK, True, True, id="another run"),
        pytest.param(OTHER_THING, True, False, id="another thing"),
        pytest.param(OTHER_STACK, False, False, id="another stack"),
    ],
)
def test_whose_a_mark_is(other, same_stack, same_thing):
    found = (MARK.is_of_same_stack(other), MARK.is_of_same_thing(other))

    assert found == (same_stack, same_thing)


@pytest.mark.parametrize(
    ("own", "marked", "reason"),
    [
        pytest.param(7, False, None, id="just room enough"),
        pytest.param(7, True, None, id="marked already"),
        pytest.param(8, False, "has 8 attributes of its own. .* at most 10; .* adds 3 .* Remove at least 1 ", id="one"),
        pytest.param(10, False, "has 10 attributes of its own. .* adds 3 .* Remove at least 3 of its own", id="three"),
    ],
)
def test_a_mark_needs_room_for_three_attributes(own, marked, reason):
    attributes = {f"key-{number}": "v" for number in range(own)} | (OTHER_THING.attributes() if marked else {})

    why = MARK.why_no_room(attributes)

    assert why is None if reason is None else re.match(reason, why)


def test_the_attributes_that_need_room_are_named():
    why = MARK.why_no_room({f"key-{number}": "v" for number in range(8)})

    assert "(aws-stack, aws-thing-id, aws-run)" in why


DEVICE = replace(registered_device(), made_at="then")
UNMARKED = replace(identity_of(planned()), attributes={"site": "north"}, made_at="then")


def test_the_record_that_was_made_for_the_thing_has_lost_its_mark_if_it_has_none():
    assert has_lost_its_mark(DEVICE, UNMARKED)


@pytest.mark.parametrize(
    ("device", "record"),
    [
        pytest.param(DEVICE, replace(UNMARKED, made_at="now"), id="registered again"),
        pytest.param(DEVICE, replace(UNMARKED, made_at=""), id="the server does not say"),
        pytest.param(replace(DEVICE, made_at=""), replace(UNMARKED, made_at=""), id="nobody noted it"),
        pytest.param(DEVICE, replace(UNMARKED, attributes=OTHER_THING.attributes()), id="another thing's"),
        pytest.param(DEVICE, replace(UNMARKED, attributes=MARK.attributes()), id="marked"),
        pytest.param(DEVICE, replace(UNMARKED, ids=replace(UNMARKED.ids, dev_eui="F" * 16)), id="another device"),
        pytest.param(replace(DEVICE, method="adopted"), UNMARKED, id="it never had one"),
    ],
)
def test_no_other_record_has_lost_the_things_mark(device, record):
    assert not has_lost_its_mark(device, record)
