"""What `thingsync reconcile --last`, `doctor` and `status` say about the function Reconcile. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from operate.views.times import iso, since
from operate.views.wording import plural
from workflows.domain.drift.findings import FindingKind, RepairKind
from workflows.domain.drift.reconciling import Done, RunRecord, StoredRuns
from workflows.domain.drift.schedule import Watched, is_overdue
from workflows.values import value

# An invocation takes at most 15 minutes; after an error Lambda begins it again a minute later, then after two.
_DIES_AFTER = timedelta(minutes=20)

_NOT_YET = "No run has begun yet: the first begins when {schedule} says so. To begin one now:"
_NOT_YET_OFF = "No run has begun yet, and none begins by itself, because ReconcileSchedule is empty. To begin one now:"
_BEGIN = "aws lambda invoke --function-name {function} --invocation-type Event /dev/null"
_READ_LOG = "Read the log of ReconcileFunction and fix the cause (thingsync doctor). The next run begins again."
_HELD_BACK = (
    "Removals were held back. Are the things really gone? thingsync reconcile --apply --allow-removals N. Else restore "
    "the rights, the region or the things."
)
_LEFT = (
    "thingsync reconcile --deep shows what still differs; with --apply it repairs what belongs to this stack. "
    "thingsync failures shows the repairs that failed or were rejected."
)


class FindingLine(TypedDict):
    """A line of the function's log, as ``finding_line`` writes it."""

    kind: FindingKind
    thingName: str | None
    thingId: str | None
    deviceId: str | None
    text: str
    repair: RepairKind | None
    done: Done


@value
class LastRun:
    """``schedule`` is empty if there is none. ``under_way``: a run without an end; ``last``: the last with one."""

    schedule: str
    mode: str
    under_way: RunRecord | None
    last: RunRecord | None
    is_overdue: bool
    has_died: bool

    @classmethod
    def of(cls, stored: StoredRuns, watched: Watched | None, *, schedule: str, mode: str, now: datetime) -> "LastRun":
        latest = stored.latest
        works = latest is not None and latest.ended is None
        return cls(
            schedule=schedule,
            mode=mode,
            under_way=latest if works else None,
            last=stored.before if works else latest,
            is_overdue=watched is not None
            and watched.schedule == schedule
            and is_overdue(watched, stored.completed, now),
            has_died=latest is not None and works and now - latest.heard > _DIES_AFTER,
        )

    @property
    def left(self) -> int:
        """Count what differed and was not repaired."""
        return self.last.found.unrepaired if self.last and self.last.found else 0

    @property
    def is_broken(self) -> bool:
        """Return whether runs do not come to their end."""
        has_failed = self.under_way is None and self.last is not None and self.last.error is not None
        return self.is_overdue or self.has_died or has_failed

    @property
    def is_ok(self) -> bool:
        return not (self.is_broken or self.left)

    @property
    def fix(self) -> str | None:
        return _READ_LOG if self.is_broken else None

    @property
    def what_to_do(self) -> str | None:
        if self.is_broken or not self.left:
            return self.fix
        return _HELD_BACK if self.last and self.last.found and self.last.found.held_back else _LEFT

    def in_words(self, now: datetime) -> str:
        """Say in one line what became of the last run."""
        overdue = "; overdue" if self.is_overdue else ""
        if self.under_way is not None:
            begun = since(self.under_way.begun, now)
            return (
                f"the run that began {begun}, died{overdue}" if self.has_died else f"under way since {begun}{overdue}"
            )
        if self.last is None:
            return f"no run yet{overdue}"
        ended = since(self.last.ended, now) if self.last.ended else ""
        if self.last.error is not None:
            return f"failed {ended}: {self.last.error}{overdue}"
        return f"ended {ended}: {self._left_in_words()}{overdue}"

    def _left_in_words(self) -> str:
        return f"{plural(self.left, 'difference')} left" if self.left else "no difference is left"


def nothing_yet(view: LastRun) -> str:
    return _NOT_YET.format(schedule=view.schedule) if view.schedule else _NOT_YET_OFF


def command_to_begin(function_name: str) -> str:
    return _BEGIN.format(function=function_name)


def last_run_json(view: LastRun, findings: Sequence[FindingLine]) -> dict[str, object]:
    return {**summary_json(view), "findings": list(findings)}


def summary_json(view: LastRun) -> dict[str, object]:
    return {
        "schedule": view.schedule or None,
        "mode": view.mode,
        "ok": view.is_ok,
        "overdue": view.is_overdue,
        "underWay": _begun_json(view.under_way) | {"died": view.has_died} if view.under_way else None,
        "last": _ended_json(view.last) if view.last else None,
    }


def _begun_json(run: RunRecord) -> dict[str, object]:
    return {"run": run.run, "mode": run.mode, "scrub": run.scrub, "begun": iso(run.begun)}


def _ended_json(run: RunRecord) -> dict[str, object]:
    found = run.found
    counts = (
        {
            "things": found.things,
            "devices": found.devices,
            "missing": found.missing,
            "differing": found.differing,
            "orphaned": found.orphaned,
            "foreign": found.foreign,
            "repairs": found.repairs,
            "heldBack": found.held_back,
            "left": found.unrepaired,
            "scrubbed": found.scrubbed,
            "waiting": found.waiting,
        }
        if found
        else None
    )
    return {
        **_begun_json(run),
        "ended": iso(run.ended) if run.ended else None,
        "error": run.error,
        "found": counts,
    }
