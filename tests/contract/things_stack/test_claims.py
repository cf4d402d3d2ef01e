"""The client against the simulator: claiming a device, looking at the claim, ending it."""

import pytest

from tests.things_stack_answers import CODE, IDS
from workflows.adapters.things_stack import TheThingsStack
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.errors import ClaimDeniedAnswer, ClaimRejectedError, DeviceNotFoundAnswer, ValueRefusedAnswer


@pytest.fixture
def claimable(simulator, stack):
    order = {"join_eui": IDS.join_eui, "dev_eui": IDS.dev_eui, "authentication_code": CODE}
    simulator.control("POST", "claimable", **order)
    stack.create_identity(IdentityRecord(IDS, without_join_server=True))
    return stack


def test_a_device_is_claimed_and_claiming_it_again_succeeds(claimable, simulator):
    claimable.claim(IDS, CODE)
    claimable.claim(IDS, CODE)

    assert claimable.holds_claim(IDS.device_id)
    assert IDS.dev_eui in simulator.control("GET", "state")["claims"]


def test_a_wrong_code_is_denied_and_not_shown(claimable):
    with pytest.raises(ClaimDeniedAnswer, match="claimAuthenticationCode is wrong, or the device is claimed") as caught:
        claimable.claim(IDS, "WR0NGC0DE")

    assert "WR0NGC0DE" not in str(caught.value)
    assert not claimable.holds_claim(IDS.device_id)


def test_a_code_of_the_wrong_shape_is_refused_and_not_shown(claimable):
    with pytest.raises(ValueRefusedAnswer, match="refused by the Device Claiming Server") as caught:
        claimable.claim(IDS, "lower-case")

    assert caught.value.attributes == ("claimAuthenticationCode",)
    assert "lower-case" not in str(caught.value)


def test_a_join_eui_without_claiming_is_rejected(stack):
    ids = DeviceIds(IDS.device_id, IDS.dev_eui, "70B3D57ED0FFFFFF")

    with pytest.raises(ClaimRejectedError, match="no Join Server for claiming has this joinEUI"):
        stack.claim(ids, CODE)


def test_a_device_that_the_join_server_does_not_know_is_rejected(claimable):
    with pytest.raises(ClaimRejectedError, match="the Join Server does not know this devEUI"):
        claimable.claim(DeviceIds("pump-8", "70B3D57ED0058888", IDS.join_eui), CODE)


def test_unclaiming_ends_the_claim_and_succeeds_again(claimable):
    claimable.claim(IDS, CODE)

    claimable.unclaim(IDS.device_id)
    claimable.unclaim(IDS.device_id)

    assert not claimable.holds_claim(IDS.device_id)


def test_what_cannot_be_claimed_has_no_claim_to_end(stack):
    stack.create_identity(IdentityRecord(DeviceIds("pump-9", IDS.dev_eui, "70B3D57ED0FFFFFF")))

    stack.unclaim("pump-9")

    assert not stack.holds_claim("pump-9")


@pytest.mark.parametrize("ask", [TheThingsStack.unclaim, TheThingsStack.holds_claim], ids=["unclaim", "look-up"])
def test_a_claim_without_an_identity_cannot_be_asked_for(stack, ask):
    with pytest.raises(DeviceNotFoundAnswer, match="404 pkg/deviceclaimingserver:device_not_found"):
        ask(stack, IDS.device_id)
