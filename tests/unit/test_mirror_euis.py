"""One DevEUI under two JoinEUIs is two devices: each has a thing of its own, or its user learns why not."""

from dataclasses import replace

import pytest

from tests.journal_samples import OTHER_THING_ID, accepted, append, change, device
from tests.mirroring import IDS, Mirroring
from tests.ports.mirrored_things import THING
from tests.samples import DEV_EUI, DEVICE_ID, QR_CODE, STACK, THING_ID
from workflows.domain.activity import Activity
from workflows.domain.facts import DeviceAdopted, DeviceCreated, DeviceMirrored
from workflows.domain.mirroring import RegistryThing
from workflows.ports.journal import Owner
from workflows.steps.mirror import REFUSED_S

SECOND = replace(IDS, device_id="second", join_eui="70B3D57ED0000002")
ACTIVITY = Activity("demo-app", SECOND.device_id, DEV_EUI, SECOND.join_eui)
FIRST_S = replace(THING, thing_id=THING_ID)
SECONDS = {"devEUI": DEV_EUI, "stackName": STACK, "joinEUI": SECOND.join_eui}


def two(*things, **more):
    return Mirroring(*things, **more).register(IDS).register(SECOND)


def with_first_mirrored(*things, **more):
    mirroring = two(FIRST_S, *things, **more)
    append(mirroring.journal, DeviceMirrored(change(), device(method="mirrored")), thing_name=DEV_EUI)
    return mirroring


class TestNoNameLeft:
    def test_the_second_device_is_reported_in_the_log_of_the_thing_that_has_the_name(self):
        mirroring = with_first_mirrored()

        result = mirroring.deliver(ACTIVITY)

        [line] = mirroring.thing_log.lines[DEV_EUI]
        assert result.status == "refused"
        assert (line["outcome"], line["deviceId"]) == ("rejected", "second")
        assert line["error"]["name"] == "MismatchingDeviceError"
        assert f"Device second with DevEUI {DEV_EUI} and JoinEUI {SECOND.join_eui}" in line["error"]["message"]
        assert "ThingNameScheme StackNameDeviceID" in line["whatToDo"]

    def test_the_first_one_keeps_its_thing_as_it_is(self):
        mirroring = with_first_mirrored()
        facts = mirroring.facts(THING_ID)

        mirroring.deliver(ACTIVITY)

        assert mirroring.things.things == {DEV_EUI: FIRST_S}
        assert mirroring.facts(THING_ID) == facts
        assert mirroring.journal.owner("second") is None

    def test_it_is_reported_once_in_a_while_and_not_for_each_uplink(self):
        mirroring = with_first_mirrored()
        for _ in range(10):
            mirroring.deliver(ACTIVITY)
        before = len(mirroring.refusals)
        mirroring.now_s += REFUSED_S

        mirroring.deliver(ACTIVITY)

        assert (before, len(mirroring.refusals)) == (1, 2)

    def test_a_thing_that_does_not_give_its_join_eui_is_known_by_the_journal(self):
        mirroring = two(RegistryThing(DEV_EUI, "lorawan", {"devEUI": DEV_EUI, "stackName": STACK}, THING_ID))
        append(mirroring.journal, DeviceAdopted(change(), device(method="adopted")), thing_name=DEV_EUI)

        mirroring.deliver(ACTIVITY)

        [line] = mirroring.thing_log.lines[DEV_EUI]
        assert f"(devEUI {DEV_EUI}, joinEUI {IDS.join_eui})" in line["error"]["message"]
        assert len(mirroring.facts(THING_ID)) == 1

    def test_a_name_that_is_taken_in_this_moment_is_reported_as_well(self):
        mirroring = two()
        mirroring.things.before["create"] = lambda: mirroring.things.things.update({DEV_EUI: FIRST_S})

        assert mirroring.deliver(ACTIVITY).status == "refused"
        assert mirroring.journal.owner("second") is None

    def test_what_was_reserved_for_the_name_is_released(self):
        mirroring = two()
        mirroring.things.before["create"] = lambda: mirroring.things.things.update({DEV_EUI: FIRST_S})
        mirroring.deliver(ACTIVITY)
        mirroring.things.things.clear()
        mirroring.now_s += REFUSED_S

        assert mirroring.deliver(ACTIVITY).status == "mirrored"
        assert mirroring.things.things[DEV_EUI].attributes["joinEUI"] == SECOND.join_eui


