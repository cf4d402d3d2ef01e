"""Which failed and rejected things are asked for, and how they are told. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from operate.views.outcomes import Trouble
from operate.views.times import iso
from workflows.ports.journal import Snapshot

COLUMNS = ("thing", "thingId", "outcome", "error", "operation", "versionNumber", "at", "deviceId", "run", "whatToDo")


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is given must hold: ``thing`` is a pattern as of a shell, the bounds are of the outcome's time."""

    error_name: str | None = None
    thing: str | None = None
    not_before: datetime | None = None
    before: datetime | None = None

    def of_snapshots(self, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
        """Choose by what the snapshot knows, before the error's name is read."""
        for snapshot in snapshots:
            if self.not_before and snapshot.at < self.not_before:
                return  # the latest come first
            in_time = self.before is None or snapshot.at < self.before
            if in_time and (self.thing is None or fnmatchcase(snapshot.thing_name, self.thing)):
                yield snapshot

    def of_troubles(self, troubles: Iterable[Trouble | None]) -> Iterator[Trouble]:
        for trouble in troubles:
            if trouble and self.error_name in (None, trouble.error_name):
                yield trouble


def failure_row(trouble: Trouble) -> dict[str, object]:
    return {
        "thing": trouble.thing_name,
        "thingId": trouble.thing_id,
        "outcome": trouble.verdict,
        "error": trouble.error_name,
        "operation": trouble.change.operation,
        "versionNumber": trouble.change.version_number,
        "at": iso(trouble.at),
        "deviceId": trouble.device_id,
        "run": trouble.change.run,
        "whatToDo": trouble.what_to_do,
    }
