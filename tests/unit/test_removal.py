"""RemoveDevice takes away what is the thing's, and nothing else."""

from dataclasses import replace

import pytest

from tests.device_states import claimed, complete, holding
from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.things_stack import FakeApplication
from tests.samples import (
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    MARK,
    OTHER_STACK,
    OTHER_THING,
    STACK,
    THING_ID,
    planned,
    registered_device,
)
from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome
from workflows.errors import RegistryUnavailableError
from workflows.steps.removal import CALLS_AT_MOST, Removal

RUN = Mark(STACK, THING_ID, f"{THING_ID}-v1-DELETED")
DEVICE = registered_device()
MIRRORED = replace(DEVICE, method="mirrored")
DELETED = ["delete_record", "delete_record", "delete_record", "delete_identity"]


@pytest.mark.parametrize("known", [pytest.param(DEVICE, id="known"), pytest.param(None, id="half-made")])
@pytest.mark.parametrize(
    ("servers", "calls"),
    [
        pytest.param(complete(planned()), ["identity", *DELETED], id="created"),
        pytest.param(claimed(planned()), ["identity", "unclaim", *DELETED], id="claimed"),
    ],
)
def test_a_device_of_this_thing_is_removed_the_claim_first_and_the_identity_last(servers, calls, known):
    stack = holding(servers)
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"} if "unclaim" in calls else {}
    connection = BrokenConnection(stack.application())

    outcome = Removal(connection, RUN, known).remove_all((DEVICE_ID,), "the thing was deleted")

    assert outcome == Outcome("removed", "the thing was deleted", DEVICE_ID)
    assert (stack.held(DEVICE_ID), stack.claims) == ({}, {})
    assert connection.calls == calls


def test_all_that_may_be_there_is_removed():
    stack = holding(complete(planned()))
    other = complete(planned(device_id="pump-7", dev_eui="70B3D57ED0059999"))
    stack.identities["demo-app", "pump-7"] = other["is"]
    connection = BrokenConnection(stack.application())

    outcome = Removal(connection, RUN, DEVICE).remove_all((DEVICE_ID, "pump-7"), "why")

    assert (outcome.kind, outcome.device_id) == ("removed", DEVICE_ID)
    assert (stack.held(DEVICE_ID), stack.held("pump-7")) == ({}, {})
    assert len(connection.calls) <= CALLS_AT_MOST


def test_a_device_that_is_gone_is_a_success():
    stack = holding({})

    outcome = Removal(stack.application(), RUN, DEVICE).remove_all((DEVICE_ID,), "why")

    assert outcome.kind == "removed"


@pytest.mark.parametrize(
    ("known", "absent_from"),
    [pytest.param(DEVICE, "new-app", id="registered"), pytest.param(None, "", id="half-made")],
)
def test_nobody_hears_that_a_device_was_removed_which_another_application_still_has(known, absent_from):
    stack = holding(complete(planned()))

    outcome = Removal(stack.application("new-app"), RUN, known).remove_all((DEVICE_ID,), "why")

    assert (outcome.kind, outcome.absent_from) == ("removed", absent_from)
    assert ("application new-app had no device" in outcome.reason) == bool(absent_from)
    assert stack.held(DEVICE_ID)


class Forgetful(FakeApplication):
    """Somebody deletes the Identity Server's record just before the claim would be taken back."""

    def unclaim(self, device_id):
        self.delete_identity(device_id)
        super().unclaim(device_id)


def test_a_claim_whose_identity_goes_away_in_this_moment_stops_nothing():
    stack = holding(claimed(planned()))

    Removal(Forgetful(stack, "demo-app"), RUN, DEVICE).remove(DEVICE_ID)

    assert stack.held(DEVICE_ID) == {}


def test_what_the_identity_server_has_forgotten_is_removed_from_the_others():
    stack = holding({server: held for server, held in complete(planned()).items() if server != "is"})

    Removal(stack.application(), RUN, DEVICE).remove(DEVICE_ID)

    assert stack.held(DEVICE_ID) == {}


