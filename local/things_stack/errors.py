"""Errors as The Things Stack writes them: a definition per failure, a JSON body and a status per answer.

Clients match on namespace and name; the texts here are this simulator's own.
"""

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Code(enum.IntEnum):
    """gRPC status codes."""

    CANCELED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


HTTP_STATUS = {
    Code.CANCELED: 499,
    Code.UNKNOWN: 500,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.UNIMPLEMENTED: 501,
    Code.INTERNAL: 500,
    Code.UNAVAILABLE: 503,
    Code.DATA_LOSS: 500,
    Code.UNAUTHENTICATED: 401,
}


class GatewayError(Exception):
    """Refused before the call reached a server: the body has no ``details``."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def body(self) -> dict[str, Any]:
        return {"code": int(self.code), "message": self.message}


class StackError(GatewayError):
    """Refused by one of the servers."""

    def __init__(
        self, definition: "Definition", attributes: Mapping[str, object], cause: "StackError | None" = None
    ) -> None:
        text = definition.text
        for name, value in attributes.items():
            text = text.replace("{" + name + "}", str(value))
        super().__init__(definition.code, f"error:{definition.namespace}:{definition.name or 'unknown'} ({text})")
        self.definition = definition
        self.attributes = attributes
        self.cause = cause

    def body(self) -> dict[str, Any]:
        detail = {"@type": "type.googleapis.com/ttn.lorawan.v3.ErrorDetails", **self.details()}
        return {**super().body(), "details": [detail]}

    def details(self) -> dict[str, Any]:
        """The ErrorDetails message, without ``@type``: as ``cause`` and batch answers have it."""
        written = {
            "namespace": self.definition.namespace,
            "name": self.definition.name,
            "message_format": self.definition.text,
            "attributes": dict(self.attributes),
            "cause": self.cause.details() if self.cause else {},
            "correlation_id": uuid.uuid4().hex,
            "code": int(self.code),
        }
        return {key: value for key, value in written.items() if value}


@dataclass(frozen=True, slots=True)
class Definition:
    """One kind of failure; calling it makes the error. What another system answered has no name."""

    namespace: str
    name: str
    code: Code
    text: str

    def __call__(self, cause: StackError | None = None, **attributes: object) -> StackError:
        return StackError(self, attributes, cause)
