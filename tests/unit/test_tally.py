"""Uplinks of known devices are counted by lots: a line for each would cost more than the function."""

import json

import pytest

from workflows.domain.activity import Received
from workflows.observability.activity import TALLY_EVERY_S, Tally, received

KNOWN = Received("known", "Nothing to do.")


class Clock:
    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def written(capsys):
    """Return the numbers of known devices' uplinks that were written since it was called last."""

    def numbers():
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return [line["ActivityKnown"][0] for line in lines if "ActivityKnown" in line]

    return numbers


def test_the_first_is_written_at_once_and_those_after_it_together(written):
    clock = Clock()
    tally = Tally("ActivityKnown", clock)

    for _ in range(5):
        received(KNOWN, stack_name="thingsync", known=tally)
    at_once = written()
    clock.now_s += TALLY_EVERY_S
    received(KNOWN, stack_name="thingsync", known=tally)
    later = written()
    received(KNOWN, stack_name="thingsync", known=tally)

    assert (at_once, later, written()) == ([1], [5], [])


def test_what_is_no_uplink_of_a_known_device_is_counted_at_once(capsys):
    for _ in range(2):
        received(Received("queued", "Queued."), stack_name="thingsync", known=Tally("ActivityKnown", Clock()))

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["ActivityReceived"] for line in lines] == [[1.0], [1.0]]
