"""UpdateDevice on whatever The Things Stack holds."""

from dataclasses import replace

import pytest

from tests.device_states import claimed, complete, holding
from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.secrets import FakeDeviceSecrets
from tests.fakes.things_stack import FakeApplication, Held
from tests.samples import (
    APP_KEY,
    DEVICE_ID,
    FINGERPRINT_KEY,
    MARK,
    NWK_KEY,
    OTHER_STACK,
    OTHER_STACKS_THING,
    OTHER_THING,
    RADIO,
    RETRY_MARK,
    SECRET,
    STACK,
    THING_ID,
    altered,
    identity_of,
    planned,
    prints_of,
    radio,
    registered_device,
)
from workflows.domain.attributes import DeviceKeys
from workflows.domain.device import NetworkRecord
from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome
from workflows.domain.updating import PlannedUpdate
from workflows.errors import (
    DeviceConflictError,
    DeviceNotFoundAnswer,
    ImmutableChangeError,
    InvalidThingError,
    RegistryUnavailableError,
)
from workflows.steps.update import CALLS_AT_MOST, Update

RUN = Mark(STACK, THING_ID, f"{THING_ID}-v2-UPDATED")
DEVICE = registered_device()
AGAIN = Outcome("created", "registered again", DEVICE_ID)
NEW_KEY = "00112233445566778899AABBCCDDEEFF"
AT_NEXT_JOIN = "; in effect at the device's next join"
TO_1_1 = {"lorawan_version": "MAC_V1_1", "lorawan_phy_version": "PHY_V1_1_REV_B"}
VERSIONS = ("lorawanVersion", "regionalParametersVersion")
WITH_NWK_KEY = altered(DEVICE, **TO_1_1, fingerprints=prints_of(DeviceKeys(APP_KEY, NWK_KEY)))


def no_key():
    raise LookupError("the stack's secret is not needed")


def to_write(*fields, device=DEVICE, **more):
    return altered(PlannedUpdate(device, fields, {}), **more)


def run(registry, update, *, secrets=None, fingerprint_key=lambda: FINGERPRINT_KEY):
    return Update(registry, update, RUN, FakeDeviceSecrets(secrets or {}), fingerprint_key, lambda: AGAIN).run()


def watched(stack):
    """A connection that notes what it is asked."""
    return BrokenConnection(stack.application())


def test_name_and_description_are_written_to_the_identity_server_alone():
    connection = watched(stack := holding(complete(planned())))
    device = altered(DEVICE, name="Pump_8", description="roof")

    outcome = run(connection, to_write("name", "description", device=device), fingerprint_key=no_key)

    assert outcome == Outcome("updated", "written: name, description", DEVICE_ID, device)
    assert stack.held(DEVICE_ID) == complete(planned(name="Pump_8", description="roof"))
    assert connection.calls == ["identity", "update_identity"]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        pytest.param("name", {"name": "Pump_8", "description": "not to be written"}, id="name"),
        pytest.param("description", {"description": "roof", "name": "not to be written"}, id="description"),
    ],
)
def test_only_what_changed_is_written(field, changes):
    stack = holding(complete(planned()))

    run(stack.application(), to_write(field, device=altered(DEVICE, **changes)))

    assert stack.held(DEVICE_ID)["is"] == identity_of(planned(**{field: changes[field]}), MARK)


def test_a_name_that_is_gone_is_cleared():
    stack = holding(complete(planned()))

    run(stack.application(), to_write("name", device=altered(DEVICE, name=None)))

    assert stack.held(DEVICE_ID)["is"] == identity_of(planned(name=None), MARK)


