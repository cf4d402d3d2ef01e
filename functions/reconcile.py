"""Reconcile: the three registries ► what differs, as findings ► repairs, as events; by a schedule or by hand."""

from typing import Any

from workflows.bootstrap.reconciling import ReconcileInvocation, reconcile
from workflows.schemas.reconciling import dump_reconciled


def handler(event: object, context: ReconcileInvocation) -> dict[str, Any]:
    return dump_reconciled(reconcile(event, context))
