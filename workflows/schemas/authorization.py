"""What API Gateway asks AuthorizeActivity, what it answers, and what of that reaches ReceiveActivity."""

from collections.abc import Mapping
from typing import Any

# API Gateway writes header names in lower case.
SECRET_HEADER = "x-thingsync-secret"

# A text: a REST API turns all that its authorizer says into texts. What an HTTP API does, AWS does not say.
_ADMITTED = {"admitted": "yes"}


def load_secret(event: Mapping[str, Any]) -> str | None:
    """Return the secret that a call bears (a request of an HTTP API's authorizer, payload format 2.0)."""
    headers = {str(name).lower(): value for name, value in event.get("headers", {}).items()}
    return headers.get(SECRET_HEADER)


def dump_verdict(*, admitted: bool) -> dict[str, Any]:
    """Answer as API Gateway takes it ("simple response"). It keeps the answer for other calls with this secret."""
    return {"isAuthorized": admitted, "context": _ADMITTED if admitted else {}}


def is_admitted(event: Mapping[str, Any]) -> bool:
    """Return whether API Gateway asked AuthorizeActivity about a call before it handed it on."""
    authorizer = event.get("requestContext", {}).get("authorizer") or {}
    return authorizer.get("lambda") == _ADMITTED
