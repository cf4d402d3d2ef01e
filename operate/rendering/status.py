"""Show the fleet, one thing, its history, the failures and the checks."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from operate.rendering.console import grid, joined, out, styled, table
from operate.views.failures import FailedThing
from operate.views.history import ThingHistory, console_link, in_words
from operate.views.status import METHODS, Check, Fleet, QueueDepth, ThingView
from operate.views.times import age, moment, since
from operate.views.wording import plural
from workflows.domain.fold import Status
from workflows.domain.naming import execution_arn
from workflows.ports.journal import Recorded

if TYPE_CHECKING:
    from rich.text import Text

_MEANINGS: dict[Status, str] = {
    "in flight": "runs are working on them",
    "rejected": "correct the things: thingsync failures",
    "failed": "fix the cause: thingsync failures",
    "removed": "deleted; their devices are removed",
    "skipped": "nothing to do for them",
}
_COLOURS = {"registered": "green", "rejected": "yellow", "failed": "red", "unknown": "red"}


def show_fleet(fleet: Fleet) -> None:
    rows = table("Stack", fleet.stack_name, fleet.region, whole=("Stack",))
    rows.columns[1].justify = "right"
    for status in fleet.things:
        count = fleet.things[status]
        style = _COLOURS.get(status, "") if count else "dim"
        rows.add_row(status, styled(f"{count:,}", style), _meaning(fleet, status) if count else "")
    rows.add_section()
    rows.add_row("queue", f"{fleet.queue.total:,}", _queue_meaning(fleet.queue, "events are waiting"))
    rows.add_row(
        "dead-lettered",
        styled(f"{fleet.dead_letters.total:,}", "red" if fleet.dead_letters.total else ""),
        _queue_meaning(fleet.dead_letters, "show them: thingsync dlq"),
    )
    rows.add_row("alarms", styled(f"{len(fleet.alarms)}", "red" if fleet.alarms else ""), "")
    for alarm in fleet.alarms:
        rows.add_row("", "", f"{alarm.name}: {alarm.meaning}")
    out.print(rows)


def _meaning(fleet: Fleet, status: Status) -> str:
    if status != "registered":
        return _MEANINGS[status]
    return ", ".join(f"{count:,} {method}" for method in METHODS if (count := fleet.methods.get(method, 0)))


def _queue_meaning(depth: QueueDepth, meaning: str) -> str:
    if not depth.total:
        return ""
    oldest = "" if depth.oldest_age_s is None else f"oldest {age(depth.oldest_age_s)}; "
    return f"{oldest}{meaning}"


def show_thing(view: ThingView) -> None:
    rows = grid("whole", "folded", gap=2)
    for name, value in _lines(view):
        if value:
            rows.add_row(styled(name, "dim"), value)
    out.print(rows)


def _lines(view: ThingView) -> "list[tuple[str, str | Text | None]]":
    snapshot = view.snapshot
    return [
        ("thing", f"{view.thing_name}{'' if view.exists else ' (deleted)'}"),
        ("ID", f"{view.thing_id}{f', version {view.version_number}' if view.version_number else ''}"),
        ("status", styled(view.status, _COLOURS.get(view.status, ""))),
        ("since", since(snapshot.at, datetime.now(UTC)) if snapshot else None),
        ("device", _device(view)),
        *(("" if number else "differs", each) for number, each in enumerate(view.differences)),
        ("error", view.failure.error_name if view.failure else None),
        ("shadow says", view.message),
        ("last run", snapshot.state.latest_run if snapshot else None),
        ("to do", view.what_to_do),
    ]


def _device(view: ThingView) -> str | None:
    device = view.snapshot.state.device if view.snapshot else None
    return f"{device.device_id} ({device.method})" if device else view.device_id


def show_history(histories: list[ThingHistory], state_machine_arn: str) -> None:
    for history in histories:
        snapshot = history.snapshot
        out.print(
            joined(
                styled(snapshot.thing_name, "bold"), styled(f" {snapshot.thing_id} "), styled(snapshot.status, "dim")
            )
        )
        rows = table("Time", "Change", "What happened", whole=("Time", "Change"))
        for recorded in history.facts:
            change = recorded.fact.change
            rows.add_row(moment(recorded.at), f"{change.operation} {change.version_number}", in_words(recorded.fact))
        out.print(rows)
        _show_runs(history.facts, state_machine_arn)


def _show_runs(facts: tuple[Recorded, ...], state_machine_arn: str) -> None:
    """Print each run once, on a line that is never broken, so that it can be copied."""
    for run in dict.fromkeys(recorded.fact.change.run for recorded in facts):
        arn = execution_arn(state_machine_arn, run)
        out.print(f"  {console_link(arn) or arn}", style="dim", soft_wrap=True)
    out.print()


# So many things of each error are shown; --error shows all.
SHOWN = 10


def show_failures(by_error: dict[str, list[FailedThing]], *, shown: int | None) -> None:
    for error_name, failures in sorted(by_error.items(), key=lambda each: -len(each[1])):
        first = failures[0]
        colour = "red" if first.verdict == "failed" else "yellow"
        out.print(
            joined(styled(error_name, f"bold {colour}"), styled(f"  {first.verdict}, {plural(len(failures), 'thing')}"))
        )
        out.print(first.what_to_do)
        rows = table("Thing", "Change", "Since", whole=("Change", "Since"))
        for each in islice(failures, shown):
            change = f"{each.change.operation} {each.change.version_number}"
            rows.add_row(each.thing_name, change, moment(each.at))
        out.print(rows)
        if shown is not None and len(failures) > shown:
            out.print(f"… and {len(failures) - shown:,} more: thingsync failures --error {error_name}", style="dim")


def show_checks(checks: Iterable[Check]) -> None:
    rows = grid("whole", "whole", "folded", gap=1)
    for check in checks:
        sign = styled("✓", "green") if check.is_ok else styled("✗", "red")
        rows.add_row(sign, check.name, check.found)
        if check.fix:
            rows.add_row("", "", styled(f"→ {check.fix}", "yellow"))
    out.print(rows)
