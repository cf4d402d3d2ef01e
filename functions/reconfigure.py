"""Reconfigure: Configure's work by hand, after the API key or the webhook's secret was replaced.

It never reads its event. A failure is the error of the invocation.
"""

from workflows.bootstrap.configuring import configure
from workflows.steps.configure import Clock


def handler(_event: object, context: Clock) -> dict[str, str]:
    return {"Status": "SUCCESS", "Reason": configure().ensure(context)}
