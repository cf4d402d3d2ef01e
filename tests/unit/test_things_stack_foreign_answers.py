"""Answers that are not The Things Stack's, or less than it sends, say nothing of a device."""

import orjson
import pytest

from tests.things_stack_answers import EVERY_CALL, NS_READ, NS_SET, raised, refusal
from workflows.adapters.things_stack.answers import Answer
from workflows.errors import (
    DeviceNotFoundAnswer,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
)

NOT_THE_THINGS_STACK = [
    pytest.param(200, b"<html><body>Welcome</body></html>", id="page"),
    pytest.param(404, b"<html><body>Not Found</body></html>", id="page-not-found"),
    pytest.param(502, b"<html><body>Bad Gateway</body></html>", id="bad-gateway"),
    pytest.param(403, b"<html><body>Blocked</body></html>", id="firewall"),
    pytest.param(200, b"", id="empty"),
    pytest.param(204, b"", id="no-content"),
    pytest.param(404, b"", id="empty-not-found"),
    pytest.param(301, b"", id="redirect"),
    pytest.param(302, orjson.dumps(refusal("", 5)), id="redirect-with-an-error"),
    pytest.param(404, b'{"message":"Not Found"}', id="another-api"),
    pytest.param(404, b'{"code":"NotFound","message":"no"}', id="code-is-text"),
    pytest.param(404, b'{"code":5,"message":null}', id="no-message"),
    pytest.param(200, b"[]", id="list"),
    pytest.param(200, b"null", id="null"),
    pytest.param(404, b'"Not Found"', id="text"),
    pytest.param(404, b'{"code":5,"message":"error:pkg/networkserver:device_not_f', id="truncated-error"),
    pytest.param(200, b'{"ids":{"device_id":"eui-70b3', id="truncated-device"),
    pytest.param(404, b"\xff\xfe{}", id="no-utf-8"),
]


@pytest.mark.parametrize(("status", "content"), NOT_THE_THINGS_STACK)
@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: f"{call.server}-{call.operation}".replace(" ", "-"))
def test_what_is_not_the_things_stacks_answer_says_nothing_of_the_device(call, status, content):
    error = raised(call, status, content)

    assert type(error) is RegistryUnavailableError
    assert f"{call}: status {status} with a body that is not The Things Stack's" in str(error)


@pytest.mark.parametrize(("status", "content"), NOT_THE_THINGS_STACK)
def test_what_is_not_the_things_stacks_answer_is_no_success(status, content):
    answer = Answer.read(status, content)

    assert not answer.accepted


def test_a_page_that_refuses_for_rate_is_throttling_too():
    error = raised(NS_SET, 429, b"<html>Too Many Requests</html>")

    assert type(error) is RegistryThrottledError


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(None, id="null"),
        pytest.param("device_not_found", id="text"),
        pytest.param([], id="none"),
        pytest.param([None, "x", {"namespace": "pkg/networkserver"}], id="no-name"),
        pytest.param([{"namespace": 1, "name": 2}], id="numbers"),
    ],
)
def test_details_of_another_shape_count_as_absent(broken):
    answer = {"code": 5, "message": "error:pkg/networkserver:device_not_found (gone)", "details": broken}

    error = raised(NS_READ, 404, answer)

    assert type(error) is StackConfigurationError


def test_details_are_found_behind_those_of_another_type():
    answer = refusal("pkg/networkserver:device_not_found", 5)
    answer["details"].insert(0, {"@type": "type.googleapis.com/google.rpc.DebugInfo", "detail": "x"})

    error = raised(NS_READ, 404, answer)

    assert type(error) is DeviceNotFoundAnswer
