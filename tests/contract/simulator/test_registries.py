import pytest

from tests.contract.simulator.client import APP_KEY, DEVICE, DEVICE_ID, DEVICES, IDS

PACKAGES = {"js": "joinserver", "ns": "networkserver", "as": "applicationserver"}
ALL = pytest.mark.parametrize("server", PACKAGES)
IDS_MASK = ("ids.device_id", "ids.dev_eui", "ids.join_eui")


@ALL
def test_a_set_creates_a_device_that_the_identity_server_does_not_know(client, server):
    answer = client.set(server, {}, *IDS_MASK)

    ids = {**IDS, "application_ids": {"application_id": "demo-app"}}
    assert answer.body.keys() == {"ids", "created_at", "updated_at"}
    assert client.state()[server][f"demo-app/{DEVICE_ID}"]["ids"] == ids


@ALL
def test_a_set_again_is_an_update(client, server):
    created = client.set(server, {}, *IDS_MASK).body["created_at"]

    answer = client.set(server, {}, *IDS_MASK)

    assert (answer.status, answer.body["created_at"]) == (200, created)


@ALL
def test_a_device_can_be_posted_with_an_empty_mask(client, server):
    answer = client.call("POST", f"/{server}{DEVICES}", {"end_device": {"ids": IDS}})

    assert answer.body["ids"]["device_id"] == DEVICE_ID


@pytest.mark.parametrize(
    ("method", "server", "error"),
    [
        pytest.param("GET", "js", "pkg/joinserver:device_not_found", id="JS get"),
        pytest.param("GET", "ns", "pkg/redis:not_found", id="NS get"),
        pytest.param("GET", "as", "pkg/redis:not_found", id="AS get"),
        *(
            pytest.param("DELETE", name, f"pkg/{PACKAGES[name]}:device_not_found", id=f"{name} delete")
            for name in PACKAGES
        ),
    ],
)
def test_a_device_that_is_not_there_is_not_found(client, method, server, error):
    answer = client.call(method, f"/{server}{DEVICE}")

    assert answer.error == (404, error)


@ALL
def test_an_id_out_of_bounds_is_refused(client, server):
    answer = client.set(server, {}, *IDS_MASK, ids=IDS | {"device_id": "Parking_Lot"})

    assert answer.error == (400, "pkg/errors:validation")


@ALL
def test_a_pair_of_euis_is_one_device_on_each_server(client, server):
    client.set(server, {}, *IDS_MASK)

    answer = client.set(server, {}, *IDS_MASK, ids=IDS | {"device_id": "parking-7"})

    assert answer.error == (409, "pkg/internal/registry:end_device_euis_taken")
    euis = {"join_eui": IDS["join_eui"], "dev_eui": IDS["dev_eui"]}
    assert answer.attributes == {**euis, "device_id": DEVICE_ID, "application_id": "demo-app"}


@ALL
@pytest.mark.parametrize("eui", ["dev_eui", "join_eui"])
def test_the_euis_of_a_device_never_change(client, server, eui):
    client.set(server, {}, *IDS_MASK)

    answer = client.set(server, {}, *IDS_MASK, ids=IDS | {eui: "70B3D57ED0059999"})

    assert answer.error == (400, f"pkg/{PACKAGES[server]}/redis:read_only_field")
    assert answer.attributes == {"field": f"ids.{eui}"}


@ALL
def test_masked_but_absent_euis_are_not_cleared(client, server):
    client.set(server, {}, *IDS_MASK)
    body = {"end_device": {"ids": {"dev_eui": IDS["dev_eui"]}}, "field_mask": {"paths": ["ids.join_eui"]}}

    client.call("PUT", f"/{server}{DEVICE}", body)

    assert client.state()[server][f"demo-app/{DEVICE_ID}"]["ids"]["join_eui"] == IDS["join_eui"]


@ALL
@pytest.mark.parametrize(
    "path",
    [
        pytest.param("name", id="a field of IS"),
        pytest.param("nmae", id="no such field"),
        pytest.param("ids.dev_addr", id="set by the network"),
    ],
)
def test_a_path_that_the_server_does_not_take_is_refused(client, server, path):
    answer = client.set(server, {"name": "Gate"}, path)

    assert answer.error == (400, "pkg/rpcmiddleware/validator:field_mask_paths")
    assert answer.attributes == {"forbidden_paths": [path]}


WRAPPED_KEY = {"root_keys": {"app_key": {"key": APP_KEY, "kek_label": "kek"}}}
WITH_ADDRESS = {"ids": IDS | {"dev_addr": "260B5C11"}}


@pytest.mark.parametrize(
    ("call", "path"),
    [
        pytest.param(("js", WRAPPED_KEY, "root_keys"), "root_keys.app_key.kek_label", id="JS"),
        pytest.param(("ns", WITH_ADDRESS, "ids"), "ids.dev_addr", id="NS"),
        pytest.param(("as", WITH_ADDRESS, "ids"), "ids.dev_addr", id="AS"),
    ],
)
def test_a_value_below_a_masked_path_that_the_server_does_not_take_is_refused(client, call, path):
    answer = client.set(*call)

    assert answer.error == (400, "pkg/rpcmiddleware/validator:non_zero_path")
    assert answer.attributes == {"path": path}


def test_only_masked_fields_are_written_and_absent_ones_cleared(client):
    client.set("js", {"network_server_address": "127.0.0.1", "net_id": "000013"})

    client.set("js", {"application_server_address": "127.0.0.1"}, "net_id")

    stored = client.state()["js"][f"demo-app/{DEVICE_ID}"]
    assert stored.keys() == {"ids", "created_at", "updated_at", "network_server_address"}
