import pytest

from tests.contract.simulator.client import CLAIM, CLAIMED_DEVICE, DEVICE, DEVICES, IDS

NO_RIGHTS = "pkg/auth/rights:no_application_rights"
TOO_FEW = "pkg/auth/rights:insufficient_application_rights"
KEYS = {"end_device": {"ids": IDS, "root_keys": {"app_key": {"key": "1" * 32}}}, "field_mask": "root_keys"}
CREATE = {"end_device": {"ids": IDS}}
JS_KEYS = f"/js{DEVICE}?field_mask=root_keys"
ADDRESS = "/applications/demo-app?field_mask=network_server_address"


@pytest.mark.parametrize(
    ("authorization", "error"),
    [
        pytest.param("Bearer NNSXS.only-two", (400, "pkg/auth:token"), id="a token has three parts"),
        pytest.param("Bearer ABCDE.ID.SECRET", (400, "pkg/auth:token"), id="a token has a known type"),
        pytest.param("Bearer NNSXS.NOBODY.X", (401, "pkg/identityserver:api_key_not_found"), id="unknown key"),
        pytest.param(
            "Bearer NNSXS.ADMINKEY.WRONG", (401, "pkg/identityserver:invalid_authorization"), id="wrong secret"
        ),
        pytest.param("Bearer MFRWG.ID.X", (401, "pkg/identityserver:token_not_found"), id="unknown OAuth token"),
        pytest.param("Basic abc", (401, "pkg/identityserver:unsupported_authorization"), id="not Bearer"),
        pytest.param(None, (403, NO_RIGHTS), id="no token at all"),
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(DEVICE, id="IS"),
        pytest.param("/js" + DEVICE, id="JS"),
        pytest.param("/ns" + DEVICE, id="NS"),
        pytest.param("/as" + DEVICE, id="AS"),
        pytest.param(CLAIMED_DEVICE, id="EDCS"),
    ],
)
def test_every_server_refuses_a_caller_it_cannot_identify(client, path, authorization, error):
    answer = client.call("DELETE", path, authorization=authorization)

    assert answer.error == error


def test_an_expired_key_is_refused_as_expired(client):
    authorization = client.add_key("EXPIRED", "INFO", expires_at="2020-01-01T00:00:00Z")

    answer = client.call("GET", "/applications/demo-app", authorization=authorization)

    assert answer.error == (401, "pkg/identityserver:api_key_expired")
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize(
    ("rights", "call", "missing"),
    [
        pytest.param("DEVICES_READ", ("POST", DEVICES, CREATE), "DEVICES_WRITE", id="IS create"),
        pytest.param("DEVICES_READ", ("PUT", DEVICE, CREATE), "DEVICES_WRITE", id="IS update"),
        pytest.param("DEVICES_READ", ("DELETE", DEVICE), "DEVICES_WRITE", id="IS delete"),
        pytest.param("DEVICES_WRITE", ("GET", DEVICE), "DEVICES_READ", id="IS get"),
        pytest.param("DEVICES_WRITE", ("GET", DEVICES), "DEVICES_READ", id="IS list"),
        pytest.param("DEVICES_WRITE", ("GET", "/search" + DEVICES), "DEVICES_READ", id="IS search"),
        pytest.param("DEVICES_WRITE", ("PUT", "/js" + DEVICE, KEYS), "DEVICES_WRITE_KEYS", id="JS set of keys"),
        pytest.param("DEVICES_READ", ("GET", JS_KEYS), "DEVICES_READ_KEYS", id="JS get of keys"),
        pytest.param("DEVICES_READ", ("DELETE", "/ns" + DEVICE), "DEVICES_WRITE", id="NS delete"),
        pytest.param("DEVICES_READ", ("PUT", "/as" + DEVICE, CREATE), "DEVICES_WRITE", id="AS set"),
        pytest.param("DEVICES_READ", ("POST", "/edcs/claim", CLAIM), "DEVICES_WRITE", id="claim"),
        pytest.param("DEVICES_WRITE", ("DELETE", CLAIMED_DEVICE), "DEVICES_READ", id="unclaim"),
        pytest.param("DEVICES_WRITE", ("GET", CLAIMED_DEVICE), "DEVICES_READ", id="claim status"),
        pytest.param("DEVICES_READ", ("GET", ADDRESS), "INFO", id="what an application has set"),
        pytest.param("SETTINGS_BASIC", ("GET", "/as/webhooks/demo-app"), "TRAFFIC_READ", id="webhooks"),
    ],
)
def test_too_few_rights_are_refused_and_named(client, rights, call, missing):
    authorization = client.add_key("SMALL", rights)

    answer = client.call(*call, authorization=authorization)

    assert answer.error == (403, TOO_FEW)
    assert answer.attributes == {"uid": "demo-app", "missing": [f"RIGHT_APPLICATION_{missing}"]}


