"""Puts the removal of devices together."""

from collections.abc import Mapping
from typing import Any

from workflows.bootstrap.snapshots import snapshots
from workflows.bootstrap.things_stack import the_things_stack
from workflows.bootstrap.work import traced_work
from workflows.schemas.planned import Work
from workflows.steps.removal import Removal
from workflows.steps.undo import undo_if_held


def removal(work: Work) -> Removal:
    return Removal(the_things_stack(), work.mark, work.decision.known)


def undo(message: Mapping[str, Any]) -> bool:
    """Undo what the run in ``message`` made of its device; return whether nothing of its thing's is left."""
    work = traced_work(message)
    return undo_if_held(snapshots(), the_things_stack(), work.decision.device_id or "", work.mark)
