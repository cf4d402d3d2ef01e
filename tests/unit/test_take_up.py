"""A thing that comes back without keys gets the device that is there, and nobody else's."""

from dataclasses import replace

import pytest

from tests.fakes.executions import FakeExecutions
from tests.fakes.journal import FakeJournal
from tests.fakes.things import FakeThings
from tests.fakes.things_stack import FakeApplication, FakeThingsStack
from tests.journal_samples import DELETION, OTHER_THING_ID, START, accepted, append, change
from tests.samples import (
    APP_KEY,
    CODE,
    DEV_ADDR,
    DEV_EUI,
    DEVICE_ID,
    IDENTITY,
    IDS,
    JOIN_EUI,
    MARK,
    RADIO,
    STACK,
    THING_ID,
    VERSIONS,
    altered,
    identity_record,
    planned,
    planned_abp,
    radio,
    registered_device,
)
from workflows.domain.attributes import DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds, NetworkRecord
from workflows.domain.facts import DeviceCreated, DeviceFound, DeviceReleased, EventFailed
from workflows.domain.mark import Mark, mark_in
from workflows.domain.naming import device_id_for
from workflows.domain.planning import plan_without_keys
from workflows.domain.run import Run
from workflows.errors import DeviceConflictError, InvalidThingError, RegistryUnavailableError
from workflows.schemas.thing import examine
from workflows.steps.ownership import Ownership
from workflows.steps.take_up import TakeUp
from workflows.steps.undo import undo_if_held

NEW = Mark(STACK, OTHER_THING_ID, f"{OTHER_THING_ID}-v1-CREATED")
NEW_CHANGE = change(run=NEW.run)
FORMER = registered_device(planned(name="Pump 7", description=None))
MADE = DeviceCreated(change(), FORMER)
RETAINED = DeviceReleased(DELETION, DEVICE_ID, "retained")
HELD = EventFailed(DELETION, "DeletionHeldError")


class WithoutRecords(FakeApplication):
    """Somebody deletes a device between two calls."""

    def identity(self, device_id):
        return None


class WithOtherEuis(FakeApplication):
    """Somebody gives a device's ID to another device between two calls."""

    def identity(self, device_id):
        record = super().identity(device_id)
        return record and replace(record, ids=replace(record.ids, dev_eui="70B3D57ED0059999"))


class Scene:
    """Device and journal of a thing that is gone; the new thing's run has accepted its event."""

    def __init__(self, *facts, ids=IDS, mark=MARK, parts=("js", "ns", "as"), claimed=False, things=(), new=()):
        self.tts, self.journal = FakeThingsStack(), FakeJournal()
        self.registry = self.tts.application()
        if ids:
            attributes = mark.attributes() if mark else {}
            self.registry.create_identity(identity_record(ids, "Pump 7", None, attributes, claimed=claimed))
            self._put(ids, parts)
        append(self.journal, *facts)
        self.journal.owners.clear()
        append(self.journal, accepted(NEW_CHANGE), *new, thing_id=OTHER_THING_ID)
        run = Run(NEW.run, OTHER_THING_ID, "pump-7")
        self.ownership = Ownership(self.journal, FakeExecutions(), FakeThings(*things), run, START)

    def _put(self, ids, parts):
        if "js" in parts:
            self.registry.set_join(ids, DeviceKeys(APP_KEY))
        if "claim" in parts:
            self.tts.make_claimable(JOIN_EUI, DEV_EUI, CODE)
            self.registry.claim(ids, CODE)
        if "ns" in parts:
            self.registry.set_network(ids, RADIO)
        if "abp" in parts:
            self.registry.register_on_network(ids, NetworkRecord(RADIO, joins=False))
        if "as" in parts:
            self.registry.set_application(ids, DeviceValues())

    def take_up(self, attributes=None, leftovers=(), *, rewrites=False):
        examined = examine(IDENTITY | (attributes or {}))
        device = plan_without_keys(examined, device_id_for(examined.thing))
        return TakeUp(self.registry, device, NEW, self.ownership, rewrites_retained=rewrites).create(leftovers)

    def held(self, device_id=DEVICE_ID):
        return self.tts.held(device_id)


