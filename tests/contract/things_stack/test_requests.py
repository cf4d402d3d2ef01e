"""Every request to The Things Stack: to which host it goes, and what it says."""

from types import SimpleNamespace

import orjson
import pytest

from tests.canned_server import Reply, served
from tests.samples import identity_record, radio
from tests.things_stack_answers import APP_KEY, CODE, IDS, NWK_KEY, Keys
from workflows.adapters.things_stack import Addresses, TheThingsStack, Transport
from workflows.domain.attributes import NO_VALUES, DeviceKeys, DeviceValues
from workflows.domain.device import IdentityRecord

ID = IDS.device_id
IDS_JSON = {"device_id": ID, "dev_eui": "70B3D57ED0051234", "join_eui": "70B3D57ED0000001"}
IDS_MASK = ["ids.device_id", "ids.dev_eui", "ids.join_eui"]
MARK = {"aws-stack": "thingsync", "aws-run": "run-1"}
RADIO = radio("EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A")


@pytest.fixture
def hosts():
    with served() as cluster, served() as identity:
        yield SimpleNamespace(cluster=cluster, identity=identity)


@pytest.fixture
def stack(hosts):
    addresses = Addresses.parse(hosts.cluster.address, hosts.identity.address)
    return TheThingsStack(addresses, "demo-app", api_key=Keys("NNSXS.ID.SECRET"), transport=Transport())


RECORD = identity_record(IDS, name="Pump 7", description="in the cellar", attributes=MARK)
CREATED = {"ids": IDS_JSON, "name": "Pump 7", "description": "in the cellar", "attributes": MARK}
SERVERS = {"network_server_address": "127.0.0.1", "application_server_address": "127.0.0.1"}
JOIN_MASK = [*IDS_MASK, "network_server_address", "application_server_address", "root_keys"]
DEVICES = "/api/v3/applications/demo-app/devices"
RADIO_JSON = {
    "supports_join": True,
    "frequency_plan_id": "EU_863_870_TTN",
    "lorawan_version": "MAC_V1_0_3",
    "lorawan_phy_version": "PHY_V1_0_3_REV_A",
}
IDENTITY_SERVER_CALLS = [
    pytest.param(
        lambda stack: stack.create_identity(RECORD),
        ("POST", DEVICES, {"end_device": {**CREATED, **SERVERS, "join_server_address": "127.0.0.1"}}),
        id="create",
    ),
    pytest.param(
        lambda stack: stack.create_identity(identity_record(IDS, "Pump 7", "in the cellar", MARK, claimed=True)),
        ("POST", DEVICES, {"end_device": {**CREATED, **SERVERS, "join_server_address": ""}}),
        id="create-a-claimed-one-without-join-server",
    ),
    pytest.param(
        lambda stack: stack.update_identity(
            IdentityRecord(IDS, DeviceValues("Pump 8"), MARK), ["name", "description"], with_mark=True
        ),
        (
            "PUT",
            f"{DEVICES}/{ID}",
            {
                "end_device": {"name": "Pump 8", "attributes": MARK},
                "field_mask": {"paths": ["name", "description", "attributes"]},
            },
        ),
        id="update-clears-what-is-masked-and-not-there",
    ),
    pytest.param(lambda stack: stack.delete_identity(ID), ("DELETE", f"{DEVICES}/{ID}", None), id="delete"),
]
CLUSTER_CALLS = [
    pytest.param(
        lambda stack: stack.set_join(IDS, DeviceKeys(APP_KEY)),
        (
            "PUT",
            f"/api/v3/js/applications/demo-app/devices/{ID}",
            {
                "end_device": {"ids": IDS_JSON, **SERVERS, "root_keys": {"app_key": {"key": APP_KEY}}},
                "field_mask": {"paths": JOIN_MASK},
            },
        ),
        id="app-key-alone-masks-all-root-keys",
    ),
    pytest.param(
        lambda stack: stack.set_join(IDS, DeviceKeys(APP_KEY, NWK_KEY)),
        (
            "PUT",
            f"/api/v3/js/applications/demo-app/devices/{ID}",
            {
                "end_device": {
                    "ids": IDS_JSON,
                    **SERVERS,
                    "root_keys": {"app_key": {"key": APP_KEY}, "nwk_key": {"key": NWK_KEY}},
                },
                "field_mask": {"paths": JOIN_MASK},
            },
        ),
        id="both-keys",
    ),
    pytest.param(
        lambda stack: stack.set_network(IDS, RADIO),
        (
            "PUT",
            f"/api/v3/ns/applications/demo-app/devices/{ID}",
            {"end_device": {"ids": IDS_JSON, **RADIO_JSON}, "field_mask": {"paths": list(RADIO_JSON)}},
        ),
        id="network",
    ),
    pytest.param(
        lambda stack: stack.set_application(IDS, NO_VALUES),
        (
            "PUT",
            f"/api/v3/as/applications/demo-app/devices/{ID}",
            {"end_device": {"ids": IDS_JSON}, "field_mask": {"paths": IDS_MASK}},
        ),
        id="application",
    ),
    *[
        pytest.param(
            lambda stack, server=server: stack.has_record(server, ID),
            ("GET", f"/api/v3/{server}/applications/demo-app/devices/{ID}", None),
            id=f"read-{server}",
        )
        for server in ("js", "ns", "as")
    ],
    *[
        pytest.param(
            lambda stack, server=server: stack.delete_record(server, ID),
            ("DELETE", f"/api/v3/{server}/applications/demo-app/devices/{ID}", None),
            id=f"delete-{server}",
        )
        for server in ("js", "ns", "as")
    ],
    pytest.param(
        lambda stack: stack.claim(IDS, CODE),
        (
            "POST",
            "/api/v3/edcs/claim",
            {
                "authenticated_identifiers": {
                    "join_eui": IDS.join_eui,
                    "dev_eui": IDS.dev_eui,
                    "authentication_code": CODE,
                },
                "target_application_ids": {"application_id": "demo-app"},
                "target_device_id": ID,
            },
        ),
        id="claim",
    ),
    pytest.param(
        lambda stack: stack.unclaim(ID), ("DELETE", f"/api/v3/edcs/claim/demo-app/devices/{ID}", None), id="unclaim"
    ),
    pytest.param(
        lambda stack: stack.holds_claim(ID),
        ("GET", f"/api/v3/edcs/claim/demo-app/devices/{ID}", None),
        id="claim-look-up",
    ),
]


@pytest.mark.parametrize(("call", "expected"), IDENTITY_SERVER_CALLS)
def test_a_call_about_the_identity_goes_to_the_identity_server_alone(stack, hosts, call, expected):
    call(stack)

    assert hosts.identity.asked == [expected]
    assert hosts.cluster.asked == []


@pytest.mark.parametrize(("call", "expected"), CLUSTER_CALLS)
def test_every_other_call_goes_to_the_cluster_alone(stack, hosts, call, expected):
    call(stack)

    assert hosts.cluster.asked == [expected]
    assert hosts.identity.asked == []


def test_an_identity_is_read_with_the_fields_that_make_a_record(stack, hosts):
    hosts.identity.replies.append(Reply(200, orjson.dumps({"ids": IDS_JSON})))

    stack.identity(ID)

    mask = (
        "name,description,serial_number,locations,attributes,version_ids.brand_id,version_ids.model_id,"
        "version_ids.hardware_version,version_ids.firmware_version,version_ids.band_id,join_server_address"
    )
    assert hosts.identity.asked == [("GET", f"{DEVICES}/{ID}?field_mask={mask}", None)]
    assert hosts.cluster.asked == []
