"""A device that joins or sends gets exactly one thing, whatever was there before and no matter who else works on it."""

from dataclasses import replace

import pytest

from tests.activity_samples import ACTIVITY
from tests.journal_samples import CREATED, DELETION, OTHER_THING_ID, accepted, append, change, device
from tests.mirroring import IDS, Mirroring
from tests.ports.mirrored_things import ATTRIBUTES, THING
from tests.samples import CREATE, DEV_EUI, DEVICE_ID, JOIN_EUI, MARK, STACK, THING_ID
from workflows.domain.activity import Activity
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.domain.facts import (
    BEFORE_ALL_EVENTS,
    DeviceAdopted,
    DeviceCreated,
    DeviceReleased,
    DeviceRemoved,
    EventRejected,
    RegisteredDevice,
)
from workflows.domain.mirroring import RegistryThing
from workflows.errors import RegistryThrottledError, StackConfigurationError, ThingBusyError
from workflows.ports.journal import Owner, Reservation
from workflows.steps.mirror import KNOWN_S, REFUSED_S

OWN_NAME = RegistryThing("pump-7", "lorawan", {"devEUI": DEV_EUI, "stackName": STACK}, THING_ID)
OTHERS = replace(OWN_NAME, attributes={"devEUI": DEV_EUI, "stackName": "another-stack"})
ADOPTED = RegisteredDevice("adopted", DEVICE_ID, DEVICE_ID, DEV_EUI, JOIN_EUI)


def registered(*things, **more):
    return Mirroring(*things, **more).register()


class TestMaking:
    def test_a_device_without_a_thing_gets_one(self):
        mirroring = registered()

        result = mirroring.deliver()

        thing = mirroring.things.things[DEV_EUI]
        assert (result.status, result.thing_name) == ("mirrored", DEV_EUI)
        assert replace(thing, thing_id=None) == THING
        assert mirroring.journal.reservation(DEVICE_ID) == Reservation(thing.thing_id, DEV_EUI, IDS)
        assert mirroring.journal.snapshots == {}

    def test_by_the_other_scheme_it_bears_the_names_of_stack_and_device(self):
        mirroring = registered(scheme="StackNameDeviceID")

        mirroring.deliver()

        assert list(mirroring.things.things) == [f"{STACK}_{DEVICE_ID}"]

    def test_a_device_that_is_activated_by_hand_gives_its_thing_no_join_eui(self):
        ids = DeviceIds(DEVICE_ID, DEV_EUI, "")
        mirroring = Mirroring().register(ids)

        mirroring.deliver(Activity("demo-app", DEVICE_ID, DEV_EUI))

        assert "joinEUI" not in mirroring.things.things[DEV_EUI].attributes

    def test_the_mark_of_an_earlier_thing_is_remembered(self):
        """So that a removal of the new thing knows the device as its own."""
        mirroring = Mirroring().register(attributes=MARK.attributes())
        append(mirroring.journal, CREATED, DeviceReleased(DELETION, DEVICE_ID, "retained"))

        mirroring.deliver()

        assert mirroring.journal.reservation(DEVICE_ID).run == MARK.run

    @pytest.mark.parametrize(
        "activity",
        [
            pytest.param(replace(ACTIVITY, join_eui="70B3D57ED0059999"), id="another"),
            pytest.param(replace(ACTIVITY, join_eui=None), id="none"),
        ],
    )
    def test_the_join_eui_is_the_identity_server_s_whatever_the_message_says(self, activity):
        mirroring = registered()

        mirroring.deliver(activity)

        assert mirroring.things.things[DEV_EUI].attributes["joinEUI"] == JOIN_EUI
        assert mirroring.journal.reservation(DEVICE_ID).ids == IDS

    @pytest.mark.parametrize(
        "record",
        [
            pytest.param(None, id="deleted"),
            pytest.param(IdentityRecord(replace(IDS, dev_eui="70B3D57ED0059999")), id="another-of-its-id"),
        ],
    )
    def test_a_device_that_was_deleted_meanwhile_gets_none(self, record):
        mirroring = Mirroring()
        if record:
            mirroring.tts.application().create_identity(record)

        result = mirroring.deliver()

        assert result.status == "stale"
        assert mirroring.things.calls == {}
        assert mirroring.journal.owners == {}

    @pytest.mark.parametrize(
        "activity",
        [
            pytest.param(replace(ACTIVITY, dev_eui=None), id="multicast"),
            pytest.param(replace(ACTIVITY, application_id="another-app"), id="another-application"),
        ],
    )
    def test_what_cannot_be_a_thing_of_ours_is_ignored(self, activity):
        mirroring = registered()

        assert mirroring.deliver(activity).status == "ignored"
        assert mirroring.journal.asked == {}

    def test_a_name_that_is_too_long_is_the_operator_s_to_fix(self):
        mirroring = registered(scheme="StackNameDeviceID")
        rules = replace(mirroring.mirror.rules, stack_name="s" * 120)
        mirror = replace(mirroring.mirror, rules=rules)

        with pytest.raises(StackConfigurationError, match="141 characters"):
            mirror.ensure_thing(ACTIVITY)

        assert mirroring.things.things == {}


