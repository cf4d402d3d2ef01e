import pytest
import urllib3

from tests.contract.simulator.client import APP_KEY, DEVICE, DEVICE_ID, DEVICES, IDS

KEYS = {"root_keys": {"app_key": {"key": APP_KEY}}}
BROKEN = (urllib3.exceptions.ProtocolError, "aborted|reset|closed")


def order(client, **fault):
    client.control("POST", "/faults", fault)


def statuses(client, calls, method="GET", path=DEVICES):
    return [client.call(method, path).status for _ in range(calls)]


@pytest.mark.parametrize(
    ("fault", "hit"),
    [
        pytest.param({}, [503, 200, 200, 200], id="the next call by default"),
        pytest.param({"times": 2}, [503, 503, 200, 200], id="twice"),
        pytest.param({"nth": 2}, [200, 503, 200, 200], id="the second"),
        pytest.param({"nth": 2, "times": 2}, [200, 503, 503, 200], id="the second and third"),
        pytest.param({"method": "POST"}, [200, 200, 200, 200], id="another method"),
        pytest.param({"path": "^/ns/"}, [200, 200, 200, 200], id="another path"),
        pytest.param({"path": "devices$", "method": "GET"}, [503, 200, 200, 200], id="searched after the base"),
    ],
)
def test_a_fault_hits_the_calls_it_was_ordered_for(client, fault, hit):
    order(client, action="503", **fault)

    answered = statuses(client, 4)

    assert answered == hit


def test_calls_are_counted_from_when_the_fault_was_ordered(client):
    statuses(client, 3)
    order(client, action="503", nth=2)

    answered = statuses(client, 3)

    assert answered == [200, 503, 200]


def test_too_many_calls_are_refused_as_by_the_things_stack(client):
    order(client, action="429")

    answer = client.call("GET", DEVICES)

    assert answer.error == (429, "pkg/ratelimit:rate_limit_exceeded")
    assert answer.body["code"] == 8
    assert answer.attributes.keys() == {"key", "rate"}
    assert answer.headers["X-Rate-Limit-Available"] == "0"
    assert {"X-Rate-Limit-Limit", "X-Rate-Limit-Reset", "X-Rate-Limit-Retry"} <= answer.headers.keys()
    assert "Retry-After" not in answer.headers


def test_an_unavailable_server_is_reported_as_by_the_things_stack(client):
    order(client, action="503")

    answer = client.call("GET", DEVICES)

    assert answer.error == (503, "pkg/util/store:database_unavailable")


def test_html_comes_from_a_proxy_that_is_not_the_things_stack(client):
    order(client, action="html")

    answer = client.raw("GET", DEVICES)

    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert b"<html>" in answer.data


@pytest.mark.parametrize("action", ["429", "503", "html"])
def test_a_refused_call_has_no_effect(client, action):
    order(client, action=action)

    client.raw("POST", DEVICES, {"end_device": {"ids": IDS}})

    assert client.state()["is"] == {}


def test_a_delayed_call_is_too_late_for_a_client_that_does_not_wait(client):
    order(client, action="delay", delay_s=60)

    with pytest.raises(urllib3.exceptions.ReadTimeoutError, match="timed out"):
        client.raw("GET", DEVICES, timeout_s=0.05)


def test_a_delayed_call_takes_effect_in_the_end(client):
    order(client, action="delay", delay_s=0.01)

    answer = client.create()

    assert answer.status == 200
    assert list(client.state()["is"]) == [f"demo-app/{DEVICE_ID}"]


@pytest.mark.parametrize(
    ("action", "held"),
    [
        pytest.param("drop-before", [], id="before it took effect"),
        pytest.param("drop-after", [f"demo-app/{DEVICE_ID}"], id="after it took effect"),
    ],
)
def test_a_dropped_call_breaks_the_connection(client, action, held):
    order(client, action=action, method="POST", path="/devices$")

    with pytest.raises(BROKEN[0], match=BROKEN[1]):
        client.create()

    assert list(client.state()["is"]) == held


