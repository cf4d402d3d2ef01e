"""Identity Server: the application itself, and what a key may do."""

from local.things_stack.access import INFO, NOBODY
from local.things_stack.call import Call, Route
from local.things_stack.decoding import Message

_CREATED_AT = "2024-01-08T09:30:00.000Z"
_SERVERS = ("network_server_address", "application_server_address", "join_server_address")


def get_auth(call: Call) -> Message:
    caller = call.deployment.keys.caller(call.authorization)
    if caller == NOBODY:
        return {}
    owner = {"application_ids": {"application_id": caller.application_id}}
    return {"api_key": {"api_key": {"id": caller.key_id, "rights": list(caller.rights)}, "entity_ids": owner}}


def list_rights(call: Call) -> Message:
    """An application that the caller has no rights on, or that is not there, has none to list."""
    caller = call.deployment.keys.caller(call.authorization)
    rights = caller.rights_on(call.application_id)
    return {"rights": list(rights)} if rights else {}


def get_application(call: Call) -> Message:
    call.require(INFO)
    mask = call.query_mask()
    addresses = dict.fromkeys(_SERVERS, call.deployment.server_address)
    shown = {"name": call.application_id, **addresses}
    return {
        "ids": {"application_id": call.application_id},
        "created_at": _CREATED_AT,
        "updated_at": _CREATED_AT,
        **{name: value for name, value in shown.items() if name in mask and value},
    }


ROUTES = (
    Route("GET", "/auth_info", get_auth),
    Route("GET", "/applications/{application_id}", get_application),
    Route("GET", "/applications/{application_id}/rights", list_rights),
)
