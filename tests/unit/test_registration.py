"""CreateDevice and ClaimDevice on whatever The Things Stack holds already."""

from dataclasses import replace

import pytest

from tests.device_states import claimed, complete, holding
from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.things_stack import FakeThingsStack, Held
from tests.registering import is_nobodys, registration
from tests.samples import (
    APP_KEY,
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
    SECRET,
    STACK,
    THING_ID,
    altered,
    identity_of,
    planned,
    planned_claim,
    radio,
    registered_device,
)
from workflows.domain.attributes import DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds, NetworkRecord
from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome
from workflows.errors import ClaimRejectedError, DeviceConflictError, InvalidThingError, StackConfigurationError
from workflows.steps.undo import undo_device

OWN_VALUES = "all values are the thing's own"
UPDATE_MARK = Mark(STACK, THING_ID, f"{THING_ID}-v2-UPDATED")
ADOPTED = "the device was there before; it is linked, and nothing of it was overwritten"
OTHER_IDS = DeviceIds("pump-7", DEV_EUI, JOIN_EUI)
THEIR_RADIO = radio("US_902_928_FSB_2", "MAC_V1_0_2", "PHY_V1_0_2_REV_B")


def create(stack, device=None, mark=MARK, **more):
    return registration(stack.application(), device or planned(), mark, **more).create()


def claim(stack, device=None, mark=MARK, **more):
    return registration(stack.application(), device or planned_claim(), mark, **more).claim()


def held_by(owners):
    """What ``Ownership.resolve`` does: refuse for a device of a living thing, note what was asked."""
    asked = []

    def resolve_owner(found, marked):
        asked.append(found.device_id)
        if found.device_id in owners:
            raise DeviceConflictError(f"Device {found.device_id} belongs to thing {owners[found.device_id]}.")
        return is_nobodys(found, marked)

    return resolve_owner, asked


def test_a_device_is_created_on_all_four_servers():
    stack = holding({})

    outcome = create(stack)

    assert outcome == Outcome("created", OWN_VALUES, DEVICE_ID, registered_device())
    assert stack.held(DEVICE_ID) == complete(planned())


def test_a_device_of_lorawan_1_1_gets_both_keys():
    stack = holding({})
    device = planned(nwk_key=NWK_KEY)

    outcome = create(stack, device)

    assert stack.held(DEVICE_ID)["js"].settings == DeviceKeys(APP_KEY, NWK_KEY)
    assert outcome.device == registered_device(device)


def test_a_device_is_claimed_and_has_no_record_on_the_join_server():
    stack = holding({})

    outcome = claim(stack)

    assert outcome == Outcome("claimed", OWN_VALUES, DEVICE_ID, registered_device(planned_claim(), method="claimed"))
    assert stack.held(DEVICE_ID) == claimed(planned_claim())
    assert stack.claims == {(JOIN_EUI, DEV_EUI): "demo-app"}


def test_the_outcome_says_what_the_stack_filled_in():
    outcome = create(holding({}), planned(from_stack=("frequencyPlanID",)))

    assert outcome.reason == "by the stack's defaults: frequencyPlanID EU_863_870_TTN"


def is_retained(_ids, marked):
    return "this thing's" if marked == THING_ID else "retained"


@pytest.mark.parametrize("device_id", [DEVICE_ID, "pump-7"], ids=["under its ID", "under another ID"])
def test_a_device_that_was_retained_is_written_whole_and_bears_the_mark_last(device_id):
    stack = holding(complete(planned(device_id=device_id, name="Before", frequency_plan_id="EU_1"), OTHER_THING))
    connection = BrokenConnection(stack.application())

    outcome = registration(connection, planned(), MARK, resolve_owner=is_retained, rewrites_retained=True).create()

    assert outcome == Outcome("created", OWN_VALUES, device_id, altered(registered_device(), device_id=device_id))
    assert stack.held(device_id) == complete(planned(device_id=device_id))
    assert connection.calls[-1] == "update_identity"


def test_a_device_that_was_retained_stays_when_its_new_thing_is_rejected():
    before = complete(planned(name="Before"), OTHER_THING)
    stack = holding(before)

    with pytest.raises(InvalidThingError, match="appKey: names a secret"):
        create(stack, planned(app_key=SECRET), resolve_owner=is_retained, rewrites_retained=True)
    undone = undo_device(stack.application(), DEVICE_ID, MARK)

    assert undone is True
    assert stack.held(DEVICE_ID) == before


