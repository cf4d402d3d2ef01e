"""What the list says is in force, and how it fits the terminal."""

from itertools import pairwise

import pytest

from operate.errors import WrongInputError
from operate.rendering.listing import ListLayout
from operate.views.listing import (
    FleetSummary,
    ListFilter,
    fleet_thing,
    read_statuses,
    values_in_force,
)
from tests.journal_samples import CREATED, START, accepted, change, device
from workflows.domain.facts import EventRejected, Fact
from workflows.domain.fold import fold, status_of
from workflows.ports.journal import Recorded, Snapshot

RADIO = {"frequency_plan_id": "EU_863_870", "lorawan_version": "MAC_V1_0_4", "lorawan_phy_version": "RP002_V1_0_3"}


def snapshot(*facts: Fact, name="pump-7"):
    state = fold(facts)
    return Snapshot("id", name, START, status_of(state), state)


def listed(*facts: Fact, latest_first=()):
    return fleet_thing(snapshot(*facts), latest_first)


WORDS = ("name", "description")


def test_the_values_of_a_things_own_device_are_all_known():
    """An own device has no name if its thing gives none."""
    assert {name: value for name, value in values_in_force(device(**RADIO)).items() if value or name in WORDS} == {
        "name": "",
        "description": "",
        "frequencyPlanID": "EU_863_870",
        "lorawanVersion": "1.0.4",
        "regionalParametersVersion": "RP002-1.0.3",
    }


@pytest.mark.parametrize("method", ["adopted", "mirrored"])
def test_of_a_device_that_was_there_before_only_that_is_known_which_the_thing_gives_and_the_device_has(method):
    differences = ("frequencyPlanID: the device has US_902_928_FSB_2",)

    found = values_in_force(device(method=method, differences=differences, **{**RADIO, "lorawan_phy_version": None}))

    assert found["lorawanVersion"] == "1.0.4"
    assert {name for name, value in found.items() if value != "(device's)"} == {"lorawanVersion"}


def test_why_a_thing_was_rejected_is_read_from_its_facts_if_an_older_version_wrote_the_snapshot():
    now, before = EventRejected(change(), "InvalidThingError", message="No."), EventRejected(change(), "")
    facts = [Recorded(0, START, now)]

    assert (listed(now).reason, listed(before, latest_first=facts).reason) == ("InvalidThingError: No.",) * 2
    assert listed(accepted(), CREATED).reason == ""


@pytest.mark.parametrize(
    ("texts", "statuses"),
    [
        ([], ()),
        (["failed"], ("failed",)),
        (["failed,rejected", "removed"], ("failed", "rejected", "removed")),
        (["In-Flight", "in_flight", "inflight", " in flight "], ("in flight",) * 4),
    ],
)
def test_statuses_are_read_as_people_write_them(texts, statuses):
    assert read_statuses(texts) == statuses


@pytest.mark.parametrize("text", ["", "faild", "failed,", "all"])
def test_a_status_that_there_is_not_is_refused_with_those_that_there_are(text):
    with pytest.raises(WrongInputError, match="The statuses are: failed, rejected, in flight, registered, skipped"):
        read_statuses([text])


@pytest.mark.parametrize(
    ("wanted", "statuses"),
    [
        (ListFilter(), ("failed", "rejected", "in flight", "registered", "skipped")),
        (ListFilter(statuses=("removed", "failed")), ("failed", "removed")),
        (ListFilter(error_name="InvalidThingError"), ("failed", "rejected")),
        (
            ListFilter(dev_eui="70B3D57ED0000001"),
            ("failed", "rejected", "in flight", "registered", "skipped", "removed"),
        ),
    ],
)
def test_only_those_statuses_are_read_that_can_match(wanted, statuses):
    assert wanted.wanted_statuses == statuses


def test_what_there_is_to_filter_by_is_counted():
    things = [listed(accepted(), CREATED), listed(EventRejected(change(), "InvalidThingError"))]

    assert str(FleetSummary.of(things)) == "statuses registered 1, rejected 1; errors InvalidThingError 1"
    assert str(FleetSummary.of([])) == "no things"


def test_a_wider_terminal_has_more_columns_and_every_line_fits():
    thing = listed(accepted(), CREATED)
    layouts = [ListLayout.of(width, START) for width in range(80, 220, 5)]

    assert layouts[0].heading().split() == ["Thing", "DevEUI", "Status", "Since", "Plan"]
    assert layouts[-1].heading().endswith("Method    Device ID             LoRaWAN            Name")
    assert [len(one.columns) <= len(other.columns) for one, other in pairwise(layouts)] == [True] * 27
    for width, layout in zip(range(80, 220, 5), layouts, strict=True):
        assert max(map(len, (layout.heading(), *layout.lines(thing)))) <= width
