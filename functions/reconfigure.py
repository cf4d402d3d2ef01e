"""Reconfigure: Configure's work by hand, after the API key or the webhook's secret was replaced.

It never reads its event. A failure is the error of the invocation.
"""

from workflows.adapters.things_stack.trust import public_context
from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.configuring import configure
from workflows.bootstrap.init import prepare
from workflows.steps.configure import Clock

prepare(configure, public_context, rehearsed_clients)


def handler(_event: object, context: Clock) -> dict[str, str]:
    return {"Status": "SUCCESS", "Reason": configure().ensure(context)}
