"""The operator asks that a device be made what its thing says once more: `repair` in an event that was processed."""

from dataclasses import replace

import pytest

from tests.simulated_stack import stack_with
from tests.workflow.device_states import CLAIM, CREATE, WRITES, claimed_elsewhere, device
from tests.workflow.paths import SKIPPED, UPDATE_REJECTED, UPDATED
from workflows.domain.attributes import NO_VALUES, RADIO, DeviceValues, names_at
from workflows.domain.device import DeviceIds, IdentityRecord

DEVICE_ID, CLAIMED_ID = "eui-70b3d57ed0051234", "eui-ec656e0000105a2b"


def repair_of(event, **changes):
    """Return the event that `thingsync reconcile --apply` queues: the thing as it is, in the version that it has."""
    return event | {"operation": "UPDATED", "repair": True} | changes


def renamed(pipeline, device_id):
    stack_with(pipeline.simulator).update_identity(
        IdentityRecord(DeviceIds(device_id, "", ""), DeviceValues("by hand", "also")), ["name", "description"]
    )


def radio_changed(pipeline, device_id):
    stack = stack_with(pipeline.simulator)
    WRITES["ns"](stack, stack.identity(device_id).ids)


def taken_from(server):
    def take(pipeline, device_id):
        stack_with(pipeline.simulator).delete_record(server, device_id)

    return take


def unclaimed(pipeline, device_id):
    stack_with(pipeline.simulator).unclaim(device_id)


def deleted_on_identity_server(pipeline, device_id):
    stack_with(pipeline.simulator).delete_identity(device_id)


def says_more(pipeline, device_id):
    """Somebody takes labels, place, class, settings, model and formatter from the device, or gives it others."""
    stack = stack_with(pipeline.simulator)
    record, values = stack.identity(device_id), pipeline_values(pipeline, device_id)
    stack.update_identity(
        replace(record, attributes=record.attributes | {"room": "by-hand"}, locations={}, values=NO_VALUES),
        ["label:", "latitude", "serialNumber"],
    )
    settings = set(names_at("ns")).difference(RADIO, ["devAddr"])
    stack.update_network(record.ids, NO_VALUES, settings)
    stack.update_application(record.ids, DeviceValues(payload_formatter="FORMATTER_NONE"), ["payloadFormatter"])
    assert pipeline_values(pipeline, device_id) != values


def pipeline_values(pipeline, device_id):
    stack = stack_with(pipeline.simulator)
    return stack.identity(device_id).values, stack.network(device_id).values, stack.application(device_id)


def relabelled(pipeline, device_id):
    """Somebody replaces all attributes, as `ttn-lw-cli end-devices set --attributes site=north` does."""
    stack = stack_with(pipeline.simulator)
    record = stack.identity(device_id)
    stack.update_identity(replace(record, attributes={"site": "north"}, values=NO_VALUES), [], with_mark=True)


VALVE = CREATE | {
    "serialNumber": "sn-1",
    "latitude": "52.37",
    "longitude": "4.89",
    "label:room": "12",
    "supportsClassC": "true",
    "classCTimeout": "10",
    "rx2DataRateIndex": "3",
    "payloadFormatter": "cayennelpp",
}
MEDDLED = [
    pytest.param(VALVE, DEVICE_ID, says_more, id="labels-place-class-settings-formatter"),
    pytest.param(CREATE, DEVICE_ID, renamed, id="name-and-description"),
    pytest.param(CREATE, DEVICE_ID, radio_changed, id="plan-and-versions"),
    *(pytest.param(CREATE, DEVICE_ID, taken_from(server), id=f"gone-from-{server}") for server in ("js", "ns", "as")),
    pytest.param(CREATE, DEVICE_ID, deleted_on_identity_server, id="gone-from-is"),
    pytest.param(CLAIM, CLAIMED_ID, renamed, id="name-of-a-claimed-one"),
    pytest.param(CLAIM, CLAIMED_ID, unclaimed, id="claim-taken-back"),
]


def without_mark(servers):
    """A device that was registered again bears the mark of that run."""
    return servers | {"is": {name: value for name, value in servers["is"].items() if name != "attributes"}}


@pytest.mark.parametrize(("attributes", "device_id", "meddle"), MEDDLED)
def test_what_was_changed_by_hand_is_as_the_thing_says_again(pipeline, *, attributes, device_id, meddle):
    created = pipeline.registered(attributes)
    before = pipeline.device(device_id)
    meddle(pipeline, device_id)

    run = pipeline.run(repair_of(created))

    assert run.path == UPDATED
    assert without_mark(pipeline.device(device_id)) == without_mark(before)
    assert pipeline.status(created) == "registered"


def test_a_claimed_device_whose_claim_is_refused_is_rejected_and_stays_as_it_is(pipeline):
    created = pipeline.registered(CLAIM)
    unclaimed(pipeline, CLAIMED_ID)
    claimed_elsewhere(pipeline.simulator)
    before = pipeline.device(CLAIMED_ID)

    for _ in range(2):
        run = pipeline.run(repair_of(created))

        assert (run.path, run.error) == (UPDATE_REJECTED, "ClaimRejectedError")
        assert pipeline.device(CLAIMED_ID) == before
    assert {"is", "ns", "as"} <= {server for server, record in before.items() if record}
    assert pipeline.shadow(created)["status"] == "rejected"


