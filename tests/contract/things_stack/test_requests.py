"""Every request to The Things Stack: to which host it goes, and what it says."""

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import orjson
import pytest

from tests.canned_server import Reply, served
from tests.samples import APP_S_KEY, NWK_S_ENC_KEY, NWK_S_KEY, S_NWK_S_INT_KEY, identity_record, radio
from tests.things_stack_answers import APP_KEY, CODE, IDS, NWK_KEY, Keys
from workflows.adapters.things_stack import Addresses, TheThingsStack, Transport
from workflows.domain.attributes import NO_VALUES, DeviceKeys, DeviceValues
from workflows.domain.device import IdentityRecord
from workflows.errors import RegistryUnavailableError

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
VERSION_IDS = ",".join(f"version_ids.{name}_id" for name in ("brand", "model"))
VERSIONS = "version_ids.hardware_version,version_ids.firmware_version,version_ids.band_id"
IDENTITY_MASK = f"name,description,serial_number,locations,attributes,{VERSION_IDS},{VERSIONS},join_server_address"
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
ABP = replace(RADIO, dev_addr="00B6F063", last_f_cnt_up=7, last_n_f_cnt_down=5, last_a_f_cnt_down=3)
NO_JOIN_EUI = replace(IDS, join_eui="")
ABP_KEYS = DeviceKeys(None, None, APP_S_KEY, NWK_S_KEY, S_NWK_S_INT_KEY, NWK_S_ENC_KEY)
ABP_IDS = {"device_id": ID, "dev_eui": "70B3D57ED0051234"}
NS_PATH, AS_PATH = (f"/api/v3/{server}/applications/demo-app/devices/{ID}" for server in ("ns", "as"))
ABP_CALLS = [
    pytest.param(
        lambda stack: stack.set_network(NO_JOIN_EUI, ABP, ABP_KEYS),
        (
            "PUT",
            NS_PATH,
            {
                "end_device": {
                    "ids": ABP_IDS,
                    **RADIO_JSON,
                    "supports_join": False,
                    "session": {
                        "dev_addr": "00B6F063",
                        "last_f_cnt_up": 7,
                        "last_n_f_cnt_down": 5,
                        "keys": {
                            "f_nwk_s_int_key": {"key": NWK_S_KEY},
                            "s_nwk_s_int_key": {"key": S_NWK_S_INT_KEY},
                            "nwk_s_enc_key": {"key": NWK_S_ENC_KEY},
                        },
                    },
                },
                "field_mask": {
                    "paths": [
                        *RADIO_JSON,
                        "session.dev_addr",
                        "session.last_f_cnt_up",
                        "session.last_n_f_cnt_down",
                        "session.keys.f_nwk_s_int_key.key",
                        "session.keys.s_nwk_s_int_key.key",
                        "session.keys.nwk_s_enc_key.key",
                    ]
                },
            },
        ),
        id="network-of-a-device-that-never-joins",
    ),
    pytest.param(
        lambda stack: stack.set_application(NO_JOIN_EUI, ABP, ABP_KEYS),
        (
            "PUT",
            AS_PATH,
            {
                "end_device": {
                    "ids": ABP_IDS,
                    "session": {
                        "dev_addr": "00B6F063",
                        "last_a_f_cnt_down": 3,
                        "keys": {"app_s_key": {"key": APP_S_KEY}},
                    },
                },
                "field_mask": {
                    "paths": [
                        *IDS_MASK,
                        "session.dev_addr",
                        "session.last_a_f_cnt_down",
                        "session.keys.app_s_key.key",
                    ]
                },
            },
        ),
        id="application-of-a-device-that-never-joins",
    ),
    pytest.param(
        lambda stack: stack.update_network(NO_JOIN_EUI, ABP, ["devAddr"], DeviceKeys(nwk_s_key=NWK_S_KEY)),
        (
            "PUT",
            NS_PATH,
            {
                "end_device": {
                    "ids": ABP_IDS,
                    "session": {"dev_addr": "00B6F063", "keys": {"f_nwk_s_int_key": {"key": NWK_S_KEY}}},
                },
                "field_mask": {"paths": ["session.dev_addr", "session.keys.f_nwk_s_int_key.key"]},
            },
        ),
        id="update-of-a-session-without-supports-join",
    ),
]
CLUSTER_CALLS = [
    *ABP_CALLS,
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


# The device, its IDs, and the claim with them.
SHOWN = Reply(content=orjson.dumps({"ids": IDS_JSON, **IDS_JSON, "end_device_ids": IDS_JSON}))


@pytest.mark.parametrize(("call", "expected"), IDENTITY_SERVER_CALLS)
def test_a_call_about_the_identity_goes_to_the_identity_server_alone(stack, hosts, call, expected):
    hosts.identity.replies.append(SHOWN)

    call(stack)

    assert hosts.identity.asked == [expected]
    assert hosts.cluster.asked == []


@pytest.mark.parametrize(("call", "expected"), CLUSTER_CALLS)
def test_every_other_call_goes_to_the_cluster_alone(stack, hosts, call, expected):
    hosts.cluster.replies.append(SHOWN)

    call(stack)

    assert hosts.cluster.asked == [expected]
    assert hosts.identity.asked == []


@pytest.mark.parametrize(
    "answer", [{}, {"ids": {}}, {"ids": {**IDS_JSON, "device_id": "another-device"}}, {"ids": None}]
)
@pytest.mark.parametrize(("call", "expected"), [*IDENTITY_SERVER_CALLS, *CLUSTER_CALLS])
def test_an_answer_that_shows_another_device_or_none_is_not_the_things_stacks(stack, hosts, call, expected, answer):
    method, _, _ = expected
    is_removal = method == "DELETE"  # it is answered with nothing
    for server in (hosts.identity, hosts.cluster):
        server.replies.append(Reply(content=orjson.dumps(answer)))

    refused = pytest.raises(RegistryUnavailableError, match="status 200 with a body that is not The Things Stack's")
    with nullcontext() if is_removal else refused:
        call(stack)


def test_an_identity_is_read_with_the_fields_that_make_a_record(stack, hosts):
    hosts.identity.replies.append(Reply(200, orjson.dumps({"ids": IDS_JSON})))

    stack.identity(ID)

    assert hosts.identity.asked == [("GET", f"{DEVICES}/{ID}?field_mask={IDENTITY_MASK}", None)]
    assert hosts.cluster.asked == []


def test_the_devices_of_a_dev_eui_are_searched_with_the_same_fields(stack, hosts):
    hosts.identity.replies.append(Reply(200, orjson.dumps({"end_devices": [{"ids": IDS_JSON}]})))

    assert [record.ids for record in stack.with_dev_eui(IDS.dev_eui)] == [IDS]

    path = f"/api/v3/search/applications/demo-app/devices?dev_eui_contains={IDS.dev_eui}&field_mask={IDENTITY_MASK}"
    assert hosts.identity.asked == [("GET", path, None)]


@pytest.mark.parametrize("content", [b"[]", b'{"end_devices": {}}', b'{"end_devices": [{}]}', b"<html></html>"])
def test_what_is_no_list_of_devices_is_not_the_things_stacks(stack, hosts, content):
    hosts.identity.replies.append(Reply(content=content))

    with pytest.raises(RegistryUnavailableError, match="Identity Server did not search the devices by DevEUI"):
        stack.with_dev_eui(IDS.dev_eui)


def test_of_a_device_that_joins_the_address_of_its_session_is_not_its_own(stack, hosts):
    session = {"session": {"dev_addr": "00B6F063"}}
    for joins in (True, False):
        hosts.cluster.replies.append(Reply(200, orjson.dumps({"ids": IDS_JSON, "supports_join": joins, **session})))

    assert [stack.network(ID).values.dev_addr for _ in range(2)] == [None, "00B6F063"]
