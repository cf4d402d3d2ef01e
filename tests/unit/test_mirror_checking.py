"""A device that has its thing: the thing gets back what it lost, and what does not fit any more is reported."""

from dataclasses import replace

import pytest

from tests.activity_samples import ACTIVITY
from tests.journal_samples import OTHER_THING_ID, UPDATE, accepted, append, change, device
from tests.mirroring import IDS, Mirroring
from tests.ports.mirrored_things import ATTRIBUTES, THING
from tests.samples import CREATE, DEV_EUI, DEVICE_ID, THING_ID
from workflows.domain.activity import Activity
from workflows.domain.facts import DeviceAdopted, DeviceClaimed, DeviceCreated, DeviceMirrored, EventRejected
from workflows.domain.mirroring import RegistryThing
from workflows.ports.journal import Owner
from workflows.steps.checking import CHECK_EVERY_S, CHECKS_AT_ONCE
from workflows.steps.mirror import KNOWN_S, REFUSED_S

MADE = replace(THING, thing_id=THING_ID)
OWN = RegistryThing("pump-7", "lorawan", CREATE, THING_ID)
OTHER_EUI = "70B3D57ED0059999"


def mirrored(thing=MADE, **fields):
    mirroring = Mirroring(thing).register()
    fact = DeviceMirrored(change(), device(method="mirrored", **fields))
    append(mirroring.journal, fact, thing_name=thing.thing_name)
    return mirroring


def registered(thing, fact):
    mirroring = Mirroring(thing).register()
    append(mirroring.journal, fact)
    return mirroring


class TestGivingBack:
    @pytest.mark.parametrize(
        "left",
        [
            pytest.param(replace(MADE, thing_type_name=None), id="without-type"),
            pytest.param(RegistryThing(DEV_EUI, "lorawan", {"name": "Pump_7"}, THING_ID), id="without-attributes"),
            pytest.param(RegistryThing(DEV_EUI, None, {}, THING_ID), id="bare"),
        ],
    )
    def test_a_thing_that_thingsync_made_gets_back_what_it_lost_at_its_next_message(self, left):
        mirroring = mirrored(left)

        result = mirroring.deliver()

        thing = mirroring.things.things[DEV_EUI]
        assert (result.status, result.thing_name) == ("restored", DEV_EUI)
        assert thing == RegistryThing(DEV_EUI, "lorawan", {**left.attributes, **ATTRIBUTES}, THING_ID)

    def test_whatever_its_name_is(self):
        """It was made under another scheme."""
        mirroring = mirrored(RegistryThing("thingsync_eui", "lorawan", {}, THING_ID))

        mirroring.deliver()

        assert mirroring.things.things["thingsync_eui"].attributes == ATTRIBUTES

    @pytest.mark.parametrize(
        "fact",
        [
            pytest.param(DeviceCreated(change(), device()), id="created"),
            pytest.param(DeviceClaimed(change(), device(method="claimed")), id="claimed"),
            pytest.param(DeviceAdopted(change(), device(method="adopted")), id="adopted"),
        ],
    )
    def test_a_thing_that_its_user_made_gets_back_its_type_alone(self, fact):
        """Without it no event of the thing arrives; its own event reports lost attributes."""
        left = RegistryThing("pump-7", None, {"owner": "me"}, THING_ID)
        mirroring = registered(left, fact)

        result = mirroring.deliver()

        assert result.status == "restored"
        assert mirroring.things.things == {"pump-7": replace(left, thing_type_name="lorawan")}

    def test_its_log_says_what_it_got_back(self):
        mirroring = mirrored(RegistryThing(DEV_EUI, None, {"devEUI": DEV_EUI, "deviceID": DEVICE_ID}, THING_ID))

        mirroring.deliver()

        [line] = mirroring.thing_log.lines[DEV_EUI]
        assert line["reason"].startswith("the thing had lost its thing type, stackName, joinEUI;")
        assert (line["outcome"], line["deviceId"], line["thingId"]) == ("registered", DEVICE_ID, THING_ID)

    def test_an_id_that_the_device_has_no_more_is_corrected_if_that_did_not_happen_at_once(self):
        mirroring = mirrored(replace(MADE, attributes=ATTRIBUTES | {"deviceID": "pump-old"}), named="pump-old")

        assert mirroring.deliver().status == "restored"
        assert mirroring.things.things == {DEV_EUI: MADE}

    @pytest.mark.parametrize(
        ("thing", "method"),
        [
            pytest.param(MADE, "mirrored", id="that-thingsync-made"),
            pytest.param(OWN, "created", id="that-its-user-made"),
        ],
    )
    def test_a_thing_that_is_whole_is_left_as_it_is(self, thing, method):
        mirroring = Mirroring(thing).register()
        append(mirroring.journal, DeviceCreated(change(), device(method=method)), thing_name=thing.thing_name)

        assert mirroring.deliver().status == "known"
        assert mirroring.things.calls == {"thing": 1}

    def test_a_thing_that_goes_in_this_moment_gets_nothing(self):
        mirroring = mirrored(replace(MADE, thing_type_name=None))
        mirroring.things.before["repair"] = mirroring.things.things.clear

        assert mirroring.deliver().status == "known"
        assert (mirroring.things.things, mirroring.thing_log.lines) == ({}, {})


