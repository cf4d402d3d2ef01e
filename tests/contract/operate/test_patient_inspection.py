"""Reading an application of The Things Stack that refuses for rate, or is away for a moment."""

import pytest

from tests.canned_server import Reply, served
from tests.simulated_stack import API_KEY
from tests.things_stack_answers import Keys
from workflows.adapters.things_stack import Addresses, Transport
from workflows.adapters.things_stack.repeating import RepeatingInspection
from workflows.domain.pages import every
from workflows.errors import RegistryThrottledError, RegistryUnavailableError

THROTTLED, AWAY = Reply(429), Reply(503)


def read(server, slept):
    addresses = Addresses.parse(server.address)
    inspection = RepeatingInspection(
        addresses, "demo-app", api_key=Keys(API_KEY), transport=Transport(), sleep=slept.append
    )
    return list(every(inspection.page))


@pytest.mark.parametrize(
    ("replies", "pauses"),
    [
        pytest.param([THROTTLED, THROTTLED], [2, 4], id="refused for rate"),
        pytest.param([AWAY, AWAY], [1, 2], id="away"),
        pytest.param([AWAY, THROTTLED], [1, 4], id="first the one, then the other"),
    ],
)
def test_what_passes_is_sat_out(replies, pauses):
    slept = []
    with served() as server:
        server.replies += replies

        assert read(server, slept) == []

    assert slept == pauses


@pytest.mark.parametrize(
    ("reply", "error", "calls"),
    [
        pytest.param(THROTTLED, RegistryThrottledError, 6, id="refused for rate"),
        pytest.param(AWAY, RegistryUnavailableError, 4, id="away"),
    ],
)
def test_what_does_not_pass_is_reported(reply, error, calls):
    with served() as server:
        server.replies += [reply] * 9

        with pytest.raises(error, match="Identity Server did not list the devices"):
            read(server, [])

    assert len(server.requests) == calls
