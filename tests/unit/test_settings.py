import pytest

from workflows import settings
from workflows.domain.planning import StackDefaults
from workflows.errors import StackConfigurationError
from workflows.settings import (
    ActivitySettings,
    AuthorizationSettings,
    DecisionSettings,
    FactSettings,
    FingerprintSettings,
    JournalSettings,
    KeylessSettings,
    MirrorSettings,
    QueueSettings,
    ReconcileSettings,
    ReportSettings,
    RunSettings,
    StackSettings,
    TheThingsStackSettings,
    WebhookSettings,
    load,
)

GROUPS = [
    ActivitySettings,
    AuthorizationSettings,
    DecisionSettings,
    FactSettings,
    FingerprintSettings,
    JournalSettings,
    KeylessSettings,
    MirrorSettings,
    QueueSettings,
    ReconcileSettings,
    ReportSettings,
    RunSettings,
    StackDefaults,
    StackSettings,
    TheThingsStackSettings,
    WebhookSettings,
]
each_group = pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)


@pytest.fixture
def environment(monkeypatch):
    """Set the variables of a group to their own names."""

    def set_up(group):
        names = [name.upper() for name in group.__annotations__]
        for name in names:
            monkeypatch.setenv(name, f"of {name}")
        return names

    return set_up


@each_group
def test_a_group_is_read_from_variables_of_its_fields_names(environment, group):
    environment(group)

    loaded = load(group)

    assert loaded == group(**{name: f"of {name.upper()}" for name in group.__annotations__})


@each_group
def test_all_absent_variables_are_named(environment, monkeypatch, group):
    names = environment(group)
    for name in names:
        monkeypatch.delenv(name)

    with pytest.raises(StackConfigurationError, match=f"lacks the environment variables {', '.join(names)}\\."):
        load(group)


def test_an_empty_variable_is_there(environment, monkeypatch):
    environment(TheThingsStackSettings)
    monkeypatch.setenv("IDENTITY_SERVER_ADDRESS", "")

    assert load(TheThingsStackSettings).identity_server_address == ""


def test_every_group_is_among_those_that_are_tested_here():
    made = vars(settings).values()
    groups = {each for each in made if isinstance(each, type) and issubclass(each, tuple)}

    assert groups <= set(GROUPS)
