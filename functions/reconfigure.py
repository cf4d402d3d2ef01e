"""Reconfigure: Configure's work by hand, after the API key or the webhook's secret was replaced.

Whatever event it is invoked with is not looked at. What is wrong is the call's error.
"""

from workflows.bootstrap.configuring import configure
from workflows.steps.configure import Clock


def handler(_event: object, context: Clock) -> dict[str, str]:
    return {"Status": "SUCCESS", "Reason": configure().ensure(context)}
