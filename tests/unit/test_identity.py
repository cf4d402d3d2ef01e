"""The Identity Server's record is deleted or changed by somebody in the very moment it is asked for."""

from dataclasses import replace

import pytest

from tests.fakes.things_stack import FakeApplication, FakeThingsStack
from tests.registering import is_nobodys
from tests.samples import (
    DEVICE_ID,
    MARK,
    OTHER_STACK,
    OTHER_STACKS_THING,
    OTHER_THING,
    RETRY_MARK,
    identity_of,
    planned,
)
from workflows.errors import DeviceConflictError, DeviceIdTakenAnswer, EuisTakenAnswer, RegistryUnavailableError
from workflows.steps.identity import Identity, RecordMatch

WANTED = identity_of(planned(), MARK)


class Vanishing(FakeApplication):
    """Its devices are deleted before they can be read."""

    def identity(self, device_id):
        self._stack.identities.clear()
        return super().identity(device_id)

    def create_identity(self, record):
        return FakeApplication(self._stack, self.application_id).create_identity(record)


class Flickering(FakeApplication):
    """Somebody makes and deletes the device again and again."""

    def create_identity(self, record):
        raise DeviceIdTakenAnswer("the application has a device of this ID")


class MeetingItself(FakeApplication):
    """A create that another one of the same device beats, and that learns so by the EUIs."""

    def create_identity(self, record):
        super().create_identity(record)
        ids = record.ids
        raise EuisTakenAnswer("the EUIs are taken", device_id=ids.device_id, application_id=self.application_id)


def identity(registry, resolve_owner=is_nobodys, **more):
    return Identity(registry, WANTED, MARK, resolve_owner, **more)


@pytest.mark.parametrize(
    "held",
    [pytest.param(planned(), id="under its ID"), pytest.param(planned(device_id="pump-7"), id="under another ID")],
)
def test_a_device_that_was_deleted_before_it_was_read_is_registered_again(held):
    stack = FakeThingsStack({("demo-app", held.device_id): identity_of(held, MARK)})

    match = identity(Vanishing(stack, "demo-app")).ensure()

    assert match == RecordMatch("created", WANTED)
    assert stack.identities == {("demo-app", DEVICE_ID): WANTED}


def test_a_device_that_comes_and_goes_is_waited_for():
    registry = Flickering(FakeThingsStack(), "demo-app")

    with pytest.raises(RegistryUnavailableError, match=f"Device {DEVICE_ID} changed while it was being registered"):
        identity(registry).ensure()


def test_a_create_that_meets_another_of_the_same_device_finds_it():
    stack = FakeThingsStack()

    match = identity(MeetingItself(stack, "demo-app")).ensure()

    assert match == RecordMatch("owned", WANTED)
    assert stack.identities == {("demo-app", DEVICE_ID): WANTED}


def test_a_device_that_was_deleted_before_it_was_marked_is_registered_by_the_next_try():
    registry = FakeThingsStack().application()

    with pytest.raises(RegistryUnavailableError, match=f"Device {DEVICE_ID} changed while it was being registered"):
        identity(registry).write_over(identity_of(planned(), RETRY_MARK))


@pytest.mark.parametrize(
    ("mark", "kind"),
    [pytest.param(RETRY_MARK, "owned", id="this thing's"), pytest.param(OTHER_THING, "reclaimed", id="a gone thing's")],
)
def test_a_record_match_has_the_record_as_it_was_found(mark, kind):
    record = identity_of(planned(name="Before"), mark)
    registry = FakeThingsStack({("demo-app", DEVICE_ID): record}).application()

    assert identity(registry).ensure() == RecordMatch(kind, record)


def test_a_device_of_a_gone_thing_is_this_runs_before_anything_else_is_written():
    stack = FakeThingsStack({("demo-app", DEVICE_ID): identity_of(planned(name="Before"), OTHER_THING)})

    identity(stack.application()).ensure()

    assert stack.held(DEVICE_ID) == {"is": WANTED}


def test_a_device_of_a_thing_that_is_busy_is_left_as_it_is():
    record = identity_of(planned(), OTHER_THING)
    stack = FakeThingsStack({("demo-app", DEVICE_ID): record})

    def resolve_owner(found, _marked):
        raise BlockingIOError(found.device_id)

    with pytest.raises(BlockingIOError, match=DEVICE_ID):
        identity(stack.application(), resolve_owner).ensure()

    assert stack.held(DEVICE_ID) == {"is": record}


RETAINED = planned(name="Before", frequency_plan_id="US_902_928_FSB_2")


def is_retained(_device_id, _marked):
    return "retained"


