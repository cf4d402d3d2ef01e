"""Puts Dispatch together from its settings, once per Lambda instance."""

from functools import cache

from workflows.assembly.journal import executions, journal, things
from workflows.domain.decision import StackRules
from workflows.domain.planning import StackDefaults
from workflows.settings import DecisionSettings, load
from workflows.steps.dispatch import Dispatcher


@cache
def dispatcher() -> Dispatcher:
    settings = load(DecisionSettings)
    return Dispatcher(
        journal=journal(),
        executions=executions(),
        things=things(),
        rules=StackRules(settings.stack_name, load(StackDefaults), settings.delete_policy),
    )
