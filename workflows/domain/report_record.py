"""A report and what the journal must keep of it."""

from dataclasses import dataclass

from workflows.domain.facts import Fact
from workflows.domain.fold import ThingState
from workflows.domain.report import Report


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """``fact`` is None if the input was no registry event.

    ``before`` is the thing's state as the run read it last, None if it read none.
    """

    report: Report
    fact: Fact | None
    before: ThingState | None = None
