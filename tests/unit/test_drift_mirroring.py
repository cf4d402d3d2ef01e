"""What the command says of a device before it is mirrored is what MirrorDevice does with it then."""

from dataclasses import replace

import pytest

from operate.drift.mirror_plan import Prospect
from operate.drift.mirroring import AGAIN_S, Mirroring
from operate.pacing import Pace, Timeout
from tests.drift import SCOPE
from tests.journal_samples import accepted, append, change, device
from tests.mirroring import IDS
from tests.mirroring import Mirroring as Pipeline
from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, OTHER_STACK, STACK, THING_ID
from workflows.domain.activity import Activity
from workflows.domain.drift.findings import Finding
from workflows.domain.facts import DeviceMirrored, EventRejected, RegisteredDevice
from workflows.domain.mirroring import MirrorRules, RegistryThing
from workflows.domain.registry_things import DescribedThing
from workflows.errors import DeviceRefusedError, ThingGoneAnswer
from workflows.schemas.activity import load_queued
from workflows.steps.drift.inspection import Inspector
from workflows.steps.finding import Finder

FOUND = Finding("foreign", "it has no mark of Thingsync", DEV_EUI, None, DEVICE_ID, "mirror")
ACTIVITY = Activity("demo-app", DEVICE_ID, DEV_EUI, JOIN_EUI)
OTHERS = RegistryThing("lamp", "lorawan", {"devEUI": DEV_EUI, "stackName": "elsewhere", "joinEUI": JOIN_EUI})
USERS = RegistryThing("pump", "lorawan", {"devEUI": DEV_EUI, "stackName": STACK, "joinEUI": JOIN_EUI}, THING_ID)
OLD = replace(IDS, device_id="old")


class Command(Pipeline):
    """The command beside MirrorDevice. A message is delivered at once, and the thing's event after that."""

    def __init__(self, *things, at_once=True):
        super().__init__(*things)
        self.at_once, self.sent, self.waited_s = at_once, [], 0.0
        self.devices = self.tts.application()
        rules = MirrorRules(STACK, "lorawan", self.scheme)
        self.prospect = Prospect(self.devices, Finder(self.things, self.journal), rules)
        self.recent, self.of_status = self.journal.recent, self.journal.by_status

    def describe(self, thing_name):
        thing = self.things.things.get(thing_name)
        return thing and DescribedThing(thing_name, thing.thing_id, 1, thing.thing_type_name, thing.attributes)

    def snapshots(self, thing_ids):
        wanted = set(thing_ids)
        return iter(
            [
                each
                for status in ("registered", "rejected")
                for each in self.of_status(status)
                if each.thing_id in wanted
            ]
        )

    def send(self, messages):
        for message in messages:
            self.sent.append(message.body)
            if self.at_once:
                self.work(load_queued(message.body))

    def work(self, activity):
        result = self.deliver(activity)
        owner = self.journal.owners.get(activity.device_id)
        if result.status == "mirrored":
            ids = activity.ids
            made = RegisteredDevice("mirrored", ids.device_id, ids.device_id, ids.dev_eui, ids.join_eui)
            append(self.journal, DeviceMirrored(change(), made), thing_id=owner.thing_id, thing_name=owner.thing_name)

    def sleep(self, seconds):
        self.waited_s += seconds
        self.now_s += seconds

    def results(self, *found, seconds=0):
        mirroring = Mirroring(
            application_id="demo-app",
            prospect=self.prospect,
            inspector=Inspector(SCOPE, self, self, self.devices),
            journal=self.journal,
            queue=self,
            pace=Pace(1000, clock=lambda: self.now_s, sleep=self.sleep),
            timeout=Timeout(seconds, clock=lambda: self.now_s, sleep=self.sleep),
        )
        return [(each.outcome, each.error_name, each.left and each.left.text) for each in mirroring.results(found)]

    def prospective(self):
        record = self.devices.identity(DEVICE_ID)
        try:
            return self.prospect.thing_name(record)
        except DeviceRefusedError as error:
            return f"{type(error).__name__}: {error}"