@pytest.mark.parametrize(
    "device", [RETAINED, replace(RETAINED, device_id="pump-7")], ids=["under its ID", "under another ID"]
)
@pytest.mark.parametrize(
    ("rewrites", "kind"),
    [pytest.param(False, "adopted", id="to be linked"), pytest.param(True, "retained", id="to be written again")],
)
def test_a_device_that_was_retained_is_found_under_its_own_id_by_a_thing_of_the_same_euis(device, rewrites, kind):
    record = identity_of(device, OTHER_THING)
    stack = FakeThingsStack({("demo-app", device.device_id): record})

    match = identity(stack.application(), is_retained, rewrites_retained=rewrites).ensure()

    assert match == RecordMatch(kind, record)
    assert stack.identities == {("demo-app", device.device_id): record}


@pytest.mark.parametrize(
    ("record", "method"),
    [
        pytest.param(
            identity_of(replace(RETAINED, dev_eui="70B3D57ED0059999"), OTHER_THING), "created", id="other EUIs"
        ),
        pytest.param(identity_of(RETAINED, OTHER_THING, claimed=True), "claimed", id="claimed"),
    ],
)
def test_a_device_that_was_retained_is_never_removed(record, method):
    stack = FakeThingsStack({("demo-app", DEVICE_ID): record})

    with pytest.raises(
        DeviceConflictError,
        match=f"Device {DEVICE_ID} .* was {method}.* was retained .* Delete the device in The Things Stack, or give",
    ):
        identity(stack.application(), is_retained).ensure()

    assert stack.identities == {("demo-app", DEVICE_ID): record}


CROWDED = {f"label-{number}": "v" for number in range(8)}


@pytest.mark.parametrize("claimed", [False, True], ids=["created", "claimed"])
def test_a_device_that_was_retained_and_has_no_room_for_the_mark_is_refused_before_anything_is_written(claimed):
    record = replace(identity_of(RETAINED, MARK, claimed=claimed), attributes=CROWDED)
    stack = FakeThingsStack({("demo-app", DEVICE_ID): record})
    wanted = replace(WANTED, without_join_server=claimed)

    with pytest.raises(DeviceConflictError, match=f"Device {DEVICE_ID} has 8 attributes of its own. .* at least 1 of"):
        Identity(stack.application(), wanted, MARK, is_retained, rewrites_retained=True).ensure()

    assert stack.held(DEVICE_ID) == {"is": record}


def test_a_record_without_room_for_the_mark_is_not_written_over():
    record = replace(identity_of(planned(), MARK), attributes=CROWDED)
    stack = FakeThingsStack({("demo-app", DEVICE_ID): record})

    with pytest.raises(DeviceConflictError, match=r"has 8 attributes of its own. The Things Stack allows at most 10"):
        identity(stack.application()).write_over(record)

    assert stack.held(DEVICE_ID) == {"is": record}


def test_a_device_that_was_given_to_another_stack_is_adopted_like_anybodys():
    record = identity_of(RETAINED, OTHER_THING)
    stack = FakeThingsStack({("demo-app", DEVICE_ID): record})

    assert identity(stack.application(), lambda *_: "not ours").ensure() == RecordMatch("adopted", record)
    assert stack.identities == {("demo-app", DEVICE_ID): record}


@pytest.mark.parametrize(
    "device", [RETAINED, replace(RETAINED, device_id="pump-7")], ids=["under its ID", "under another ID"]
)
def test_a_living_thing_of_another_stack_keeps_its_device(device):
    record = identity_of(device, OTHER_STACKS_THING)
    stack = FakeThingsStack({("demo-app", device.device_id): record})

    with pytest.raises(DeviceConflictError, match=f"{device.device_id} belongs to a thing of the stack another-stack"):
        identity(stack.application()).ensure()

    assert stack.identities == {("demo-app", device.device_id): record}


def test_a_thing_that_another_stack_handed_over_takes_its_device_along():
    record = identity_of(RETAINED, OTHER_STACK)

    found = identity(FakeThingsStack({("demo-app", DEVICE_ID): record}).application()).ensure()

    assert found == RecordMatch("adopted", record)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(identity_of(replace(RETAINED, dev_eui="70B3D57ED0059999"), MARK), id="with other EUIs"),
        pytest.param(identity_of(RETAINED, MARK, claimed=True), id="at an external Join Server"),
    ],
)
def test_what_stands_in_place_of_the_registered_device_is_never_removed(record):
    stack = FakeThingsStack({("demo-app", DEVICE_ID): record})

    with pytest.raises(DeviceConflictError, match=f"{DEVICE_ID} was registered with .* Nothing was changed"):
        identity(stack.application(), registered_id=DEVICE_ID).ensure()

    assert stack.identities == {("demo-app", DEVICE_ID): record}
