"""What may come between the calls of a step."""

from contextlib import suppress
from dataclasses import dataclass

from tests.model.state_machine import FunctionTimedOut, RunKilled
from workflows.errors import AccessDeniedError, RegistryAnswer, RegistryUnavailableError

ERRORS = {
    "broken": lambda: RegistryUnavailableError("the connection broke"),
    "denied": lambda: AccessDeniedError("the key was revoked for a moment"),
    "timeout": lambda: FunctionTimedOut("the function took too long"),
    "killed": lambda: RunKilled("the run was aborted"),
}


@dataclass(frozen=True)
class Interruption:
    """``error`` breaks off a step at its call number ``at`` (from 1), before the call takes effect or after it did."""

    at: int
    error: str
    moment: str


class Line:
    """Every call of a step goes through here; ``interruption`` is for the step under way."""

    def __init__(self):
        self.interruption, self.calls = None, 0

    def begin(self, interruption):
        self.interruption, self.calls = interruption, 0

    def call(self, ask, arguments, named):
        self.calls += 1
        due = self.interruption is not None and self.interruption.at == self.calls
        if not due:
            return ask(*arguments, **named)
        if self.interruption.moment == "after":
            with suppress(RegistryAnswer):
                ask(*arguments, **named)
        raise ERRORS[self.interruption.error]()


class Port:
    """A port on the line; ``watch`` sees each call by name before it is made."""

    def __init__(self, line, target, watch=None):
        self._line, self._target, self._watch = line, target, watch

    @property
    def application_id(self):
        return self._target.application_id

    def __getattr__(self, name):
        method = getattr(self._target, name)

        def call(*arguments, **named):
            if self._watch:
                self._watch(name, arguments)
            return self._line.call(method, arguments, named)

        return call