@pytest.mark.parametrize(
    ("field", "changes", "expected"),
    [
        pytest.param(
            "frequencyPlanID",
            {"frequency_plan_id": "US_902_928_FSB_2"},
            radio("US_902_928_FSB_2", "MAC_V1_0_3", "PHY_V1_0_3_REV_A"),
            id="plan",
        ),
        pytest.param(
            "lorawanVersion",
            {"lorawan_version": "MAC_V1_0_2", "lorawan_phy_version": "PHY_V1_0_2_REV_B"},
            radio("EU_863_870_TTN", "MAC_V1_0_2", "PHY_V1_0_2_REV_B"),
            id="versions",
        ),
        pytest.param(
            "regionalParametersVersion",
            {"lorawan_version": "MAC_V1_0_2", "lorawan_phy_version": "PHY_V1_0_2_REV_A"},
            radio("EU_863_870_TTN", "MAC_V1_0_2", "PHY_V1_0_2_REV_A"),
            id="regional version",
        ),
    ],
)
def test_plan_and_versions_are_written_together_and_it_is_reported_when_they_count(field, changes, expected):
    connection = watched(stack := holding(complete(planned())))
    device = altered(DEVICE, **changes)

    outcome = run(connection, to_write(field, device=device))

    assert outcome == Outcome("updated", f"written: {field}{AT_NEXT_JOIN}", DEVICE_ID, device)
    assert stack.held(DEVICE_ID) == complete(planned()) | {"ns": Held(planned().ids, NetworkRecord(expected))}
    assert connection.calls == ["identity", "network", "update_network"]


@pytest.mark.parametrize(
    ("given", "secrets"),
    [pytest.param(NEW_KEY, {}, id="the key"), pytest.param(SECRET, {SECRET: NEW_KEY.lower()}, id="a reference")],
)
def test_a_key_that_changed_is_written_and_remembered_by_its_fingerprint(given, secrets):
    connection = watched(stack := holding(complete(planned())))

    outcome = run(connection, to_write(app_key=given), secrets=secrets)

    known = altered(DEVICE, fingerprints=prints_of(DeviceKeys(NEW_KEY)))
    assert outcome == Outcome("updated", f"written: root keys{AT_NEXT_JOIN}", DEVICE_ID, known)
    assert stack.held(DEVICE_ID) == complete(planned(app_key=NEW_KEY))
    assert connection.calls == ["identity", "set_join"]


@pytest.mark.parametrize(
    ("update", "secrets"),
    [
        pytest.param(to_write(app_key=APP_KEY), {}, id="the same key"),
        pytest.param(to_write(app_key=SECRET), {SECRET: APP_KEY}, id="the same key by reference"),
        pytest.param(to_write(device=WITH_NWK_KEY, app_key=APP_KEY, nwk_key=NWK_KEY), {}, id="the same keys"),
        pytest.param(to_write(device=WITH_NWK_KEY, app_key=APP_KEY), {}, id="one, the other unchanged"),
        pytest.param(to_write(rewrite_keys=True), {}, id="keys unfinished that the thing gives no more"),
    ],
)
def test_a_key_that_did_not_change_calls_nothing(update, secrets):
    connection = watched(holding(complete(planned())))

    outcome = run(connection, update, secrets=secrets)

    assert outcome == Outcome("skipped", "no change concerns the device", DEVICE_ID)
    assert connection.calls == []


@pytest.mark.parametrize("more", [{}, {"app_key": APP_KEY}], ids=["no key", "the same key"])
def test_that_a_refused_change_was_taken_back_is_reported_and_calls_nothing(more):
    connection = watched(holding(complete(planned())))

    outcome = run(connection, to_write(corrects=True, **more))

    assert outcome == Outcome("updated", "nothing to write: the thing matches its device again", DEVICE_ID, DEVICE)
    assert connection.calls == []


def test_keys_that_an_earlier_update_may_have_written_are_written_again():
    stack = holding(complete(planned(app_key=NEW_KEY)))

    outcome = run(stack.application(), to_write(app_key=APP_KEY, rewrite_keys=True))

    assert outcome.kind == "updated"
    assert stack.held(DEVICE_ID) == complete(planned())


def test_a_device_that_becomes_lorawan_1_1_gets_both_keys():
    stack = holding(complete(planned()))
    device = altered(DEVICE, **TO_1_1)

    outcome = run(stack.application(), to_write(*VERSIONS, device=device, app_key=APP_KEY, nwk_key=NWK_KEY))

    assert outcome.device == WITH_NWK_KEY
    assert stack.held(DEVICE_ID) == complete(planned(**TO_1_1, nwk_key=NWK_KEY))


def test_a_device_that_becomes_lorawan_1_0_loses_its_nwk_key():
    stack = holding(complete(planned(**TO_1_1, nwk_key=NWK_KEY)))
    device = altered(WITH_NWK_KEY, lorawan_version="MAC_V1_0_3", lorawan_phy_version="PHY_V1_0_3_REV_A")

    outcome = run(stack.application(), to_write(*VERSIONS, device=device, app_key=APP_KEY))

    assert outcome.device == DEVICE
    assert stack.held(DEVICE_ID) == complete(planned())


