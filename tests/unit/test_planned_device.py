"""What Dispatch decided comes back from the state machine whole."""

import json
from dataclasses import asdict

import pytest

from tests.samples import MARK, STACK, THING_ID, planned, planned_claim
from workflows.schemas.planned import load_registration


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(planned(), id="to create"),
        pytest.param(planned_claim(from_stack=("frequencyPlanID", "lorawanVersion")), id="to claim"),
    ],
)
def test_a_planned_device_survives_json(device):
    message = json.loads(json.dumps({"event": {"thing_id": THING_ID}, "device": asdict(device), "run": MARK.run}))

    assert load_registration(message, stack_name=STACK) == (device, MARK)
