"""The API key and what hangs on it: check a key at The Things Stack, and set up again what it is used for."""

from operate.adapters.parts import Parts
from operate.adapters.things_stack import KeySecret
from operate.errors import NotConfiguredError, UnusableKeyError
from operate.operator import Operator
from operate.views.api_key import check_owner_of_key, check_rights_of_key, missing_right, refused_key
from operate.views.configuring import ConfigureAnswer, answer_in
from workflows.adapters.things_stack.application import TheApplication
from workflows.errors import AccessDeniedError, SyncError
from workflows.ports.configuring import Application
from workflows.steps.access import check_rights


def key_secret(operator: Operator) -> KeySecret:
    return KeySecret(operator.clients.secretsmanager, operator.stack.api_key_secret_arn)


def application_with(operator: Operator, api_key: str) -> TheApplication:
    """Return the stack's application under this key.

    Raises:
        StackConfigurationError: invalid addresses, or as ``transport_of``.
    """
    stack, application_id = operator.stack, operator.stack.parameter("ApplicationId")
    return TheApplication(stack.addresses, application_id, api_key=api_key, transport=operator.transport)


def application_of(operator: Operator) -> TheApplication:
    """Return it under the key that the stack has now; raise as ``application_with``."""
    return application_with(operator, key_secret(operator).current())


def check_key(application: Application, application_id: str) -> str:
    """Return whose the key is; raise ``UnusableKeyError``, or ``TransientError`` without an answer."""
    try:
        owner = application.key_owner()
    except AccessDeniedError as error:
        raise refused_key(error, application_id) from error
    check_owner_of_key(owner, application_id)
    return f"a key of the application {owner}" if owner else "known; a key of a user or an organization"


def check_key_rights(application: Application, application_id: str) -> str:
    """Return that the rights suffice; raise as ``check_key``, or ``StackConfigurationError`` for another cluster."""
    try:
        check_rights_of_key(application.rights(), application_id)
        return check_rights(application, application_id)
    except AccessDeniedError as error:
        raise missing_right(error, application_id) from error


def configure(operator: Operator) -> tuple[str, ...]:
    """Set up the thing type, registry events and the webhook again; return what was done.

    Raises:
        NotConfiguredError: the function failed; the text says why and what to do.
    """
    text, has_failed = Parts(operator.clients).invoke(operator.stack.output("ConfigureFunctionName"))
    answer = answer_in(text, has_failed=has_failed, log_group=f"/aws/lambda/{operator.stack_name}")
    if answer.problem:
        raise NotConfiguredError(_refusal(operator, answer) if answer.is_refused else answer.problem)
    return answer.done


def _refusal(operator: Operator, answer: ConfigureAnswer) -> str:
    """Say what is wrong with the stack's key, as the check of a new one does; it knows more than the function says."""
    application = application_of(operator)
    application_id = operator.stack.parameter("ApplicationId")
    try:
        check_key(application, application_id)
        check_key_rights(application, application_id)
    except UnusableKeyError as error:
        return str(error)
    except SyncError:
        pass
    return answer.problem
