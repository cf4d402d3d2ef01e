"""What an event that is sent again asks for, and whether what became of it is good."""

import json
from dataclasses import replace

import pytest

from operate.views.replay import PlannedReplay, ReplayResult
from tests.journal_samples import START
from tests.samples import CREATE, THING_ID
from workflows.domain.event import RegistryEvent
from workflows.schemas.event import dump_event, load_event

EVENT = RegistryEvent("UPDATED", THING_ID, "pump-7", 2, "lorawan", attributes=CREATE)


@pytest.mark.parametrize(("repair", "overwrite"), [(False, False), (True, False), (False, True), (True, True)])
def test_what_an_event_asks_for_arrives(repair, overwrite):
    sent = replace(EVENT, repair=repair, overwrite=overwrite)

    arrived = load_event(json.loads(dump_event(sent, START)))

    assert (arrived.repair, arrived.overwrite) == (repair, overwrite)


@pytest.mark.parametrize(
    ("verdict", "outcome", "is_good"),
    [
        ("send", "registered", True),
        ("send", "failed", False),
        ("send", "not sent", False),
        ("settled", "not sent", True),
        ("unknown", "not sent", False),
    ],
)
def test_a_replay_is_good_if_it_ended_well_or_had_nothing_to_do(verdict, outcome, is_good):
    assert ReplayResult(PlannedReplay("pump-7", verdict, "why"), outcome).is_good is is_good