@pytest.mark.parametrize(
    ("register", "servers", "method"),
    [pytest.param(create, complete, "created", id="created"), pytest.param(claim, claimed, "claimed", id="claimed")],
)
def test_a_complete_device_keeps_the_mark_of_an_earlier_run_for_the_same_change(register, servers, method):
    device = planned() if method == "created" else planned_claim()
    stack = holding(servers(device))
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"} if method == "claimed" else {}

    outcome = register(stack, mark=RETRY_MARK)

    assert outcome == Outcome(method, OWN_VALUES, DEVICE_ID, registered_device(device, method=method, run=MARK.run))
    assert stack.held(DEVICE_ID) == servers(device, MARK)


def test_a_complete_device_of_an_earlier_change_is_marked_and_written_over():
    stack = holding(complete(planned(name="Before", app_key=NWK_KEY), MARK))

    outcome = create(stack, mark=UPDATE_MARK)

    assert outcome == Outcome("created", OWN_VALUES, DEVICE_ID, registered_device(run=UPDATE_MARK.run))
    assert stack.held(DEVICE_ID) == complete(planned(), UPDATE_MARK)


@pytest.mark.parametrize(
    ("mark", "resolve_owner"),
    [
        pytest.param(MARK, is_nobodys, id="an unfinished change of this thing"),
        pytest.param(OTHER_THING, lambda *_: "left behind", id="a thing that is gone"),
    ],
)
def test_nothing_is_left_of_what_another_change_or_thing_gave_the_device(mark, resolve_owner):
    model = {"brand_id": "acme", "model_id": "pump", "payload_formatter": "FORMATTER_REPOSITORY"}
    before = planned(supports_class_c=True, rx1_delay=5, serial_number="abc-1", **model)
    stack = holding(complete(before, mark))

    create(stack, mark=UPDATE_MARK, resolve_owner=resolve_owner)

    assert stack.held(DEVICE_ID) == complete(planned(), UPDATE_MARK)


@pytest.mark.parametrize("server", ["js", "ns", "as"])
def test_a_device_of_this_thing_that_lacks_a_part_is_completed_and_marked(server):
    stack = holding(complete(planned()))
    stack.application().delete_record(server, DEVICE_ID)

    outcome = create(stack, mark=RETRY_MARK)

    assert stack.held(DEVICE_ID) == complete(planned(), RETRY_MARK)
    assert outcome.device == registered_device(run=RETRY_MARK.run)


def test_a_claimed_device_of_this_thing_without_its_claim_is_claimed_again_and_marked():
    stack = holding(claimed(planned_claim()))

    outcome = claim(stack, mark=RETRY_MARK)

    assert outcome.kind == "claimed"
    assert stack.held(DEVICE_ID) == claimed(planned_claim(), RETRY_MARK)
    assert stack.claims == {(JOIN_EUI, DEV_EUI): "demo-app"}


def test_marking_keeps_what_others_wrote_beside_the_mark():
    servers = complete(planned())
    record = altered(servers["is"], attributes={**MARK.attributes(), "site": "rotterdam"})
    stack = holding({"is": record})

    create(stack, mark=RETRY_MARK)

    assert stack.held(DEVICE_ID)["is"].attributes == {**RETRY_MARK.attributes(), "site": "rotterdam"}


@pytest.mark.parametrize("mark", [pytest.param(None, id="nobody's"), pytest.param(OTHER_STACK, id="another stack's")])
@pytest.mark.parametrize(
    ("register", "servers"),
    [pytest.param(create, complete, id="created"), pytest.param(claim, claimed, id="claimed")],
)
def test_a_device_that_was_there_is_adopted_left_as_it_is_and_reported_with_its_differences(register, servers, mark):
    theirs = planned(name="Theirs", frequency_plan_id="US_902_928_FSB_2", app_key=NWK_KEY)
    stack = holding(servers(theirs, mark))
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"}

    resolve_owner, asked = held_by({})

    outcome = register(stack, resolve_owner=resolve_owner)

    key = ("appKey: whether the device has this key is not known, since Thingsync reads no keys",)
    differences = (
        "name: the device has 'Theirs'",
        "frequencyPlanID: the device has US_902_928_FSB_2",
        *(key if register is create else ()),
    )
    assert (outcome.kind, outcome.device_id) == ("adopted", DEVICE_ID)
    assert outcome.reason == f"{ADOPTED}. What the thing says and the device does not have: {'; '.join(differences)}"
    assert (outcome.device.method, outcome.device.run, outcome.device.differences) == ("adopted", "", differences)
    assert stack.held(DEVICE_ID) == servers(theirs, mark)
    assert asked == [DEVICE_ID]


