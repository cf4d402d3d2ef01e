"""RemoveKeys takes from a thing what its device has, and nothing that somebody may still need."""

from datetime import UTC, datetime

import pytest

from tests.fakes.journal import FakeJournal
from tests.fakes.notifying import FakeThingLog
from tests.journal_samples import CREATED, append, change
from tests.model.thing_registry import FakeThingRegistry
from tests.samples import APP_KEY, CLAIM, CREATE, JOIN_EUI, NWK_S_KEY, PARAMETER, QR_CODE, SCANNED, SECRET
from workflows.domain.facts import DeviceRemoved, EventAccepted, EventFailed, EventRejected, EventSkipped
from workflows.domain.keyless import KeyRemoval, without_secrets
from workflows.errors import RegistryUnavailableError
from workflows.steps.remove_keys import KeyRemover

AT = datetime(2026, 1, 1, tzinfo=UTC)
KEYLESS = {name: text for name, text in CREATE.items() if name != "appKey"}


class World:
    def __init__(self):
        self.events, self.journal, self.log, self.failures = [], FakeJournal(), FakeThingLog(), []
        self.things = FakeThingRegistry(self.events.append)
        self.thing_id = self.things.create("pump-7", CREATE)
        self.remover = KeyRemover(
            self.journal, self.things, self.things, self.log, "demo-app", lambda *failed: self.failures.append(failed)
        )

    def happened(self, *facts):
        append(self.journal, *facts, thing_id=self.thing_id)

    def remove(self, thing_id=None):
        return self.remover.remove(thing_id or self.thing_id, "pump-7", at=AT)

    @property
    def attributes(self):
        return self.things.things["pump-7"].attributes


@pytest.fixture
def world():
    return World()


def accepted(version_number=1, operation="CREATED"):
    return EventAccepted(change(operation, version_number), "pump-7", "eui-70b3d57ed0051234")


def test_a_registered_thing_loses_its_keys_and_its_log_says_so(world):
    world.happened(accepted(), CREATED)

    assert world.remove() == KeyRemoval(removed=("appKey",))
    assert world.attributes == KEYLESS
    [line] = world.log.lines["pump-7"]
    assert (line["outcome"], line["deviceId"]) == ("registered", "eui-70b3d57ed0051234")
    assert "appKey (KeysOnThings is Remove)" in line["reason"]


def test_the_event_of_that_changes_nothing_more(world):
    world.happened(accepted(), CREATED)
    world.remove()
    world.happened(EventSkipped(change("UPDATED", 2), "no change concerns the device"))

    assert world.remove() == KeyRemoval()
    assert len(world.events) == 2


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param((), id="nothing has happened yet"),
        pytest.param((accepted(),), id="a run is working"),
        pytest.param((accepted(), EventRejected(change(), "InvalidThingError")), id="rejected"),
        pytest.param((accepted(), EventFailed(change(), "AccessDeniedError")), id="failed"),
        pytest.param((EventSkipped(change(), "another stack's"),), id="skipped, without a device"),
        pytest.param((accepted(), CREATED, DeviceRemoved(change("DELETED", 1), "eui-70b3d57ed0051234")), id="removed"),
    ],
)
def test_a_thing_that_is_not_registered_keeps_its_keys(world, facts):
    world.happened(*facts)

    assert world.remove() == KeyRemoval()
    assert world.attributes == CREATE


@pytest.mark.parametrize(
    "later",
    [
        pytest.param((), id="its event has not come"),
        pytest.param((accepted(2, "UPDATED"),), id="a run is working on it"),
        pytest.param((accepted(2, "UPDATED"), EventRejected(change("UPDATED", 2), "InvalidThingError")), id="rejected"),
        pytest.param((accepted(2, "UPDATED"), EventFailed(change("UPDATED", 2), "AccessDeniedError")), id="failed"),
    ],
)
def test_a_new_key_that_the_device_does_not_have_yet_stays(world, later):
    new = CREATE | {"appKey": "0" * 31 + "1"}
    world.happened(accepted(), CREATED)
    world.things.update("pump-7", new)
    world.happened(*later)

    assert world.remove() == KeyRemoval()
    assert world.attributes == new


