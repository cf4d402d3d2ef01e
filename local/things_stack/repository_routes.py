"""Device Repository Server: anybody with a key may ask; no right is needed.

The routes below ``/dr/applications/…`` are older names for the same; the application is not looked at.
"""

import base64
import re
from collections.abc import Callable

from local.things_stack import definitions, fields, validation
from local.things_stack.access import NOBODY
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message, Shape
from local.things_stack.device_repository import BRAND_FIELDS, MODEL_FIELDS, Repository
from local.things_stack.errors import Code, GatewayError, StackError
from local.things_stack.kinds import anything, paths, text, unsigned
from local.things_stack.validation import (
    Rules,
    at_least,
    at_most,
    both,
    identifier,
    matches,
    one_of,
    optional_identifier,
    up_to,
)

_MAX_LIMIT = 1000
_QUERY: Shape = {
    "field_mask": paths,
    "limit": unsigned,
    "page": unsigned,
    "order_by": text,
    "search": text,
    "brand_id": text,
}
_VERSION_IDS = ("brand_id", "model_id", "hardware_version", "firmware_version", "band_id")
_CODEC_FIELDS = {"formatter", "formatter_parameter", "codec_id", "examples"}
_BRAND_ORDERS = ("brand_id", "name")
_MODEL_ORDERS = ("brand_id", "model_id", "name")
_OPTIONAL_BRAND = both(at_most(36), matches(f"({validation.ID_PATTERN}|)?"))


def _list_rules(orders: tuple[str, ...]) -> Rules:
    known = ["", *(f"{sign}{name}" for name in orders for sign in ("", "-"))]
    return {"limit": up_to(_MAX_LIMIT), "order_by": one_of(known), "search": at_most(100)}


_BRAND_RULES: Rules = {"brand_id": identifier}
_MODEL_RULES: Rules = {"brand_id": identifier, "model_id": identifier}
_VERSION_RULES: Rules = {
    **dict.fromkeys(("version_ids.brand_id", "version_ids.model_id"), optional_identifier),
    **{f"version_ids.{name}": at_most(32) for name in _VERSION_IDS[2:]},
}
_NUMBER_RULES: Rules = {"end_device_profile_ids.vendor_id": at_least(1)}


def _repository(call: ApiCall) -> Repository:
    """The repository, for a caller with a key.

    Raises:
        StackError: no key, or one that is not valid.
    """
    try:
        caller = call.deployment.keys.caller(call.authorization)
    except StackError as error:
        raise definitions.NOT_AUTHENTICATED(error) from error
    if caller == NOBODY:
        raise definitions.NOT_AUTHENTICATED()
    return call.deployment.repositories.content()


def _mask(call: ApiCall, known: set[str]) -> list[str]:
    mask = call.query_mask()
    fields.check_mask(mask, {f"{name}.*" for name in known}, dict.fromkeys(known, anything))
    return mask


def list_brands(call: ApiCall) -> Message:
    wanted, mask = call.query_message(_QUERY), _mask(call, {*BRAND_FIELDS})
    validation.check("ListEndDeviceBrandsRequest", wanted, _list_rules(_BRAND_ORDERS))
    brands = _page(call, _repository(call).brands(), wanted, ["brand_id", *mask])
    return {"brands": brands} if brands else {}


def get_brand(call: ApiCall) -> Message:
    mask, brand_id = _mask(call, {*BRAND_FIELDS}), call.parameters["brand_id"]
    validation.check("GetEndDeviceBrandRequest", {"brand_id": brand_id}, _BRAND_RULES)
    found = [brand for brand in _repository(call).brands() if brand["brand_id"] == brand_id]
    if not found:
        raise definitions.BRAND_NOT_FOUND(brand_id=brand_id)
    return _shown(found[0], ["brand_id", *mask])


def list_models(call: ApiCall) -> Message:
    wanted, mask = {**call.query_message(_QUERY), **call.parameters}, _mask(call, MODEL_FIELDS)
    brand_id = wanted.get("brand_id", "")
    rules = {"brand_id": _OPTIONAL_BRAND, **_list_rules(_MODEL_ORDERS)}
    validation.check("ListEndDeviceModelsRequest", wanted, rules)
    models = _page(call, _repository(call).models(brand_id), wanted, ["brand_id", "model_id", *mask])
    return {"models": models} if models else {}


def get_model(call: ApiCall) -> Message:
    mask, ids = _mask(call, MODEL_FIELDS), {name: call.parameters[name] for name in ("brand_id", "model_id")}
    validation.check("GetEndDeviceModelRequest", ids, _MODEL_RULES)
    found = [model for model in _repository(call).models(ids["brand_id"]) if model["model_id"] == ids["model_id"]]
    if not found:
        raise definitions.MODEL_NOT_FOUND(brand_id=ids["brand_id"], model_id=ids["model_id"])
    return _shown(found[0], ["brand_id", "model_id", *mask])


def get_template(call: ApiCall) -> Message:
    """The hardware version is not looked at."""
    ids = _version_ids(call, "GetTemplateRequest")
    return _repository(call).template(ids)