@pytest.mark.parametrize(
    "facts", [pytest.param([MADE, HELD], id="held"), pytest.param([MADE], id="the-deletion-is-yet-to-come")]
)
def test_the_device_of_a_thing_that_is_gone_is_taken_over_and_stays_the_things_own(facts):
    scene = Scene(*facts)

    outcome = scene.take_up({"name": "Pump_7"})

    assert (outcome.kind, outcome.device_id) == ("created", DEVICE_ID)
    assert outcome.device == replace(FORMER, run=NEW.run, values=replace(FORMER.values, name="Pump_7"))
    assert mark_in(scene.held()["is"].attributes) == NEW
    assert scene.held()["js"].settings == DeviceKeys(APP_KEY)


def test_what_the_new_thing_says_otherwise_is_written():
    scene = Scene(MADE, HELD)

    outcome = scene.take_up({"frequencyPlanID": "US_902_928_FSB_2"})

    expected = radio("US_902_928_FSB_2", "MAC_V1_0_3", "PHY_V1_0_3_REV_A")
    assert (scene.held()["ns"].settings.values, outcome.device.values) == (expected, expected)
    assert scene.held()["is"].values == DeviceValues()


def test_what_only_the_thing_that_is_gone_said_goes_with_it():
    said = planned(supports_class_c=True, rx1_delay=5, serial_number="abc-1", latitude=1.0, longitude=2.0)
    former = registered_device(altered(said, labels={"site": "a", "room": "1"}))
    scene = Scene(DeviceCreated(change(), former))
    scene.registry.set_network(IDS, former.values)
    record = scene.registry.identity(DEVICE_ID)
    others = replace(record, attributes={**record.attributes, "owner": "bob"})
    names = ("serialNumber", "latitude", "label:")
    scene.registry.update_identity(others.saying(former.values, names), names, with_mark=True)

    scene.take_up({"label:room": "2"})

    record = scene.registry.identity(DEVICE_ID)
    assert (record.values.labels, record.values.serial_number) == ({"room": "2", "owner": "bob"}, None)
    assert record.locations == {}
    network = scene.registry.network(DEVICE_ID).values
    assert (network.supports_class_c, network.rx1_delay) == (False, None)


def test_a_claimed_device_stays_claimed():
    former = replace(FORMER, method="claimed", fingerprints={})
    scene = Scene(DeviceCreated(change(), former), HELD, parts=("claim", "ns", "as"), claimed=True)

    outcome = scene.take_up()

    assert (outcome.kind, list(scene.tts.claims)) == ("claimed", [(JOIN_EUI, DEV_EUI)])


def test_a_device_under_another_id_is_found_by_its_euis_and_its_id_is_taken_first():
    ids = DeviceIds("old-pump", DEV_EUI, JOIN_EUI)
    scene = Scene(DeviceCreated(change(), replace(FORMER, device_id="old-pump")), HELD, ids=ids)

    outcome = scene.take_up()

    assert (outcome.device.device_id, outcome.device.named) == ("old-pump", DEVICE_ID)
    assert scene.journal.owner("old-pump").thing_id == OTHER_THING_ID
    assert list(scene.tts.identities) == [("demo-app", "old-pump")]


def test_a_run_that_ended_after_its_mark_finds_its_device_again():
    ids = DeviceIds("old-pump", DEV_EUI, JOIN_EUI)
    scene = Scene(ids=ids, mark=NEW, new=[DeviceFound(NEW_CHANGE, "old-pump")])

    assert scene.take_up().kind == "created"


def test_a_retained_device_is_linked_with_its_fingerprints_and_keeps_its_mark():
    scene = Scene(MADE, RETAINED)
    before = scene.held()

    outcome = scene.take_up()

    assert (outcome.kind, outcome.device.fingerprints, outcome.device.run) == ("adopted", FORMER.fingerprints, "")
    assert scene.held() == before


