"""Where the simulator finds the emulator's HTTP APIs, whose hosts no name server knows."""

import pytest

from local.things_stack.delivery import reachable

EMULATOR = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("url", "http_apis", "expected"),
    [
        pytest.param(
            "http://e323580e.execute-api.127.0.0.1:4566/activity",
            EMULATOR,
            f"{EMULATOR}/_aws/execute-api/e323580e/$default/activity",
            id="as the emulator names it",
        ),
        pytest.param(
            "https://e323580e.execute-api.eu-west-1.amazonaws.com/activity",
            EMULATOR,
            f"{EMULATOR}/_aws/execute-api/e323580e/$default/activity",
            id="as AWS would name it",
        ),
        pytest.param("http://127.0.0.1:8080/hook?a=1", EMULATOR, "http://127.0.0.1:8080/hook?a=1", id="any other"),
        pytest.param(
            "https://e323580e.execute-api.eu-west-1.amazonaws.com/activity",
            "",
            "https://e323580e.execute-api.eu-west-1.amazonaws.com/activity",
            id="without an emulator",
        ),
    ],
)
def test_an_http_api_is_called_by_its_path_on_the_emulator(url, http_apis, expected):
    assert reachable(url, http_apis) == expected
