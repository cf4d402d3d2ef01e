"""A registry whose connection breaks at one call, and which remembers what it was asked."""

from contextlib import suppress
from functools import partial

from workflows.errors import RegistryAnswer, RegistryUnavailableError


class BrokenConnection:
    """Breaks at call number ``at``: before it takes effect, or after it did, so that its answer is lost.

    Calls count from 1; 0 never breaks.
    """

    def __init__(self, registry, *, at=0, moment="before"):
        self._registry, self._at, self._moment = registry, at, moment
        self.calls = []

    @property
    def application_id(self):
        return self._registry.application_id

    def __getattr__(self, name):
        def call(*arguments, **named):
            self.calls.append(name)
            return self._answer(partial(getattr(self._registry, name), *arguments, **named))

        return call

    def _answer(self, ask):
        if len(self.calls) != self._at:
            return ask()
        if self._moment == "after":
            with suppress(RegistryAnswer):
                ask()
        raise RegistryUnavailableError("the connection broke")
