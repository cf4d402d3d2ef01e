"""Show what the last run of the function Reconcile found and did."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from operate.rendering.console import Line, out, print_named, styled
from operate.rendering.drift import SHOWN, print_rest, where
from operate.views.last_run import FindingLine, LastRun, command_to_begin, nothing_yet
from operate.views.times import age, since
from operate.views.wording import plural
from workflows.domain.drift.reconciling import Reconciled, RunRecord, waiting_in_words


def show_last_run(view: LastRun, findings: Iterable[FindingLine], function_name: str, now: datetime) -> None:
    print_named(_lines(view, now))
    if view.last is None and view.under_way is None:
        out.print(nothing_yet(view))
        out.print(f"→ {command_to_begin(function_name)}", soft_wrap=True)
    _show_findings([line for line in findings if line["kind"] != "foreign"])


def _lines(view: LastRun, now: datetime) -> Iterator[Line]:
    yield ("schedule", f"{view.schedule or 'none: ReconcileSchedule is empty'}; ReconcileMode is {view.mode}")
    if view.under_way:
        yield ("now", styled(_in_words(view, now), "red" if view.has_died else "yellow"))
    if view.last:
        yield from _of_run(view.last, now)
    if view.is_overdue:
        yield ("overdue", styled("no run has come to its end for two periods of the schedule", "red"))
    yield ("to do", view.what_to_do)


def _in_words(view: LastRun, now: datetime) -> str:
    return f"{view.in_words(now)}, mode {view.under_way.mode if view.under_way else view.mode}"


def _of_run(run: RunRecord, now: datetime) -> Iterator[Line]:
    yield ("last run", f"began {since(run.begun, now)}, mode {run.mode}")
    if run.ended:
        took = age((run.ended - run.begun).total_seconds())
        failed = styled(f"failed after {took}: {run.error}", "red") if run.error else None
        yield ("ended", failed or f"{since(run.ended, now)}, after {took}")
    if run.found:
        yield from _of_found(run.found)


def _of_found(found: Reconciled) -> Iterator[Line]:
    yield (
        "compared",
        f"{plural(found.things, 'thing')} with {plural(found.devices, 'device')}, {found.scrubbed:,} on all servers",
    )
    yield (
        "found",
        f"{found.missing:,} missing, {found.differing:,} differing, {found.orphaned:,} orphaned, "
        f"{found.foreign:,} foreign",
    )
    yield ("repairs", f"{found.repairs:,} sent" + (f", {found.held_back:,} held back" if found.held_back else ""))
    yield ("waiting", waiting_in_words(found.waiting) if found.waiting else None)
    yield ("left", styled(f"{found.unrepaired:,}", "red" if found.unrepaired else "green"))


def _show_findings(findings: list[FindingLine]) -> None:
    """Name first what the run did not repair."""
    ordered = sorted(findings, key=lambda line: line["done"] == "repaired")
    for line in ordered[:SHOWN]:
        out.print(f"{line['kind']}, {line['done']}  {where(line['thingName'], line['deviceId'])}: {line['text']}")
    print_rest(len(ordered) - SHOWN)
