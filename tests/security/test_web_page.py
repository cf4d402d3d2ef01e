"""What a web page wants that is open in the developer's browser while the local cloud runs.

It reaches 127.0.0.1, can send what browsers call simple requests, and lets its own name resolve to this machine. Its
browser says where it comes from.
"""

import base64
import io
import json
import zipfile

import pytest

from tests.contract.local.emulated_aws import ROLE, unique
from tests.security.calls import authorization, call

FUNCTIONS = "/2015-03-31/functions"
ACTIVITY = json.dumps({"device_id": "gate", "kind": "join"}).encode()

# What the browser says of a page, as far as pages can bring it to that; {port} is the server's own.
PAGES = [
    pytest.param([("Origin", "https://evil.example")], id="a page of another site"),
    pytest.param([("Origin", "http://evil.example:{port}")], id="a page of another site, on the same port"),
    pytest.param([("Origin", "null")], id="a sandboxed frame or a file"),
    pytest.param([("Origin", "http://127.0.0.1:3000")], id="a page of another server of this machine"),
    pytest.param([("Origin", "http://localhost")], id="a page of this machine's port 80"),
    pytest.param([("Origin", "https://localhost:{port}")], id="the same server by another scheme"),
    pytest.param([("Origin", "http://localhost:{port}.evil.example")], id="a name that begins like the server's"),
    pytest.param([("Origin", "http://sub.localhost:{port}")], id="a name below localhost"),
    pytest.param([("Origin", "http://localhost:{port}"), ("Origin", "null")], id="two origins"),
    pytest.param([("Origin", "")], id="an empty origin"),
    pytest.param([("Sec-Fetch-Site", "cross-site")], id="an image or a script of another site"),
    pytest.param([("Sec-Fetch-Site", "same-site")], id="an image or a script of another port"),
    pytest.param([("Host", "evil.example")], id="a name that resolves to this machine"),
    pytest.param([("Host", "evil.example:{port}")], id="such a name with the port"),
    pytest.param([("Host", "127.0.0.1.evil.example:{port}")], id="a name that begins like the address"),
    pytest.param([("Host", "localhost.evil.example:{port}")], id="a name that begins like localhost"),
    pytest.param([("Host", "evil.localhost:{port}")], id="a name below localhost as host"),
    pytest.param([("Host", "bucket.127.0.0.1:{port}")], id="a bucket as host"),
    pytest.param([("Host", "evil.example@127.0.0.1:{port}")], id="a user name before the address"),
    pytest.param([("Host", "127.0.0.1:{port}:80")], id="two ports"),
    pytest.param([("Host", "0.0.0.0:{port}")], id="the address that means all addresses"),
    pytest.param([("Host", "[::1]:{port}")], id="another address of this machine"),
    pytest.param([("Host", "")], id="no host"),
]
OWN = [
    pytest.param([], id="a program"),
    pytest.param([("Host", "localhost:{port}")], id="a program that says localhost"),
    pytest.param([("Host", "LOCALHOST:{port}")], id="in capitals"),
    pytest.param([("Host", "127.0.0.1")], id="without the port"),
    pytest.param([("Host", "127.0.0.1:8080")], id="through a tunnel"),
    pytest.param([("Origin", "http://127.0.0.1:{port}")], id="a page of the server"),
    pytest.param([("Origin", "http://localhost:{port}")], id="a page of the server by its other name"),
    pytest.param([("Sec-Fetch-Site", "none")], id="an address that the user typed"),
]


def filled(headers, port):
    return [(name, value.format(port=port)) for name, value in headers]


def function_named(name):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("code.py", "def handler(event, context): return 'runs as the developer'")
    wanted = {"FunctionName": name, "Runtime": "python3.13", "Role": ROLE, "Handler": "code.handler"}
    return json.dumps({**wanted, "Code": {"ZipFile": base64.b64encode(archive.getvalue()).decode()}}).encode()


def functions_of(aws):
    pages = aws.client("lambda").get_paginator("list_functions").paginate()
    return {one["FunctionName"] for page in pages for one in page["Functions"]}


@pytest.mark.parametrize("page", PAGES)
def test_code_that_runs_as_the_developer(aws, page):
    """Even if it knew the key: the page's origin alone is enough to refuse it."""
    port, name = aws.daemon.port, unique("evil")
    simple = [("Content-Type", "text/plain"), authorization()]

    answer = call(port, "POST", FUNCTIONS, [*filled(page, port), *simple], function_named(name))

    assert answer.status in (400, 403)  # 400: no HTTP at all
    assert answer.cors_headers == set()
    assert name not in functions_of(aws)


