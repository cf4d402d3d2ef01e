"""Identity Server: the application itself, and what a key may do."""

from local.things_stack import definitions, fields
from local.things_stack.access import INFO, NOBODY
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message
from local.things_stack.kinds import anything
from local.things_stack.validation import check_ids

_TIMES = dict.fromkeys(("created_at", "updated_at"), "2024-01-08T09:30:00.000Z")
_SERVERS = ("network_server_address", "application_server_address", "join_server_address")
_CONTACTS = {"contact_info", "administrative_contact", "technical_contact"}
_PUBLIC = {"ids", "ids.application_id", "created_at", "updated_at", "deleted_at", *_CONTACTS}
_READABLE = _PUBLIC | {*_SERVERS, "name", "description", "attributes", "dev_eui_counter"}


def get_auth(call: ApiCall) -> Message:
    caller = call.deployment.keys.caller(call.authorization)
    if caller == NOBODY:
        return {}
    api_key = {
        "id": caller.key_id,
        "rights": list(caller.rights),
        **_TIMES,
        **({"expires_at": caller.expires_at} if caller.expires_at else {}),
    }
    owner = {"application_ids": {"application_id": caller.application_id}}
    return {"api_key": {"api_key": api_key, "entity_ids": owner}}


def list_rights(call: ApiCall) -> Message:
    """An application that the caller has no rights on, or that is not there, has none to list."""
    check_ids("ApplicationIdentifiers", {"application_id": call.application_id})
    caller = call.deployment.keys.caller(call.authorization)
    rights = caller.rights_on(call.application_id)
    return {"rights": list(rights)} if rights else {}


def get_application(call: ApiCall) -> Message:
    """Anybody with a key may see that there is an application; more of it needs a right on it."""
    mask = call.query_mask()
    fields.check_mask(mask, _READABLE, dict.fromkeys(_READABLE, anything))
    check_ids("GetApplicationRequest", {"application_ids.application_id": call.application_id})
    if call.deployment.keys.caller(call.authorization) == NOBODY:
        raise definitions.UNAUTHENTICATED()
    if not _PUBLIC.issuperset(mask):
        call.require(INFO)
    if call.application_id != call.deployment.application_id and not call.deployment.keys.opens(call.application_id):
        raise definitions.APPLICATION_NOT_FOUND(application_id=call.application_id)
    addresses = dict.fromkeys(_SERVERS, call.deployment.server_address)
    application = {"ids": {"application_id": call.application_id}, **_TIMES, "name": call.application_id, **addresses}
    return fields.selection(application, mask)


ROUTES = (
    Route("GET", "/auth_info", get_auth),
    Route("GET", "/applications/{application_id}", get_application),
    Route("GET", "/applications/{application_id}/rights", list_rights),
)