def test_a_call_that_is_refused_is_dropped_too(client):
    order(client, action="drop-after")

    with pytest.raises(BROKEN[0], match=BROKEN[1]):
        client.call("GET", DEVICE)


def test_any_error_of_the_things_stack_can_be_ordered(client):
    attributes = {"entity_type": "end_device", "limit": 50}
    order(client, action="error", error="pkg/identityserver:tenant_entity_limit", code=9, attributes=attributes)

    answer = client.create()

    assert answer.error == (400, "pkg/identityserver:tenant_entity_limit")
    assert (answer.body["code"], answer.attributes) == (9, attributes)
    assert client.state()["is"] == {}


def test_what_is_refused_before_any_server_can_be_ordered(client):
    order(client, action="error", code=3, message='unmarshal error at path "end_device"')

    answer = client.create()

    assert (answer.status, answer.body) == (400, {"code": 3, "message": 'unmarshal error at path "end_device"'})


def test_a_new_device_that_meets_itself_at_the_join_server_is_in_its_own_way(client):
    order(client, action="meet", path="^/js/")

    met, again = (client.set("js", KEYS) for _ in range(2))

    assert met.error == (409, "pkg/internal/registry:end_device_euis_taken")
    assert met.attributes.items() >= {"device_id": DEVICE_ID, "application_id": "demo-app"}.items()
    assert again.status == 200


def test_a_device_that_is_there_and_meets_itself_is_not_written_twice(client):
    client.set("js", KEYS)
    order(client, action="meet", path="^/js/")

    met, again = (client.set("js", KEYS) for _ in range(2))

    assert met.error == (409, "pkg/redis:transaction_failed")
    assert met.body["code"] == 10
    assert again.status == 200


@pytest.mark.parametrize("server", ["ns", "as"])
def test_other_servers_take_one_set_after_another(client, server):
    order(client, action="meet", times=2)

    met = [client.set(server, {}, "ids.device_id", "ids.dev_eui", "ids.join_eui").status for _ in range(2)]

    assert met == [200, 200]


@pytest.mark.parametrize(
    ("like", "answered"),
    [
        pytest.param({"action": "503", "times": 9}, [200, 200], id="the same"),
        pytest.param({"action": "429"}, [503, 503], id="another"),
        pytest.param({}, [200, 200], id="all"),
    ],
)
def test_a_fault_can_be_taken_back(client, like, answered):
    order(client, action="503", times=9)

    client.control("DELETE", "/faults", like)

    assert statuses(client, 2) == answered


def test_the_oldest_of_two_faults_comes_first_and_both_count(client):
    order(client, action="503")
    order(client, action="429", times=2)

    answered = statuses(client, 3)

    assert answered == [503, 429, 200]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"action": "explode"}, id="unknown action"),
        pytest.param({}, id="no action"),
        pytest.param({"action": "503", "nth": 0}, id="counts begin at 1"),
        pytest.param({"action": "503", "times": "two"}, id="a count is a number"),
        pytest.param({"action": "delay", "delay_s": -1}, id="a delay is not negative"),
        pytest.param({"action": "503", "path": "("}, id="not a regex"),
        pytest.param({"action": "503", "when": "now"}, id="unknown field"),
        pytest.param({"action": "error", "error": "a", "code": 9}, id="an error without a name"),
        pytest.param({"action": "error", "error": "a:b"}, id="an error without a code"),
        pytest.param({"action": "error", "error": "a:b", "code": 99}, id="no code of gRPC"),
        pytest.param({"action": "503", "error": "a:b"}, id="an error of another action"),
        pytest.param({"action": "503", "code": 9}, id="a code of another action"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(client, fault):
    answer = client.raw("POST", "/faults", fault, base="/_control")

    assert answer.status == 400