@pytest.mark.parametrize(
    ("update", "absent"),
    [
        pytest.param(to_write(device=WITH_NWK_KEY, app_key=NEW_KEY), {"nwkKey"}, id="one of two keys changed"),
        pytest.param(to_write(device=WITH_NWK_KEY, nwk_key=NEW_KEY), {"appKey"}, id="the other of two keys"),
        pytest.param(to_write(*VERSIONS, device=altered(DEVICE, **TO_1_1), app_key=APP_KEY), {"nwkKey"}, id="1.1 now"),
        pytest.param(to_write(*VERSIONS, device=altered(DEVICE, **TO_1_1)), {"appKey", "nwkKey"}, id="1.1, no keys"),
        pytest.param(
            to_write(*VERSIONS, device=altered(WITH_NWK_KEY, lorawan_version="MAC_V1_0_3")), {"appKey"}, id="1.0 now"
        ),
    ],
)
def test_keys_that_go_together_must_be_given_together_or_nothing_is_written(update, absent):
    connection = watched(holding(complete(planned())))

    with pytest.raises(InvalidThingError, match="the root keys are written together") as refused:
        run(connection, update)

    assert refused.value.problems.keys() == absent
    assert connection.calls == []


def test_a_claimed_device_that_becomes_lorawan_1_1_has_its_keys_elsewhere():
    stack = holding(claimed(planned()))
    device = altered(DEVICE, **TO_1_1, method="claimed", fingerprints={})

    outcome = run(stack.application(), to_write(*VERSIONS, device=device), fingerprint_key=no_key)

    assert outcome.kind == "updated"
    assert "js" not in stack.held(DEVICE_ID)


def test_an_adopted_device_gets_what_changed_alone_and_no_mark():
    stack = holding(complete(planned(name="Theirs"), mark=None))
    device = altered(DEVICE, method="adopted", run="", description="roof")

    outcome = run(stack.application(), to_write("description", device=device))

    assert outcome.device == device
    assert stack.held(DEVICE_ID) == complete(planned(name="Theirs", description="roof"), mark=None)


@pytest.mark.parametrize(
    "servers",
    [
        pytest.param({}, id="it is gone"),
        pytest.param({"is": identity_of(planned(), RETRY_MARK)}, id="half-made by another run of this thing"),
        pytest.param({"is": identity_of(planned())}, id="nobody's stands in its place"),
        pytest.param({"is": identity_of(planned(), OTHER_STACK)}, id="another stack's stands in its place"),
        pytest.param({"is": identity_of(planned(), OTHER_THING)}, id="another thing's stands in its place"),
        pytest.param({"is": identity_of(planned(), OTHER_STACKS_THING)}, id="another stack's thing has it"),
        pytest.param({"is": identity_of(planned(dev_eui="70B3D57ED0059999"), MARK)}, id="it has other EUIs"),
    ],
)
def test_a_device_that_is_not_there_any_more_is_registered_again(servers):
    stack = holding(servers)

    outcome = run(stack.application(), to_write("name"))

    assert outcome == AGAIN
    assert stack.held(DEVICE_ID) == servers


@pytest.mark.parametrize("method", ["mirrored", "adopted"])
def test_a_device_that_an_earlier_thing_left_and_that_has_sent_since_is_still_there(method):
    stack = holding(complete(planned(), OTHER_THING))
    device = altered(DEVICE, method=method, run=OTHER_THING.run, name="Pump_8")

    outcome = run(stack.application(), to_write("name", device=device))

    assert outcome.device == device
    assert stack.held(DEVICE_ID) == complete(planned(name="Pump_8"), OTHER_THING)


REPAIRED = ("name", "description", "frequencyPlanID", *VERSIONS)


@pytest.mark.parametrize(
    "servers",
    [
        pytest.param(complete(planned(name="by hand", frequency_plan_id="US_902_928_FSB_2")), id="edited"),
        pytest.param(complete(planned(app_key=NEW_KEY)), id="another key"),
        pytest.param({"is": identity_of(planned(), MARK)}, id="on IS alone"),
    ],
)
def test_a_repair_makes_the_device_whole_again(servers):
    connection = watched(stack := holding(servers))

    outcome = run(connection, to_write(*REPAIRED, app_key=APP_KEY, rewrite_keys=True, repair=True))

    assert outcome.device == DEVICE
    assert stack.held(DEVICE_ID) == complete(planned())
    assert len(connection.calls) <= CALLS_AT_MOST


