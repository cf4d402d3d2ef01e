"""What The Things Stack sent back, distinguished from what something else sent in its place. Pure."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Self

import orjson

from workflows.adapters.things_stack.fields import values_in
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.values import value

_UNMARSHAL_PATH = re.compile(r'unmarshal error at path "([^"]+)"')
_REASON_MAX_CHARS = 200


@value
class Answer:
    """``body`` is the JSON object of the answer, None for anything else; ``reset_s`` as the server wrote it."""

    status: int
    body: Mapping[str, object] | None
    reset_s: str | None = None

    @classmethod
    def read(cls, status: int, content: bytes, reset_s: str | None = None) -> Self:
        try:
            body = orjson.loads(content)
        except orjson.JSONDecodeError:
            body = None
        return cls(status, body if isinstance(body, dict) else None, reset_s)

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300 and self.body is not None

    def names(self, device_id: str) -> bool:
        """Return whether the answer is about this device: it is the device, or its IDs, or the claim with them."""
        body = self.body or {}
        return any(
            _mapping(ids).get("device_id") == device_id for ids in (body.get("ids"), body.get("end_device_ids"), body)
        )


@value
class ErrorDetails:
    """An error of The Things Stack.

    ``name``: ``namespace:name``, empty for errors from before its own code, which have no details.
    ``code``: the gRPC code. ``path``: the field in question, from the outermost message inwards, or empty.
    ``reason``: the server's words on that field; may quote the value. ``cause``: the attributes of what is behind the
    error, or else its own. ``words``: all that an error without a name says beside the path; may quote anything of the
    request, so it is looked into and never repeated.
    """

    name: str
    code: int
    attributes: Mapping[str, object] = field(default_factory=dict)
    path: str = ""
    reason: str = ""
    cause: Mapping[str, object] = field(default_factory=dict)
    words: str = field(default="", repr=False)


def error_details(body: Mapping[str, object] | None) -> ErrorDetails | None:
    """Return the error in ``body``, None if it is not one of The Things Stack's."""
    match body:
        case {"code": int(code), "message": str(message), **rest}:
            named = next(_named_details(rest.get("details")), None)
            return _without_details(code, message) if named is None else _with_details(code, named)
        case _:
            return None


def identity_record(body: Mapping[str, object] | None) -> IdentityRecord | None:
    """Return the record that the Identity Server gave, None if ``body`` is none."""
    match body:
        case {"ids": {"device_id": str(device_id), **euis}, **rest}:
            return IdentityRecord(
                ids=DeviceIds(device_id, _text(euis.get("dev_eui")), _text(euis.get("join_eui"))),
                values=values_in(body or {}, "is"),
                attributes=_texts(rest.get("attributes")),
                without_join_server=not rest.get("join_server_address"),
                locations=_mapping(rest.get("locations")),
                made_at=made_at(body),
            )
        case _:
            return None


def made_at(body: Mapping[str, object] | None) -> str:
    """Return when the record was made. The Identity Server says so whatever was asked for."""
    return _text((body or {}).get("created_at"))


def identity_records(body: Mapping[str, object] | None) -> list[IdentityRecord] | None:
    """Return the records that the Identity Server listed, None if ``body`` lists something else."""
    listed = (body or {}).get("end_devices", [])
    records = [identity_record(each) for each in listed] if isinstance(listed, list) else [None]
    found = [record for record in records if record is not None]
    return found if len(found) == len(records) else None


def network_record(body: Mapping[str, object] | None) -> NetworkRecord:
    """Return what the Network Server gave. The address of a device that joins is its session's, not the device's."""
    given = body or {}
    joins, values = given.get("supports_join") is True, values_in(given, "ns")
    return NetworkRecord(replace(values, dev_addr=None) if joins else values, joins=joins)


def _named_details(details: object) -> Iterator[Mapping[str, object]]:
    for detail in details if isinstance(details, list) else []:
        match detail:
            case {"namespace": str(), "name": str()}:
                yield detail


def _without_details(code: int, message: str) -> ErrorDetails:
    # The one place that reads a text, since there is nothing else. Newer servers escape its quotes.
    text = html.unescape(message)
    found = _UNMARSHAL_PATH.search(text)
    return ErrorDetails(name="", code=code, path=found.group(1) if found else "", words=_UNMARSHAL_PATH.sub("", text))


def _with_details(code: int, detail: Mapping[str, object]) -> ErrorDetails:
    levels = [_mapping(level.get("attributes")) for level in _with_causes(detail)]
    reasons = [reason for reason in (_text(level.get("reason")) for level in levels) if reason]
    return ErrorDetails(
        name=f"{detail['namespace']}:{detail['name']}",
        code=code,
        attributes=levels[0],
        path=".".join(path for path in (_text(level.get("field")) for level in levels) if path),
        reason=html.unescape(reasons[-1])[:_REASON_MAX_CHARS] if reasons else "",
        cause=levels[-1],
    )


def _with_causes(detail: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield ``detail`` and its causes; a validation error names one field of a nested message at each level."""
    level: object = detail
    while isinstance(level, dict):
        yield level
        level = level.get("cause")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> dict[str, str]:
    return {key: text for key, text in _mapping(value).items() if isinstance(text, str)}