def test_a_retained_device_that_things_may_write_becomes_the_things_own_and_its_keys_count_as_unknown():
    scene = Scene(MADE, RETAINED)

    outcome = scene.take_up(rewrites=True)

    assert (outcome.kind, outcome.device.fingerprints) == ("created", {})
    assert mark_in(scene.held()["is"].attributes) == NEW


def test_somebody_s_own_device_is_linked_and_reported_where_it_differs():
    scene = Scene(mark=None)
    before = scene.held()

    outcome = scene.take_up({"name": "Mine"})

    assert (outcome.kind, outcome.device.differences) == ("adopted", ("name: the device has 'Pump 7'",))
    assert scene.held() == before


def test_a_device_that_is_activated_by_personalization_needs_no_root_keys():
    assert Scene(mark=None, parts=("abp", "as")).take_up().kind == "adopted"


def test_a_device_of_somebody_s_gets_the_application_server_s_record_that_it_lacks():
    scene = Scene(mark=None, parts=("js", "ns"))

    assert scene.take_up().kind == "adopted"
    assert "as" in scene.held()


NO_DEVICE = r"appKey: is missing.*The Things Stack has no device with these EUIs\); claimAuthenticationCode: is missing"
NO_KEYS = "device eui-70b3d57ed0051234 has no keys"


def test_without_a_device_the_error_lists_what_is_missing_and_the_undo_finds_what_was_made_to_look():
    scene = Scene(ids=None)

    with pytest.raises(InvalidThingError, match=NO_DEVICE):
        scene.take_up()

    assert mark_in(scene.held()["is"].attributes) == NEW
    assert "js" not in scene.held()


@pytest.mark.parametrize(
    ("facts", "mark", "parts", "claimed"),
    [
        pytest.param([MADE, HELD], MARK, ("ns", "as"), False, id="half-removed"),
        pytest.param([MADE, HELD], MARK, ("ns", "as"), True, id="its-claim-was-returned"),
        pytest.param([], None, (), False, id="somebody-s-half"),
    ],
)
def test_a_device_that_cannot_join_is_left_as_it_is(facts, mark, parts, claimed):
    scene = Scene(*facts, mark=mark, parts=parts, claimed=claimed)
    before = scene.held()

    with pytest.raises(InvalidThingError, match=NO_KEYS):
        scene.take_up()

    assert scene.held() == before


def test_what_an_earlier_run_of_this_thing_half_made_is_removed():
    scene = Scene(mark=replace(NEW, run="an-earlier-run"), parts=())

    with pytest.raises(InvalidThingError, match=NO_KEYS):
        scene.take_up()

    assert scene.held() == {}


def test_a_device_activated_by_hand_with_a_copy_of_the_mark_keeps_its_session():
    scene = Scene(mark=replace(NEW, run="an-earlier-run"), parts=("abp", "as"))
    before = scene.held()

    with pytest.raises(InvalidThingError, match=NO_KEYS):
        scene.take_up()

    assert scene.held() == before


def test_half_made_devices_of_this_thing_under_other_ids_are_removed():
    scene = Scene(MADE, HELD)
    left = DeviceIds("left", "70B3D57ED0059999", JOIN_EUI)
    scene.registry.create_identity(identity_record(left, attributes=NEW.attributes()))

    scene.take_up(leftovers=["left"])

    assert scene.held("left") == {}


def test_the_device_itself_is_no_leftover():
    ids = DeviceIds("old-pump", DEV_EUI, JOIN_EUI)
    scene = Scene(ids=ids, mark=NEW, new=[accepted(NEW_CHANGE, "old-pump")])

    assert scene.take_up(leftovers=["old-pump"]).device_id == "old-pump"