def test_a_repair_of_a_thing_that_gives_its_keys_no_more_leaves_those_of_the_device():
    stack = holding(complete(planned(name="by hand")))

    outcome = run(stack.application(), to_write(*REPAIRED, rewrite_keys=True, repair=True), fingerprint_key=no_key)

    assert outcome.kind == "updated"
    assert stack.held(DEVICE_ID) == complete(planned())


@pytest.mark.parametrize("servers", [complete(planned(), mark=None), {}], ids=["there", "gone"])
def test_a_repair_of_an_adopted_device_writes_nothing_but_registers_a_lost_one(servers):
    stack = holding(servers)
    device = altered(DEVICE, method="adopted", run="")

    outcome = run(stack.application(), to_write(device=device, repair=True))

    unchanged = Outcome(
        "skipped", "the device is there, and was before its thing: nothing of it is overwritten", DEVICE_ID
    )
    assert outcome == (unchanged if servers else AGAIN)
    assert stack.held(DEVICE_ID) == servers


@pytest.mark.parametrize(
    ("claims", "expected"), [pytest.param(True, "updated", id="held"), pytest.param(False, "created", id="taken back")]
)
def test_a_repair_claims_again_what_was_unclaimed(claims, expected):
    stack = holding(claimed(planned()))
    device = altered(DEVICE, method="claimed", fingerprints={})
    if claims:
        stack.claims[device.join_eui, device.dev_eui] = "demo-app"

    outcome = run(stack.application(), to_write(*REPAIRED, device=device, repair=True), fingerprint_key=no_key)

    assert outcome.kind == expected


class Vanishing(FakeApplication):
    """Its devices are deleted before they can be written."""

    def update_identity(self, record, names, *, with_mark=False):
        raise DeviceNotFoundAnswer(record.ids.device_id)


def test_a_device_that_goes_away_in_this_moment_is_for_the_next_try():
    registry = Vanishing(holding(complete(planned())), "demo-app")

    with pytest.raises(RegistryUnavailableError, match=f"Device {DEVICE_ID} changed"):
        run(registry, to_write("name"))


def test_a_value_that_is_refused_is_the_users_affair():
    device = altered(DEVICE, frequency_plan_id="EU_1_2")

    with pytest.raises(InvalidThingError, match="frequencyPlanID: no frequency plan"):
        run(holding(complete(planned())).application(), to_write("frequencyPlanID", device=device))


def test_a_secret_that_is_not_there_is_the_users_affair():
    with pytest.raises(InvalidThingError, match="appKey: names a secret"):
        run(holding(complete(planned())).application(), to_write(app_key=SECRET))


def test_orphans_in_the_way_are_removed():
    device = altered(DEVICE, frequency_plan_id="US_902_928_FSB_2")
    stack = holding({"is": identity_of(planned(), MARK)})
    for server in ("js", "ns"):
        stack.records[server]["demo-app", "pump-7"] = Held(planned(device_id="pump-7").ids)
        stack.records[server]["demo-app", DEVICE_ID] = Held(planned(dev_eui="70B3D57ED0059999").ids)
    connection = watched(stack)

    run(connection, to_write("name", "frequencyPlanID", device=device, app_key=NEW_KEY))

    assert stack.held("pump-7") == {}
    assert stack.held(DEVICE_ID)["js"] == Held(planned().ids, DeviceKeys(NEW_KEY))
    assert stack.held(DEVICE_ID)["ns"].settings.values.frequency_plan_id == "US_902_928_FSB_2"
    assert len(connection.calls) <= CALLS_AT_MOST


THEIRS = altered(DEVICE, method="adopted", run="", differences=("appKey: is not known", "frequencyPlanID: has another"))
US = {"frequency_plan_id": "US_902_928_FSB_2"}


def test_what_another_stacks_thing_has_is_not_written_though_it_was_adopted_once():
    stack = holding(complete(planned(), OTHER_STACKS_THING))

    assert run(stack.application(), to_write("name", device=altered(THEIRS, name="Pump_8"), keeps=True)) == AGAIN
    assert stack.held(DEVICE_ID) == complete(planned(), OTHER_STACKS_THING)