@pytest.mark.parametrize(
    ("mark", "known"),
    [
        pytest.param(OTHER_THING, DEVICE, id="another thing's"),
        pytest.param(OTHER_STACK, DEVICE, id="another stack's"),
        pytest.param(OTHER_THING, MIRRORED, id="another thing's in place of the mirrored one"),
        pytest.param(None, DEVICE, id="nobody's in place of the created one"),
        pytest.param(None, replace(DEVICE, method="adopted"), id="nobody's, adopted"),
        pytest.param(None, None, id="nobody's, of which the journal knows nothing"),
        pytest.param(None, replace(MIRRORED, dev_eui="70B3D57ED0059999"), id="nobody's in place of the mirrored one"),
    ],
)
def test_what_is_not_this_things_stays(mark, known):
    stack = holding(complete(planned(), mark))

    Removal(stack.application(), RUN, known).remove(DEVICE_ID)

    assert stack.held(DEVICE_ID) == complete(planned(), mark)


@pytest.mark.parametrize(
    ("servers", "run"),
    [
        pytest.param(complete(planned(), None), "", id="without a mark"),
        pytest.param(complete(planned(), OTHER_THING), "", id="with another thing's mark"),
        pytest.param(complete(planned()), MARK.run, id="with this thing's mark as when it was linked"),
        pytest.param({"ns": complete(planned())["ns"]}, "", id="that its owner removed from the Identity Server alone"),
    ],
)
def test_a_device_that_was_there_before_its_thing_stays(servers, run):
    stack = holding(servers)
    adopted = replace(DEVICE, method="adopted", run=run)

    outcome = Removal(stack.application(), RUN, adopted).remove_all((DEVICE_ID,), "why")

    stays = "the device existed before its thing, so it stays"
    assert outcome == Outcome("released", stays, DEVICE_ID, release_reason="adopted")
    assert stack.held(DEVICE_ID) == servers


def test_what_was_made_again_of_a_device_that_was_there_before_its_thing_is_removed():
    stack = holding(complete(planned()))
    adopted = replace(DEVICE, method="adopted", run="")

    outcome = Removal(stack.application(), RUN, adopted).remove_all((DEVICE_ID,), "why")

    assert (outcome.kind, stack.held(DEVICE_ID)) == ("removed", {})


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(planned(dev_eui="70B3D57ED0059999"), id="with the thing's mark, and other EUIs"),
        pytest.param(planned(join_eui="0000000000000001"), id="with the thing's mark, and another JoinEUI"),
    ],
)
def test_a_device_with_a_copied_mark_in_place_of_the_registered_one_stays_and_that_is_reported(device):
    stack = holding(complete(device, MARK))

    outcome = Removal(stack.application(), RUN, DEVICE).remove_all((DEVICE_ID,), "the thing was deleted")

    assert (outcome.kind, outcome.device_id, outcome.release_reason) == ("released", DEVICE_ID, "another's")
    assert outcome.reason == (
        f"the thing was deleted; device {DEVICE_ID} stays: by its mark or EUIs it no longer belongs to this thing"
    )
    assert stack.held(DEVICE_ID) == complete(device, MARK)


def test_a_mirrored_device_bears_no_mark_and_is_removed():
    stack = holding(complete(planned(), mark=None))

    Removal(stack.application(), RUN, MIRRORED).remove(DEVICE_ID)

    assert stack.held(DEVICE_ID) == {}


def test_a_mirrored_device_that_an_earlier_thing_left_behind_is_removed_with_that_one_s_mark():
    stack = holding(complete(planned(), OTHER_THING))

    Removal(stack.application(), RUN, replace(MIRRORED, run=OTHER_THING.run)).remove(DEVICE_ID)

    assert stack.held(DEVICE_ID) == {}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_removal_that_broke_off_is_finished_by_the_next(at, moment):
    stack = holding(claimed(planned(), MARK))
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"}
    connection = BrokenConnection(stack.application(), at=at, moment=moment)
    with pytest.raises(RegistryUnavailableError, match="the connection broke"):
        Removal(connection, RUN, DEVICE).remove(DEVICE_ID)

    Removal(stack.application(), RUN, DEVICE).remove(DEVICE_ID)

    assert (stack.held(DEVICE_ID), stack.claims) == ({}, {})


def test_a_claim_that_cannot_be_taken_back_stops_the_removal():
    stack = holding(claimed(planned(), MARK))
    connection = BrokenConnection(stack.application(), at=2)

    with pytest.raises(RegistryUnavailableError, match="the connection broke"):
        Removal(connection, RUN, DEVICE).remove(DEVICE_ID)

    assert stack.held(DEVICE_ID) == claimed(planned(), MARK)