def test_of_an_adopted_device_only_what_its_thing_gives_is_known():
    stack = holding(complete(planned(), mark=None))
    defaults = ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion")

    outcome = create(stack, planned(from_stack=defaults))

    assert altered(outcome.device, differences=()) == registered_device(
        method="adopted", run="", frequency_plan_id=None, lorawan_version=None, lorawan_phy_version=None
    )


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

    assert (outcome.kind, outcome.device_id) == ("adopted", "pump-7")
    assert outcome.device == registered_device(method="adopted", device_id="pump-7", named=DEVICE_ID, run="")
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
    servers = claimed(planned(), mark=None) | {"js": Held(planned().ids, planned().keys)}
    stack = holding(servers)

    outcome = claim(stack)

    assert outcome.kind == "adopted"
    assert stack.held(DEVICE_ID) == servers
    assert stack.claims == {}


@pytest.mark.parametrize(
    ("servers", "match"),
    [
        pytest.param(
            {"is": identity_of(planned(dev_eui="70B3D57ED0059999"))},
            f"{DEVICE_ID} is taken by the device with DevEUI 70B3D57ED0059999 and JoinEUI {JOIN_EUI}",
            id="another DevEUI under this ID",
        ),
        pytest.param(
            {"is": identity_of(planned(join_eui="0000000000000001"), OTHER_STACK)},
            f"{DEVICE_ID} is taken by the device with DevEUI {DEV_EUI} and JoinEUI 0000000000000001",
            id="another JoinEUI under this ID, of another stack",
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


OTHER_EUIS = {"dev_eui": "70B3D57ED0059999"}
ANOTHER_JOIN = {"join_eui": "0000000000000001"}


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(planned(), id="under its ID"),
        pytest.param(planned(device_id="pump-7"), id="under another ID"),
        pytest.param(planned(**OTHER_EUIS), id="other EUIs under its ID"),
    ],
)
@pytest.mark.parametrize("mark", [pytest.param(OTHER_THING, id="marked"), pytest.param(None, id="adopted")])
@pytest.mark.parametrize("register", [pytest.param(create, id="create"), pytest.param(claim, id="claim")])
def test_a_living_things_device_is_a_conflict_and_stays(register, mark, device):
    stack = holding(complete(device, mark))
    before = stack.held(device.device_id)
    resolve_owner, _ = held_by({device.device_id: "valve-3"})

    with pytest.raises(DeviceConflictError, match=f"{device.device_id} belongs to thing valve-3"):
        register(stack, resolve_owner=resolve_owner)

    assert stack.held(device.device_id) == before


@pytest.mark.parametrize(
    ("device", "mark"),
    [
        pytest.param(planned(app_key=NWK_KEY, name="Before"), OTHER_THING, id="a gone thing's, of the same EUIs"),
        pytest.param(planned(**OTHER_EUIS), OTHER_THING, id="a gone thing's, of other EUIs"),
        pytest.param(planned(device_id="pump-7"), OTHER_THING, id="a gone thing's, under another ID"),
        pytest.param(planned(**ANOTHER_JOIN), MARK, id="this thing's, made when it said something else"),
        pytest.param(planned(device_id="pump-7"), MARK, id="this thing's, under an ID that it had before"),
    ],
)
@pytest.mark.parametrize("is_claimed", [pytest.param(False, id="created"), pytest.param(True, id="claimed")])
def test_a_device_that_no_thing_has_gives_way_to_the_new_one(device, mark, is_claimed):
    stack = holding(claimed(device, mark) if is_claimed else complete(device, mark))
    stack.claims = {(device.join_eui, device.dev_eui): "demo-app"} if is_claimed else {}
    resolve_owner, asked = held_by({})

    outcome = create(stack, mark=RETRY_MARK, resolve_owner=resolve_owner)

    assert outcome == Outcome("created", OWN_VALUES, DEVICE_ID, registered_device(run=RETRY_MARK.run))
    assert stack.held(DEVICE_ID) == complete(planned(), RETRY_MARK)
    assert stack.held("pump-7") == {}
    assert stack.claims == {}
    assert asked == [device.device_id]


def test_a_device_under_its_id_and_one_of_its_euis_both_give_way():
    stack = holding(complete(planned(**OTHER_EUIS), OTHER_THING))
    other = complete(planned(device_id="pump-7"), OTHER_THING)
    stack.identities["demo-app", "pump-7"] = other.pop("is")
    for server, held in other.items():
        stack.records[server]["demo-app", "pump-7"] = held

    create(stack)

    assert stack.held(DEVICE_ID) == complete(planned())
    assert stack.held("pump-7") == {}


@pytest.mark.parametrize(
    ("register", "servers", "expected"),
    [
        pytest.param(create, claimed(planned_claim()), complete(planned(), RETRY_MARK), id="has keys now"),
        pytest.param(claim, complete(planned()), claimed(planned_claim(), RETRY_MARK), id="has a code now"),
    ],
)
def test_a_half_made_device_of_this_thing_that_joins_the_other_way_is_made_again(register, servers, expected):
    stack = holding(servers)

    register(stack, mark=RETRY_MARK)

    assert stack.held(DEVICE_ID) == expected


@pytest.mark.parametrize("way", ["create", "claim"])
def test_leftovers_under_other_ids_are_removed_first(way):
    left = planned(device_id="pump-7")
    stack = holding(complete(left) if way == "create" else claimed(left))
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"} if way == "claim" else {}
    connection = BrokenConnection(stack.application())
    run = registration(connection, planned() if way == "create" else planned_claim(), RETRY_MARK)

    getattr(run, way)(["pump-7"])

    assert stack.held("pump-7") == {}
    assert stack.held(DEVICE_ID).keys() >= {"is", "ns", "as"}
    assert connection.calls.index("delete_identity") < connection.calls.index("create_identity")


@pytest.mark.parametrize("mark", [pytest.param(None, id="nobody's"), pytest.param(OTHER_THING, id="another thing's")])
def test_what_stands_under_a_leftovers_id_and_is_anothers_stays(mark):
    device = planned(device_id="pump-7", dev_eui="70B3D57ED0059999")
    stack = holding(complete(device, mark))

    registration(stack.application(), planned(), RETRY_MARK).create(["pump-7"])

    assert stack.held("pump-7") == complete(device, mark)
    assert stack.held(DEVICE_ID) == complete(planned(), RETRY_MARK)


@pytest.mark.parametrize(
    ("device", "method"),
    [pytest.param(planned(), "created", id="keys"), pytest.param(planned_claim(), "claimed", id="a code")],
)
def test_a_device_is_registered_the_way_that_its_thing_asks_for(device, method):
    run = registration(holding({}).application(), device, MARK)

    outcome = run.create_or_claim()

    assert outcome.kind == method


@pytest.mark.parametrize(
    ("register", "device", "text"),
    [
        pytest.param(create, planned(app_key=SECRET), APP_KEY, id="key"),
        pytest.param(claim, planned_claim(authentication_code=SECRET), CODE, id="code"),
    ],
)
def test_secrets_become_what_they_name(register, device, text):
    stack = holding({})

    outcome = register(stack, device, secrets={SECRET: text})

    plain = altered(device, app_key=APP_KEY if device.keys.app_key else None)
    assert outcome.device == registered_device(plain, method=outcome.kind)
    assert stack.held(DEVICE_ID) == (complete(planned()) if outcome.kind == "created" else claimed(planned_claim()))


@pytest.mark.parametrize(
    ("before", "mark_then"),
    [
        pytest.param({}, RETRY_MARK, id="nothing was there"),
        pytest.param({"is": identity_of(planned(), MARK)}, RETRY_MARK, id="half-made"),
        pytest.param(complete(planned()), MARK, id="complete, which no undo of this run may remove"),
    ],
)
def test_a_secret_that_is_not_there_rejects_once_the_mark_says_what_to_undo(before, mark_then):
    stack = holding(before)

    with pytest.raises(InvalidThingError, match="appKey: names a secret"):
        create(stack, planned(app_key=SECRET), mark=RETRY_MARK)

    assert stack.held(DEVICE_ID)["is"] == identity_of(planned(), mark_then)
    assert stack.held(DEVICE_ID).get("js") == before.get("js")


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
            "The stack's default for frequencyPlanID: ",
            id="the stack's plan",
        ),
    ],
)
def test_a_refused_value_is_reported_to_its_owner(device, error, match):
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
    stack = holding({"js": Held(planned().ids, planned().keys)})

    claim(stack)

    assert stack.held(DEVICE_ID) == claimed(planned_claim())


