"""The real client of the application, over a socket with the simulator, does what the fake of the unit tests does."""

from dataclasses import dataclass, replace

import orjson
import pytest

from tests.canned_server import Reply, served
from tests.ports.application import KEY, WEBHOOK, ApplicationContract
from tests.simulated_stack import API_KEY, Simulator, started
from tests.things_stack_answers import refusal
from workflows.adapters.things_stack import Addresses, Transport
from workflows.adapters.things_stack.application import TheApplication
from workflows.domain.webhook import REPORTED, ExistingWebhook, Webhook
from workflows.errors import RegistryUnavailableError, StackConfigurationError, SyncError


@dataclass
class SimulatedDeployment:
    simulator: Simulator

    def grant(self, key, rights, application_id):
        order = {"key": key, "rights": list(rights), "application_id": application_id}
        self.simulator.control("POST", "api-keys", **order)

    def application(self, key, application_id):
        addresses = Addresses.parse(self.simulator.address)
        return TheApplication(addresses, application_id, api_key=key, transport=Transport())

    def webhooks(self):
        held = self.simulator.control("GET", "state")["webhooks"].values()
        webhooks = [
            Webhook(
                record["ids"]["webhook_id"],
                record["base_url"],
                record["headers"]["X-Thingsync-Secret"],
                tuple(kind for kind in REPORTED["JoinAndUplink"] if kind in record),
            )
            for record in held
        ]
        return {webhook.webhook_id: webhook for webhook in webhooks}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("simulator") / "state.sqlite") as simulator:
        yield simulator


@pytest.fixture
def deployment(simulator):
    deployment = SimulatedDeployment(simulator)
    for webhook_id in deployment.webhooks():
        deployment.application(API_KEY, "demo-app").delete_webhook(webhook_id)
    return deployment


class TestTheApplication(ApplicationContract):
    pass


def test_the_webhook_reports_of_joins_and_uplinks_who_was_active_and_nothing_else(deployment, simulator):
    deployment.application(API_KEY, "demo-app").put_webhook(WEBHOOK)

    (record,) = simulator.control("GET", "state")["webhooks"].values()
    assert record.keys() - {"ids", "created_at", "updated_at"} == {
        *("base_url", "headers", "format", "field_mask"),
        *("join_accept", "uplink_message"),
    }
    assert record["format"] == "json"
    assert record["field_mask"] == {"paths": ["end_device_ids", "received_at"]}


@pytest.mark.parametrize("reported", [REPORTED["Join"], REPORTED["JoinAndUplink"]], ids=" ".join)
def test_a_webhook_shows_where_it_posts_and_what(deployment, reported):
    application = deployment.application(API_KEY, "demo-app")

    application.put_webhook(replace(WEBHOOK, reported=reported))

    assert application.webhooks() == {WEBHOOK.webhook_id: ExistingWebhook(WEBHOOK.url, reported)}


@pytest.mark.parametrize(
    ("action", "expected", "text"),
    [
        pytest.param("html", RegistryUnavailableError, "with a body that is not The Things Stack's", id="a proxy"),
        pytest.param(
            "503", RegistryUnavailableError, r"Identity Server did not show the API key: .*\[503", id="an outage there"
        ),
        pytest.param("drop-before", RegistryUnavailableError, "no usable answer from http://127", id="no answer"),
    ],
)
def test_an_error_names_the_call(deployment, simulator, action, expected, text):
    simulator.control("POST", "faults", action=action, path="^/auth_info")

    with pytest.raises(expected, match=text):
        deployment.application(KEY, "demo-app").key_owner()


@pytest.fixture
def canned():
    with served() as server:
        yield server


def application_at(address):
    return TheApplication(Addresses.parse(address), "demo-app", api_key=KEY, transport=Transport())


def test_a_cluster_without_the_call_is_the_wrong_address(canned):
    canned.replies.append(Reply(404, orjson.dumps(refusal("", 5))))

    with pytest.raises(
        StackConfigurationError, match="Application Server did not store the webhook: this host does not offer the call"
    ):
        application_at(canned.address).put_webhook(WEBHOOK)


def test_a_host_that_answers_something_else_is_not_the_things_stack(canned):
    canned.replies.append(Reply(200, b'{"status":"ok"}'))

    with pytest.raises(
        RegistryUnavailableError,
        match="Identity Server did not show the API key: status 200 with a body that is not The Things",
    ):
        application_at(canned.address).key_owner()


def test_a_key_of_a_user_has_no_application_of_its_own(canned):
    canned.replies.append(Reply(200, b'{"api_key":{"api_key":{"id":"X"},"entity_ids":{"user_ids":{"user_id":"ada"}}}}'))

    assert application_at(canned.address).key_owner() is None


def test_a_webhooks_secret_that_the_server_quotes_gets_into_no_error(canned):
    quoted = {"field": f"headers.{WEBHOOK.secret}", "reason": WEBHOOK.secret, "missing": [WEBHOOK.secret]}
    canned.replies.extend(
        Reply(status, orjson.dumps(refusal("pkg/errors:validation", 3, attributes=quoted, message=WEBHOOK.secret)))
        for status in (400, 403, 500)
    )

    for _ in range(3):
        with pytest.raises(SyncError, match="Application Server did not store the webhook") as caught:
            application_at(canned.address).put_webhook(WEBHOOK)
        assert WEBHOOK.secret not in f"{caught.value} {caught.value!r}"