class TestKnown:
    @pytest.mark.parametrize("status", ["mirrored", "linked", "known"])
    def test_a_known_device_is_checked_once(self, status):
        mirroring = registered(*([OWN_NAME] if status == "linked" else []))
        if status == "known":
            append(mirroring.journal, accepted())

        statuses = [mirroring.deliver().status for _ in range(10)]

        assert statuses == [status] + ["known"] * 9
        assert mirroring.journal.asked == {DEVICE_ID: 1}

    def test_a_device_whose_thing_was_just_made_is_known_to_another_instance_without_a_call_to_aws_iot(self):
        mirroring = registered()
        mirroring.deliver()
        calls = mirroring.things.calls.copy()

        result = mirroring.instance().ensure_thing(ACTIVITY)

        assert result.status == "known"
        assert mirroring.things.calls == calls

    def test_after_a_while_it_is_checked_again(self):
        mirroring = registered()
        mirroring.deliver()
        mirroring.now_s += KNOWN_S

        mirroring.deliver()

        assert mirroring.journal.asked == {DEVICE_ID: 2}

    def test_a_device_whose_thing_was_deleted_comes_back_then_if_it_was_retained(self):
        mirroring = registered()
        mirroring.deliver()
        thing = mirroring.things.things.pop(DEV_EUI)
        mirroring.journal.unreserve(DEVICE_ID, Owner(thing.thing_id, DEV_EUI))
        mirroring.now_s += KNOWN_S

        assert mirroring.deliver().status == "mirrored"
        assert mirroring.things.things[DEV_EUI].thing_id != thing.thing_id


