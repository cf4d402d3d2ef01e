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
    admitted = guard().admits(given)
    if not admitted:
        refused = Received("unauthorized", "The header X-Thingsync-Secret is wrong.")
        received(refused, stack_name=load(AuthorizationSettings).stack_name)
    return admitted


@cache
def guard() -> Guard:
    return Guard(StackSecret(aws.secretsmanager(), load(AuthorizationSettings).webhook_secret_arn), time.monotonic)
