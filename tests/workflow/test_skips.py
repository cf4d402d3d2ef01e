"""Events that ask for nothing: each ends well, and says so."""

import pytest

from tests.workflow.device_states import CREATE, device
from tests.workflow.paths import SKIPPED

NEVER = "the thing never had a device"
IGNORED = [
    pytest.param("deleted", {}, NEVER, id="a-removal"),
    pytest.param("deleted-bare", {}, NEVER, id="a-removal-without-type-and-attributes"),
    pytest.param("created", {"thingTypeName": "lamp"}, "ignored: other thing type", id="another-thing-type"),
    pytest.param(
        "created", {"attributes": {**CREATE, "stackName": "thingsync-2"}}, "ignored: other stack", id="another-stack"
    ),
    pytest.param(
        "updated", {"attributes": {"site": "rotterdam"}}, "ignored: not evidently ours", id="an-update-of-any"
    ),
]


@pytest.mark.parametrize(("name", "changes", "reason"), IGNORED)
def test_an_event_that_asks_for_nothing_is_skipped_by_name(pipeline, name, changes, reason):
    device("js", "ns", "as")(pipeline.simulator)
    held = pipeline.held()
    event = pipeline.event(name, **changes)

    run = pipeline.run(event)

    line = {name: event[name] for name in ("thingName", "thingId", "versionNumber", "operation")}
    assert (run.path, run.status) == (SKIPPED, "SUCCEEDED")
    assert pipeline.reports(event) == {
        "log": [line | {"outcome": "skipped", "reason": reason, "executionArn": run.arn}],
        "shadow": None,
        "metrics": {"Skipped": 1},
        "dead letters": [],
    }
    assert pipeline.held() == held