def test_radio_of_a_complete_device_of_this_thing_is_what_the_thing_says():
    servers = complete(planned()) | {"ns": Held(planned().ids, NetworkRecord(THEIR_RADIO))}
    stack = holding(servers)

    create(stack)

    assert stack.held(DEVICE_ID)["ns"] == Held(planned().ids, NetworkRecord(RADIO))


def registered_again(stack, device, mark=UPDATE_MARK):
    """Register once more what the journal has as registered, as an update does whose device is not as it was."""
    run = registration(stack.application(), device, mark, registered_before=registered_device(device))
    return run.create_or_claim()


def test_a_claim_that_is_refused_leaves_a_registered_device_as_it_was():
    before = claimed(planned_claim()) | {"js": Held(planned().ids, planned().keys)}
    stack = holding(before)
    stack.claims = {(JOIN_EUI, DEV_EUI): "other-app"}

    with pytest.raises(ClaimRejectedError, match="claimed already"):
        registered_again(stack, planned_claim())

    assert stack.held(DEVICE_ID) == before


@pytest.mark.parametrize("device", [planned(), planned_claim()], ids=["created", "claimed"])
def test_a_registered_device_bears_the_mark_of_its_repair_last(device):
    servers = complete if device.keys.app_key else claimed
    stack = holding(servers(device))
    connection = BrokenConnection(stack.application())

    outcome = registration(
        connection, device, UPDATE_MARK, registered_before=registered_device(device)
    ).create_or_claim()

    assert outcome.device.run == UPDATE_MARK.run
    assert stack.held(DEVICE_ID) == servers(device, UPDATE_MARK)
    assert connection.calls[-1] == "update_identity"


