import pytest

from workflows.errors import InvalidThingError, StackConfigurationError, ValueRefusedAnswer
from workflows.steps.refusals import refusals_explained

BAND = ("regionalParametersVersion", "frequencyPlanID")


def refuse(attributes, from_stack):
    with refusals_explained(from_stack):
        raise ValueRefusedAnswer("no such band version", attributes=attributes)


@pytest.mark.parametrize(
    ("attributes", "from_stack", "blamed"),
    [
        pytest.param(("deviceID",), (), ["deviceID"], id="the thing's own value"),
        pytest.param(BAND, (), list(BAND), id="either of two"),
        pytest.param(BAND, ("frequencyPlanID",), ["regionalParametersVersion"], id="the one that is the thing's"),
    ],
)
def test_a_refused_value_of_the_thing_is_the_users_affair(attributes, from_stack, blamed):
    with pytest.raises(InvalidThingError, match="no such band version") as refused:
        refuse(attributes, from_stack)

    assert refused.value.problems == dict.fromkeys(blamed, "no such band version")


@pytest.mark.parametrize(
    ("attributes", "from_stack"),
    [
        pytest.param(("frequencyPlanID",), ("frequencyPlanID",), id="the default plan"),
        pytest.param(BAND, (*BAND, "lorawanVersion"), id="default plan and versions"),
    ],
)
def test_a_refused_default_of_the_stack_is_the_operators_affair(attributes, from_stack):
    named = ", ".join(attributes)

    with pytest.raises(
        StackConfigurationError, match=f"The stack's default for {named}: no such band version. Correct"
    ):
        refuse(attributes, from_stack)


def test_other_answers_pass():
    with pytest.raises(KeyError, match="other"), refusals_explained(()):
        raise KeyError("other")
