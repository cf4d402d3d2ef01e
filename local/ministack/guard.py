"""The emulator accepts calls that bear this cloud's access key ID, and none that a web page sends.

MiniStack accepts every call, under any Host and of any Origin, and lets pages read the answers
(``Access-Control-Allow-Origin: *``): a page that is open in a browser, or another user of the machine, could make a
function and run it as the user. AWS checks the signature as well; here the access key ID is the secret.
"""

import hmac
import json
import os
import re
import uuid
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

from local.callers import refusal
from local.ministack.patching import Patch, Replacement, Response, ministack_module

KEY_VARIABLE = "AWS_ACCESS_KEY_ID"

# What bears no access key ID on AWS either, and why.
UNSIGNED = (
    ("GET", re.compile(r"/_ministack/ready")),  # whether the emulator serves, and nothing else
    ("PUT", re.compile(r"/_ministack/cfn-response/[0-9a-f-]{36}")),  # ResponseURL: its random token is the permission
    ("", re.compile(r"/_aws/execute-api/[a-z0-9]+/[^@]+")),  # HTTP APIs are public: each route decides who may call it
)
_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 .*?\bCredential=([^/,\s]+)/.*")
UNKNOWN_CALLER = (
    "The call bears no access key ID of this local cloud. Accepted is the AWS_ACCESS_KEY_ID of .local/env, "
    "which `make up` writes: source .local/env, then call again."
)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def _guarded(original: Replacement) -> Application:
    access_key_id = os.environ[KEY_VARIABLE]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = None if scope["type"] == "lifespan" else _refused(scope, access_key_id)
        if answer is None:
            await original(scope, receive, _without_cors(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _answer(send, answer)

    return app


def _refused(scope: Scope, access_key_id: str) -> Response | None:
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    reason = refusal(headers)
    if reason:
        body = {"__type": "AccessDeniedException", "message": reason}
        return 403, {"Content-Type": "application/json"}, json.dumps(body).encode()
    query = parse_qs(scope["query_string"].decode("latin-1"))
    given = _access_key_ids(headers, query)
    if _needs_no_key(scope) or any(hmac.compare_digest(one.encode(), access_key_id.encode()) for one in given):
        return None
    return _unknown_caller(scope, dict(headers), query)


def _needs_no_key(scope: Scope) -> bool:
    method, path = scope.get("method", "GET"), scope["path"]
    return scope["type"] == "http" and any(
        allowed in ("", method) and pattern.fullmatch(path) for allowed, pattern in UNSIGNED
    )


def _access_key_ids(headers: list[tuple[str, str]], query: dict[str, list[str]]) -> Iterator[str]:
    """Every one that the call names: in its Authorization header or, presigned, in its address."""
    for name, value in headers:
        found = _CREDENTIAL.fullmatch(value) if name == "authorization" else None
        if found:
            yield found[1]
    yield from (credential.partition("/")[0] for credential in query.get("X-Amz-Credential", []))
    yield from query.get("AWSAccessKeyId", [])  # presigned in S3's older way, which boto3 still uses


def _unknown_caller(scope: Scope, headers: dict[str, str], query: dict[str, list[str]]) -> Response:
    """An answer that the caller's SDK can read, whatever the service's protocol."""
    service = ministack_module("core.router").detect_service(scope.get("method", "GET"), scope["path"], headers, query)
    answer: Response = ministack_module("core.iam_actions").access_denied_response(
        "iot" if service == "iot-data" else service,  # iot-data's would leave the message out
        "",
        "",
        str(uuid.uuid4()),
        error_code="AccessDenied",
        message=UNKNOWN_CALLER,
        headers=headers,
    )
    return answer


def _without_cors(send: Send) -> Send:
    """No page may read an answer, not even one of an HTTP API that allows it."""

    async def send_without(message: Scope) -> None:
        if "headers" in message:
            rest = [pair for pair in message["headers"] if not bytes(pair[0]).lower().startswith(b"access-control-")]
            message = {**message, "headers": rest}
        await send(message)

    return send_without


async def _answer(send: Send, answer: Response) -> None:
    status, headers, body = answer
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


PATCHES = (Patch("app", "app", "ab1297bd6cd5", _guarded),)
