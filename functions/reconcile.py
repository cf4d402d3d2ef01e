"""Reconcile: the three registries ► what differs, as findings ► repairs, as events; by a schedule or by hand.

Once an hour it only looks whether the schedule is obeyed.
"""

from workflows.bootstrap.init import prepare
from workflows.bootstrap.reconciling import PARTS, ReconcileInvocation, answer

prepare(*PARTS)


def handler(event: object, context: ReconcileInvocation) -> dict[str, object]:
    return answer(event, context)
