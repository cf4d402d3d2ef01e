"""The fleet at a glance, for people."""

from operate.rendering.console import out, styled, table
from operate.views.fleet import METHODS, Depth, Fleet
from operate.views.times import age
from workflows.domain.fold import Status

_TOLD: dict[Status, str] = {
    "in flight": "runs are at work on them",
    "rejected": "for their users to correct: thingsync failures",
    "failed": "for you to mend: thingsync failures",
    "removed": "deleted, and their devices with them",
    "skipped": "nothing was to be done for them",
}
_COLOURS: dict[Status, str] = {"registered": "green", "rejected": "yellow", "failed": "red"}


def show_fleet(fleet: Fleet) -> None:
    rows = table("Stack", fleet.stack_name, fleet.region, whole=("Stack",))
    rows.columns[1].justify = "right"
    for status in fleet.things:
        count = fleet.things[status]
        style = _COLOURS.get(status, "") if count else "dim"
        rows.add_row(status, styled(f"{count:,}", style), _told(fleet, status) if count else "")
    rows.add_section()
    rows.add_row("queue", f"{fleet.queue.total:,}", _depth_told(fleet.queue, "events wait to be taken"))
    rows.add_row(
        "dead letters",
        styled(f"{fleet.dead_letters.total:,}", "red" if fleet.dead_letters.total else ""),
        _depth_told(fleet.dead_letters, "thingsync dlq says which"),
    )
    rows.add_row("alarms", styled(f"{len(fleet.alarms)}", "red" if fleet.alarms else ""), "")
    for alarm in fleet.alarms:
        rows.add_row("", "", f"{alarm.name}: {alarm.meaning}")
    out.print(rows)


def _told(fleet: Fleet, status: Status) -> str:
    if status != "registered":
        return _TOLD[status]
    return ", ".join(f"{count:,} {method}" for method in METHODS if (count := fleet.methods.get(method, 0)))


def _depth_told(depth: Depth, meaning: str) -> str:
    if not depth.total:
        return ""
    oldest = "" if depth.oldest_age_s is None else f"the oldest for {age(depth.oldest_age_s)}; "
    return f"{oldest}{meaning}"