def test_a_value_that_is_refused_costs_no_device():
    scene = Scene(MADE, HELD)

    with pytest.raises(InvalidThingError, match="frequencyPlanID"):
        scene.take_up({"frequencyPlanID": "MARS_1_TTN"})

    assert mark_in(scene.held()["is"].attributes) == MARK


def test_a_device_that_an_earlier_run_of_this_thing_took_over_stays_the_things_own_after_a_rejection():
    ids = DeviceIds("old-pump", DEV_EUI, JOIN_EUI)
    scene = Scene(ids=ids, mark=replace(NEW, run="an-earlier-run"), new=[accepted(NEW_CHANGE, "old-pump")])
    before = scene.held("old-pump")

    with pytest.raises(InvalidThingError, match="frequencyPlanID"):
        scene.take_up({"deviceID": "new-pump", "frequencyPlanID": "MARS_1_TTN"}, leftovers=["old-pump"])

    undone = undo_if_held(scene.journal, scene.registry, "new-pump", NEW)
    assert (scene.held("old-pump"), undone) == (before, False)
    assert scene.take_up({"deviceID": "new-pump"}, leftovers=["old-pump"]).kind == "created"


def test_a_rejected_thing_keeps_no_device_that_a_living_thing_has_by_now():
    ids = DeviceIds("old-pump", DEV_EUI, JOIN_EUI)
    scene = Scene(ids=ids, new=[accepted(NEW_CHANGE, "old-pump")], things=[("pump-7", THING_ID, STACK)])
    scene.journal.owners.clear()
    append(scene.journal, DeviceCreated(change(), replace(FORMER, device_id="old-pump")))

    with pytest.raises(DeviceConflictError, match="belongs to thing pump-7"):
        scene.take_up({"deviceID": "new-pump"}, leftovers=["old-pump"])


def test_another_stack_s_device_is_a_conflict():
    with pytest.raises(DeviceConflictError, match="belongs to a thing of the stack another-stack"):
        Scene(mark=Mark("another-stack", "thing-9", "thing-9-v1-CREATED")).take_up()


def test_a_living_thing_s_device_is_a_conflict():
    ids = DeviceIds("old-pump", DEV_EUI, JOIN_EUI)
    scene = Scene(ids=ids, things=[("pump-7", THING_ID, STACK)])
    append(scene.journal, DeviceCreated(change(), replace(FORMER, device_id="old-pump")))

    with pytest.raises(DeviceConflictError, match="belongs to thing pump-7"):
        scene.take_up()


def test_another_application_s_device_is_a_conflict():
    scene = Scene(ids=None)
    scene.tts.application("other-app").create_identity(identity_record(IDS))

    with pytest.raises(DeviceConflictError, match="another application"):
        scene.take_up()


def test_another_device_under_the_wanted_id_is_none_of_these_euis():
    scene = Scene(ids=replace(IDS, dev_eui="70B3D57ED0059999"), mark=None)

    with pytest.raises(InvalidThingError, match=NO_DEVICE):
        scene.take_up()


@pytest.mark.parametrize("registry", [WithoutRecords, WithOtherEuis])
def test_a_device_that_goes_while_it_is_looked_for_is_looked_for_again(registry):
    scene = Scene(ids=DeviceIds("old-pump", DEV_EUI, JOIN_EUI), mark=None)
    scene.registry = registry(scene.tts, "demo-app")

    with pytest.raises(RegistryUnavailableError, match="changed while"):
        scene.take_up()


def test_keys_that_an_update_may_have_half_written_are_unknown():
    scene = Scene(
        MADE, accepted(change("UPDATED", 2), fields=("appKey",)), EventFailed(change("UPDATED", 2), "KeyError")
    )

    assert scene.take_up().device.fingerprints == {}


# Devices that never join (ABP).

ABP = planned_abp(name="Pump 7", description=None, last_f_cnt_up=7)
FORMER_ABP = registered_device(ABP)
MADE_ABP = DeviceCreated(change(), FORMER_ABP)
OF_ABP = {"joinEUI": None, "devAddr": DEV_ADDR} | VERSIONS


