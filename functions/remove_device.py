"""RemoveDevice: the devices of a deleted thing ► the claim and every server's record ► removed or released."""

from typing import Any

from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.init import prepare
from workflows.bootstrap.snapshots import snapshots
from workflows.bootstrap.things_stack import known_api_key, the_things_stack
from workflows.bootstrap.work import fenced_work, result_for_report
from workflows.observability.tracing import traced
from workflows.schemas.handover import know_messages
from workflows.steps.removal import Removal

prepare(snapshots, the_things_stack, know_messages, rehearsed_clients, known_api_key)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    work, before = fenced_work(event)
    removal = Removal(the_things_stack(), work.mark, work.decision.known)
    return result_for_report(removal.remove_all(work.decision.device_ids, work.decision.reason), before)
