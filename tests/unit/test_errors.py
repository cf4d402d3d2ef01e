import inspect

import pytest

from workflows import errors
from workflows.errors import InvalidThingError, leaf_names


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        pytest.param(
            errors.TransientError,
            {"RegistryThrottledError", "RegistryUnavailableError", "ThingBusyError"},
            id="retried",
        ),
        pytest.param(
            errors.RejectedError,
            {"InvalidThingError", "DeviceConflictError", "ClaimRejectedError", "ImmutableChangeError"},
            id="rejected",
        ),
        pytest.param(
            errors.OperatorError,
            {
                *("AccessDeniedError", "StackConfigurationError", "InvalidEventError", "UnexpectedAnswerError"),
                *("UnexpectedDecisionError", "UnknownFactError", "JournalSequenceError", "OrphanedOwnerError"),
                *("PlanLimitError", "UnreportedRunError", "DeletionHeldError"),
            },
            id="for the operator",
        ),
        pytest.param(errors.InvalidThingError, {"InvalidThingError"}, id="a leaf is its own"),
    ],
)
def test_the_names_that_asl_must_spell_out_are_the_leaves(root, expected):
    assert leaf_names(root) == expected


def test_every_error_says_when_it_is_raised():
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass) if each.__module__ == errors.__name__]

    assert [each.__name__ for each in classes if "__doc__" not in vars(each) or not each.__doc__] == []


def test_an_invalid_thing_lists_every_problem():
    error = InvalidThingError({"devEUI": "is missing", "name": "must be short"})

    assert str(error) == "devEUI: is missing; name: must be short"
    assert error.problems == {"devEUI": "is missing", "name": "must be short"}
