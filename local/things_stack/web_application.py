"""HTTP in, HTTP out: routes, errors and faults around the calls of the servers.

A call of a server runs from its first look at the state to its last write without another one in between.
"""

import asyncio
import inspect
import json
import posixpath
import re
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from urllib.parse import unquote

from aiohttp import web
from aiohttp.typedefs import Middleware
from multidict import MultiDict, MultiMapping

from local.callers import refusal
from local.things_stack import (
    accounts,
    application_server,
    claiming,
    control,
    definitions,
    device_lists,
    frequency_plans,
    identity_server,
    join_server,
    network_information,
    network_server,
    qr_codes,
    repository_routes,
    webhook_registry,
)
from local.things_stack.call import ApiCall, Deployment, Route
from local.things_stack.decoding import Message, read_json
from local.things_stack.errors import HTTP_STATUS, Code, GatewayError
from local.things_stack.faults import Fault

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BASE = "/api/v3"
_NO_QUERY = re.compile(r";|%(?![0-9A-Fa-f]{2})")
_MAX_BODY_BYTES = 16 * 2**20
_CAMEL_CASE = re.compile(r"(?<=[a-z])[A-Z](?![^[]*\])")
_WITH_BODY = ("POST", "PUT", "PATCH")
_API_ROUTES = (
    *accounts.ROUTES,
    *device_lists.ROUTES,
    *identity_server.ROUTES,
    *join_server.ROUTES,
    *network_server.ROUTES,
    *network_information.ROUTES,
    *application_server.ROUTES,
    *webhook_registry.ROUTES,
    *claiming.ROUTES,
    *qr_codes.ROUTES,
    *frequency_plans.ROUTES,
    *repository_routes.ROUTES,
)
_HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
_RATE_LIMIT_HEADERS = {
    "X-Rate-Limit-Limit": "60",
    "X-Rate-Limit-Available": "0",
    "X-Rate-Limit-Reset": "60",
    "X-Rate-Limit-Retry": "1",
}


def web_application(deployment: Deployment) -> web.Application:
    application = web.Application(
        client_max_size=_MAX_BODY_BYTES, middlewares=[_callers, _faults(deployment), _errors_as_json, _paths]
    )
    for prefix, routes in ((BASE, _API_ROUTES), ("/_control", control.ROUTES)):
        application.add_routes(_web_routes(prefix, routes, deployment))
    return application


def _web_routes(prefix: str, routes: Iterable[Route], deployment: Deployment) -> list[web.RouteDef]:
    """A parameter in a path may be empty: the rules of its field check it."""
    only_get = {"allow_head": False}
    return [
        web.route(
            route.method,
            re.sub(r"\{(\w+)\}", r"{\1:[^/]*}", prefix + route.path),
            _handler(route, deployment),
            **(only_get if route.method == "GET" else {}),
        )
        for route in routes
    ]


def _handler(route: Route, deployment: Deployment) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        body = read_json(await request.read()) if request.method in _WITH_BODY or not _is_api(request) else {}
        authorization = request.headers.get("Authorization", "").strip()
        call = ApiCall(
            deployment=deployment,
            authorization=authorization if " " in authorization else None,
            parameters=request.match_info,
            query=_query(request),
            body=body,
            meets_itself=request.get("meets_itself", False),
        )
        answer = route.answer(call)
        message = await answer if inspect.isawaitable(answer) else answer
        return _json_response(message, headers=call.headers)

    return handler


def _query(request: web.Request) -> MultiMapping[str]:
    """The query by the fields' own names, which may be written in camel case.

    Raises:
        GatewayError: no query at all, which a call with a body does not look at.
    """
    if request.method not in _WITH_BODY and _NO_QUERY.search(request.rel_url.raw_query_string):
        raise GatewayError(Code.INVALID_ARGUMENT, "invalid query")
    return MultiDict(
        (_CAMEL_CASE.sub(lambda upper: "_" + upper[0].lower(), name), value) for name, value in request.query.items()
    )


def _is_api(request: web.Request) -> bool:
    return request.path.startswith(BASE)


def _json_response(message: Message, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    body = json.dumps(message, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def _error_response(error: GatewayError, headers: dict[str, str] | None = None) -> web.Response:
    challenge = {"WWW-Authenticate": error.message} if error.code == Code.UNAUTHENTICATED else {}
    return _json_response(error.body(), HTTP_STATUS[error.code], {**challenge, **(headers or {})})


@web.middleware
async def _errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except GatewayError as error:
        return _error_response(error)
    except web.HTTPNotFound:
        return _error_response(GatewayError(Code.NOT_FOUND, "Not Found"))
    except web.HTTPMethodNotAllowed:
        if request.method == "OPTIONS":
            return web.Response()
        return _error_response(GatewayError(Code.UNIMPLEMENTED, "Method Not Allowed"))


@web.middleware
async def _callers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a web page sends: it could read every key by ``/_control``, which asks for none."""
    reason = refusal(request.headers.items())
    return _error_response(GatewayError(Code.PERMISSION_DENIED, reason)) if reason else await handler(request)


@web.middleware
async def _paths(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A quoted slash or dot is one: what it makes of the path is another call, or a redirect to the path without it."""
    path = unquote(request.rel_url.raw_path)
    plain = posixpath.normpath(path)
    if plain != path.removesuffix("/") or "//" in path:
        return web.Response(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": plain + "/" * path.endswith("/")})
    if path.count("/") != request.rel_url.raw_path.count("/"):
        raise web.HTTPNotFound
    return await handler(request)


def _faults(deployment: Deployment) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        base, _, path = request.path.partition(BASE)
        fault = deployment.faults.next_for(request.method, path) if path and not base else None
        return await (_fail(fault, request, handler) if fault else handler(request))

    return middleware


async def _fail(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    if fault.action in _REFUSALS:
        return _REFUSALS[fault.action]()
    if fault.action == "error":
        return _error_response(fault.refusal())
    if fault.action == "meet":
        request["meets_itself"] = True
        return await handler(request)
    if fault.action == "delay":
        await asyncio.sleep(fault.delay_s)
        return await handler(request)
    response = await handler(request) if fault.action == "drop-after" else web.Response()
    if request.transport:
        request.transport.abort()
    return response


_REFUSALS = {
    "429": lambda: _error_response(definitions.RATE_LIMIT_EXCEEDED(key="simulated", rate=60), _RATE_LIMIT_HEADERS),
    "503": lambda: _error_response(definitions.DATABASE_UNAVAILABLE()),
    "html": lambda: web.Response(text=_HTML, status=502, content_type="text/html"),
}
