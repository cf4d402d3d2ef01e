"""The simulator's own controls, beside the API and without a key: ``/_control`` at the host's root.

POST ``claimable``, POST ``join-server``, POST ``device-repository``, POST and DELETE ``faults``, GET ``state``, POST
``reset``, POST and DELETE ``api-keys``, POST ``activity``.
"""

import inspect
from collections.abc import Awaitable, Callable

from local.things_stack import activity
from local.things_stack.access import is_well_formed
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message, Shape, decode
from local.things_stack.device import EUI
from local.things_stack.devices import Server
from local.things_stack.errors import Code, GatewayError
from local.things_stack.faults import Fault
from local.things_stack.kinds import anything, flag, held, structure, text, timestamp

_CLAIMABLE: Shape = {"join_eui": EUI, "dev_eui": EUI, "authentication_code": text}
_REPOSITORY: Shape = {"present": held(flag, False), "vendors": anything, "brands": structure}
_API_KEY: Shape = {"key": text, "rights": anything, "application_id": text, "expires_at": timestamp}


def _refusing(order: Callable[[ApiCall], Message | Awaitable[Message]]) -> Callable[[ApiCall], Awaitable[Message]]:
    """Answer 400 to an order that lacks a field, has one too many, or a value out of bounds."""

    async def answer(call: ApiCall) -> Message:
        try:
            done = order(call)
            return await done if inspect.isawaitable(done) else done
        except (KeyError, TypeError, ValueError) as exc:
            raise GatewayError(Code.INVALID_ARGUMENT, f"{type(exc).__name__}: {exc}") from exc

    return answer


def make_claimable(call: ApiCall) -> Message:
    """Take ``{"join_eui", "dev_eui", "authentication_code"}``."""
    call.deployment.claims.make_claimable(**decode(call.body, _CLAIMABLE))
    return {}


def order_join_server(call: ApiCall) -> Message:
    """Take ``{"status", "message"}``: what the join server answers its next call with; status 0: it hangs up."""
    call.deployment.claims.answer_next(**call.body)
    return {}


def add_fault(call: ApiCall) -> Message:
    """Take the fields of `Fault`; all but ``action`` may be left out."""
    call.deployment.faults.add(Fault(**call.body))
    return {}


def remove_faults(call: ApiCall) -> Message:
    call.deployment.faults.remove(call.body)
    return {}


def order_repository(call: ApiCall) -> Message:
    """Take ``{"present"}``, whether there is a Device Repository, or ``vendors`` and ``brands`` to add to it.

    These are in the form of device-repository.json; a brand that is there is replaced.
    """
    call.deployment.repositories.order(decode(call.body, _REPOSITORY))
    return {}


def add_api_key(call: ApiCall) -> Message:
    """Take ``{"key", "rights"}``; also ``application_id``, which may be a new one, and ``expires_at``.

    A key that is there gets these rights instead of its own.
    """
    order = {"application_id": call.deployment.application_id, **decode(call.body, _API_KEY)}
    if not is_well_formed(order["key"]):
        raise ValueError("key must have the form NNSXS.<id>.<secret>")
    call.deployment.keys.put(**order)
    return {}


def revoke_api_key(call: ApiCall) -> Message:
    """Take ``{"key"}``."""
    call.deployment.keys.remove(decode(call.body, _API_KEY)["key"])
    return {}


def get_state(call: ApiCall) -> Message:
    """Show ``is``, ``js``, ``ns``, ``as`` (by ``<application_id>/<device_id>``), ``claims`` (by DevEUI).

    Also ``webhooks`` (by ``<application_id>/<webhook_id>``).
    """
    servers = {server.value: call.devices.of_server(server) for server in Server}
    claims, webhooks = call.deployment.claims.by_dev_eui(), call.deployment.webhooks.all()
    return {**servers, "claims": claims, "webhooks": webhooks}


def reset(call: ApiCall) -> Message:
    """Forget devices, claims, faults and what was ordered of the Device Repository. Keys and webhooks stay.

    What the seed file makes claimable is so again.
    """
    call.devices.clear()
    call.deployment.sessions.clear()
    call.deployment.claims.clear()
    call.deployment.faults.remove({})
    call.deployment.repositories.clear()
    return {}


ROUTES = tuple(
    Route(method, path, _refusing(order))
    for method, path, order in (
        ("POST", "/claimable", make_claimable),
        ("POST", "/join-server", order_join_server),
        ("POST", "/faults", add_fault),
        ("DELETE", "/faults", remove_faults),
        ("POST", "/device-repository", order_repository),
        ("POST", "/api-keys", add_api_key),
        ("DELETE", "/api-keys", revoke_api_key),
        ("POST", "/activity", activity.act),
        ("GET", "/state", get_state),
        ("POST", "/reset", reset),
    )
)
