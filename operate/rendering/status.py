"""Show the fleet, one thing, its history, the failures and the checks."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from operate.rendering.console import grid, joined, out, styled, table
from operate.views.failures import Trouble
from operate.views.history import Life, console_link, in_words
from operate.views.status import METHODS, Check, Depth, Fleet, ThingView
from operate.views.times import age, moment
from workflows.domain.fold import Status
from workflows.domain.naming import execution_arn
from workflows.ports.journal import Recorded

if TYPE_CHECKING:
    from rich.text import Text

_TOLD: dict[Status, str] = {
    "in flight": "runs are at work on them",
    "rejected": "for their users to correct: thingsync failures",
    "failed": "for you to mend: thingsync failures",
    "removed": "deleted, and their devices with them",
    "skipped": "nothing was to be done for them",
}
_COLOURS = {"registered": "green", "rejected": "yellow", "failed": "red", "unknown": "red"}


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
        ("since", moment(snapshot.at) if snapshot else None),
        ("device", _device(view)),
        *(("" if number else "differs", each) for number, each in enumerate(view.differences)),
        ("error", view.trouble.error_name if view.trouble else None),
        ("it says", view.message),
        ("last run", snapshot.state.latest_run if snapshot else None),
        ("to do", view.what_to_do),
    ]


def _device(view: ThingView) -> str | None:
    device = view.snapshot.state.device if view.snapshot else None
    return f"{device.device_id} ({device.method})" if device else view.device_id


def show_history(lives: list[Life], state_machine_arn: str) -> None:
    for life in lives:
        snapshot = life.snapshot
        out.print(
            joined(
                styled(snapshot.thing_name, "bold"), styled(f" {snapshot.thing_id} "), styled(snapshot.status, "dim")
            )
        )
        rows = table("Time (UTC)", "Change", "What happened", whole=("Time (UTC)", "Change"))
        for recorded in life.facts:
            change = recorded.fact.change
            rows.add_row(moment(recorded.at), f"{change.operation} {change.version_number}", in_words(recorded.fact))
        out.print(rows)
        _show_runs(life.facts, state_machine_arn)


def _show_runs(facts: tuple[Recorded, ...], state_machine_arn: str) -> None:
    """Each run once, on a line of its own that is never broken, so that it can be copied."""
    for run in dict.fromkeys(recorded.fact.change.run for recorded in facts):
        arn = execution_arn(state_machine_arn, run)
        out.print(f"  {console_link(arn) or arn}", style="dim", soft_wrap=True)
    out.print()


# Of one error; all of them are told when it is asked for by name.
SHOWN = 10


def show_failures(by_error: dict[str, list[Trouble]], *, shown: int | None) -> None:
    for error_name, troubles in sorted(by_error.items(), key=lambda each: -len(each[1])):
        first = troubles[0]
        colour = "red" if first.verdict == "failed" else "yellow"
        out.print(joined(styled(error_name, f"bold {colour}"), styled(f"  {first.verdict}, {_things(len(troubles))}")))
        out.print(first.what_to_do)
        rows = table("Thing", "Change", "Since (UTC)", whole=("Change", "Since (UTC)"))
        for each in islice(troubles, shown):
            change = f"{each.change.operation} {each.change.version_number}"
            rows.add_row(each.thing_name, change, moment(each.at))
        out.print(rows)
        if shown is not None and len(troubles) > shown:
            out.print(f"… and {len(troubles) - shown:,} more: thingsync failures --error {error_name}", style="dim")


def _things(count: int) -> str:
    return f"{count:,} thing{'' if count == 1 else 's'}"


def show_checkup(checks: Iterable[Check]) -> None:
    rows = grid("whole", "whole", "folded", gap=1)
    for check in checks:
        sign = styled("✓", "green") if check.is_well else styled("✗", "red")
        rows.add_row(sign, check.name, check.found)
        if check.mend:
            rows.add_row("", "", styled(f"→ {check.mend}", "yellow"))
    out.print(rows)