class AbpScene(Scene):
    """The device of a thing that is gone, with its session on the servers ``parts``."""

    def __init__(self, *facts, ids=ABP.ids, parts=("ns", "as"), **more):
        super().__init__(*facts, ids=ids, parts=parts, claimed=True, **more)
        self.tts.counters.clear()

    def _put(self, ids, parts):
        keys = ABP.keys
        writes = {"ns": self.registry.set_network, "as": self.registry.set_application}
        for part in parts:
            writes[part](ids, ABP.values, keys)

    def take_up(self, attributes=None, leftovers=(), **more):
        given = {name: text for name, text in (IDENTITY | OF_ABP | (attributes or {})).items() if text is not None}
        examined = examine(given)
        device = plan_without_keys(examined, device_id_for(examined.thing))
        return TakeUp(self.registry, device, NEW, self.ownership, lambda device: device, **more).create(leftovers)


@pytest.mark.parametrize("device_id", [DEVICE_ID, "old-pump"])
def test_the_session_that_a_thing_gave_is_taken_over_and_its_counters_are_not_set_back(device_id):
    former = replace(FORMER_ABP, device_id=device_id)
    scene = AbpScene(DeviceCreated(change(), former), HELD, ids=replace(ABP.ids, device_id=device_id))

    outcome = scene.take_up({"devAddr": "00B6F064"})

    assert (outcome.kind, outcome.device_id, outcome.device.is_abp) == ("created", device_id, True)
    assert outcome.device.fingerprints == former.fingerprints
    held = scene.held(device_id)
    assert {held["ns"].settings.values.dev_addr, held["as"].settings.dev_addr} == {"00B6F064"}
    assert scene.tts.session_keys == {("demo-app", device_id): ABP.keys.given()}
    assert scene.tts.counters == {}


def test_a_thing_that_no_longer_says_its_address_takes_its_session_over():
    scene = AbpScene(MADE_ABP, HELD)

    outcome = scene.take_up({"devAddr": None, "joinEUI": "0" * 16} | dict.fromkeys(VERSIONS))

    assert (outcome.kind, outcome.device.values.dev_addr) == ("created", DEV_ADDR)
    assert not scene.held()["ns"].settings.joins


def test_a_session_that_an_earlier_run_of_this_thing_took_over_stays_its_own():
    scene = AbpScene(mark=replace(NEW, run="an-earlier-run"))

    assert scene.take_up().kind == "created"


@pytest.mark.parametrize(
    ("facts", "parts", "text"),
    [
        pytest.param([MADE_ABP, HELD], ("ns",), "has no session", id="the Application Server lost its part"),
        pytest.param([MADE_ABP, HELD], ("as",), "has no session", id="the Network Server lost it"),
        pytest.param(
            [DeviceCreated(change(), replace(FORMER, join_eui="")), HELD],
            ("ns", "as"),
            "has no session",
            id="somebody activated by hand what joined",
        ),
    ],
)
def test_a_session_that_is_not_whole_or_not_a_things_is_left_as_it_is(facts, parts, text):
    scene = AbpScene(*facts, parts=parts)
    before = scene.held()

    with pytest.raises(InvalidThingError, match=text):
        scene.take_up()

    assert scene.held() == before


def test_a_device_that_joins_is_not_taken_up_for_an_address():
    scene = Scene(MADE, HELD)
    before = scene.held()

    with pytest.raises(InvalidThingError, match="has no session"):
        AbpScene.take_up(scene, {"joinEUI": JOIN_EUI})

    assert scene.held() == before


def test_a_session_of_others_is_linked_with_its_differences():
    scene = AbpScene(mark=None)
    before = scene.held()

    outcome = scene.take_up({"devAddr": "00B6F064"})

    assert (outcome.kind, outcome.device.differences) == ("adopted", (f"devAddr: the device has {DEV_ADDR}",))
    assert scene.held() == before
