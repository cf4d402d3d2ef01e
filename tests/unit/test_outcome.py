"""What became of an event, and what the journal keeps of it."""

import pytest

from tests.journal_samples import change
from tests.samples import DEVICE_ID, MARK, altered, planned, registered_device
from workflows.domain.facts import (
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceMirrored,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventSkipped,
)
from workflows.domain.outcome import Outcome, RegistrationResult, fact_of, outcome_of
from workflows.errors import UnknownFactError

RADIO_ATTRIBUTES = ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion")
PRINTS = {"appKey": "c0ffee", "nwkKey": "beef"}
DEVICE = registered_device(fingerprints=PRINTS)


@pytest.mark.parametrize(
    ("kind", "from_stack", "reason"),
    [
        pytest.param("created", (), "all values are the thing's own", id="nothing from the stack"),
        pytest.param(
            "created", ("frequencyPlanID",), "by the stack's defaults: frequencyPlanID EU_863_870_TTN", id="plan"
        ),
        pytest.param(
            "claimed",
            RADIO_ATTRIBUTES,
            "by the stack's defaults: frequencyPlanID EU_863_870_TTN, lorawanVersion 1.0.3, "
            "regionalParametersVersion 1.0.3-a",
            id="all from the stack",
        ),
        pytest.param(
            "adopted",
            ("frequencyPlanID",),
            "the device was there before; it is linked, and nothing of it was overwritten",
            id="adopted",
        ),
    ],
)
def test_the_user_sees_what_the_stack_filled_in(kind, from_stack, reason):
    outcome = outcome_of(RegistrationResult(kind, DEVICE_ID), planned(from_stack=from_stack), PRINTS)

    assert (outcome.kind, outcome.reason, outcome.device_id) == (kind, reason, DEVICE_ID)


@pytest.mark.parametrize("method", ["created", "claimed"])
def test_a_registered_device_is_known_with_all_its_values_the_stacks_included(method):
    outcome = outcome_of(RegistrationResult(method, DEVICE_ID, MARK.run), planned(from_stack=RADIO_ATTRIBUTES), PRINTS)

    assert outcome.device == altered(DEVICE, method=method)


@pytest.mark.parametrize(
    ("from_stack", "unknown"),
    [
        pytest.param((), {}, id="all values are the thing's own"),
        pytest.param(("frequencyPlanID",), {"frequency_plan_id": None}, id="no plan"),
        pytest.param(("lorawanVersion",), {"lorawan_version": None}, id="no LoRaWAN version"),
        pytest.param(("regionalParametersVersion",), {"lorawan_phy_version": None}, id="no regional version"),
    ],
)
def test_an_adopted_device_is_known_under_its_own_id_with_what_the_thing_gave(from_stack, unknown):
    outcome = outcome_of(RegistrationResult("adopted", "pump-7"), planned(from_stack=from_stack), PRINTS)

    assert outcome.device == altered(DEVICE, method="adopted", device_id="pump-7", run="", **unknown)


@pytest.mark.parametrize(
    ("outcome", "fact"),
    [
        pytest.param(Outcome("created", "r", DEVICE_ID, DEVICE), DeviceCreated(change(), DEVICE), id="created"),
        pytest.param(Outcome("claimed", "r", DEVICE_ID, DEVICE), DeviceClaimed(change(), DEVICE), id="claimed"),
        pytest.param(Outcome("adopted", "r", DEVICE_ID, DEVICE), DeviceAdopted(change(), DEVICE), id="adopted"),
        pytest.param(Outcome("mirrored", "r", DEVICE_ID, DEVICE), DeviceMirrored(change(), DEVICE), id="mirrored"),
        pytest.param(Outcome("updated", "r", DEVICE_ID, DEVICE), DeviceUpdated(change(), DEVICE), id="updated"),
        pytest.param(Outcome("removed", "r", DEVICE_ID), DeviceRemoved(change(), DEVICE_ID), id="removed"),
        pytest.param(
            Outcome("removed", "r", DEVICE_ID, absent_from="app"),
            DeviceRemoved(change(), DEVICE_ID, "app"),
            id="absent",
        ),
        pytest.param(
            Outcome("released", "r", DEVICE_ID, release_reason="retained"),
            DeviceReleased(change(), DEVICE_ID, "retained"),
            id="released",
        ),
        pytest.param(Outcome("skipped", "why"), EventSkipped(change(), "why"), id="skipped"),
        pytest.param(Outcome("skipped", "why", DEVICE_ID), EventSkipped(change(), "why"), id="skipped, with a device"),
    ],
)
def test_every_outcome_is_a_fact(outcome, fact):
    assert fact_of(outcome, change()) == fact


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(Outcome("removed", "r"), id="removed, but what"),
        pytest.param(Outcome("released", "r", release_reason="retained"), id="released, but what"),
        pytest.param(Outcome("released", "r", DEVICE_ID), id="released, but why"),
        pytest.param(Outcome("created", "r", DEVICE_ID), id="created, but what"),
        pytest.param(Outcome("mirrored", "r", DEVICE_ID), id="mirrored, but what"),
    ],
)
def test_an_outcome_that_lacks_what_its_fact_needs_is_refused(outcome):
    with pytest.raises(UnknownFactError, match=f"An outcome of kind {outcome.kind} lacks what its fact needs"):
        fact_of(outcome, change())