def test_what_aws_iot_does_not_show_yet_is_looked_at_again(world):
    world.happened(accepted(), CREATED, EventSkipped(change("UPDATED", 2), "no change concerns the device"))

    with pytest.raises(RegistryUnavailableError, match="latest version of thing pump-7"):
        world.remove()


def test_a_thing_that_is_gone_or_another_of_its_name_is_left_alone(world):
    world.happened(accepted(), CREATED)
    world.things.delete("pump-7", with_attributes=True)
    gone = world.remove()
    world.things.create("pump-7", CREATE)

    assert (gone, world.remove()) == (KeyRemoval(), KeyRemoval())
    assert world.attributes == CREATE


def test_a_thing_that_changes_in_this_moment_keeps_its_keys(world):
    world.happened(accepted(), CREATED)
    described = world.things.describe("pump-7")
    world.things.update("pump-7", CREATE)
    world.things.describe = lambda thing_name: described

    assert world.remove() == KeyRemoval()
    assert world.attributes == CREATE
    assert world.log.lines == {}


def test_a_log_that_cannot_be_written_stops_nothing(world):
    world.happened(accepted(), CREATED)
    world.remover = KeyRemover(
        world.journal, world.things, world.things, None, "demo-app", lambda *failed: world.failures.append(failed)
    )

    assert world.remove() == KeyRemoval(removed=("appKey",))
    assert [where for where, _ in world.failures] == ["thing log"]


def test_a_thing_whose_keys_aws_iot_refuses_to_remove_says_so_in_its_log_and_holds_up_nobody(world):
    world.happened(accepted(), CREATED)
    world.things.refuses = "pump-7"

    assert world.remove() == KeyRemoval(left=("appKey",), error_name="ThingRefusedAnswer")
    assert world.attributes == CREATE
    [line] = world.log.lines["pump-7"]
    assert line["reason"].startswith("still on the thing, because AWS IoT refused to remove it: appKey")
    assert line["whatToDo"] == "See why, and remove it: `thingsync set pump-7 --unset appKey`."


def test_a_thing_whose_journal_cannot_be_read_keeps_its_keys_and_holds_up_nobody(world):
    world.happened(accepted(), CREATED)
    world.journal.snapshots[world.thing_id]["state"]["version"] = 2

    assert world.remove() == KeyRemoval(error_name="UnknownFactError")
    assert world.attributes == CREATE


@pytest.mark.parametrize(
    ("attributes", "changes"),
    [
        pytest.param(KEYLESS, {}, id="no key"),
        pytest.param(CREATE | {"nwkKey": APP_KEY}, {"appKey": "", "nwkKey": ""}, id="root keys"),
        pytest.param(
            {"devAddr": "260B1234", "appSKey": APP_KEY, "fNwkSIntKey": NWK_S_KEY},
            {"appSKey": "", "fNwkSIntKey": ""},
            id="session keys, by their other names, too",
        ),
        pytest.param(CLAIM, {"claimAuthenticationCode": ""}, id="claim code"),
        pytest.param(CREATE | {"appKey": SECRET}, {}, id="reference to a secret"),
        pytest.param(CREATE | {"appKey": f"{PARAMETER}#appKey"}, {}, id="reference to a parameter"),
        pytest.param(CREATE | {"appKey": "arn:broken"}, {"appKey": ""}, id="no reference"),
        pytest.param(SCANNED, {"qrCode": "", "joinEUI": JOIN_EUI}, id="the label says the JoinEUI, which stays"),
        pytest.param(SCANNED | {"joinEUI": JOIN_EUI}, {"qrCode": ""}, id="the thing says it, too"),
        pytest.param(SCANNED | {"appEUI": JOIN_EUI}, {"qrCode": ""}, id="by its other name"),
    ],
)
def test_keys_and_codes_go_and_the_rest_stays(attributes, changes):
    assert without_secrets(attributes, JOIN_EUI) == changes


def test_a_label_of_a_device_without_a_join_eui_adds_none():
    assert without_secrets({"qrCode": QR_CODE}, "") == {"qrCode": ""}