class TestWhatItCosts:
    def test_a_check_is_one_call_to_aws_iot_and_none_to_the_things_stack(self):
        mirroring = mirrored()
        mirroring.tts.identities.clear()

        mirroring.deliver()

        assert mirroring.things.calls == {"thing": 1}

    def test_a_device_is_checked_once_a_minute_at_most(self):
        mirroring = mirrored()
        for _ in range(10):
            mirroring.deliver()
        before = mirroring.things.calls["thing"]
        mirroring.now_s += KNOWN_S

        mirroring.deliver()

        assert (before, mirroring.things.calls["thing"]) == (1, 2)

    def test_of_many_devices_one_is_checked_in_a_second_once_the_first_minute_s_worth_is_used_up(self):
        mirroring = Mirroring()
        activities = [self._known(mirroring, number) for number in range(500)]

        for activity in activities:
            mirroring.now_s += CHECK_EVERY_S / 10
            mirroring.deliver(activity)

        assert mirroring.things.calls["thing"] == pytest.approx(CHECKS_AT_ONCE + 50, abs=2)

    @staticmethod
    def _known(mirroring, number):
        thing_id, ids = (
            f"thing-{number}",
            replace(IDS, device_id=f"sensor-{number}", dev_eui=f"70B3D57ED006{number:04X}"),
        )
        known = device(method="mirrored", device_id=ids.device_id, named=ids.device_id, dev_eui=ids.dev_eui)
        mirroring.things.things[ids.dev_eui] = replace(MADE, thing_name=ids.dev_eui, thing_id=thing_id)
        append(mirroring.journal, DeviceMirrored(change(), known), thing_id=thing_id, thing_name=ids.dev_eui)
        return Activity("demo-app", ids.device_id, ids.dev_eui, ids.join_eui)


class TestWhatIsLeftAlone:
    def test_a_thing_without_device_is_its_run_s(self):
        mirroring = Mirroring(OWN).register()
        append(mirroring.journal, accepted())

        assert mirroring.deliver().status == "known"
        assert mirroring.things.calls == {}

    def test_an_id_that_an_attempt_of_the_thing_has_is_its_run_s(self):
        mirroring = mirrored()
        append(mirroring.journal, accepted(UPDATE, "pump-b"), thing_name=DEV_EUI)

        assert mirroring.deliver(replace(ACTIVITY, device_id="pump-b")).status == "known"
        assert mirroring.things.calls == {}

    @pytest.mark.parametrize(
        "now",
        [
            pytest.param(None, id="gone"),
            pytest.param(replace(MADE, thing_type_name=None, thing_id=OTHER_THING_ID), id="another-of-its-name"),
            pytest.param(
                RegistryThing(DEV_EUI, None, {"stackName": "another-stack"}, THING_ID), id="another-stack-s-now"
            ),
        ],
    )
    def test_a_thing_whose_event_is_yet_to_come_is_left_to_that(self, now):
        mirroring = mirrored()
        mirroring.things.things = {DEV_EUI: now} if now else {}

        assert mirroring.deliver().status == "underway"
        assert mirroring.things.calls == {"thing": 1}

    def test_a_rejected_change_is_the_user_s_to_correct(self):
        mirroring = mirrored(replace(MADE, attributes=ATTRIBUTES | {"devEUI": OTHER_EUI}))
        append(mirroring.journal, EventRejected(UPDATE, "ImmutableChangeError"), thing_name=DEV_EUI)

        assert mirroring.deliver().status == "known"


class TestTelling:
    def test_a_thing_of_another_type_is_reported(self):
        mirroring = mirrored(replace(MADE, thing_type_name="lamp"))

        statuses = [mirroring.deliver().status for _ in range(3)]
        mirroring.now_s += REFUSED_S
        again = mirroring.deliver().status

        lines = mirroring.thing_log.lines[DEV_EUI]
        assert (statuses, again) == (["refused", "known", "known"], "refused")
        assert [line["error"]["name"] for line in lines] == ["MismatchingStackError"] * 2
        assert "thing type lamp" in lines[0]["error"]["message"]
        assert mirroring.things.things[DEV_EUI].thing_type_name == "lamp"

    @pytest.mark.parametrize(
        "now",
        [
            pytest.param({"join_eui": OTHER_EUI}, id="another-join-eui"),
            pytest.param({"join_eui": ""}, id="no-join-eui"),
            pytest.param({"dev_eui": OTHER_EUI}, id="another-dev-eui"),
        ],
    )
    def test_an_id_under_which_somebody_registered_another_device_is_reported(self, now):
        ids = replace(IDS, **now)
        mirroring = mirrored()
        mirroring.tts.identities.clear()
        mirroring.register(ids)

        result = mirroring.deliver(replace(ACTIVITY, dev_eui=ids.dev_eui, join_eui=ids.join_eui or None))

        [line] = mirroring.thing_log.lines[DEV_EUI]
        assert result.status == "refused"
        assert line["error"]["name"] == "MismatchingDeviceError"
        assert "Delete the thing: the device stays" in line["error"]["message"]
        assert mirroring.journal.owner(DEVICE_ID) == Owner(THING_ID, DEV_EUI)

    @pytest.mark.parametrize("join_eui", [OTHER_EUI, None])
    def test_a_message_that_only_says_so_changes_nothing(self, join_eui):
        mirroring = mirrored()

        result = mirroring.deliver(replace(ACTIVITY, join_eui=join_eui))

        assert (result.status, mirroring.thing_log.lines) == ("known", {})

    @pytest.mark.parametrize(
        "record",
        [pytest.param({}, id="the-device-as-it-was"), pytest.param(None, id="none")],
    )
    def test_a_message_with_a_dev_eui_that_the_device_does_not_have_is_stale(self, record):
        mirroring = mirrored()
        if record is None:
            mirroring.tts.identities.clear()

        result = mirroring.deliver(replace(ACTIVITY, dev_eui=OTHER_EUI))

        assert (result.status, mirroring.thing_log.lines) == ("stale", {})
