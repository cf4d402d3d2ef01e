"""The door: which messages of devices end there, and which MirrorDevice must see."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.activity_samples import ACTIVITY
from tests.fakes.journal import FakeJournal
from tests.journal_samples import CREATED, DELETION, OTHER_DEVICE_ID, accepted, append
from tests.samples import DEV_EUI, DEVICE_ID, IDS
from workflows.domain.facts import DeviceRemoved
from workflows.errors import RegistryUnavailableError
from workflows.ports.journal import Reservation
from workflows.steps.door import DEVICES_REMEMBERED, KNOWN_S, PASS_EVERY_S, PASSES_AT_ONCE, Door
from workflows.steps.recent import RateLimiter, Recent


class CountingJournal(FakeJournal):
    """``asked``: how often each device was looked up; ``outage``: what a read raises."""

    def __init__(self):
        super().__init__()
        self.asked, self.outage = Counter(), None

    def registered(self, device_id):
        self.asked[device_id] += 1
        if self.outage:
            raise self.outage
        return super().registered(device_id)


class Instance:
    """A Lambda instance with its clock ``now_s``; ``passes``: how many known devices it lets through at once."""

    def __init__(self, passes=0):
        self.journal, self.now_s, self.unread = CountingJournal(), 1000.0, []
        limiter = RateLimiter(self.clock, every_s=PASS_EVERY_S, most=passes)
        self.door = Door(self.journal, Recent(self.clock, DEVICES_REMEMBERED), limiter, self.unread.append)

    def clock(self):
        return self.now_s

    def know(self, number=0):
        """Register a device of a thing; return what it sends."""
        device_id, dev_eui = (f"{DEVICE_ID[:20]}-{number}", f"{number:016X}") if number else (DEVICE_ID, DEV_EUI)
        registered = replace(CREATED, device=replace(CREATED.device, device_id=device_id, dev_eui=dev_eui))
        fact = replace(accepted(), device_id=device_id)
        append(self.journal, fact, registered, thing_id=f"thing-{number}", thing_name=f"pump-{number}")
        return replace(ACTIVITY, device_id=device_id, dev_eui=dev_eui)


def test_a_message_of_a_device_that_has_its_thing_ends():
    instance = Instance()

    assert instance.door.ends(instance.know())


def test_a_message_of_a_device_that_nobody_knows_passes():
    assert not Instance().door.ends(ACTIVITY)


def test_a_device_whose_thing_is_not_registered_passes():
    instance = Instance()
    append(instance.journal, accepted())

    assert not instance.door.ends(ACTIVITY)


def test_a_device_whose_id_is_only_reserved_passes():
    instance = Instance()
    instance.journal.reserve(Reservation("", DEV_EUI, IDS))

    assert not instance.door.ends(ACTIVITY)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"device_id": OTHER_DEVICE_ID}, id="registered again under another ID"),
        pytest.param({"dev_eui": "70B3D57ED00000FF"}, id="another DevEUI under the ID"),
        pytest.param({"join_eui": "70B3D57ED00000FF"}, id="another JoinEUI under the ID"),
    ],
)
def test_a_device_that_the_journal_has_otherwise_passes_even_if_the_known_one_has_just_sent(other):
    instance = Instance()
    known = instance.know()
    instance.door.ends(known)

    assert not instance.door.ends(replace(known, **other))


def test_a_device_is_looked_up_once_an_hour():
    instance = Instance()
    known = instance.know()

    ended = [instance.door.ends(known) for _ in range(100)]
    before = instance.journal.asked[DEVICE_ID]
    instance.now_s += KNOWN_S
    instance.door.ends(known)

    assert all(ended)
    assert (before, instance.journal.asked[DEVICE_ID]) == (1, 2)


def test_a_device_whose_thing_is_deleted_passes_after_an_hour():
    instance = Instance()
    known = instance.know()
    instance.door.ends(known)
    append(instance.journal, DeviceRemoved(DELETION, DEVICE_ID), thing_id="thing-0", thing_name="pump-0")

    instance.now_s += KNOWN_S

    assert not instance.door.ends(known)


def test_some_known_devices_pass_so_that_their_things_are_checked():
    instance = Instance(PASSES_AT_ONCE)
    known = [instance.know(number) for number in range(1, 2 * PASSES_AT_ONCE)]

    passed = [activity for activity in known if not instance.door.ends(activity)]

    assert passed == known[:PASSES_AT_ONCE]


def test_of_a_fleet_that_sends_all_the_time_one_passes_every_ten_seconds():
    instance = Instance(1)
    known = [instance.know(number) for number in range(1, 14)]

    passed = 0
    for activity in known:
        passed += not instance.door.ends(activity)
        instance.now_s += PASS_EVERY_S / 2

    assert passed == 7


def test_a_device_that_passed_ends_the_next_times():
    instance = Instance(PASSES_AT_ONCE)
    known = instance.know()

    assert [instance.door.ends(known) for _ in range(3)] == [False, True, True]


def test_if_the_journal_cannot_be_read_the_message_passes_and_it_is_logged():
    instance = Instance()
    known = instance.know()
    outage = instance.journal.outage = RegistryUnavailableError("AWS could not be reached.")

    ended = instance.door.ends(known)
    instance.journal.outage = None

    assert (ended, instance.unread) == (False, [outage])
    assert instance.door.ends(known)
