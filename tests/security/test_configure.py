"""Who may invoke every function of the account gets neither the API key nor anything else from Configure.

The attacker's listener is a server of its own: what is sent to him arrives.
"""

import pytest

from functions import configure, reconfigure
from operate.adapters.stacks import Stack
from tests.canned_server import served
from tests.configuring import (
    DELETED,
    OLD_API_KEY,
    UP_TO_THE_WEBHOOK,
    WEBHOOK_ID,
    Context,
    asked_of_us,
    secret,
    stack_is,
    surroundings,
)
from workflows.adapters.stack_answers import ForeignAnswerAddressError
from workflows.bootstrap.things_stack import the_things_stack
from workflows.errors import StackConfigurationError
from workflows.schemas.stack_request import InvalidStackRequestError


@pytest.fixture
def server(monkeypatch):
    """AWS and The Things Stack."""
    with surroundings(monkeypatch.setenv) as canned:
        the_things_stack.cache_clear()
        yield canned
    the_things_stack.cache_clear()


@pytest.fixture
def listener():
    """The attacker's."""
    with served() as canned:
        yield canned


def bare(address):
    return address.removeprefix("http://")


each_former_place = pytest.mark.parametrize(
    "former_place",
    [
        pytest.param(lambda me: {"ApplicationId": "other-app", "ClusterAddress": me}, id="another application"),
        pytest.param(lambda me: {"ApplicationId": "demo-app", "ClusterAddress": me}, id="the same application"),
        pytest.param(lambda me: {"ApplicationId": "other-app", "ClusterAddress": f"{me}/"}, id="a slash"),
        pytest.param(lambda me: {"ApplicationId": "other-app", "ClusterAddress": f" {me.upper()} "}, id="capitals"),
        pytest.param(lambda me: {"ApplicationId": "other-app", "ClusterAddress": bare(me)}, id="without scheme"),
        pytest.param(lambda me: {"ApplicationId": "other-app", "ClusterAddress": f"https://{bare(me)}"}, id="https"),
        pytest.param(lambda me: {"ApplicationId": f"@{bare(me)}/x", "ClusterAddress": me}, id="in the application"),
        pytest.param(
            lambda me: {"ApplicationId": "other-app", "ClusterAddress": me, "IdentityServerAddress": me},
            id="identity server",
        ),
    ],
)


@each_former_place
@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_to_be_sent_the_api_key_by_a_request_that_names_a_cluster_of_ones_own(server, listener, former_place, kind):
    mine = former_place(listener.address)
    server.replies.extend([DELETED] if kind == "Delete" else [])
    server.replies.extend([*UP_TO_THE_WEBHOOK, secret(OLD_API_KEY)])

    result = configure.handler(
        asked_of_us(server.address, kind, OldResourceProperties=mine, ResourceProperties=mine), Context()
    )

    assert listener.requests == []
    assert result["Status"] == "SUCCESS"


@each_former_place
def test_to_be_sent_the_api_key_by_hand(server, listener, former_place):
    mine = former_place(listener.address)
    server.replies.extend(UP_TO_THE_WEBHOOK)

    result = reconfigure.handler(
        asked_of_us(listener.address, "Update", OldResourceProperties=mine, ResourceProperties=mine, **mine), Context()
    )

    assert listener.requests == []
    assert result["Reason"].endswith(
        f"wrote the webhook {WEBHOOK_ID} of the application demo-app for joins and uplinks (MirrorOn is JoinAndUplink)"
    )


@pytest.mark.parametrize("application_id", ["..", "../../applications/demo-app", "%2e%2e", "other-app?x=", ""])
def test_to_have_the_api_key_call_another_path_of_the_cluster(server, application_id):
    server.replies.extend([*UP_TO_THE_WEBHOOK, secret(OLD_API_KEY)])
    former_place = {"ApplicationId": application_id, "ClusterAddress": server.address}

    result = configure.handler(asked_of_us(server.address, "Update", OldResourceProperties=former_place), Context())

    assert [path for method, path, _ in server.asked if method == "DELETE"] == []
    assert result["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({}, id="nothing"),
        pytest.param(None, id="null"),
        pytest.param([], id="a list"),
        pytest.param({"OldResourceProperties": {"ApplicationId": "x", "ClusterAddress": "http://me"}}, id="old place"),
        pytest.param({"RequestType": "Delete"}, id="deletion"),
        pytest.param(asked_of_us("http://me", "DELETE"), id="another spelling"),
        pytest.param(asked_of_us("http://me", ["Delete"]), id="a list of kinds"),
        pytest.param(asked_of_us("http://me") | {"ResponseURL": {"url": "http://me"}}, id="an address that is no text"),
    ],
)
def test_to_have_cloudformations_function_do_anything_by_hand(server, event):
    with pytest.raises(InvalidStackRequestError, match=r"no request of CloudFormation\. Nothing was done"):
        configure.handler(event, Context())

    assert server.requests == []