ACTIVATED_BY_HAND = NetworkRecord(RADIO, joins=False)


def test_a_device_that_never_joins_is_adopted_without_keys_to_join_by():
    before = complete(planned(), mark=None) | {"ns": Held(planned().ids, ACTIVATED_BY_HAND)}
    del before["js"]
    stack = holding(before)

    outcome = create(stack)

    assert outcome.device.differences == (
        "appKey: is not used; the device is activated by personalization (ABP), so that it never joins",
    )
    assert stack.held(DEVICE_ID) == before


@pytest.mark.parametrize(
    ("device", "theirs", "difference"),
    [
        pytest.param(
            planned(),
            claimed(planned_claim(), mark=None),
            "appKey: is not used; the device was claimed, so its keys are at its maker's Join Server",
            id="a key for a device that was claimed",
        ),
        pytest.param(
            planned_claim(),
            complete(planned(), mark=None),
            "claimAuthenticationCode: is not used; the device was registered with keys of its own",
            id="a code for a device with keys",
        ),
        pytest.param(
            planned(description="roof"),
            {"is": identity_of(planned())},
            "description: the device has another",
            id="a description",
        ),
        pytest.param(
            planned(),
            {"is": identity_of(planned(name=None, description=None))},
            "name: the device has none",
            id="no name",
        ),
    ],
)
def test_what_an_adopted_device_does_not_have_of_its_thing_is_reported(device, theirs, difference):
    outcome = registration(holding(theirs).application(), device, MARK).create_or_claim()

    assert outcome.device.differences[0] == difference
    assert device.keys.app_key is None or device.keys.app_key not in outcome.reason


def test_an_adopted_device_that_has_all_that_its_thing_says_differs_in_nothing():
    stack = holding(claimed(planned_claim(), mark=None))
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"}

    assert claim(stack).device.differences == ()


def test_what_thingsync_made_and_is_forgot_gives_way_to_the_device_that_somebody_made_instead():
    theirs = planned(device_id="pump-7")
    left = {server: held for server, held in complete(planned()).items() if server != "is"}
    stack = holding(left)
    stack.identities["demo-app", "pump-7"] = identity_of(theirs)
    run = registration(stack.application(), planned(), UPDATE_MARK, registered_before=registered_device())

    outcome = run.create()

    assert (outcome.kind, outcome.device_id) == ("adopted", "pump-7")
    assert (stack.held(DEVICE_ID), stack.held("pump-7")) == ({}, complete(theirs, mark=None))