@pytest.mark.parametrize(
    ("update", "match"),
    [
        pytest.param(
            to_write(device=THEIRS, app_key=NEW_KEY, keeps=True),
            "^appKey: the device's keys stay as they are",
            id="another key",
        ),
        pytest.param(
            to_write(device=altered(THEIRS, fingerprints={}), app_key=APP_KEY, keeps=True),
            "^appKey: the device's keys stay as they are",
            id="a first key",
        ),
        pytest.param(
            to_write(device=THEIRS, app_key=NEW_KEY, rewrite_keys=True, keeps=True),
            "^appKey: ",
            id="a key that was to be written before the stack forbade it",
        ),
        pytest.param(
            to_write("frequencyPlanID", device=altered(THEIRS, **US), keeps=True),
            "^frequencyPlanID: the device has EU_863_870_TTN",
            id="another plan",
        ),
        pytest.param(
            to_write(*VERSIONS, device=altered(THEIRS, **TO_1_1), keeps=True),
            r"^lorawanVersion: the device has 1\.0\.3; regionalParametersVersion: the device has 1\.0\.3-a",
            id="other versions",
        ),
        pytest.param(
            to_write("name", "frequencyPlanID", device=altered(THEIRS, **US), app_key=NEW_KEY, keeps=True),
            "^appKey: .*; frequencyPlanID: .*The device was there before its thing",
            id="all of it at once, and a name",
        ),
    ],
)
@pytest.mark.parametrize("method", ["adopted", "mirrored"])
def test_a_device_that_was_there_keeps_its_keys_and_radio(update, match, method):
    stack = holding(before := complete(planned(), mark=None))

    with pytest.raises(ImmutableChangeError, match=match) as refused:
        run(stack.application(), altered(update, device=altered(update.device, method=method)))

    assert stack.held(DEVICE_ID) == before
    assert NEW_KEY not in str(refused.value)


def test_to_say_what_a_device_has_that_was_there_is_no_change_and_no_difference_any_more():
    connection = watched(stack := holding(before := complete(planned(), mark=None)))

    outcome = run(connection, to_write("frequencyPlanID", device=THEIRS, app_key=APP_KEY, keeps=True))

    assert outcome.kind == "updated"
    assert outcome.reason == "nothing to write: the device has what the thing says"
    assert outcome.device == altered(THEIRS, differences=("appKey: is not known",))
    assert stack.held(DEVICE_ID) == before
    assert connection.calls == ["identity", "network"]


def test_a_place_is_written_whole_so_nothing_of_it_differs_any_more():
    there = ("name: the device has none", "latitude: the device has 1.5", "longitude: the device has 2.5")
    device = altered(THEIRS, latitude=8.0, longitude=4.0, differences=there)
    stack = holding(complete(planned(), mark=None))

    outcome = run(stack.application(), to_write("latitude", device=device, keeps=True))

    assert outcome.device.differences == ("name: the device has none",)
    held = stack.held(DEVICE_ID)["is"].locations["user"]
    assert (held["latitude"], held["longitude"]) == (8.0, 4.0)


def test_of_a_device_that_was_there_and_that_ns_does_not_know_no_radio_is_written():
    servers = complete(planned(), mark=None)
    del servers["ns"]
    stack = holding(servers)

    run(stack.application(), to_write("frequencyPlanID", device=THEIRS, keeps=True))

    assert stack.held(DEVICE_ID) == servers


def test_where_the_stack_allows_it_keys_and_radio_of_a_device_that_was_there_are_written():
    stack = holding(complete(planned(), mark=None))
    device = altered(THEIRS, **US, lorawan_version=None, lorawan_phy_version=None)

    outcome = run(stack.application(), to_write("frequencyPlanID", device=device, app_key=NEW_KEY))

    assert outcome.device.differences == ()
    assert stack.held(DEVICE_ID) == complete(planned(**US, app_key=NEW_KEY), mark=None)


def test_where_the_network_server_has_nothing_either_plan_and_versions_must_be_given_together():
    stack = holding({"is": identity_of(planned())})
    device = altered(THEIRS, lorawan_version=None, lorawan_phy_version=None)

    with pytest.raises(
        InvalidThingError, match=r"lorawanVersion: is missing; .* together; regionalParametersVersion: the same"
    ):
        run(stack.application(), to_write("frequencyPlanID", device=device))


ACTIVATED_BY_HAND = NetworkRecord(RADIO, joins=False)