class TestLinking:
    @pytest.mark.parametrize("written", [DEV_EUI, DEV_EUI.lower()], ids=["upper case", "lower case"])
    def test_a_thing_under_a_name_of_its_user_s_own_stays_and_no_second_appears(self, written):
        thing = replace(OWN_NAME, attributes=OWN_NAME.attributes | {"devEUI": written})
        mirroring = registered(thing)

        result = mirroring.deliver()

        assert (result.status, result.thing_name) == ("linked", "pump-7")
        assert mirroring.things.things == {"pump-7": thing}
        assert mirroring.facts(THING_ID) == [DeviceAdopted(BEFORE_ALL_EVENTS, ADOPTED)]
        assert mirroring.journal.owner(DEVICE_ID) == Owner(THING_ID, "pump-7")

    def test_what_the_thing_gives_is_as_good_as_written(self):
        attributes = CREATE | {"name": "Pump_7", "frequencyPlanID": "US_902_928_FSB_2", "deviceID": "pump-a"}
        mirroring = registered(replace(OWN_NAME, attributes=attributes))

        mirroring.deliver()

        device = mirroring.journal.read(THING_ID).device
        assert (device.values.name, device.values.frequency_plan_id) == ("Pump_7", "US_902_928_FSB_2")
        assert (device.device_id, device.named) == (DEVICE_ID, "pump-a")
        assert device.fingerprints == {}

    def test_its_log_reports_it(self):
        mirroring = registered(OWN_NAME)

        mirroring.deliver()

        [line] = mirroring.thing_log.lines["pump-7"]
        assert (line["outcome"], line["method"], line["deviceId"]) == ("registered", "adopted", DEVICE_ID)

    def test_its_shadow_reports_it(self):
        mirroring = registered(OWN_NAME)

        mirroring.deliver()

        expected = {"status": "registered", "method": "adopted", "deviceId": DEVICE_ID, "thingId": THING_ID}
        assert mirroring.shadow.shadows["pump-7"].reported.items() >= expected.items()

    def test_a_thing_that_was_rejected_for_lack_of_keys_is_linked_and_its_event_is_settled(self):
        mirroring = registered(OWN_NAME)
        append(mirroring.journal, EventRejected(change(), "InvalidThingError", undone=True))

        mirroring.deliver()

        state = mirroring.journal.read(THING_ID)
        assert (state.device, state.settled.verdict) == (ADOPTED, "done")

    def test_a_thing_that_has_its_device_is_left_as_it_is(self):
        mirroring = registered(OWN_NAME)
        append(mirroring.journal, accepted(), DeviceCreated(change(), device()))
        mirroring.journal.free(DEVICE_ID, Owner(THING_ID, "pump-7"), facts=2)

        result = mirroring.deliver()

        assert result.status == "known"
        assert len(mirroring.facts(THING_ID)) == 2

    def test_a_thing_whose_event_is_being_processed_is_left_to_its_run(self):
        mirroring = registered(OWN_NAME)
        append(mirroring.journal, accepted(device_id="eui-another"))

        statuses = [mirroring.deliver().status for _ in range(2)]

        assert statuses == ["underway", "underway"]
        assert len(mirroring.facts(THING_ID)) == 1

    def test_a_thing_that_is_listed_though_it_is_deleted_is_not_linked(self):
        mirroring = registered(OWN_NAME)
        append(mirroring.journal, accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID))

        result = mirroring.deliver()

        assert mirroring.journal.read(THING_ID).busy is None
        assert result.status == "underway"
        assert len(mirroring.facts(THING_ID)) == 2

    def test_a_thing_that_is_deleted_while_it_is_checked_is_not_linked(self):
        mirroring = registered(OWN_NAME)
        mirroring.things.before["thing"] = lambda: mirroring.things.things.pop("pump-7")

        assert mirroring.deliver().status == "underway"
        assert mirroring.deliver().status == "mirrored"

    def test_a_thing_whose_own_event_is_faster_keeps_what_that_wrote(self):
        mirroring = registered(OWN_NAME)
        mirroring.things.before["thing"] = lambda: append(
            mirroring.journal, accepted(), thing_id=OTHER_THING_ID, thing_name="pump-8"
        )

        result = mirroring.deliver()

        assert result.status == "underway"
        assert mirroring.journal.owner(DEVICE_ID).thing_name == "pump-8"
        assert mirroring.facts(THING_ID) == []

    def test_a_log_and_a_shadow_that_cannot_be_written_stop_nothing(self):
        mirroring = registered(OWN_NAME)
        mirroring.thing_log.write = mirroring.shadow.write = None

        assert mirroring.deliver().status == "linked"
        assert [where for where, _ in mirroring.troubles] == ["thing log", "shadow"]

    def test_a_thing_that_changed_since_it_was_listed_is_taken_for_what_it_is_now(self):
        mirroring = registered(OWN_NAME)
        mirroring.things.before["thing"] = lambda: mirroring.things.things.update({"pump-7": OTHERS})

        assert mirroring.deliver().status == "refused"
        assert mirroring.journal.owners == {}


