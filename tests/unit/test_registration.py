"""CreateDevice and ClaimDevice on whatever The Things Stack holds already."""

from dataclasses import replace

import pytest

from tests.fakes.things_stack import FakeThingsStack, Held
from tests.samples import (
    CODE,
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    MARK,
    NWK_KEY,
    OTHER_STACK,
    OTHER_THING,
    RADIO,
    RETRY_MARK,
    identity_of,
    keys_of,
    planned,
    planned_claim,
)
from workflows.domain.device import DeviceIds, RadioSettings, RootKeys
from workflows.domain.outcome import Outcome
from workflows.errors import ClaimRejectedError, DeviceConflictError, InvalidThingError, StackConfigurationError
from workflows.steps.registration import Registration

OWN_VALUES = "all values are the thing's own"
ADOPTED = "the device was there before; it is linked, and nothing of it was overwritten"
OTHER_IDS = DeviceIds("pump-7", DEV_EUI, JOIN_EUI)
THEIR_RADIO = RadioSettings("US_902_928_FSB_2", "MAC_V1_0_2", "PHY_V1_0_2_REV_B")


def complete(device, mark=MARK):
    """What the servers hold of a device that was created."""
    return {
        "is": identity_of(device, mark),
        "js": Held(device.ids, keys_of(device)),
        "ns": Held(device.ids, device.radio),
        "as": Held(device.ids),
    }


def claimed(device, mark=MARK):
    """What they hold of one that was claimed: the Join Server is somebody else's."""
    servers = complete(device, mark) | {"is": identity_of(device, mark, claimed=True)}
    del servers["js"]
    return servers


def holding(servers, application_id="demo-app"):
    """The Things Stack with one device on some of its servers."""
    stack = FakeThingsStack(codes={(JOIN_EUI, DEV_EUI): CODE})
    for server, held in servers.items():
        records = stack.identities if server == "is" else stack.records[server]
        records[application_id, held.ids.device_id] = held
    return stack


def create(stack, device=None, mark=MARK):
    return Registration(stack.application(), device or planned(), mark).create()


def claim(stack, device=None, mark=MARK):
    return Registration(stack.application(), device or planned_claim(), mark).claim()


def test_a_device_is_created_on_all_four_servers():
    stack = holding({})

    outcome = create(stack)

    assert outcome == Outcome("created", OWN_VALUES, DEVICE_ID)
    assert stack.held(DEVICE_ID) == complete(planned())


def test_a_device_of_lorawan_1_1_gets_both_keys():
    stack = holding({})
    device = planned(nwk_key=NWK_KEY)

    create(stack, device)

    assert stack.held(DEVICE_ID)["js"].settings == RootKeys(device.app_key, NWK_KEY)


def test_a_device_is_claimed_and_has_no_record_on_the_join_server():
    stack = holding({})

    outcome = claim(stack)

    assert outcome == Outcome("claimed", OWN_VALUES, DEVICE_ID)
    assert stack.held(DEVICE_ID) == claimed(planned_claim())
    assert stack.claims == {(JOIN_EUI, DEV_EUI): "demo-app"}


def test_the_outcome_tells_what_the_stack_filled_in():
    outcome = create(holding({}), planned(from_stack=("frequencyPlanID",)))

    assert outcome.reason == "by the stack's defaults: frequency plan EU_863_870_TTN"


def test_a_complete_device_of_this_thing_keeps_the_mark_of_the_run_that_made_it():
    stack = holding(complete(planned()))

    outcome = create(stack, mark=RETRY_MARK)

    assert outcome == Outcome("created", OWN_VALUES, DEVICE_ID)
    assert stack.held(DEVICE_ID) == complete(planned(), MARK)


@pytest.mark.parametrize("server", ["js", "ns", "as"])
def test_a_device_of_this_thing_that_lacks_a_part_is_completed_and_marked(server):
    stack = holding(complete(planned()))
    stack.application().delete_record(server, DEVICE_ID)

    create(stack, mark=RETRY_MARK)

    assert stack.held(DEVICE_ID) == complete(planned(), RETRY_MARK)


