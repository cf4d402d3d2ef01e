"""The client against the simulator: errors on the way, and keys without rights."""

import pytest
import urllib3

from tests.simulated_stack import API_KEY, RADIO, SERVERS, SETS, stack_with
from tests.things_stack_answers import IDS, Keys
from workflows.adapters.things_stack import Addresses, TheThingsStack, Transport
from workflows.domain.device import IdentityRecord
from workflows.errors import (
    AccessDeniedError,
    EuisTakenAnswer,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
)

READ_ONLY_KEY = "NNSXS.READING.ABCDEF"


@pytest.mark.parametrize(
    "fault",
    [
        ("429", RegistryThrottledError, r"its limit resets in 60 s \[429 pkg/ratelimit:rate_limit_exceeded\]"),
        ("503", RegistryUnavailableError, r"\[503 pkg/util/store:database_unavailable\]"),
        ("html", RegistryUnavailableError, "with a body that is not The Things Stack's"),
        ("drop-before", RegistryUnavailableError, "no usable answer from http://127"),
        ("drop-after", RegistryUnavailableError, "no usable answer from http://127"),
    ],
    ids=lambda fault: fault[0],
)
@pytest.mark.parametrize("server", SERVERS)
def test_a_call_that_fails_half_way_can_be_repeated(stack, simulator, server, fault):
    action, expected, text = fault
    simulator.control("POST", "faults", method="PUT", path=f"^/{server}/", action=action)

    with pytest.raises(expected, match=text):
        SETS[server](stack, IDS)
    SETS[server](stack, IDS)

    assert simulator.held(server)["ids"]["dev_eui"] == IDS.dev_eui


def test_a_new_device_that_meets_itself_is_reported_with_its_own_name(stack, simulator):
    simulator.control("POST", "faults", path="^/js/", action="meet")

    with pytest.raises(EuisTakenAnswer, match="belong to") as caught:
        SETS["js"](stack, IDS)
    SETS["js"](stack, IDS)

    assert (caught.value.device_id, caught.value.application_id) == (IDS.device_id, "demo-app")


def test_a_device_that_is_there_and_meets_itself_is_to_be_written_again(stack, simulator):
    SETS["js"](stack, IDS)
    simulator.control("POST", "faults", path="^/js/", action="meet")

    with pytest.raises(RegistryUnavailableError, match=r"409 pkg/redis:transaction_failed"):
        SETS["js"](stack, IDS)


def test_an_answer_that_comes_too_late_times_out(simulator):
    simulator.control("POST", "faults", action="delay", delay_s=60)
    stack = stack_with(simulator, timeout=urllib3.Timeout(connect=1, read=0.05))

    with pytest.raises(RegistryUnavailableError, match="ReadTimeoutError"):
        stack.identity(IDS.device_id)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        pytest.param("NNSXS.UNKNOWN.ABCDEF", "401 pkg/identityserver:api_key_not_found", id="unknown"),
        pytest.param("NNSXS.CONTRACT.WRONG", "401 pkg/identityserver:invalid_authorization", id="wrong-secret"),
        pytest.param("no-key-at-all", "400 pkg/auth:token", id="malformed"),
    ],
)
def test_a_wrong_key_is_denied_and_not_shown(simulator, key, text):
    with pytest.raises(AccessDeniedError, match=text) as caught:
        stack_with(simulator, key).identity(IDS.device_id)

    assert key not in str(caught.value)


def test_rights_that_the_key_lacks_are_named(simulator):
    simulator.control("POST", "api-keys", key=READ_ONLY_KEY, rights=["RIGHT_APPLICATION_DEVICES_READ"])
    stack = stack_with(simulator, READ_ONLY_KEY)

    with pytest.raises(AccessDeniedError, match="it lacks RIGHT_APPLICATION_DEVICES_WRITE"):
        stack.set_network(IDS, RADIO)


def test_a_key_of_another_application_is_denied(simulator):
    stack = stack_with(simulator, application_id="other-app")

    with pytest.raises(AccessDeniedError, match="403 pkg/auth/rights:no_application_rights"):
        stack.identity(IDS.device_id)


def test_a_cluster_that_is_not_the_applications_is_the_stacks_fault(simulator):
    addresses = Addresses.parse(simulator.address.replace("127.0.0.1", "localhost"))
    stack = TheThingsStack(addresses, "demo-app", api_key=Keys(API_KEY), transport=Transport())

    with pytest.raises(StackConfigurationError, match="network_server_address_mismatch"):
        stack.create_identity(IdentityRecord(IDS))
