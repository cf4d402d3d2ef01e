"""What a comparison of single things shows of each. Pure."""

from dataclasses import replace

from workflows.domain.drift.findings import UNSETTLED, Finding
from workflows.domain.fold import Status
from workflows.values import value


@value
class ThingComparison:
    """How one thing differs. ``status`` is the journal's of the thing that had the name last; None without one.

    ``waits``: an event is in the queue that may be the thing's, so it was not compared.
    """

    thing_name: str
    status: Status | None
    findings: tuple[Finding, ...]
    waits: bool = False

    @property
    def is_awaited(self) -> bool:
        return any(each.awaited for each in self.findings)

    def waiting(self) -> "ThingComparison":
        """Leave out what an event in the queue may explain."""
        return replace(self, findings=tuple(each for each in self.findings if not each.awaited), waits=True)

    @property
    def is_unsettled(self) -> bool:
        """Return whether its device need not be as the thing is now, so that nothing was compared."""
        return not (self.findings or self.waits) and self.status in UNSETTLED

    @property
    def count(self) -> int:
        """Count what is wrong with it; a run that is working may still repair it."""
        return len(self.findings) or (self.is_unsettled and self.status != "in flight")
