"""UpdateDevice: what changed on the thing ► Identity, Network, Join, Application Server ► what was written."""

from typing import Any

from workflows.bootstrap.init import prepare
from workflows.bootstrap.registration import PARTS
from workflows.bootstrap.time_left import Invocation
from workflows.bootstrap.updating import update
from workflows.bootstrap.work import fenced_work, result_for_report
from workflows.observability.tracing import traced

prepare(*PARTS)


@traced
def handler(event: dict[str, Any], context: Invocation) -> dict[str, Any]:
    work, before = fenced_work(event, context)
    return result_for_report(update(work).run(), before)