@pytest.mark.parametrize(
    "answer_at",
    [
        pytest.param(lambda me, _: me, id="plainly"),
        pytest.param(lambda me, aws: f"{aws}@{bare(me)}", id="with AWS as the user"),
        pytest.param(lambda me, aws: f"{me}?{aws}", id="with AWS as the query"),
        pytest.param(lambda me, aws: f"{me}#{aws}", id="with AWS as the fragment"),
        pytest.param(lambda me, _: f" {me}", id="behind white space"),
    ],
)
@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_to_be_called_by_the_function_at_an_address_of_ones_own(server, listener, answer_at, kind):
    event = asked_of_us(answer_at(listener.address, server.address), kind)

    with pytest.raises(ForeignAnswerAddressError, match="nothing was done"):
        configure.handler(event, Context())

    assert (listener.requests, server.requests) == ([], [])


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"])
def test_to_remove_the_webhook_from_a_stack_that_stays(server, status):
    server.replies.append(stack_is(status))

    configure.handler(asked_of_us(server.address, "Delete"), Context())

    assert [path for method, path, _ in server.asked if method == "DELETE"] == []


def test_to_remove_the_webhook_by_hand(server):
    server.replies.extend(UP_TO_THE_WEBHOOK)

    reconfigure.handler(asked_of_us(server.address, "Delete"), Context())

    assert [path for method, path, _ in server.asked if method == "DELETE"] == []


# They lead to the listener, but do not say that they stay on this machine.
each_name_of_this_machine = pytest.mark.parametrize("host", ["0.0.0.0", "127.1", "0x7f.0.0.1"])
each_address = pytest.mark.parametrize("variable", ["CLUSTER_ADDRESS", "IDENTITY_SERVER_ADDRESS"])


@each_name_of_this_machine
@each_address
def test_to_read_the_api_key_on_its_way(server, listener, monkeypatch, host, variable):
    overheard = listener.address.replace("127.0.0.1", host)
    monkeypatch.setenv(variable, overheard)
    server.replies.extend(UP_TO_THE_WEBHOOK)

    with pytest.raises(StackConfigurationError, match="is plain http"):
        reconfigure.handler({}, Context())
    with pytest.raises(StackConfigurationError, match="is plain http"):
        the_things_stack()

    assert listener.requests == []


@each_address
def test_who_allows_it_is_heard_there(server, listener, monkeypatch, variable):
    """And so the attack above would be."""
    monkeypatch.setenv("ALLOW_HTTP", "true")
    monkeypatch.setenv(variable, listener.address.replace("127.0.0.1", "0.0.0.0"))
    listener.replies.extend(UP_TO_THE_WEBHOOK[1:3])
    server.replies.extend([UP_TO_THE_WEBHOOK[0], *UP_TO_THE_WEBHOOK[3:]])

    reconfigure.handler({}, Context())

    assert listener.sent("Authorization")


@pytest.mark.parametrize("allowed", [{}, {"AllowHttp": "false"}, {"AllowHttp": ""}], ids=["older", "no", "empty"])
@pytest.mark.parametrize("parameter", ["ClusterAddress", "IdentityServerAddress"])
def test_to_read_the_api_key_on_its_way_from_an_operator(allowed, parameter):
    parameters = {"ClusterAddress": "eu1.example.com", parameter: "http://tts.example.com", **allowed}

    with pytest.raises(StackConfigurationError, match=f"{parameter} 'http://tts.example.com' is plain http"):
        _ = Stack("thingsync", "arn", {}, parameters).addresses
