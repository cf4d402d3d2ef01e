import pytest

WEBHOOKS = "/as/webhooks/demo-app"
WEBHOOK = f"{WEBHOOKS}/things"
VALUES = {
    "base_url": "https://example.com/activity",
    "headers": {"X-Token": "abc"},
    "format": "json",
    "field_mask": {"paths": ["end_device_ids", "received_at"]},
    "uplink_message": {"path": "/up"},
    "join_accept": {},
}
WRITES = ("SETTINGS_BASIC", "TRAFFIC_READ", "TRAFFIC_DOWN_WRITE")
TOO_FEW = "pkg/auth/rights:insufficient_application_rights"


@pytest.fixture
def client(client):
    for webhook in client.call("GET", WEBHOOKS).body.get("webhooks", []):
        client.call("DELETE", f"{WEBHOOKS}/{webhook['ids']['webhook_id']}")
    return client


def put(client, path=WEBHOOK, *, mask=None, authorization=None, **values):
    body = {"webhook": values, "field_mask": {"paths": [*values] if mask is None else mask}}
    return client.call("PUT", path, body, **({"authorization": authorization} if authorization else {}))


def test_a_set_creates_a_webhook_and_answers_what_the_mask_names(client):
    answer = put(client, **VALUES)

    assert answer.status == 200
    assert answer.body.items() >= VALUES.items()
    assert answer.body["ids"] == {"application_ids": {"application_id": "demo-app"}, "webhook_id": "things"}
    assert answer.body.keys() - VALUES.keys() == {"ids", "created_at", "updated_at"}


def test_a_post_creates_the_webhook_that_its_body_names(client):
    values = VALUES | {"ids": {"webhook_id": "posted"}}

    client.call("POST", WEBHOOKS, {"webhook": values, "field_mask": {"paths": [*VALUES]}})

    assert client.call("GET", f"{WEBHOOKS}/posted").status == 200


def test_a_set_again_changes_what_the_mask_names_and_clears_what_is_absent(client):
    created = put(client, **VALUES).body

    put(client, base_url="https://example.com/other", mask=["base_url", "uplink_message"])

    held = client.call("GET", f"{WEBHOOK}?field_mask=base_url,headers,uplink_message,join_accept").body
    assert held["created_at"] == created["created_at"]
    assert (held["base_url"], held["headers"]) == ("https://example.com/other", VALUES["headers"])
    assert ("uplink_message" in held, held["join_accept"]) == (False, {})


def test_webhooks_are_listed_by_what_the_mask_names(client):
    put(client, **VALUES)
    put(client, f"{WEBHOOKS}/zebra", **VALUES)

    listed = client.call("GET", f"{WEBHOOKS}?field_mask=format").body["webhooks"]

    assert [(each["ids"]["webhook_id"], each["format"]) for each in listed] == [("things", "json"), ("zebra", "json")]
    assert "headers" not in listed[0]


def test_a_deleted_webhook_is_gone_and_deleting_it_again_succeeds(client):
    put(client, **VALUES)

    deletions = [client.call("DELETE", WEBHOOK).status for _ in range(2)]

    assert deletions == [200, 200]
    assert client.call("GET", WEBHOOK).error == (404, "pkg/redis:not_found")
    assert client.call("GET", WEBHOOKS).body == {}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"base_url": "example.com"}, id="a URL without scheme"),
        pytest.param({"base_url": ""}, id="no URL"),
        pytest.param({"format": "JSON"}, id="a format in capitals"),
        pytest.param({"headers": {"X" * 65: ""}}, id="a header's name too long"),
        pytest.param({"headers": {"X": "v" * 4097}}, id="a header's value too long"),
        pytest.param({"headers": {f"X-{n}": "" for n in range(51)}}, id="too many headers"),
        pytest.param({"downlink_api_key": "k" * 129}, id="a downlink key too long"),
        pytest.param({"join_accept": {"path": "p" * 65}}, id="a path too long"),
    ],
)
def test_a_value_out_of_bounds_is_refused(client, values):
    answer = put(client, **(VALUES | values))

    assert answer.error == (400, "pkg/errors:validation")
    assert answer.attributes["field"] == "webhook"
    assert client.call("GET", WEBHOOK).status == 404


@pytest.mark.parametrize("webhook_id", ["Things", "a", "two--dashes", "x" * 37])
def test_an_id_out_of_bounds_is_refused(client, webhook_id):
    answer = put(client, f"{WEBHOOKS}/{webhook_id}", **VALUES)

    assert answer.error == (400, "pkg/errors:validation")


def test_a_webhook_is_not_made_of_an_empty_mask(client):
    assert put(client, mask=[], **VALUES).error == (400, "pkg/errors:validation")


def test_a_mask_of_what_a_webhook_does_not_have_is_refused(client):
    answer = put(client, mask=["nonsense"], **VALUES)

    assert answer.error == (400, "pkg/rpcmiddleware/validator:field_mask_paths")


def test_a_request_without_a_webhook_is_refused(client):
    assert client.call("PUT", WEBHOOK, {}).error == (400, "pkg/errors:validation")


@pytest.mark.parametrize("missing", WRITES)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_writing_needs_three_rights(client, method, missing):
    authorization = client.add_key("SMALL", *(right for right in WRITES if right != missing))
    body = {"webhook": VALUES, "field_mask": {"paths": [*VALUES]}}

    answer = client.call(method, WEBHOOK, body, authorization=authorization)

    assert answer.error == (403, TOO_FEW)
    assert answer.attributes["missing"] == [f"RIGHT_APPLICATION_{missing}"]


def test_formats_and_templates_are_listed(client):
    assert client.call("GET", "/as/webhook-formats").body["formats"].keys() == {"json", "protobuf"}
    assert client.call("GET", "/as/webhook-templates").body == {}
