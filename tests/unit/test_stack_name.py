"""A stack's name leaves room for what is named after it."""

import pytest

from workflows.domain.stack_name import stack_name_problems


@pytest.mark.parametrize(
    ("characters", "problems"),
    [
        pytest.param(62, [], id="the longest that will do"),
        pytest.param(63, ["RegistryEventsDLQ", "DeviceActivityDLQ"], id="too long for the queues"),
        pytest.param(81, ["RegistryEventsDLQ", "DeviceActivityDLQ", "state machine"], id="for the state machine"),
        pytest.param(
            92,
            ["RegistryEventsDLQ", "DeviceActivityDLQ", "state machine", "StackNameDeviceID"],
            id="for a thing's name",
        ),
    ],
)
def test_what_the_name_is_too_long_for_is_reported_with_its_bound(characters, problems):
    texts = stack_name_problems("x" * characters)

    assert [named in text for named, text in zip(problems, texts, strict=True)] == [True] * len(problems)


def test_the_bound_is_reported():
    (problem, _) = stack_name_problems("x" * 63)

    assert problem == (
        "the queue <stackName>-RegistryEventsDLQ may have 80 characters, so the stack's name may have 62"
    )