def with_living_device(*things):
    command = Command(*things).register(replace(IDS, join_eui=""))
    command.devices.delete_identity(DEVICE_ID)
    command.register(replace(OLD, join_eui="")).register(replace(IDS, join_eui="0" * 16))
    registered = device(method="mirrored", device_id="old", named="old", dev_eui=DEV_EUI, join_eui="")
    append(command.journal, DeviceMirrored(change(), registered), thing_name=things[0].thing_name)
    return command


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(Command(OTHERS).register(), id="a thing of another stack"),
        pytest.param(Command(replace(OTHERS, thing_name=DEV_EUI)).register(), id="under the name"),
        pytest.param(
            Command(RegistryThing(DEV_EUI, "lorawan", {"stackName": STACK, "devEUI": "F" * 16})).register(),
            id="the name is another device's",
        ),
        pytest.param(Command().register(attributes=OTHER_STACK.attributes()), id="another stack's mark"),
        pytest.param(
            with_living_device(RegistryThing("pump", "lorawan", {"devEUI": DEV_EUI, "stackName": STACK}, THING_ID)),
            id="the thing has another device of these EUIs",
        ),
    ],
)
def test_what_mirror_device_refuses_is_refused_before_with_the_same_words(command):
    expected = command.prospective()

    result = command.deliver(replace(ACTIVITY, join_eui=None))

    assert result.status == "refused"
    assert expected.partition(": ")[2] == result.reason


@pytest.mark.parametrize(
    ("command", "status"),
    [
        pytest.param(Command().register(), "mirrored", id="no thing"),
        pytest.param(Command(USERS).register(), "linked", id="a thing of its user"),
        pytest.param(
            Command(RegistryThing(DEV_EUI, "lorawan", {"stackName": STACK}, THING_ID)).register(),
            "linked",
            id="a thing of the name that lost its DevEUI",
        ),
    ],
)
def test_what_mirror_device_does_is_what_was_said_before(command, status):
    expected = command.prospective()

    result = command.deliver()

    assert (result.status, result.thing_name) == (status, expected)


def test_a_thing_that_is_deleted_in_this_moment_is_not_in_the_way():
    command = Command(USERS).register()
    command.things.troubles["thing"] = [ThingGoneAnswer("Thing pump has just been deleted.")]

    assert command.prospective() == DEV_EUI


def test_a_device_is_done_when_its_thing_is_registered():
    command = Command().register()

    assert command.results(FOUND) == [("registered", None, None)]
    assert len(command.sent) == 1


def test_a_device_that_went_meanwhile_is_not_sent():
    command = Command()

    [(outcome, _, left)] = command.results(FOUND)

    assert (outcome, command.sent) == ("not sent", [])
    assert "deleted in The Things Stack" in left


def test_a_message_that_came_to_nothing_is_sent_again_after_a_while_and_not_before():
    """MirrorDevice found the device under way, and leaves it to the next message."""
    command = Command(at_once=False).register()

    command.results(FOUND, seconds=AGAIN_S - 1)
    assert len(command.sent) == 1
    command.results(FOUND, seconds=AGAIN_S + 1)
    assert len(command.sent) == 3


def test_a_device_without_a_thing_in_time_is_in_flight():
    command = Command(at_once=False).register()

    [(outcome, error, left)] = command.results(FOUND)

    assert (outcome, error) == ("in flight", None)
    assert "look again later: thingsync reconcile --mirror" in left


def test_a_refusal_that_came_after_the_plan_is_reported_with_its_reason():
    command = Command(OTHERS).register()

    [(outcome, error, left)] = command.results(FOUND, seconds=AGAIN_S + 1)

    assert (outcome, error, len(command.sent)) == ("rejected", "MismatchingStackError", 1)
    assert "thing lamp has stackName elsewhere" in left


def test_a_linked_thing_whose_own_event_never_came_is_not_done():
    command = Command(USERS).register()

    assert command.results(FOUND) == [("in flight", None, "version 1 of the thing has not arrived, the last was 0")]


def test_a_thing_that_was_rejected_for_lack_of_keys_is_linked_and_done():
    command = Command(USERS).register()
    append(command.journal, accepted(), EventRejected(change(), "InvalidThingError", undone=True), thing_name="pump")

    assert command.results(FOUND) == [("registered", None, None)]
