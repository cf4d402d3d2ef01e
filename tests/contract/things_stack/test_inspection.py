"""What an operator reads of an application: all devices page by page, and what the Network Server has."""

import json
from dataclasses import replace

import pytest

from tests.canned_server import Reply, served
from tests.samples import identity_record
from tests.simulated_stack import API_KEY, RADIO
from tests.things_stack_answers import IDS, Keys
from workflows.adapters.things_stack import Addresses, Transport
from workflows.adapters.things_stack.inspection import PAGE, Inspection
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.domain.pages import every
from workflows.errors import RegistryUnavailableError

IDS_OF_MODEL = ("brand_id", "model_id", "hardware_version", "firmware_version", "band_id")
MODEL = ",".join(f"version_ids.{name}" for name in IDS_OF_MODEL)
MASK = f"field_mask=name,description,serial_number,locations,attributes,{MODEL},join_server_address"
RECORD = identity_record(IDS, "Pump 7", "cellar", {"aws-stack": "thingsync"})
OTHER = IdentityRecord(DeviceIds("pump-8", "70B3D57ED0059999", IDS.join_eui), without_join_server=True)


def inspecting(address):
    return Inspection(Addresses.parse(address), "demo-app", api_key=Keys(API_KEY), transport=Transport())


@pytest.fixture
def inspection(simulator):
    return inspecting(simulator.address)


def page(*device_ids):
    return Reply(content=json.dumps({"end_devices": [{"ids": {"device_id": each}} for each in device_ids]}).encode())


def test_all_devices_are_read_as_they_were_written(inspection):
    inspection.create_identity(RECORD)
    inspection.create_identity(OTHER)

    assert list(every(inspection.page)) == [RECORD, OTHER]


def test_an_application_without_devices_has_none(inspection):
    assert list(every(inspection.page)) == []


def test_pages_are_read_until_one_is_empty():
    with served() as server:
        server.replies += [page("pump-1", "pump-2"), page("pump-3"), Reply()]

        found = [record.ids.device_id for record in every(inspecting(server.address).page)]

    path = f"/api/v3/applications/demo-app/devices?limit={PAGE}&page={{}}&order=device_id&{MASK}"
    assert found == ["pump-1", "pump-2", "pump-3"]
    assert server.asked == [("GET", path.format(number), None) for number in (1, 2, 3)]


def test_who_ignores_the_number_of_the_page_is_not_the_things_stack():
    with served() as server:
        server.replies += [page("pump-1", "pump-2")] * 2

        with pytest.raises(RegistryUnavailableError, match="page 2 ends with the same device as page 1"):
            list(every(inspecting(server.address).page))


def test_a_device_that_moved_to_the_next_page_meanwhile_is_listed_twice():
    """Somebody registered pump-0 between the two calls."""
    with served() as server:
        server.replies += [page("pump-1", "pump-2"), page("pump-2", "pump-3"), Reply()]

        found = [record.ids.device_id for record in every(inspecting(server.address).page)]

    assert found == ["pump-1", "pump-2", "pump-2", "pump-3"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"end_devices": "many"}', id="no list"),
        pytest.param(b'{"end_devices": [{"name": "Pump 7"}]}', id="a device without IDs"),
    ],
)
def test_what_is_no_list_of_devices_is_not_the_things_stacks(content):
    with served() as server:
        server.replies.append(Reply(content=content))

        with pytest.raises(RegistryUnavailableError, match="Identity Server did not list the devices"):
            list(every(inspecting(server.address).page))


def test_the_network_server_gives_plan_and_versions(inspection):
    inspection.set_network(IDS, RADIO)

    classes = {"supports_class_b": False, "supports_class_c": False}
    assert inspection.network(IDS.device_id) == NetworkRecord(replace(RADIO, **classes))
    assert inspection.network("nobody") is None
