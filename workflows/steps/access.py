"""Checks the stack's name, keys and addresses when it is deployed, before any thing needs them."""

from workflows.domain.rights import KEYS_IN_THE_CONSOLE, VIEW_RIGHT, has_right, missing_rights
from workflows.domain.stack_name import stack_name_problems
from workflows.domain.webhook import SECRET_MIN_CHARS
from workflows.errors import AccessDeniedError, StackConfigurationError
from workflows.ports.configuring import Application


def check_stack_name(stack_name: str) -> str:
    """Raise ``StackConfigurationError`` if a name that starts with the stack's name would be too long."""
    problems = stack_name_problems(stack_name)
    if problems:
        raise StackConfigurationError(
            f"The stack's name {stack_name} is too long ({len(stack_name)} characters): {'; '.join(problems)}. "
            "Deploy under a shorter name."
        )
    return "the stack's name is short enough"


def check_webhook_secret(secret: str, stack_name: str) -> str:
    """Raise ``StackConfigurationError`` for a secret that is short enough to be guessed."""
    if len(secret) < SECRET_MIN_CHARS:
        raise StackConfigurationError(
            f"The webhook's secret has {len(secret)} characters. Anyone who guesses it can call this stack. Put at "
            f"least {SECRET_MIN_CHARS} random characters into thingsync/{stack_name}/webhook, then run "
            "`thingsync doctor --configure`."
        )
    return "the webhook's secret is long enough"


def check_key(application: Application, application_id: str) -> str:
    """Check which application the API key belongs to.

    Raises:
        AccessDeniedError: the key is unknown or has expired.
        StackConfigurationError: it belongs to another application.
    """
    owner = application.key_owner()
    if owner not in (None, application_id):
        raise StackConfigurationError(
            f"The API key belongs to the application {owner}, not to {application_id}. "
            f"Run `thingsync key rotate` and give it a key of {application_id}, or set the parameter ApplicationId to "
            f"{owner}. (If a first deployment failed, deploy again with that key.)"
        )
    return "the API key is known"


def check_rights(application: Application, application_id: str) -> str:
    """Check the API key's rights. If it may read the application, check which cluster the application is on.

    Raises:
        AccessDeniedError: it lacks rights; the text names them.
        StackConfigurationError: the application does not exist, or it is on another cluster.
    """
    held = application.rights()
    if not held:
        raise StackConfigurationError(
            f"The Things Stack has no application {application_id}, or the API key has no rights on it. "
            "Check the parameter ApplicationId. If it is right, run `thingsync key rotate` and give it a key of this "
            "application."
        )
    missing = missing_rights(held)
    if missing:
        raise AccessDeniedError(
            f"The API key lacks rights on the application {application_id}: {', '.join(missing)}. Add them to the key "
            f"in the Console ({KEYS_IN_THE_CONSOLE}), and wait two minutes: The Things Stack caches rights. Then run "
            "`thingsync doctor --configure`. (If a first deployment failed, deploy again.)"
        )
    if not has_right(VIEW_RIGHT, held):
        return f"it has the rights that it needs; without {VIEW_RIGHT} the application's cluster was not checked"
    _check_cluster(application, application_id)
    return "it has the rights that it needs, and the application is on this cluster"


def _check_cluster(application: Application, application_id: str) -> None:
    ours = application.cluster_host()
    for field, host in application.server_addresses().items():
        if host and host.partition(":")[0] != ours:
            raise StackConfigurationError(
                f"The application {application_id} is on another cluster: its {field} is {host}, but ClusterAddress "
                f"is {ours}. Set ClusterAddress to {host}."
            )