def get_template_by_numbers(call: ApiCall) -> Message:
    ids = {name: _number(call, name) for name in ("vendor_id", "vendor_profile_id")}
    validation.check("GetTemplateRequest", {"end_device_profile_ids": ids}, _NUMBER_RULES)
    repository = _repository(call)
    if not ids["vendor_profile_id"]:
        raise definitions.MISSING_PROFILE_IDENTIFIERS()
    return repository.template_by_numbers(ids["vendor_id"], ids["vendor_profile_id"])


def _number(call: ApiCall, name: str) -> int:
    given = call.parameters[name]
    if not re.fullmatch(r"\d{1,10}", given) or int(given) >= 2**32:
        raise GatewayError(Code.INVALID_ARGUMENT, f"type mismatch, parameter: {name}")
    return int(given)


def _formatter(direction: str, missing: Callable[..., StackError]) -> Callable[[ApiCall], Message]:
    """What answers for a script; its examples and the ID of its codec only if asked for."""

    def answer(call: ApiCall) -> Message:
        mask, ids = _mask(call, _CODEC_FIELDS), _version_ids(call, "GetPayloadFormatterRequest")
        repository = _repository(call)
        codec_id, codec = repository.codec(ids)
        script = codec.get(direction, {})
        if not script.get("fileName"):
            of_version = {name: ids[name] for name in ("firmware_version", "band_id")}
            raise missing(**(of_version if direction.endswith("Encoder") else {"codec_id": codec_id}))
        held = {
            "formatter": "FORMATTER_JAVASCRIPT",
            "formatter_parameter": repository.script(ids["brand_id"], script["fileName"]),
            "codec_id": codec_id,
            "examples": [_example(example) for example in script.get("examples", [])],
        }
        return _shown(held, ["formatter", "formatter_parameter", *mask])

    return answer


def _example(example: Message) -> Message:
    return {**example, **{end: _payload(example[end]) for end in ("input", "output")}}


def _payload(payload: Message) -> Message:
    """Bytes and what they mean; the former go out as base64."""
    renamed = {"fPort": "f_port", "bytes": "frm_payload"}
    written = {
        **payload,
        **({"bytes": base64.b64encode(bytes(payload["bytes"])).decode()} if "bytes" in payload else {}),
    }
    return {renamed.get(name, name): value for name, value in written.items()}


def _version_ids(call: ApiCall, request: str) -> Message:
    given = {name: call.query.get(f"version_ids.{name}", "") for name in _VERSION_IDS} | {**call.parameters}
    ids = {name: given[name] for name in _VERSION_IDS if given[name]}
    validation.check(request, {"version_ids": ids}, _VERSION_RULES)
    return {**dict.fromkeys(("brand_id", "model_id", "firmware_version", "band_id"), ""), **ids}


def _page(call: ApiCall, held: list[Message], wanted: Message, mask: list[str]) -> list[Message]:
    """Search is for each of the words asked for, anywhere in the texts."""
    words = wanted.get("search", "").lower().split()
    found = [each for each in held if all(word in str([*each.values()]).lower() for word in words)]
    order = wanted.get("order_by", "")
    if column := order.removeprefix("-"):
        found.sort(key=lambda each: each.get(column, ""), reverse=order.startswith("-"))
    limit = wanted.get("limit", _MAX_LIMIT)
    first = (wanted.get("page", 1) - 1) * limit
    call.headers["X-Total-Count"] = str(len(found))
    return [_shown(each, mask) for each in found[first : first + limit]]


def _shown(held: Message, mask: list[str]) -> Message:
    chosen: Message = {}
    fields.copy_fields(chosen, held, mask)
    return {name: value for name, value in chosen.items() if value}


def _where_there_is_one(answer: Callable[[ApiCall], Message]) -> Callable[[ApiCall], Message]:
    """Answer as a deployment without a Device Repository, if this is one."""

    def route(call: ApiCall) -> Message:
        if not call.deployment.repositories.present():
            raise GatewayError(Code.NOT_FOUND, "Not Found")
        return answer(call)

    return route


_MODEL = "/brands/{brand_id}/models/{model_id}"
_VERSION = _MODEL + "/{firmware_version}/{band_id}"
ROUTES = tuple(
    Route("GET", base + path, _where_there_is_one(answer))
    for base in ("/dr", "/dr/applications/{application_id}")
    for path, answer in (
        ("/brands", list_brands),
        ("/brands/{brand_id}", get_brand),
        ("/models", list_models),
        ("/brands/{brand_id}/models", list_models),
        (_MODEL, get_model),
        (_VERSION + "/template", get_template),
        ("/vendors/{vendor_id}/profiles/{vendor_profile_id}/template", get_template_by_numbers),
        (_VERSION + "/formatters/uplink/decoder", _formatter("uplinkDecoder", definitions.NO_DECODER)),
        (_VERSION + "/formatters/downlink/decoder", _formatter("downlinkDecoder", definitions.NO_DECODER)),
        (_VERSION + "/formatters/downlink/encoder", _formatter("downlinkEncoder", definitions.NO_ENCODER)),
    )
)
