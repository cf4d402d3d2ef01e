"""Orphans of earlier devices give way; living devices do not."""

import pytest

from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.things_stack import FakeThingsStack, Held
from tests.samples import APP_KEY, DEV_EUI, DEVICE_ID, JOIN_EUI, RADIO
from workflows.domain.attributes import NO_VALUES, DeviceKeys
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.errors import (
    DeviceConflictError,
    EuisFixedAnswer,
    EuisTakenAnswer,
    RegistryUnavailableError,
    ValueRefusedAnswer,
)
from workflows.steps.record_writing import write_record

IDS = DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI)
OTHER_EUIS = DeviceIds(DEVICE_ID, "70B3D57ED0059999", JOIN_EUI)
OTHER_ID = DeviceIds("pump-7", DEV_EUI, JOIN_EUI)
WRITTEN = {"js": Held(IDS, DeviceKeys(APP_KEY)), "ns": Held(IDS, NetworkRecord(RADIO)), "as": Held(IDS)}
each_server = pytest.mark.parametrize("server", WRITTEN)


@pytest.fixture
def stack():
    return FakeThingsStack()


def put(stack, server, **how):
    """Place the device; return the calls that it took."""
    registry = BrokenConnection(stack.application())
    writes = {
        "js": lambda: registry.set_join(IDS, DeviceKeys(APP_KEY)),
        "ns": lambda: registry.set_network(IDS, RADIO),
        "as": lambda: registry.set_application(IDS, NO_VALUES),
    }
    write_record(registry, server, IDS, writes[server], **how)
    return registry.calls


@each_server
@pytest.mark.parametrize(
    "orphans",
    [
        pytest.param([], id="none"),
        pytest.param([IDS], id="of this very device"),
        pytest.param([OTHER_EUIS], id="other EUIs under this ID"),
        pytest.param([OTHER_ID], id="these EUIs under another ID"),
        pytest.param([OTHER_EUIS, OTHER_ID], id="both"),
    ],
)
def test_orphans_in_the_way_are_removed_by_six_calls_at_most(stack, server, orphans):
    stack.records[server] = {("demo-app", ids.device_id): Held(ids) for ids in orphans}

    calls = put(stack, server)

    assert len(calls) <= 6
    assert stack.records[server] == {("demo-app", DEVICE_ID): WRITTEN[server]}


@pytest.mark.parametrize(
    ("server", "orphan", "what"),
    [
        pytest.param("js", OTHER_EUIS, f"{DEVICE_ID} from the Join Server, and from no other,", id="this ID on JS"),
        pytest.param("ns", OTHER_EUIS, f"{DEVICE_ID} from the Network Server, and from no other,", id="this ID on NS"),
        pytest.param("as", OTHER_EUIS, f"{DEVICE_ID} from the Application Server, and from no other,", id="this on AS"),
        pytest.param("js", OTHER_ID, "pump-7 from the Join, Network and Application Server", id="another ID on JS"),
        pytest.param("ns", OTHER_ID, "pump-7 from the Join, Network and Application Server", id="another ID on NS"),
        pytest.param("as", OTHER_ID, "pump-7 from the Join, Network and Application Server", id="another ID on AS"),
    ],
)
def test_beside_a_device_that_was_there_before_its_thing_an_orphan_stays_and_is_named(stack, server, orphan, what):
    stack.records[server] = before = {("demo-app", orphan.device_id): Held(orphan)}

    with pytest.raises(DeviceConflictError, match=f"EUI.*Delete device {what} of The Things Stack"):
        put(stack, server, may_remove=())

    assert stack.records[server] == before


@each_server
def test_an_orphan_is_removed_on_its_server_alone(stack, server):
    stack.records = {each: {("demo-app", "pump-7"): Held(OTHER_ID)} for each in WRITTEN}

    put(stack, server)

    assert [each for each in WRITTEN if "pump-7" in {device_id for _, device_id in stack.records[each]}] == [
        each for each in WRITTEN if each != server
    ]


