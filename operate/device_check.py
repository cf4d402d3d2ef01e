"""Ask The Things Stack about the device of one thing, as reconcile does."""

from operate.adapters.aws_errors import EXPECTED, explained
from operate.adapters.things_stack import prompt_inspection
from operate.drift.servers import ReachableServers, not_reachable
from operate.operator import Operator
from operate.views.status import DeviceCheck
from workflows.domain.fold import Settled
from workflows.errors import SyncError
from workflows.ports.journal import Snapshot
from workflows.steps.drift.inspection import Inspector


def check_device(operator: Operator, snapshot: Snapshot, version_number: int) -> DeviceCheck | None:
    """Compare the device of a registered thing with all servers; an outage is part of the result.

    None if the device need not be as the thing is now: a run is working, or failed, or the last event has not arrived.
    """
    if snapshot.status != "registered" or not _is_settled(snapshot.state.settled, version_number):
        return None
    try:
        devices = ReachableServers(prompt_inspection(operator.stack, operator.clients.secretsmanager))
        inspector = Inspector(operator.scope, operator.things, operator.journal, devices, deep=True)
        found = inspector.of_thing(snapshot.thing_name, [snapshot.thing_id])
    except EXPECTED as error:
        return DeviceCheck(unreachable=(_not_asked(error),))
    own = [each for each in found if each.thing_id == snapshot.thing_id]
    return DeviceCheck(
        differences=tuple(text for each in own for text in each.text.split("; ")),
        unreachable=tuple(devices.unreachable),
        is_repairable=any(each.repair for each in own),
    )


def _not_asked(error: Exception) -> str:
    if isinstance(error, SyncError):
        return not_reachable("The Things Stack", error)
    return f"The Things Stack was not asked: {explained(error, 'status')}"


def _is_settled(settled: Settled | None, version_number: int) -> bool:
    return settled is not None and settled.version_number >= version_number
