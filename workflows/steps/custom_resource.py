"""The custom resource: carries out CloudFormation's requests. Anyone who may invoke the function can forge one."""

from collections.abc import Callable

from workflows.domain.configuration import DELETING, ConfigureResult, RequestKind, StackRequest
from workflows.errors import StackConfigurationError, SyncError
from workflows.ports.configuring import OwnStack
from workflows.steps.configure import Clock, Configure
from workflows.values import value

# CloudFormation accepts answers of at most 4,096 bytes; a reason of this length leaves room for the rest.
REASON_MAX_CHARS = 1000

# Of a deletion: read the stack's status and the API key, delete the webhook. The function's timeout depends on it.
CALLS_AT_MOST = 3


def run_safely(kind: RequestKind, work: Callable[[], str]) -> ConfigureResult:
    """Do ``work`` and return its result. Never raise: without an answer CloudFormation waits until it times out.

    A deletion always succeeds, because a stack that cannot be deleted helps nobody.
    """
    try:
        return ConfigureResult("SUCCESS", work()[:REASON_MAX_CHARS])
    except Exception as error:  # noqa: BLE001 - the answer names every error
        reason = f"{type(error).__name__}: {error}"[:REASON_MAX_CHARS]
        return ConfigureResult("SUCCESS" if kind == "Delete" else "FAILED", reason)


@value
class CustomResource:
    """A forged request can do no more than a genuine one: see decision 0012."""

    configure: Configure
    stack: OwnStack

    def carry_out(self, request: StackRequest, clock: Clock) -> str:
        """Do what ``request`` asks for; return what was done. Raise as ``Configure.ensure``."""
        ours = self.configure.deployed.stack_id
        if request.stack_id != ours:
            raise StackConfigurationError(
                f"The request is for the stack {request.stack_id}, but this is {ours}. Nothing was done."
            )
        if request.kind == "Delete":
            return self._delete()
        return self.configure.ensure(clock, previous=request.previous)

    def _delete(self) -> str:
        """Remove the webhook, if CloudFormation confirms that it is deleting resources of this stack."""
        deployed = self.configure.deployed
        application_id = deployed.place.application_id
        try:
            status = self.stack.status()
        except SyncError as error:
            return self.configure.removal_failed(application_id, error)
        if status not in DELETING:
            webhook = self.configure.describe_webhook(application_id)
            return f"left {webhook}: the stack is {status} and is not being deleted"
        removed = self.configure.remove_webhook(application_id, self.configure.secrets.api_key)
        return (
            f"{removed}; left the thing type {deployed.thing_type_name}, which other stacks may share, "
            "and left registry events on, because other stacks of this account may need them"
        )
