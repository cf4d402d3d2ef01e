"""Values are what dataclass makes of the same class, frozen and with slots."""

from dataclasses import dataclass, field, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.values import value

MAKERS = (value, dataclass(frozen=True, slots=True))
ITEMS = st.sampled_from([None, 0, 1, "a", ("a", 1)])
OPTIONS = st.fixed_dictionaries({"repr": st.booleans(), "compare": st.booleans()})
CLASSES = st.lists(OPTIONS, max_size=4)


def both(options):
    """Make a class with such fields by both."""
    names = [f"field_{place}" for place in range(len(options))]
    body = {"__annotations__": dict.fromkeys(names, object), "__qualname__": "Any"}
    defaults = {name: field(default=None, **each) for name, each in zip(names, options, strict=True)}
    return [make(type("Any", (), {**body, **defaults})) for make in MAKERS]


@given(CLASSES, st.lists(ITEMS, max_size=4), st.lists(ITEMS, max_size=4))
def test_two_are_equal_and_shown_as_those_of_dataclass(options, some, others):
    made, expected = both(options)
    one, other = some[: len(options)], others[: len(options)]

    assert (made(*one) == made(*other)) == (expected(*one) == expected(*other))
    assert hash(made(*one)) == hash(made(*one))
    assert len({made(*one), made(*other)}) == len({expected(*one), expected(*other)})
    assert repr(made(*one)) == repr(expected(*one))
    assert [each.name for each in fields(made)] == [each.name for each in fields(expected)]


@value
class Created:
    device_id: str
    labels: tuple[str, ...] = ()


@value
class Claimed:
    device_id: str
    labels: tuple[str, ...] = ()


@value
class Released(Claimed):
    reason: str = ""


def test_values_of_two_classes_are_never_equal():
    assert Created("pump-7") != Claimed("pump-7")
    assert Claimed("pump-7") != Released("pump-7")
    assert Created("pump-7") != ("pump-7", ())


def test_another_with_one_field_changed_is_another():
    assert replace(Released("pump-7"), reason="retained") == Released("pump-7", reason="retained")


def test_a_value_takes_no_other_field():
    with pytest.raises(AttributeError, match="sort"):
        setattr(Created("pump-7"), "sort", "any")  # noqa: B010  # mypy would refuse it


def test_what_a_class_says_itself_stays():
    @value
    class Secret:
        text: str

        def __repr__(self) -> str:
            return "***"

    assert repr(Secret("any")) == "***"
    assert Secret("any") == Secret("any")