def test_a_claimed_device_of_this_thing_without_its_claim_is_claimed_again_and_marked():
    stack = holding(claimed(planned_claim()))

    outcome = claim(stack, mark=RETRY_MARK)

    assert outcome.kind == "claimed"
    assert stack.held(DEVICE_ID) == claimed(planned_claim(), RETRY_MARK)
    assert stack.claims == {(JOIN_EUI, DEV_EUI): "demo-app"}


def test_marking_keeps_what_others_wrote_beside_the_mark():
    servers = complete(planned())
    record = replace(servers["is"], attributes={**MARK.attributes(), "site": "rotterdam"})
    stack = holding({"is": record})

    create(stack, mark=RETRY_MARK)

    assert stack.held(DEVICE_ID)["is"].attributes == {**RETRY_MARK.attributes(), "site": "rotterdam"}


@pytest.mark.parametrize("mark", [pytest.param(None, id="nobody's"), pytest.param(OTHER_STACK, id="another stack's")])
@pytest.mark.parametrize(
    ("register", "servers"),
    [pytest.param(create, complete, id="created"), pytest.param(claim, claimed, id="claimed")],
)
def test_a_device_that_was_there_is_adopted_and_left_as_it_is(register, servers, mark):
    theirs = planned(name="Theirs", frequency_plan_id="US_902_928_FSB_2", app_key=NWK_KEY)
    stack = holding(servers(theirs, mark))
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"}

    outcome = register(stack)

    assert outcome == Outcome("adopted", ADOPTED, DEVICE_ID)
    assert stack.held(DEVICE_ID) == servers(theirs, mark)


@pytest.mark.parametrize("server", ["js", "ns", "as"])
def test_an_adopted_device_gets_the_servers_that_lack_it_and_no_mark(server):
    theirs = planned(name="Theirs")
    stack = holding(complete(theirs, mark=None))
    stack.application().delete_record(server, DEVICE_ID)

    outcome = create(stack)

    assert outcome.kind == "adopted"
    assert stack.held(DEVICE_ID) == complete(theirs, mark=None)


def test_a_device_of_these_euis_under_another_id_is_adopted_under_that_id():
    theirs = planned(device_id="pump-7")
    stack = holding({"is": identity_of(theirs)})

    outcome = create(stack)

    assert outcome == Outcome("adopted", ADOPTED, "pump-7")
    assert stack.held("pump-7") == complete(theirs, mark=None)
    assert stack.held(DEVICE_ID) == {}


@pytest.mark.parametrize(
    ("register", "servers"),
    [
        pytest.param(create, claimed(planned_claim(), mark=None), id="claimed, though the thing has keys"),
        pytest.param(claim, complete(planned(), mark=None), id="created, though the thing has a code"),
    ],
)
def test_an_adopted_device_keeps_its_own_way_of_joining(register, servers):
    stack = holding(servers)

    outcome = register(stack)

    assert outcome.kind == "adopted"
    assert stack.held(DEVICE_ID) == servers
    assert stack.claims == {}


def test_an_adopted_device_that_joins_by_its_keys_keeps_them_though_its_record_names_no_join_server():
    servers = claimed(planned(), mark=None) | {"js": Held(planned().ids, keys_of(planned()))}
    stack = holding(servers)

    outcome = claim(stack)

    assert outcome.kind == "adopted"
    assert stack.held(DEVICE_ID) == servers
    assert stack.claims == {}