@pytest.mark.parametrize("path", ["/applications/nowhere?field_mask=name", "/applications/nowhere/devices"])
def test_an_application_that_does_not_exist_is_one_without_rights(client, path):
    answer = client.call("GET", path)

    assert answer.error == (403, NO_RIGHTS)


def test_whether_there_is_an_application_is_shown_to_anybody_with_a_key(client):
    authorization = client.add_key("SMALL", "DEVICES_READ")
    client.add_key("ELSEWHERE", "INFO", application_id="other-app")
    paths = ("/applications/demo-app", "/applications/other-app", "/applications/nowhere")

    answers = [client.call("GET", path, authorization=authorization) for path in paths]

    assert [answer.status for answer in answers] == [200, 200, 404]
    assert answers[2].error == (404, "pkg/identityserver/store:application_not_found")
    nobody = client.call("GET", "/applications/demo-app", authorization=None)
    assert nobody.error == (401, "pkg/identityserver:unauthenticated")


def test_an_unknown_key_is_named_with_the_id_that_is_unknown(client):
    answer = client.call("GET", DEVICE, authorization="Bearer NNSXS.NOBODY.X")

    assert answer.cause["name"] == "api_key_not_found"
    assert answer.cause["attributes"] == {"api_key_id": "NOBODY"}


@pytest.mark.parametrize(
    ("server", "missing"),
    [
        pytest.param("js", ["DEVICES_WRITE"], id="JS names the first that is missing"),
        pytest.param("as", ["DEVICES_WRITE"], id="AS names the first that is missing"),
        pytest.param("ns", ["DEVICES_WRITE", "DEVICES_WRITE_KEYS"], id="NS names all"),
    ],
)
def test_of_two_rights_that_are_missing(client, server, missing):
    keys = {
        "js": {"root_keys": {"app_key": {"key": "1" * 32}}},
        "ns": {"session": {"dev_addr": "260B5C11", "keys": {"f_nwk_s_int_key": {"key": "1" * 32}}}},
        "as": {"session": {"dev_addr": "260B5C11", "keys": {"app_s_key": {"key": "1" * 32}}}},
    }
    masks = {
        "js": "root_keys.app_key.key",
        "ns": "session.keys.f_nwk_s_int_key.key",
        "as": "session.keys.app_s_key.key",
    }
    mask = [masks[server], *(["session.dev_addr"] if server == "as" else [])]
    authorization = client.add_key("SMALL", "INFO")

    answer = client.set(server, keys[server], *mask, authorization=authorization)

    assert answer.error == (403, TOO_FEW)
    assert answer.attributes["missing"] == [f"RIGHT_APPLICATION_{right}" for right in missing]


def test_a_key_can_be_asked_what_it_may_do(client):
    authorization = client.add_key("SMALL", "INFO", "DEVICES_READ")
    rights = ["RIGHT_APPLICATION_INFO", "RIGHT_APPLICATION_DEVICES_READ"]

    about_key = client.call("GET", "/auth_info", authorization=authorization).body
    on_application = client.call("GET", "/applications/demo-app/rights", authorization=authorization).body
    elsewhere = client.call("GET", "/applications/nowhere/rights", authorization=authorization).body

    assert about_key["api_key"]["api_key"].items() >= {"id": "SMALL", "rights": rights}.items()
    assert on_application == {"rights": rights}
    assert elsewhere == {}


def test_the_application_shows_its_server_addresses_if_the_mask_asks(client):
    answer = client.call("GET", "/applications/demo-app?field_mask=network_server_address")

    assert answer.body["ids"] == {"application_id": "demo-app"}
    assert answer.body["network_server_address"] == "127.0.0.1"