class TestCompleting:
    def test_what_broke_off_before_the_thing_was_made_is_completed(self):
        mirroring = registered()
        mirroring.things.troubles["create"] = [RegistryThrottledError("AWS throttled CreateThing.")]

        with pytest.raises(RegistryThrottledError, match="CreateThing"):
            mirroring.deliver()
        reserved = mirroring.journal.owner(DEVICE_ID)

        assert reserved == Owner("", DEV_EUI, is_reserved=True)
        assert mirroring.deliver().status == "mirrored"
        assert mirroring.journal.reservation(DEVICE_ID).thing_id == mirroring.things.things[DEV_EUI].thing_id

    def test_what_broke_off_after_the_thing_was_made_is_completed_with_that_thing(self):
        mirroring = registered()
        mirroring.journal.reserve(Reservation("", DEV_EUI, IDS))
        thing_id = mirroring.things.create(THING)

        result = mirroring.deliver()

        assert result.status == "mirrored"
        assert mirroring.things.calls["create"] == 1
        assert mirroring.journal.reservation(DEVICE_ID).thing_id == thing_id

    @pytest.mark.parametrize(
        "left",
        [
            pytest.param(RegistryThing(DEV_EUI, "lorawan", {"stackName": STACK}, THING_ID), id="with-its-stack-alone"),
            pytest.param(RegistryThing(DEV_EUI, "lorawan", {"deviceID": DEVICE_ID}, THING_ID), id="with-its-id-alone"),
            pytest.param(RegistryThing(DEV_EUI, None, {"stackName": STACK}, THING_ID), id="without-type"),
            pytest.param(replace(THING, thing_type_name=None, thing_id=THING_ID), id="without-type"),
        ],
    )
    def test_a_thing_of_ours_that_lost_type_or_attributes_is_repaired_and_not_made_twice(self, left):
        mirroring = registered(left)

        mirroring.deliver()

        [thing] = mirroring.things.things.values()
        assert (thing.thing_id, thing.thing_type_name) == (THING_ID, "lorawan")
        assert thing.attributes.items() >= ATTRIBUTES.items()
        assert mirroring.journal.owner(DEVICE_ID).thing_id == THING_ID

    @pytest.mark.parametrize(
        "left",
        [
            pytest.param(RegistryThing(DEV_EUI, None, {}, THING_ID), id="bare"),
            pytest.param(RegistryThing(DEV_EUI, "lorawan", {"cellar": "north"}, THING_ID), id="without-ours"),
        ],
    )
    def test_a_thing_whose_making_broke_off_and_that_lost_all_since_is_known_by_what_was_reserved(self, left):
        """When the name was reserved, no thing bore it."""
        mirroring = registered()
        mirroring.journal.reserve(Reservation("", DEV_EUI, IDS))
        mirroring.things.things[DEV_EUI] = left

        result = mirroring.deliver()

        assert result.status == "mirrored"
        assert mirroring.things.things[DEV_EUI].attributes.items() >= ATTRIBUTES.items()
        assert mirroring.journal.reservation(DEVICE_ID).thing_id == THING_ID

    def test_a_thing_that_is_deleted_while_it_is_repaired_is_made_by_the_next_message(self):
        mirroring = registered(RegistryThing(DEV_EUI, None, {"stackName": STACK}, THING_ID))
        mirroring.things.before["repair"] = mirroring.things.things.clear

        assert [mirroring.deliver().status, mirroring.deliver().status] == ["underway", "mirrored"]

    def test_a_user_s_thing_that_lost_its_type_gets_it_back(self):
        mirroring = registered(replace(OWN_NAME, thing_type_name=None))

        assert mirroring.deliver().status == "linked"
        assert mirroring.things.things == {"pump-7": OWN_NAME}

    def test_what_was_reserved_under_another_scheme_makes_room(self):
        mirroring = registered()
        mirroring.journal.reserve(Reservation("", "thingsync_eui", IDS))

        mirroring.deliver()

        assert mirroring.journal.owner(DEVICE_ID).thing_name == DEV_EUI

    def test_what_was_reserved_makes_room_for_a_thing_that_its_user_has_made_meanwhile(self):
        mirroring = registered(OWN_NAME)
        mirroring.journal.reserve(Reservation("", DEV_EUI, IDS))

        assert mirroring.deliver().status == "linked"
        assert mirroring.journal.owner(DEVICE_ID) == Owner(THING_ID, "pump-7")

    def test_a_user_who_makes_the_thing_of_this_very_name_at_this_moment_makes_the_only_one(self):
        mirroring = registered()
        theirs = RegistryThing(DEV_EUI, "lorawan", CREATE, THING_ID)
        mirroring.things.before["create"] = lambda: mirroring.things.things.update({DEV_EUI: theirs})

        result = mirroring.deliver()

        assert result.status == "mirrored"
        assert mirroring.things.things[DEV_EUI].attributes["appKey"] == CREATE["appKey"]
        assert mirroring.journal.reservation(DEVICE_ID).thing_id == THING_ID

    def test_such_a_thing_that_is_deleted_again_is_made_by_the_next_message(self):
        mirroring = registered()
        theirs = RegistryThing(DEV_EUI, "lorawan", CREATE, THING_ID)

        def made():
            mirroring.things.things[DEV_EUI] = theirs
            mirroring.things.before["thing"] = mirroring.things.things.clear

        mirroring.things.before["create"] = made

        assert [mirroring.deliver().status, mirroring.deliver().status] == ["underway", "mirrored"]

    @pytest.mark.parametrize("moment", ["with_dev_eui", "thing"])
    def test_a_thing_that_another_message_makes_in_this_moment_is_not_taken_for_a_user_s(self, moment):
        """Else the device would be taken for one that was there before its thing."""
        mirroring = registered()
        mirroring.things.before[moment] = lambda: mirroring.instance().ensure_thing(ACTIVITY)

        result = mirroring.deliver()

        assert result.status == "underway"
        assert mirroring.facts(mirroring.things.things[DEV_EUI].thing_id) == []
        assert mirroring.journal.owner(DEVICE_ID).is_reserved

    def test_another_thing_that_took_the_device_while_ours_was_made_keeps_it(self):
        mirroring = registered()
        theirs = {"thing_id": OTHER_THING_ID, "thing_name": "pump-8"}
        mirroring.things.before["with_dev_eui"] = lambda: append(mirroring.journal, accepted(), **theirs)

        assert mirroring.deliver().status == "underway"
        assert mirroring.things.things == {}
        assert mirroring.journal.owner(DEVICE_ID) == Owner(OTHER_THING_ID, "pump-8")

    def test_a_journal_that_is_busy_leaves_the_device_to_its_next_message(self):
        mirroring = registered()

        def busy():
            raise ThingBusyError("Two transactions met.")

        mirroring.things.before["with_dev_eui"] = busy

        assert mirroring.deliver().status == "underway"