def test_code_that_runs_as_the_developer_without_a_trace_of_its_origin(aws):
    name = unique("evil")

    answer = call(aws.daemon.port, "POST", FUNCTIONS, [("Content-Type", "text/plain")], function_named(name))

    assert answer.status == 403
    assert "source .local/env" in answer.body
    assert name not in functions_of(aws)


@pytest.mark.parametrize("caller", OWN)
def test_programs_and_the_servers_own_pages_get_their_function(aws, caller):
    port, name = aws.daemon.port, unique("own")

    answer = call(port, "POST", FUNCTIONS, [*filled(caller, port), authorization()], function_named(name))

    assert answer.status == 201
    assert answer.cors_headers == set()
    assert name in functions_of(aws)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/_control/state", id="keys of devices"),
        pytest.param("POST", "/_control/activity", id="a device that sends"),
        pytest.param("GET", "/api/v3/auth_info", id="the api"),
        pytest.param("GET", "/nowhere", id="whether something is there"),
    ],
)
def test_what_the_simulator_knows(things_stack, page, method, path):
    answer = call(things_stack.port, method, path, filled(page, things_stack.port), ACTIVITY)

    assert answer.status in (400, 403)
    assert answer.cors_headers == set()


@pytest.mark.parametrize("caller", OWN)
def test_programs_and_the_simulators_own_pages_see_its_state(things_stack, caller):
    answer = call(things_stack.port, "GET", "/_control/state", filled(caller, things_stack.port))

    assert (answer.status, answer.cors_headers) == (200, set())
    assert "js" in json.loads(answer.body)


@pytest.mark.parametrize("server", ["emulator", "simulator"])
@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        pytest.param(("Host", "evil.example"), "127.0.0.1 or localhost", id="host"),
        pytest.param(("Origin", "https://evil.example"), "without an Origin header", id="origin"),
    ],
)
def test_a_refusal_says_what_is_accepted(aws, things_stack, server, header, accepted):
    port = aws.daemon.port if server == "emulator" else things_stack.port

    answer = call(port, "GET", "/", [header])

    assert accepted in json.loads(answer.body)["message"]


@pytest.mark.parametrize("path", [FUNCTIONS, "/", "/bucket/key", "/_aws/execute-api/abcdef/activity"])
def test_leave_to_send_more_than_simple_requests(aws, things_stack, path):
    wanted = [("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Private-Network", "true")]
    asked = [("Origin", "https://evil.example"), *wanted]

    answers = [call(port, "OPTIONS", path, asked) for port in (aws.daemon.port, things_stack.port)]

    assert [(answer.status, answer.cors_headers) for answer in answers] == [(403, set())] * 2


def test_answers_of_an_http_api_that_lets_pages_read_them(aws):
    port, gateway = aws.daemon.port, aws.client("apigatewayv2")
    cors = {"AllowOrigins": ["*"], "AllowMethods": ["*"]}
    made = gateway.create_api(Name=unique("api"), ProtocolType="HTTP", CorsConfiguration=cors)
    gateway.create_stage(ApiId=made["ApiId"], StageName="$default", AutoDeploy=True)
    asked = [("Origin", f"http://localhost:{port}"), ("Access-Control-Request-Method", "POST")]

    answer = call(port, "OPTIONS", f"/_aws/execute-api/{made['ApiId']}/activity", asked)

    assert answer.status < 300
    assert answer.cors_headers == set()


def test_a_socket_that_stays_open(aws):
    handshake = [
        ("Origin", "https://evil.example"),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", base64.b64encode(b"0123456789abcdef").decode()),
    ]

    answers = [
        call(aws.daemon.port, "GET", "/_aws/execute-api/abcdef/x", asked) for asked in (handshake, handshake[1:])
    ]

    assert [answer.status for answer in answers] == [403, 403]


def test_a_call_that_a_page_sent_uses_up_no_fault(things_stack):
    port = things_stack.port
    call(port, "POST", "/_control/faults", [], json.dumps({"action": "503", "path": "auth_info"}).encode())

    refused = call(port, "GET", "/api/v3/auth_info", [("Origin", "null")])
    failed = call(port, "GET", "/api/v3/auth_info")

    assert (refused.status, failed.status) == (403, 503)
