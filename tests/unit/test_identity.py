"""The Identity Server's record is deleted by somebody in the very moment it is asked for: running again helps."""

import pytest

from tests.fakes.things_stack import FakeApplication, FakeThingsStack
from tests.samples import DEVICE_ID, MARK, RETRY_MARK, identity_of, planned
from workflows.errors import RegistryUnavailableError
from workflows.steps.identity import Standing, ensure_identity, rewrite_mark


class Vanishing(FakeApplication):
    """Its devices are deleted before they can be read."""

    def identity(self, device_id):
        self._stack.identities.clear()
        return super().identity(device_id)

    def create_identity(self, record):
        FakeApplication(self._stack, self.application_id).create_identity(record)


@pytest.mark.parametrize(
    "held",
    [pytest.param(planned(), id="under its ID"), pytest.param(planned(device_id="pump-7"), id="under another ID")],
)
def test_a_device_that_was_deleted_before_it_was_read_is_registered_by_the_next_try(held):
    stack = FakeThingsStack({("demo-app", held.device_id): identity_of(held, MARK)})
    registry = Vanishing(stack, "demo-app")

    with pytest.raises(RegistryUnavailableError, match=f"Device {held.device_id} was deleted while it was being"):
        ensure_identity(registry, identity_of(planned(), MARK), MARK)

    assert ensure_identity(registry, identity_of(planned(), MARK), MARK).kind == "new"


def test_a_device_that_was_deleted_before_it_was_marked_is_registered_by_the_next_try():
    registry = FakeThingsStack().application()

    with pytest.raises(RegistryUnavailableError, match=f"Device {DEVICE_ID} was deleted while it was being"):
        rewrite_mark(registry, identity_of(planned(), MARK), RETRY_MARK)


def test_a_standing_knows_the_id_it_stands_under():
    assert Standing("new", identity_of(planned())).device_id == DEVICE_ID
