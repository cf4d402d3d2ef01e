import pytest

from tests.samples import DEVICE_ID, planned
from workflows.domain.outcome import Outcome, registered


@pytest.mark.parametrize(
    ("kind", "from_stack", "reason"),
    [
        pytest.param("created", (), "all values are the thing's own", id="nothing from the stack"),
        pytest.param(
            "created", ("frequencyPlanID",), "by the stack's defaults: frequency plan EU_863_870_TTN", id="plan"
        ),
        pytest.param(
            "claimed",
            ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion"),
            "by the stack's defaults: frequency plan EU_863_870_TTN, LoRaWAN 1.0.3, regional parameters 1.0.3-a",
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
def test_the_user_is_told_what_the_stack_filled_in(kind, from_stack, reason):
    outcome = registered(kind, DEVICE_ID, planned(from_stack=from_stack))

    assert outcome == Outcome(kind, reason, DEVICE_ID)