@pytest.mark.parametrize("device", [THEIRS, DEVICE], ids=["there before", "its own"])
def test_the_session_of_a_device_that_never_joins_survives_a_change_of_its_plan(device):
    servers = complete(planned(), mark=None if device is THEIRS else MARK)
    stack = holding(servers | {"ns": Held(planned().ids, ACTIVATED_BY_HAND)})

    run(stack.application(), to_write("frequencyPlanID", device=altered(device, **US)))

    assert stack.held(DEVICE_ID)["ns"] == Held(planned().ids, altered(ACTIVATED_BY_HAND, **US))


def test_beside_a_device_that_was_there_no_record_is_cleared_away():
    stack = holding(complete(planned(), mark=None) | {"js": Held(planned(dev_eui="70B3D57ED0059999").ids)})
    before = stack.held(DEVICE_ID)

    with pytest.raises(DeviceConflictError, match="other EUIs"):
        run(stack.application(), to_write(device=THEIRS, app_key=NEW_KEY))

    assert stack.held(DEVICE_ID) == before


@pytest.mark.parametrize(
    ("servers", "why"),
    [
        pytest.param({}, "has lost the thing's device", id="the device is lost"),
        pytest.param(claimed(planned()), "no longer holds the device's claim", id="its claim is lost"),
    ],
)
def test_what_registering_again_would_take_is_reported_with_the_reason(servers, why):
    device = altered(DEVICE, method="claimed", fingerprints={})
    update = PlannedUpdate(device, (), {"claimAuthenticationCode": "is missing; give it"}, repair=True)

    with pytest.raises(InvalidThingError, match=f"^claimAuthenticationCode: is missing; give it .The .* Stack {why}"):
        run(holding(servers).application(), update, fingerprint_key=no_key)


def unmarked(stack, device=DEVICE):
    """Somebody replaces all attributes of the record, with them the mark; return what the journal has."""
    key = ("demo-app", DEVICE_ID)
    stack.identities[key] = replace(stack.identities[key], attributes={"site": "north"}, made_at="then")
    return replace(device, made_at="then")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(REPAIRED, id="a repair"),
        pytest.param(("name",), id="a change"),
        pytest.param(("frequencyPlanID",), id="a change that does not concern IS"),
    ],
)
def test_the_very_record_that_was_made_gets_its_mark_again_beside_what_others_gave_it(fields):
    stack = holding(complete(planned()))
    device = unmarked(stack)

    outcome = run(stack.application(), to_write(*fields, device=device, repair=fields == REPAIRED))

    assert outcome.kind == "updated"
    assert outcome.device.run == DEVICE.run
    assert stack.application().identity(DEVICE_ID).attributes == {"site": "north"} | MARK.attributes()


@pytest.mark.parametrize(
    ("device", "noted"),
    [
        pytest.param(DEVICE, "then", id="an older version noted nothing"),
        pytest.param(replace(DEVICE, made_at="before"), "then", id="the record was restored with its mark"),
        pytest.param(replace(DEVICE, method="adopted", run="", made_at=""), "", id="the device was there before"),
    ],
)
def test_a_change_notes_when_the_record_of_a_thing_was_made(device, noted):
    stack = holding(complete(planned()))
    key = ("demo-app", DEVICE_ID)
    attributes = MARK.attributes() if device.run else {}
    stack.identities[key] = replace(stack.identities[key], attributes=attributes, made_at="then")

    outcome = run(stack.application(), to_write("name", device=device))

    assert (outcome.kind, outcome.device.made_at) == ("updated", noted)


def test_a_record_that_somebody_made_anew_gets_no_mark_and_no_value():
    stack = holding(complete(planned()))
    device = replace(unmarked(stack), made_at="before")

    assert run(stack.application(), to_write("name", device=device, repair=True)) == AGAIN
    assert stack.application().identity(DEVICE_ID).attributes == {"site": "north"}


def test_a_lost_mark_for_which_there_is_no_room_is_said():
    stack = holding(complete(planned()))
    device = unmarked(stack)
    key = ("demo-app", DEVICE_ID)
    stack.identities[key] = replace(stack.identities[key], attributes={f"x{each}": "" for each in range(8)})

    with pytest.raises(DeviceConflictError, match="has 8 attributes of its own"):
        run(stack.application(), to_write("name", device=device))