class TestNames:
    def test_by_the_other_scheme_both_become_things(self):
        mirroring = two(scheme="StackNameDeviceID")

        statuses = [mirroring.deliver().status, mirroring.deliver(ACTIVITY).status]

        assert statuses == ["mirrored", "mirrored"]
        assert mirroring.things.things.keys() == {f"{STACK}_{DEVICE_ID}", f"{STACK}_second"}

    @pytest.mark.parametrize(
        "attributes",
        [
            pytest.param(SECONDS, id="joinEUI"),
            pytest.param({"devEUI": DEV_EUI, "stackName": STACK, "appEUI": SECOND.join_eui.lower()}, id="appEUI"),
            pytest.param(
                {"devEUI": DEV_EUI, "stackName": STACK, "qrCode": QR_CODE.replace(IDS.join_eui, SECOND.join_eui)},
                id="qrCode",
            ),
            pytest.param({"devEUI": DEV_EUI, "stackName": STACK}, id="none"),
        ],
    )
    def test_a_thing_that_its_user_makes_for_the_second_one_is_linked_with_it(self, attributes):
        mirroring = with_first_mirrored(RegistryThing("pump-8", "lorawan", attributes, OTHER_THING_ID))

        result = mirroring.deliver(ACTIVITY)

        assert (result.status, result.thing_name) == ("linked", "pump-8")
        assert mirroring.journal.owner("second") == Owner(OTHER_THING_ID, "pump-8")
        assert mirroring.journal.read(OTHER_THING_ID).device.join_eui == SECOND.join_eui

    def test_an_early_message_of_the_second_one_does_not_get_the_first_one_s_thing(self):
        first_s = RegistryThing("pump-7", "lorawan", SECONDS | {"joinEUI": IDS.join_eui}, THING_ID)
        mirroring = two(first_s)

        second, first = mirroring.deliver(ACTIVITY), mirroring.deliver()

        assert (second.status, second.thing_name) == ("mirrored", DEV_EUI)
        assert (first.status, first.thing_name) == ("linked", "pump-7")

    def test_a_thing_that_has_the_first_one_says_nothing_of_the_second(self):
        """It gives no JoinEUI, so that only the journal says which of the two it stands for."""
        first_s = RegistryThing("pump-7", "lorawan", {"devEUI": DEV_EUI, "stackName": STACK}, THING_ID)
        mirroring = two(first_s)
        append(mirroring.journal, accepted(), DeviceCreated(change(), device()))

        result = mirroring.deliver(ACTIVITY)

        assert (result.status, result.thing_name) == ("mirrored", DEV_EUI)
        assert mirroring.things.things["pump-7"] == first_s

    def test_a_thing_of_another_stack_with_the_other_join_eui_is_not_in_the_way(self):
        theirs = {"devEUI": DEV_EUI, "stackName": "another-stack", "joinEUI": IDS.join_eui}
        mirroring = two(RegistryThing("pump-7", "lorawan", theirs, THING_ID))

        assert mirroring.deliver(ACTIVITY).status == "mirrored"

    def test_of_a_device_without_join_eui_zeros_stand_for_none(self):
        alone = replace(SECOND, join_eui="")
        mirroring = Mirroring(
            RegistryThing("pump-8", "lorawan", SECONDS | {"joinEUI": "0000000000000000"}, OTHER_THING_ID)
        ).register(alone)

        result = mirroring.deliver(replace(ACTIVITY, join_eui=None))

        assert (result.status, result.thing_name) == ("linked", "pump-8")
        assert mirroring.journal.read(OTHER_THING_ID).device.join_eui == ""
