"""MiniStack answers UpdateThingType with an error; AWS IoT replaces the type's properties.

Source: https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateThingType.html and, for the number of searchable
attributes, https://docs.aws.amazon.com/general/latest/gr/iot-core.html#thing-limits.
"""

import json

from local.ministack.patching import Operation, Patch, Response, ministack_module, refused

MOST_SEARCHABLE = 3


def _with_updates(original: Operation) -> Operation:
    def handle_thing_type(method: str, path: str, body: bytes, qp: dict[str, object]) -> Response:
        given = (json.loads(body) if body else {}).get("thingTypeProperties") or {}
        if len(given.get("searchableAttributes") or ()) > MOST_SEARCHABLE:
            return refused("InvalidRequestException", f"At most {MOST_SEARCHABLE} searchable attributes are allowed")
        if method != "PATCH":
            return original(method, path, body, qp)
        found: Response = original("GET", path, b"", qp)
        if found[0] != 200:
            return found
        ministack_module("services.iot")._thing_types[path.removeprefix("/thing-types/")]["thingTypeProperties"] = given
        answer: Response = ministack_module("core.responses").json_response({})
        return answer

    return handle_thing_type


PATCHES = (Patch("services.iot", "_handle_thing_type", "3923de88f2d2", _with_updates),)