def test_a_session_outlives_a_repair_whose_claim_is_refused_though_is_had_forgotten_the_device(pipeline):
    created = pipeline.registered(CLAIM)
    unclaimed(pipeline, CLAIMED_ID)
    claimed_elsewhere(pipeline.simulator)
    deleted_on_identity_server(pipeline, CLAIMED_ID)
    before = pipeline.device(CLAIMED_ID)

    run = pipeline.run(repair_of(created))

    assert (run.path, run.error) == (UPDATE_REJECTED, "ClaimRejectedError")
    assert {server: pipeline.device(CLAIMED_ID)[server] for server in ("ns", "as")} == {
        server: before[server] for server in ("ns", "as")
    }


def test_a_claimed_device_whose_thing_has_lost_its_code_is_rejected_for_that_alone(pipeline):
    created = pipeline.registered(CLAIM)
    unclaimed(pipeline, CLAIMED_ID)
    bare = {name: value for name, value in created["attributes"].items() if name != "claimAuthenticationCode"}

    run = pipeline.run(repair_of(created, attributes=bare))

    assert (run.path, run.error) == (UPDATE_REJECTED, "InvalidThingError")
    assert run.message.startswith("claimAuthenticationCode: is missing")
    assert "appKey" not in run.message


def test_a_repair_can_be_repeated_and_is_followed_by_changes_as_ever(pipeline):
    created = pipeline.registered()
    for _ in range(2):
        renamed(pipeline, DEVICE_ID)
        assert pipeline.run(repair_of(created)).path == UPDATED
    repaired = pipeline.device(DEVICE_ID)

    late = pipeline.run(created)
    changed = pipeline.run(pipeline.updated(created, name="north"))

    assert (late.path, repaired["is"].get("name")) == (SKIPPED, created["attributes"].get("name"))
    assert (changed.path, pipeline.device(DEVICE_ID)["is"]["name"]) == (UPDATED, "north")


def test_a_repair_that_comes_too_late_is_superseded(pipeline):
    created = pipeline.registered()
    pipeline.run(pipeline.updated(created, name="north"))

    run = pipeline.run(repair_of(created))

    assert (run.path, pipeline.device(DEVICE_ID)["is"]["name"]) == (SKIPPED, "north")


def test_an_adopted_device_stays_as_its_owners_have_it(pipeline):
    device("js", "ns", "as")(pipeline.simulator)
    created = pipeline.registered()
    renamed(pipeline, DEVICE_ID)
    held = pipeline.device(DEVICE_ID)

    run = pipeline.run(repair_of(created))

    assert run.path == UPDATED
    assert (pipeline.log_lines(created)[-1]["outcome"], pipeline.device(DEVICE_ID)) == ("skipped", held)


def test_a_lost_device_whose_thing_has_no_keys_any_more_shows_what_it_needs(pipeline):
    created = pipeline.registered()
    pipeline.simulator.control("POST", "reset")
    bare = {name: value for name, value in created["attributes"].items() if name != "appKey"}

    run = pipeline.run(repair_of(created, attributes=bare))

    assert (run.path, run.error) == (UPDATE_REJECTED, "InvalidThingError")
    assert "appKey: is missing" in run.message


@pytest.mark.parametrize(
    ("attributes", "device_id"),
    [pytest.param(CREATE, DEVICE_ID, id="created"), pytest.param(CLAIM, CLAIMED_ID, id="claimed")],
)
def test_a_device_whose_mark_was_taken_off_gets_it_again_and_goes_with_its_thing(pipeline, attributes, device_id):
    created = pipeline.registered(attributes)
    mark = pipeline.device(device_id)["is"]["attributes"]
    relabelled(pipeline, device_id)

    run = pipeline.run(repair_of(created))
    repaired = pipeline.device(device_id)["is"]["attributes"]
    pipeline.run(pipeline.deleted(created))

    assert (run.path, repaired) == (UPDATED, {"site": "north"} | mark)
    assert not any(pipeline.device(device_id).values())


def test_a_change_of_the_thing_gives_the_mark_again_too(pipeline):
    created = pipeline.registered()
    mark = pipeline.device(DEVICE_ID)["is"]["attributes"]
    relabelled(pipeline, DEVICE_ID)

    pipeline.run(pipeline.updated(created, name="north"))

    assert pipeline.device(DEVICE_ID)["is"]["attributes"] == {"site": "north"} | mark


def test_a_device_that_somebody_registered_anew_is_linked_and_never_written(pipeline):
    created = pipeline.registered()
    stack = stack_with(pipeline.simulator)
    ids = stack.identity(DEVICE_ID).ids
    for server in ("js", "ns", "as"):
        stack.delete_record(server, DEVICE_ID)
    stack.delete_identity(DEVICE_ID)
    device("js", "ns", "as", ids=ids)(pipeline.simulator)
    before = pipeline.device(DEVICE_ID)

    pipeline.run(repair_of(created))

    assert pipeline.device(DEVICE_ID) == before
    assert pipeline.log_lines(created)[-1]["method"] == "adopted"
