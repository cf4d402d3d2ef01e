"""The client against the simulator: a device's way through the four servers, and what stands in it."""

import pytest

from tests.samples import identity_record
from tests.simulated_stack import OTHER_EUIS, OTHER_ID, SERVERS, SETS
from tests.things_stack_answers import APP_KEY, IDS, NWK_KEY
from workflows.domain.attributes import DeviceKeys, DeviceValues
from workflows.domain.device import IdentityRecord
from workflows.errors import DeviceIdTakenAnswer, DeviceNotFoundAnswer, EuisFixedAnswer, EuisTakenAnswer

RECORD = identity_record(IDS, name="Pump 7", description="cellar", attributes={"aws-stack": "thingsync"})


def register(stack):
    stack.create_identity(RECORD)
    for write in SETS.values():
        write(stack, IDS)


def test_a_device_is_complete_on_all_four_servers(stack, simulator):
    register(stack)

    assert simulator.held("js")["root_keys"]["app_key"]["key"] == APP_KEY
    network = simulator.held("ns")
    assert network["supports_join"] is True
    assert network["lorawan_version"] == "MAC_V1_0_3"
    assert network["lorawan_phy_version"] == "PHY_V1_0_3_REV_A"
    assert network["frequency_plan_id"] == "EU_863_870_TTN"
    assert [stack.has_record(server, IDS.device_id) for server in SERVERS] == [True, True, True]
    assert simulator.held("as")["ids"]["dev_eui"] == IDS.dev_eui


@pytest.mark.parametrize("claimed", [False, True])
def test_an_identity_reads_as_it_was_written(stack, claimed):
    record = identity_record(IDS, "Pump 7", "cellar", {"aws-stack": "thingsync"}, claimed=claimed)

    stack.create_identity(record)

    assert stack.identity(IDS.device_id) == record


def test_an_identity_that_is_not_there_is_none(stack):
    assert stack.identity(IDS.device_id) is None


def test_an_update_changes_what_it_names_and_clears_what_is_empty(stack):
    stack.create_identity(RECORD)

    stack.update_identity(IdentityRecord(IDS, attributes={"aws-run": "run-2"}), ["name"], with_mark=True)

    assert stack.identity(IDS.device_id) == identity_record(IDS, None, "cellar", {"aws-run": "run-2"})


def test_an_update_of_no_device_says_so(stack):
    with pytest.raises(
        DeviceNotFoundAnswer, match="Identity Server did not change device eui-70b3d57ed0051234: this server does not"
    ):
        stack.update_identity(IdentityRecord(IDS, DeviceValues("Pump 8")), ["name"])


def test_a_device_is_deleted_and_deleting_it_again_succeeds(stack, simulator):
    register(stack)

    for _ in range(2):
        for server in SERVERS:
            stack.delete_record(server, IDS.device_id)
        stack.delete_identity(IDS.device_id)

    assert [simulator.held(server) for server in ("is", *SERVERS)] == [None] * 4
    assert [stack.has_record(server, IDS.device_id) for server in SERVERS] == [False] * 3


def test_every_set_can_be_repeated(stack):
    register(stack)

    for repeat in SETS.values():
        repeat(stack, IDS)

    assert stack.identity(IDS.device_id) is not None


def test_a_network_key_that_is_not_given_is_cleared(stack, simulator):
    stack.set_join(IDS, DeviceKeys(APP_KEY, NWK_KEY))
    assert simulator.held("js")["root_keys"]["nwk_key"]["key"] == NWK_KEY

    stack.set_join(IDS, DeviceKeys(APP_KEY))

    assert "nwk_key" not in simulator.held("js")["root_keys"]


def test_a_taken_device_id_is_distinguished_from_taken_euis(stack):
    stack.create_identity(RECORD)

    with pytest.raises(DeviceIdTakenAnswer, match="the application has a device of this ID"):
        stack.create_identity(IdentityRecord(OTHER_EUIS))
    with pytest.raises(DeviceIdTakenAnswer, match="the application has a device of this ID"):
        stack.create_identity(RECORD)


def test_taken_euis_name_their_holder(stack):
    stack.create_identity(IdentityRecord(OTHER_ID))

    with pytest.raises(EuisTakenAnswer, match="belong to device pump-7 of application demo-app") as caught:
        stack.create_identity(RECORD)

    assert (caught.value.device_id, caught.value.application_id) == ("pump-7", "demo-app")


@pytest.mark.parametrize("server", SERVERS)
def test_euis_of_an_orphan_are_taken_on_its_server(stack, server):
    SETS[server](stack, OTHER_ID)

    with pytest.raises(EuisTakenAnswer, match="belong to device pump-7 of application demo-app"):
        SETS[server](stack, IDS)


@pytest.mark.parametrize("server", SERVERS)
def test_an_orphan_of_the_same_id_keeps_its_euis(stack, simulator, server):
    SETS[server](stack, OTHER_EUIS)

    with pytest.raises(EuisFixedAnswer, match="the record that is there has other EUIs"):
        SETS[server](stack, IDS)

    assert simulator.held(server)["ids"]["dev_eui"] == OTHER_EUIS.dev_eui