class TestRefusing:
    @pytest.mark.parametrize(
        "thing",
        [
            pytest.param(OTHERS, id="under-its-own-name"),
            pytest.param(replace(OTHERS, thing_name=DEV_EUI), id="under-ours"),
            pytest.param(
                RegistryThing(DEV_EUI, "lorawan", {"stackName": "another-stack"}), id="under-ours-without-eui"
            ),
        ],
    )
    def test_a_thing_of_another_stack_is_reported_and_nothing_is_made(self, thing):
        mirroring = registered(thing)

        result = mirroring.deliver()

        assert result.status == "refused"
        assert "is registered for mismatching stack" in result.reason
        assert list(mirroring.things.things) == [thing.thing_name]
        assert mirroring.journal.owners == {}

    @pytest.mark.parametrize("thing_type_name", [None, "lorawan"])
    def test_somebody_s_thing_that_is_named_like_a_dev_eui_stays_theirs(self, thing_type_name):
        theirs = RegistryThing(DEV_EUI, thing_type_name, {"owner": "somebody", "serial": "4711"}, THING_ID)
        mirroring = registered(theirs)

        statuses = [mirroring.instance().ensure_thing(ACTIVITY).status for _ in range(2)]

        assert statuses == ["refused", "refused"]
        assert mirroring.things.things == {DEV_EUI: theirs}
        assert mirroring.journal.owners == {}
        assert mirroring.thing_log.lines[DEV_EUI][0]["error"]["name"] == "MismatchingStackError"

    def test_one_that_comes_into_being_at_this_moment_stays_theirs_too(self):
        mirroring = registered()
        theirs = RegistryThing(DEV_EUI, None, {"owner": "somebody"}, THING_ID)
        mirroring.things.before["create"] = lambda: mirroring.things.things.update({DEV_EUI: theirs})

        statuses = [mirroring.instance().ensure_thing(ACTIVITY).status for _ in range(2)]

        assert statuses == ["refused", "refused"]
        assert mirroring.things.things == {DEV_EUI: theirs}
        assert mirroring.journal.owners == {}

    def test_what_was_reserved_for_another_name_says_nothing_of_this_one(self):
        mirroring = registered(RegistryThing(DEV_EUI, None, {"owner": "somebody"}, THING_ID))
        mirroring.journal.reserve(Reservation("", "thingsync_eui", IDS))

        assert mirroring.deliver().status == "refused"

    def test_its_log_says_what_to_do(self):
        mirroring = registered(OTHERS)

        mirroring.deliver()

        [line] = mirroring.thing_log.lines["pump-7"]
        assert line["error"]["name"] == "MismatchingStackError"
        assert line["whatToDo"].startswith(
            "If the device should belong to this stack, give the thing this stack's stackName"
        )

    def test_it_is_reported_once_in_a_while_and_not_for_each_uplink(self):
        mirroring = registered(OTHERS)
        for _ in range(10):
            mirroring.deliver()
        before, calls = len(mirroring.refusals), mirroring.things.calls["with_dev_eui"]
        mirroring.now_s += REFUSED_S

        mirroring.deliver()

        assert (before, len(mirroring.refusals), calls) == (1, 2, 1)

    def test_once_the_other_thing_is_gone_the_device_is_mirrored(self):
        mirroring = registered(OTHERS)
        mirroring.deliver()
        mirroring.things.things.clear()
        mirroring.now_s += REFUSED_S

        assert mirroring.deliver().status == "mirrored"