@pytest.mark.parametrize(
    ("servers", "match"),
    [
        pytest.param(
            {"is": identity_of(planned(), OTHER_THING)},
            f"belongs to another thing of this stack .thing ID {OTHER_THING.thing_id}",
            id="another thing's device",
        ),
        pytest.param(
            {"is": identity_of(planned(device_id="pump-7"), OTHER_THING)},
            f"Device pump-7 belongs to another thing of this stack .thing ID {OTHER_THING.thing_id}",
            id="another thing's device under another ID",
        ),
        pytest.param(
            {"is": identity_of(planned(dev_eui="70B3D57ED0059999"))},
            f"{DEVICE_ID} is taken by the device with DevEUI 70B3D57ED0059999 and JoinEUI {JOIN_EUI}",
            id="another DevEUI under this ID",
        ),
        pytest.param(
            {"is": identity_of(planned(join_eui="0000000000000001"), MARK)},
            f"{DEVICE_ID} is taken by the device with DevEUI {DEV_EUI} and JoinEUI 0000000000000001",
            id="another JoinEUI under this ID, though it is this thing's",
        ),
    ],
)
@pytest.mark.parametrize("register", [pytest.param(create, id="create"), pytest.param(claim, id="claim")])
def test_a_device_id_or_euis_of_another_device_are_a_conflict_that_names_it(register, servers, match):
    stack = holding(servers)
    before = {server: dict(records) for server, records in stack.records.items()}, dict(stack.identities)

    with pytest.raises(DeviceConflictError, match=match):
        register(stack)

    assert (stack.records, stack.identities) == before


def test_euis_in_another_application_are_a_conflict_that_names_it():
    stack = holding({"is": identity_of(planned())}, application_id="other-app")

    with pytest.raises(DeviceConflictError, match=r"is registered in another application \(other-app\)"):
        create(stack)

    assert stack.held(DEVICE_ID) == {}


@pytest.mark.parametrize(
    ("device", "error", "match"),
    [
        pytest.param(planned(device_id="test"), InvalidThingError, "deviceID: .*reserved", id="reserved ID"),
        pytest.param(
            planned(frequency_plan_id="EU_1_2"), InvalidThingError, "frequencyPlanID: no freq", id="the thing's plan"
        ),
        pytest.param(
            planned(frequency_plan_id="EU_1_2", from_stack=("frequencyPlanID",)),
            StackConfigurationError,
            "own default for frequencyPlanID was refused",
            id="the stack's plan",
        ),
    ],
)
def test_a_refused_value_is_told_to_whom_it_belongs(device, error, match):
    with pytest.raises(error, match=match):
        create(holding({}), device)


@pytest.mark.parametrize(
    ("code", "claims", "error"),
    [
        pytest.param("WR0NGC0DE", {}, "is wrong, or the device is claimed already", id="wrong code"),
        pytest.param(CODE, {(JOIN_EUI, DEV_EUI): "other-app"}, "is claimed already", id="claimed by another"),
    ],
)
def test_a_denied_claim_is_rejected_before_anything_but_the_identity_is_written(code, claims, error):
    stack = holding({})
    stack.claims = claims

    with pytest.raises(ClaimRejectedError, match=error) as rejected:
        claim(stack, planned_claim(authentication_code=code))

    assert stack.held(DEVICE_ID).keys() == {"is"}
    assert code not in str(rejected.value)


def test_a_claim_that_no_join_server_knows_is_rejected():
    stack = FakeThingsStack()

    with pytest.raises(ClaimRejectedError, match="does not know this device"):
        claim(stack)


def test_a_denied_claim_that_is_ours_is_a_success():
    stack = holding({})
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"}

    outcome = claim(stack, planned_claim(authentication_code="CHANGED1"))

    assert outcome.kind == "claimed"
    assert stack.held(DEVICE_ID) == claimed(planned_claim())


def test_an_orphan_on_the_join_server_does_not_survive_a_claim():
    stack = holding({"js": Held(planned().ids, keys_of(planned()))})

    claim(stack)

    assert stack.held(DEVICE_ID) == claimed(planned_claim())


def test_radio_of_a_complete_device_of_this_thing_is_what_the_thing_says():
    servers = complete(planned()) | {"ns": Held(planned().ids, THEIR_RADIO)}
    stack = holding(servers)

    create(stack)

    assert stack.held(DEVICE_ID)["ns"] == Held(planned().ids, RADIO)
