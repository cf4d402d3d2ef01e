"""What the function behind ``doctor --configure`` answers, as sentences."""

import json

import pytest

from operate.views.configuring import answer_in

LOGS = "/aws/lambda/thingsync"


def failed(error_name, message="text"):
    text = json.dumps({"errorMessage": message, "errorType": error_name, "stackTrace": ["  File x"]})
    return answer_in(text, has_failed=True, log_group=LOGS)


def test_what_was_done_is_listed_one_after_the_other():
    text = json.dumps({"Status": "SUCCESS", "Reason": "the API key is known; found the thing type lorawan"})

    answer = answer_in(text, has_failed=False, log_group=LOGS)

    assert answer.done == ("the API key is known", "found the thing type lorawan")
    assert answer.problem == ""


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        pytest.param(
            failed("AccessDeniedError", "It lacks RIGHT_X [403 x:y]. (If a first deployment failed, deploy again.)"),
            "It lacks RIGHT_X. To replace the key: `thingsync key rotate`.",
            id="the key is refused",
        ),
        pytest.param(
            failed("AccessDeniedError", "The key is unknown: `thingsync key rotate`."),
            "The key is unknown: `thingsync key rotate`.",
            id="the text names the command already",
        ),
        pytest.param(
            failed("RegistryUnavailableError", "no answer from eu1"),
            "no answer from eu1. Try again when it answers: `thingsync doctor --configure`.",
            id="an outage",
        ),
        pytest.param(
            failed("StackConfigurationError", "The secret is short."), "The secret is short.", id="another of ours"
        ),
    ],
)
def test_a_failure_is_a_sentence_that_asks_for_no_deployment(answer, problem):
    assert (answer.done, answer.problem) == ((), problem)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(failed("KeyError", "NNSXS.SECRET"), id="an error of Python"),
        pytest.param(answer_in("<html>", has_failed=True, log_group=LOGS), id="no JSON"),
        pytest.param(answer_in("[]", has_failed=True, log_group=LOGS), id="no object"),
    ],
)
def test_of_an_unexpected_failure_the_log_is_named_and_no_text_or_trace_shown(answer):
    assert LOGS in answer.problem
    assert "`thingsync doctor --configure` again" in answer.problem
    assert all(text not in answer.problem for text in ("NNSXS", "File", "<", "{"))
