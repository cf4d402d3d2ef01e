"""The state machine's runs: how they are started, whether one is at work, and where goes what starts none."""

from typing import Literal, Protocol


class Executions(Protocol):
    """Starts runs of the state machine. Every method may raise ``RegistryThrottledError``."""

    def start(self, name: str, event_text: str) -> bool:
        """Start a run; False if the name is taken."""

    def works_or_succeeded(self, name: str) -> bool:
        """Return whether the run of a taken name works or has succeeded; False if Step Functions does not show it."""


# unknown: Step Functions has no such run, or does not show it yet.
RunState = Literal["running", "ended", "unknown"]


class Runs(Protocol):
    """Reads whether a run is at work. It can start none: the functions that use it may not."""

    def state_of(self, name: str) -> RunState: ...


class DeadLetterQueue(Protocol):
    def put(self, body: str, error: Exception) -> None:
        """Store a message that cannot be processed, with the error's name and text."""
