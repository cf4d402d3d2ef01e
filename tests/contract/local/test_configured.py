"""What `make up` says of a real Things Stack: whether it has a webhook to this machine."""

import pytest

from local.configured import webhook_to_here
from local.stacks import DeploymentError
from local.things_stacks import ThingsStack
from tests.free_ports import free_port
from tests.simulated_stack import API_KEY, started

HERE = "http://127.0.0.1:4566/_aws/execute-api/abcdef/activity"


@pytest.fixture
def simulator(tmp_path):
    with started(tmp_path / "state.sqlite") as simulator:
        yield simulator


def named(simulator, api_key=API_KEY):
    return ThingsStack(f"{simulator.address}/api/v3", "demo-app", api_key)


def put_webhook(simulator, name, url):
    webhook = {"ids": {"webhook_id": name}, "base_url": url, "format": "json"}
    body = {"webhook": webhook, "field_mask": {"paths": ["base_url", "format"]}}
    simulator.call("PUT", f"as/webhooks/demo-app/{name}", body)


@pytest.mark.parametrize(
    ("urls", "found"),
    [
        pytest.param([], None, id="none"),
        pytest.param(["https://abc.execute-api.eu-west-1.amazonaws.com/activity"], None, id="one to aws"),
        pytest.param(["http://127.0.0.1:45667/"], None, id="one to another port"),
        pytest.param(["https://example.com/", HERE], HERE, id="one to here among others"),
    ],
)
def test_a_webhook_to_this_machine_is_found_by_where_it_leads(simulator, urls, found):
    for number, url in enumerate(urls):
        put_webhook(simulator, f"webhook-{number}", url)

    assert webhook_to_here(named(simulator)) == found


def test_webhooks_that_cannot_be_listed_are_not_taken_for_none(simulator):
    nowhere = ThingsStack(f"http://127.0.0.1:{free_port()}/api/v3", "demo-app", API_KEY)

    with pytest.raises(DeploymentError, match=r"does not list its webhooks \(HTTP status 401\)"):
        webhook_to_here(named(simulator, "NNSXS.UNKNOWN.KEY"))
    with pytest.raises(DeploymentError, match=r"does not list its webhooks \(NewConnectionError\)"):
        webhook_to_here(nowhere)