class TestBursts:
    def test_of_5000_uplinks_of_50_devices_exactly_50_things_come(self):
        mirroring = Mirroring()
        activities = [self._registered(mirroring, number) for number in range(50)]
        mirroring.things.troubles["create"] = []

        statuses = [mirroring.deliver(activities[number % 50]).status for number in range(5000)]

        assert (statuses.count("mirrored"), statuses.count("known")) == (50, 4950)
        assert len(mirroring.things.things) == 50
        assert mirroring.things.calls == {"with_dev_eui": 50, "thing": 50, "create": 50}
        assert set(mirroring.journal.asked.values()) == {1}

    def test_with_throttling_and_four_instances_it_is_still_50(self):
        mirroring = Mirroring()
        activities = [self._registered(mirroring, number) for number in range(50)]
        instances = [mirroring.instance() for _ in range(4)]
        throttled = RegistryThrottledError("AWS throttled CreateThing.")
        queue, retries = [activities[number % 50] for number in range(5000)], 0

        for number in range(5000):
            mirroring.things.troubles["create"] = [throttled] if number % 3 == 0 else []
            try:
                instances[number % 4].ensure_thing(queue[number])
            except RegistryThrottledError:
                retries += 1
                queue.append(queue[number])
        for activity in queue[5000:]:
            instances[0].ensure_thing(activity)

        assert len(mirroring.things.things) == 50
        assert mirroring.things.calls["create"] == 50 + retries
        assert max(mirroring.journal.asked.values()) <= 4 + retries

    @staticmethod
    def _registered(mirroring, number):
        ids = DeviceIds(f"sensor-{number}", f"70B3D57ED006{number:04X}", JOIN_EUI)
        mirroring.register(ids)
        return Activity("demo-app", ids.device_id, ids.dev_eui, ids.join_eui)
