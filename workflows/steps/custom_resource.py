"""The custom resource: CloudFormation's requests, which whoever may invoke the function can write, too."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.domain.configuration import DELETING, ConfigureResult, RequestKind, StackRequest
from workflows.errors import StackConfigurationError, SyncError
from workflows.ports.configuring import OwnStack
from workflows.steps.configure import Clock, Configure

# CloudFormation takes answers of at most 4,096 bytes; an error text of this length leaves room for the rest.
REASON_MAX_CHARS = 1000

# Of a deletion: the stack's status, the API key, the webhook. The function's timeout rests on it.
CALLS_AT_MOST = 3


def run_safely(kind: RequestKind, work: Callable[[], str]) -> ConfigureResult:
    """Do ``work`` and say how it went. Never raises: without an answer CloudFormation would wait until it gives up.

    A removal always succeeds: nobody is helped by a stack that cannot be deleted.
    """
    try:
        return ConfigureResult("SUCCESS", work()[:REASON_MAX_CHARS])
    except Exception as error:  # noqa: BLE001 - whatever it was, the answer tells it
        reason = f"{type(error).__name__}: {error}"[:REASON_MAX_CHARS]
        return ConfigureResult("SUCCESS" if kind == "Delete" else "FAILED", reason)


@dataclass(frozen=True, slots=True)
class CustomResource:
    """Does nothing for a forged request that a genuine one would not have done: see decision 0012."""

    configure: Configure
    stack: OwnStack

    def carry_out(self, request: StackRequest, clock: Clock) -> str:
        """Do what ``request`` asks for, and return what was done; raise as ``Configure.ensure``."""
        ours = self.configure.deployed.stack_id
        if request.stack_id != ours:
            raise StackConfigurationError(f"{request.stack_id} asks for what is the stack {ours}'s: nothing was done.")
        if request.kind == "Delete":
            return self._delete()
        return self.configure.ensure(clock, previous=request.previous)

    def _delete(self) -> str:
        """Remove the webhook, if CloudFormation itself says that it deletes what is in this stack."""
        deployed = self.configure.deployed
        application_id = deployed.place.application_id
        try:
            status = self.stack.status()
        except SyncError as error:
            return self.configure.not_removed(application_id, error)
        if status not in DELETING:
            return f"left {self.configure.webhook_of(application_id)}: the stack is {status}, so nobody deletes it"
        removed = self.configure.leave(application_id, self.configure.secrets.api_key)
        return (
            f"{removed}; left the thing type {deployed.thing_type_name}, which other stacks may share, "
            "and registry events switched on, since the switch is the whole account's"
        )
