"""Show the fleet, one thing, its history, the failures and the checks."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from operate.rendering.console import grid, joined, out, styled, table
from operate.views.counts import METHODS, Precision
from operate.views.history import ThingHistory, console_link, fact_in_words
from operate.views.last_run import LastRun
from operate.views.retrying import Retry
from operate.views.status import Check, DeviceCheck, Fleet, ThingView
from operate.views.times import age, moment, since
from operate.views.values import in_words
from operate.views.waiting import QueueDepth
from workflows.domain.error_text import without_codes
from workflows.domain.fold import Status
from workflows.domain.naming import execution_arn
from workflows.ports.journal import Recorded

if TYPE_CHECKING:
    from rich.text import Text

_MEANINGS: dict[Status, str] = {
    "in flight": "runs are working on them",
    "rejected": "correct the things: thingsync failures",
    "failed": "fix the cause: thingsync failures",
    "removed": "deleted; no device belongs to them any more",
    "skipped": "nothing to do for them",
}
_MARKS: dict[Precision, str] = {"exact": "", "about": "≈", "atLeast": "≥"}
_PRECISIONS: dict[Precision, str] = {
    "about": "≈ about: by DynamoDB's own count, which is up to six hours old, and a sample.",
    "atLeast": "≥ at least: DynamoDB's own count, which is up to six hours old, knows no more.",
}
_COUNT_ALL = "To count all: thingsync status --exact"
_COLOURS = {"registered": "green", "rejected": "yellow", "failed": "red", "unknown": "red"}


def show_fleet(fleet: Fleet) -> None:
    rows = table("Stack", fleet.stack_name, fleet.region, whole=("Stack",))
    rows.columns[1].justify = "right"
    for status, count in fleet.counts.things.items():
        style = _COLOURS.get(status, "") if count else "dim"
        shown = _marked(count, fleet.counts.precision(status))
        rows.add_row(status, styled(shown, style), _meaning(fleet, status) if count else "")
    rows.add_section()
    rows.add_row("queue", f"{fleet.queue.total:,}", _queue_meaning(fleet.queue, "events are waiting"))
    rows.add_row(
        "dead-lettered",
        styled(f"{fleet.dead_letters.total:,}", "red" if fleet.dead_letters.total else ""),
        _queue_meaning(fleet.dead_letters, "show them: thingsync dlq"),
    )
    left = fleet.reconcile.left
    rows.add_row("differences", styled(f"{left:,}", "red" if left else ""), _reconcile_meaning(fleet.reconcile))
    rows.add_row("alarms", styled(f"{len(fleet.alarms)}", "red" if fleet.alarms else ""), "")
    for alarm in fleet.alarms:
        rows.add_row("", "", f"{alarm.name}: {alarm.meaning}")
    out.print(rows)
    if marked := [_PRECISIONS[each] for each in ("about", "atLeast") if each in fleet.counts.estimates.values()]:
        out.print(f"{' '.join(marked)} {_COUNT_ALL}", style="dim")


def _marked(count: int, precision: Precision) -> str:
    return f"{_MARKS[precision]}{count:,}"


def _meaning(fleet: Fleet, status: Status) -> str:
    if status == "in flight":
        return _what_runs_wait_for(fleet)
    if status != "registered":
        return _MEANINGS[status]
    counts, precision = fleet.counts.methods, fleet.counts.precision(status)
    return ", ".join(f"{_marked(count, precision)} {method}" for method in METHODS if (count := counts.get(method, 0)))


def _what_runs_wait_for(fleet: Fleet) -> str:
    if fleet.retrying:
        return str(fleet.retrying)
    unknown = f"; whether they repeat a try is unknown: {fleet.unread}" if fleet.unread else ""
    return f"{_MEANINGS['in flight']}{unknown}"


def _queue_meaning(depth: QueueDepth, meaning: str) -> str:
    if not depth.total:
        return ""
    oldest = "" if depth.oldest_age_s is None else f"oldest {age(depth.oldest_age_s)}; "
    return f"{oldest}{meaning}"


def _reconcile_meaning(view: LastRun) -> str:
    """Say when the registries were compared last, and by which command to see more."""
    meaning = f"last reconcile {view.in_words(datetime.now(UTC))}"
    return meaning if view.is_ok else f"{meaning}; show it: thingsync reconcile --last"


def show_thing(view: ThingView) -> None:
    rows = grid("whole", "folded", gap=2)
    for name, value in _lines(view):
        if value:
            rows.add_row(styled(name, "dim"), value)
    out.print(rows)
    if correction := view.correction:
        # On a line that is never broken, so that it can be copied.
        out.print(f"→ {correction.command}", soft_wrap=True)


def _lines(view: ThingView) -> "list[tuple[str, str | Text | None]]":
    snapshot = view.snapshot
    return [
        ("thing", f"{view.thing_name}{'' if view.exists else ' (deleted)'}"),
        ("ID", f"{view.thing_id}{f', version {view.version_number}' if view.version_number else ''}"),
        ("status", styled(view.status, _COLOURS.get(view.status, ""))),
        ("since", since(snapshot.at, datetime.now(UTC)) if snapshot else None),
        ("device", _device(view)),
        ("values", _values(view)),
        *_listed("differs", view.differences),
        *_listed("note", view.notes),
        *_listed("its event", view.waiting.in_words if view.waiting else ()),
        *_checked(view.check),
        ("error" if view.is_latest else "error before", view.failure.error_name if view.failure else None),
        ("reason", view.message),
        *_retry_lines(view.retry),
        ("last run", snapshot.state.latest_run if snapshot else None),
        ("to do", view.what_to_do),
        ("undo", view.undo),
    ]


def _listed(name: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    return (("" if number else name, each) for number, each in enumerate(texts))


def _checked(check: DeviceCheck | None) -> "Iterator[tuple[str, str | Text | None]]":
    """What was asked of The Things Stack just now, and what could not be asked."""
    if check is None:
        return
    for number, each in enumerate(check.differences):
        yield ("" if number else "checked", styled(each, "red"))
    if not check.differences and not check.unreachable:
        yield ("checked", "The Things Stack has the device as it should be")
    for number, each in enumerate(check.unreachable):
        yield ("" if number else "unchecked", styled(each, "yellow"))


def _retry_lines(retry: Retry | None) -> "list[tuple[str, str | Text | None]]":
    if retry is None:
        return []
    next_try = f"; the next at {moment(retry.next_by)} or before" if retry.next_by else ""
    return [
        ("waits for", styled(retry.meaning, "yellow")),
        ("tries", f"{retry.tries}; the last failed at {moment(retry.failed_at)}{next_try}"),
        ("last error", ": ".join(filter(None, (retry.error_name, without_codes(retry.message))))),
    ]


def _device(view: ThingView) -> str | None:
    device = view.snapshot.state.device if view.snapshot else None
    return f"{device.device_id} ({device.method})" if device else view.device_id


def _values(view: ThingView) -> str | None:
    """Say what the thing gives, and its model."""
    device = view.snapshot.state.device if view.snapshot else None
    return ", ".join(in_words(device.values)) if device else None


def show_history(histories: list[ThingHistory], state_machine_arn: str) -> None:
    for history in histories:
        snapshot = history.snapshot
        out.print(
            joined(
                styled(snapshot.thing_name, "bold"), styled(f" {snapshot.thing_id} "), styled(snapshot.status, "dim")
            )
        )
        if dev_eui := snapshot.state.dev_eui:
            out.print(f"DevEUI {dev_eui}")
        rows = table("Time", "Change", "What happened", whole=("Time", "Change"))
        for recorded, _, before in history.devices():
            fact, change = recorded.fact, recorded.fact.change
            rows.add_row(
                moment(recorded.at), f"{change.operation} {change.version_number}", fact_in_words(fact, before)
            )
        out.print(rows)
        _show_runs(history.facts, state_machine_arn)


def _show_runs(facts: tuple[Recorded, ...], state_machine_arn: str) -> None:
    """Print each run once, on a line that is never broken, so that it can be copied."""
    for run in dict.fromkeys(recorded.fact.change.run for recorded in facts):
        arn = execution_arn(state_machine_arn, run)
        out.print(f"  {console_link(arn) or arn}", style="dim", soft_wrap=True)
    out.print()


def _sign(check: Check) -> "Text":
    if not check.is_checked:
        return styled("-", "dim")
    return styled("✓", "green") if check.is_ok else styled("✗", "red")


def show_done(done: Iterable[str]) -> None:
    """Show what ``--configure`` did, a line each."""
    rows = grid("whole", "folded", gap=1)
    for each in done:
        rows.add_row(styled("✓", "green"), each)
    out.print(rows)


def show_checks(checks: Iterable[Check]) -> None:
    rows = grid("whole", "whole", "folded", gap=1)
    for check in checks:
        rows.add_row(_sign(check), check.name, check.found)
        if check.fix:
            rows.add_row("", "", styled(f"→ {check.fix}", "yellow"))
    out.print(rows)
