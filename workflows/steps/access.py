"""Whether the stack's name, keys and addresses will do: asked at deployment, so that no thing has to find out."""

from workflows.domain.rights import VIEW_RIGHT, has_right, missing_rights
from workflows.domain.stack_name import stack_name_problems
from workflows.domain.webhook import SECRET_MIN_CHARS
from workflows.errors import AccessDeniedError, StackConfigurationError
from workflows.ports.configuring import Application


def check_stack_name(stack_name: str) -> str:
    """Raise ``StackConfigurationError`` for a name that others could not begin with."""
    problems = stack_name_problems(stack_name)
    if problems:
        raise StackConfigurationError(
            f"The stack's name {stack_name} is too long ({len(stack_name)} characters): {'; '.join(problems)}. "
            "Deploy under a shorter name."
        )
    return "the stack's name will do"


def check_webhook_secret(secret: str, stack_name: str) -> str:
    """Raise ``StackConfigurationError`` for one that could be guessed."""
    if len(secret) < SECRET_MIN_CHARS:
        raise StackConfigurationError(
            f"The webhook's secret has {len(secret)} characters, but whoever guesses it may call this stack. Put at "
            f"least {SECRET_MIN_CHARS} random characters into thingsync/{stack_name}/webhook-secret, then run "
            "`thingsync doctor --configure`."
        )
    return "the webhook's secret will do"


def check_key(application: Application, application_id: str) -> str:
    """Ask whose the API key is.

    Raises:
        AccessDeniedError: it is unknown or has expired.
        StackConfigurationError: it is another application's.
    """
    owner = application.key_owner()
    if owner not in (None, application_id):
        raise StackConfigurationError(
            f"The API key is one of the application {owner}, not of {application_id}: "
            f"give a key of {application_id} as ApplicationApiKey, or {owner} as ApplicationId."
        )
    return "the API key is known"


def check_rights(application: Application, application_id: str) -> str:
    """Ask what the API key may do, and, if it may ask that, which cluster the application is on.

    Raises:
        AccessDeniedError: it lacks rights, which the text names.
        StackConfigurationError: there is no such application, or it is on another cluster.
    """
    held = application.rights()
    if not held:
        raise StackConfigurationError(
            f"The Things Stack knows no application {application_id}, or none that the API key has rights on: "
            "check ApplicationId and ApplicationApiKey."
        )
    missing = missing_rights(held)
    if missing:
        raise AccessDeniedError(
            f"The API key lacks rights on the application {application_id}: {', '.join(missing)}. Add them to the key "
            "in the Console (the application's API keys), wait two minutes, since The Things Stack remembers rights, "
            "and deploy again."
        )
    if not has_right(VIEW_RIGHT, held):
        return (
            f"it has the rights that it needs, but not {VIEW_RIGHT}, so that the application's cluster was not compared"
        )
    _check_cluster(application, application_id)
    return "it has the rights that it needs, and the application is on this cluster"


def _check_cluster(application: Application, application_id: str) -> None:
    ours = application.cluster_host()
    for field, host in application.server_addresses().items():
        if host and host.partition(":")[0] != ours:
            raise StackConfigurationError(
                f"The application {application_id} is on another cluster: its {field} is {host}, but ClusterAddress "
                f"is {ours}. Give {host} as ClusterAddress."
            )
