"""Puts AuthorizeActivity together from its settings, once per Lambda instance."""

import time
from functools import cache

from workflows.adapters import aws
from workflows.adapters.secrets import StackSecret
from workflows.domain.activity import Received
from workflows.observability.activity import received
from workflows.settings import AuthorizationSettings, load
from workflows.steps.authorize import Guard


def admits(given: str | None) -> bool:
    """Return whether a call with this secret is admitted; log and count one that is not."""
    settings = load(AuthorizationSettings)
    admitted = guard(settings).admits(given)
    if not admitted:
        received(Received("unauthorized", "The header X-Thingsync-Secret is wrong."), stack_name=settings.stack_name)
    return admitted


def prepared_guard() -> Guard:
    return guard(load(AuthorizationSettings))


@cache
def guard(settings: AuthorizationSettings) -> Guard:
    return Guard(StackSecret(aws.secretsmanager(), settings.webhook_secret_arn), time.monotonic)