def test_what_an_adopted_device_left_is_not_cleared_for_another():
    left = {server: held for server, held in complete(planned(), mark=None).items() if server != "is"}
    stack = holding(left)
    stack.identities["demo-app", "pump-7"] = identity_of(planned(device_id="pump-7"))
    adopted = registered_device(method="adopted")

    with pytest.raises(DeviceConflictError, match="does not know whose this record is, so it stays"):
        registration(stack.application(), planned(), UPDATE_MARK, registered_before=adopted).create()

    assert stack.held(DEVICE_ID) == left


SOLVED = {"lora": {"latitude": 3.0, "longitude": 4.0, "source": "SOURCE_LORA_RSSI_GEOLOCATION"}}
SEVEN_OLD, SEVEN_NEW = ({f"{age}-{number}": "x" for number in range(7)} for age in ("old", "new"))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({"labels": SEVEN_OLD}, {"labels": SEVEN_NEW}, id="as many labels as there is room for"),
        pytest.param({"labels": {"site": "old"}}, {}, id="a label that the thing gives no longer"),
        pytest.param({"latitude": 1.0, "longitude": 2.0}, {}, id="a place that the thing gives no longer"),
        pytest.param(
            {"latitude": 1.0, "longitude": 2.0, "accuracy": 5}, {"latitude": 3.0, "longitude": 4.0}, id="a new place"
        ),
    ],
)
def test_labels_and_a_place_of_an_event_that_did_not_succeed_go_with_it(before, now):
    stack, earlier = holding({}), altered(planned(), **before)
    create(stack, earlier)

    create(stack, replace(altered(planned(), **now), unfinished=earlier.may_write), mark=UPDATE_MARK)

    record = stack.held(DEVICE_ID)["is"]
    assert {key: text for key, text in record.attributes.items() if not key.startswith("aws-")} == now.get("labels", {})
    place = {name: value for name, value in now.items() if name != "labels"}
    assert record.locations == ({"user": {**place, "source": "SOURCE_REGISTRY"}} if place else {})


def test_labels_of_others_stay_though_an_event_did_not_succeed():
    stack = holding({})
    create(stack, altered(planned(), labels={"site": "old"}))
    record = stack.held(DEVICE_ID)["is"]
    theirs = replace(record, attributes={**record.attributes, "owner": "somebody"})
    stack.application().update_identity(theirs, [], with_mark=True)

    create(stack, replace(planned(), unfinished=("label:site",)), mark=UPDATE_MARK)

    assert stack.held(DEVICE_ID)["is"].attributes == {"owner": "somebody", **UPDATE_MARK.attributes()}


def test_labels_and_the_place_of_a_thing_that_is_gone_go_with_it():
    stack, gave = holding({}), {"labels": {"site": "old"}, "latitude": 1.0, "longitude": 2.0}
    create(stack, altered(planned(), **gave), OTHER_THING)
    record = stack.held(DEVICE_ID)["is"]
    theirs = replace(
        record, attributes={**record.attributes, "owner": "somebody"}, locations={**record.locations, **SOLVED}
    )
    stack.application().update_identity(theirs, ["latitude"], with_mark=True)

    create(stack, resolve_owner=lambda *_: "left behind", left_by=lambda *_: DeviceValues(**gave))

    record = stack.held(DEVICE_ID)["is"]
    assert (record.attributes, record.locations) == ({"owner": "somebody", **MARK.attributes()}, SOLVED)


def test_of_a_lost_device_that_was_half_registered_again_only_goes_what_the_thing_gave():
    given = {"supports_class_c": True, "payload_formatter": "FORMATTER_NONE", "serial_number": "abc-1"}
    stack = holding(complete(planned(rx1_delay=5, **given), RETRY_MARK))
    unfinished = ("supportsClassC", "payloadFormatter", "serialNumber")

    create(stack, planned(unfinished=unfinished), UPDATE_MARK, registered_before=registered_device())

    assert stack.held(DEVICE_ID) == complete(planned(rx1_delay=5), UPDATE_MARK)


def test_what_the_network_server_still_has_of_a_lost_device_and_its_thing_gives_no_longer_goes():
    left = complete(planned(rx1_delay=5, supports_class_c=True))
    stack = holding({server: held for server, held in left.items() if server != "is"})
    now = planned(rx1_delay=5, unfinished=("supportsClassC",))

    create(stack, now, UPDATE_MARK, registered_before=registered_device())

    assert stack.held(DEVICE_ID) == complete(now, UPDATE_MARK)