@each_server
@pytest.mark.parametrize(
    ("application_id", "identities"),
    [
        pytest.param("demo-app", {("demo-app", "pump-7"): IdentityRecord(OTHER_ID)}, id="living in this application"),
        pytest.param("other-app", {}, id="in another application, where nothing can be called an orphan"),
    ],
)
def test_a_living_device_is_a_conflict_that_names_it(stack, server, application_id, identities):
    stack.identities = identities
    stack.records[server] = {(application_id, "pump-7"): Held(OTHER_ID)}

    with pytest.raises(DeviceConflictError, match=f"is held by device pump-7 of application {application_id}"):
        put(stack, server)

    assert stack.records[server] == {(application_id, "pump-7"): Held(OTHER_ID)}


def test_a_holder_that_is_not_named_is_a_conflict(stack):
    def write():
        raise EuisTakenAnswer("taken")

    with pytest.raises(DeviceConflictError, match=r"is held by device \(not named\) of application \(not named\)"):
        write_record(stack.application(), "ns", IDS, write)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(EuisFixedAnswer("other EUIs stand there"), id="EUIs that stay"),
        pytest.param(
            EuisTakenAnswer("other EUIs stand there", device_id="pump-7", application_id="demo-app"), id="EUIs taken"
        ),
    ],
)
def test_what_stays_in_the_way_is_a_conflict_in_the_end(stack, answer):
    tries = []

    def write():
        tries.append(answer)
        raise answer

    with pytest.raises(DeviceConflictError, match="other EUIs stand there"):
        write_record(stack.application(), "ns", IDS, write)

    assert len(tries) == 3


ITSELF = {"device_id": DEVICE_ID, "application_id": "demo-app"}
MEETINGS = [pytest.param(ITSELF, id="named"), pytest.param({}, id="not named, as older servers do")]


def meeting(registry, *, named, times):
    """Return a write that another one of the same device beats, ``times`` times."""
    beaten = [True] * times

    def write():
        registry.set_join(IDS, DeviceKeys(APP_KEY))
        if beaten:
            beaten.pop()
            raise EuisTakenAnswer("the JoinEUI and DevEUI are taken", **named)

    return write


@pytest.mark.parametrize("named", MEETINGS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_write_that_meets_another_of_the_same_device_is_written_again(stack, named, times):
    registry = BrokenConnection(stack.application())

    write_record(registry, "js", IDS, meeting(registry, named=named, times=times))

    assert registry.calls.count("set_join") == 1 + times
    assert "delete_record" not in registry.calls
    assert len(registry.calls) <= 6
    assert stack.records["js"] == {("demo-app", DEVICE_ID): WRITTEN["js"]}


@pytest.mark.parametrize("named", MEETINGS)
def test_a_write_that_meets_others_again_and_again_is_tried_later_and_its_record_stays(stack, named):
    registry = BrokenConnection(stack.application())

    with pytest.raises(RegistryUnavailableError, match=f"Others wrote device {DEVICE_ID} at the same time"):
        write_record(registry, "js", IDS, meeting(registry, named=named, times=3))

    assert len(registry.calls) <= 6
    assert stack.records["js"] == {("demo-app", DEVICE_ID): WRITTEN["js"]}


def test_a_device_of_the_same_id_in_another_application_is_not_the_device_itself(stack):
    stack.records["js"] = {("other-app", DEVICE_ID): Held(IDS)}

    with pytest.raises(DeviceConflictError, match=f"is held by device {DEVICE_ID} of application other-app"):
        put(stack, "js")


def test_other_answers_pass(stack):
    def write():
        raise ValueRefusedAnswer("no such plan", attributes=("frequencyPlanID",))

    with pytest.raises(ValueRefusedAnswer, match="no such plan"):
        write_record(stack.application(), "ns", IDS, write)


@each_server
def test_a_record_under_the_id_of_a_device_with_another_dev_eui_is_an_orphan(stack, server):
    registry = stack.application()
    registry.create_identity(IdentityRecord(DeviceIds("pump-7", OTHER_EUIS.dev_eui, "")))
    stack.records[server]["demo-app", "pump-7"] = Held(OTHER_ID)

    put(stack, server)

    assert stack.held("pump-7").keys() == {"is"}
    assert stack.held(DEVICE_ID) == {server: WRITTEN[server]}
