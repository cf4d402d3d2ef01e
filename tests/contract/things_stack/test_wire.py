"""What becomes of a call to The Things Stack when the wire, the host or the key is not as it should be."""

import socket
from contextlib import contextmanager

import orjson
import pytest
import urllib3

from tests.canned_server import Reply, served
from tests.free_ports import refusing_port
from tests.samples import identity_record
from tests.things_stack_answers import IDS, Keys, refusal
from workflows.adapters.things_stack import Addresses, TheThingsStack, Transport
from workflows.adapters.things_stack.transport import LEAST_TIME_S
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.errors import AccessDeniedError, RegistryUnavailableError

ID = IDS.device_id
OLD, NEW = "NNSXS.OLD.ABCDEF", "NNSXS.NEW.GHIJKL"
DENIED = Reply(401, orjson.dumps(refusal("pkg/identityserver:api_key_not_found", 16)))


@pytest.fixture
def server():
    with served() as canned:
        yield canned


def stack_at(address, *, keys=None, **transport):
    addresses = Addresses.parse(address)
    return TheThingsStack(addresses, "demo-app", api_key=keys or Keys(OLD), transport=Transport(**transport))


@contextmanager
def silent_port():
    """Accept connections and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_calls_share_a_connection(server):
    stack = stack_at(server.address)

    stack.delete_identity(ID)
    stack.delete_record("ns", ID)
    stack.delete_record("as", ID)

    assert len(server.requests) == 3
    assert len(server.connections) == 1


def test_no_call_is_begun_that_the_caller_may_not_see_the_end_of(server):
    left_s = [LEAST_TIME_S, LEAST_TIME_S - 1]
    stack = stack_at(server.address, time_left_s=lambda: left_s.pop(0))
    stack.delete_identity(ID)

    with pytest.raises(RegistryUnavailableError, match="earlier calls took so long that there was no time left for it"):
        stack.delete_identity(ID)

    assert len(server.requests) == 1


def test_a_redirect_is_not_followed(server):
    server.replies.append(Reply(302, b"", {"Location": f"{server.address}/elsewhere"}))

    with pytest.raises(RegistryUnavailableError, match="status 302 with a body that is not The Things Stack's"):
        stack_at(server.address).has_record("ns", ID)

    assert len(server.requests) == 1


def test_half_of_an_answer_is_none(server):
    server.replies.append(Reply(200, b'{"ids":', {"Content-Length": "100", "Connection": "close"}))

    with pytest.raises(
        RegistryUnavailableError, match=r"Identity Server did not show device eui-70b3d57ed0051234: no usable answer"
    ):
        stack_at(server.address).identity(ID)


def test_a_refused_connection_is_no_answer():
    with refusing_port() as port:
        address = f"http://127.0.0.1:{port}"

        with pytest.raises(RegistryUnavailableError, match=rf"from {address}: the connection is refused \(NewConn"):
            stack_at(address).identity(ID)


def test_a_server_that_does_not_answer_times_out():
    with silent_port() as port:
        stack = stack_at(f"http://127.0.0.1:{port}", timeout=urllib3.Timeout(connect=1, read=0.05))

        with pytest.raises(RegistryUnavailableError, match=r"connected, but no answer in time \(ReadTimeoutError\)"):
            stack.identity(ID)


def test_https_is_meant_where_no_scheme_is_given(server):
    with pytest.raises(
        RegistryUnavailableError, match=rf"https://127.0.0.1:{server.server_port}: what answers does not"
    ):
        stack_at(f"127.0.0.1:{server.server_port}").identity(ID)


def test_the_key_stands_in_the_header(server):
    stack_at(server.address).delete_identity(ID)

    assert server.sent("Authorization") == [f"Bearer {OLD}"]


def test_a_replaced_key_is_read_again_after_a_refusal(server):
    server.replies.append(DENIED)

    stack_at(server.address, keys=Keys(OLD, NEW)).delete_identity(ID)

    assert server.sent("Authorization") == [f"Bearer {OLD}", f"Bearer {NEW}"]


def test_a_key_that_is_still_the_same_is_not_tried_again(server):
    server.replies.append(DENIED)

    with pytest.raises(AccessDeniedError, match="401 pkg/identityserver:api_key_not_found"):
        stack_at(server.address).delete_identity(ID)

    assert len(server.requests) == 1


def test_a_replaced_key_that_is_refused_too_ends_it(server):
    server.replies.extend([DENIED, DENIED])

    with pytest.raises(AccessDeniedError, match="401 pkg/identityserver:api_key_not_found"):
        stack_at(server.address, keys=Keys(OLD, NEW)).delete_identity(ID)

    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param("{}\n", id="line-end-of-a-file"),
        pytest.param("{}\r\nX-Other: 1", id="header-injection"),
        pytest.param(" {}", id="space"),
        pytest.param("“{}”", id="typographic-quotes"),
    ],
)
def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(server, spoilt):
    keys = Keys(spoilt.format(OLD))

    with pytest.raises(AccessDeniedError, match="the stack's API key is empty or holds white space") as caught:
        stack_at(server.address, keys=keys).delete_identity(ID)

    assert OLD not in str(caught.value)
    assert server.requests == []


def test_an_empty_key_is_refused(server):
    with pytest.raises(AccessDeniedError, match="the stack's API key is empty"):
        stack_at(server.address, keys=Keys("")).delete_identity(ID)


def test_a_spoilt_key_that_was_replaced_is_read_again(server):
    stack_at(server.address, keys=Keys(f"{OLD}\n", NEW)).delete_identity(ID)

    assert server.sent("Authorization") == [f"Bearer {NEW}"]


class Traced:
    """A trace that remembers each exchange, and how it ended."""

    def __init__(self):
        self.exchanges = []

    @contextmanager
    def __call__(self, host, method, url):
        try:
            yield lambda status, length: self.exchanges.append((host, method, url, status, length))
        except urllib3.exceptions.HTTPError as exc:
            self.exchanges.append((host, method, url, type(exc).__name__))
            raise


def test_an_exchange_is_traced_with_its_answer(server):
    server.replies.append(Reply(404, orjson.dumps(refusal("pkg/networkserver:device_not_found", 5))))
    trace = Traced()

    stack_at(server.address, trace=trace).has_record("ns", ID)

    url = f"{server.address}/api/v3/ns/applications/demo-app/devices/{ID}"
    length = len(orjson.dumps(refusal("pkg/networkserver:device_not_found", 5)))
    assert trace.exchanges == [("127.0.0.1", "GET", url, 404, length)]


def test_an_exchange_without_an_answer_is_traced_as_such(server):
    server.replies.append(Reply(200, b"{", {"Content-Length": "9", "Connection": "close"}))
    trace = Traced()

    with pytest.raises(RegistryUnavailableError, match="no usable answer"):
        stack_at(server.address, trace=trace).delete_identity(ID)

    url = f"{server.address}/api/v3/applications/demo-app/devices/{ID}"
    assert trace.exchanges == [("127.0.0.1", "DELETE", url, "ProtocolError")]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            {"ids": {"device_id": ID}, "created_at": "2024-01-08T09:30:00Z"},
            identity_record(DeviceIds(ID, "", ""), claimed=True),
            id="nothing-but-an-id",
        ),
        pytest.param(
            {"ids": {"device_id": ID, "dev_eui": IDS.dev_eui, "join_eui": IDS.join_eui}, "join_server_address": "h"},
            IdentityRecord(IDS),
            id="joined-in-the-cluster",
        ),
    ],
)
def test_what_a_record_does_not_give_is_empty(server, answer, expected):
    server.replies.append(Reply(200, orjson.dumps(answer)))

    record = stack_at(server.address).identity(ID)

    assert record == expected


@pytest.mark.parametrize("answer", [{}, {"ids": None}, {"ids": {}}, {"ids": {"device_id": 7}}])
def test_an_answer_without_ids_is_no_record(server, answer):
    server.replies.append(Reply(200, orjson.dumps(answer)))

    with pytest.raises(RegistryUnavailableError, match="status 200 with a body that is not The Things Stack's"):
        stack_at(server.address).identity(ID)
