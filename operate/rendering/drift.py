"""Show a reconciliation: how much differs, what, and the results of the repairs."""

from collections.abc import Mapping

from operate.drift.repairs import RepairResult, RepairWord
from operate.rendering.console import err, out, print_json_line
from operate.views.drift import ThingComparison
from operate.views.wording import plural
from workflows.adapters.drift.ledger import Ledger
from workflows.domain.correction import argument
from workflows.domain.drift.findings import Finding, FindingKind, RepairKind
from workflows.domain.drift.reconciling import finding_json, waiting_in_words

SHOWN = 20

_KINDS: tuple[tuple[FindingKind, str], ...] = (
    ("missing", "things whose device is missing"),
    ("differing", "devices that differ from their things"),
    ("orphaned", "devices whose thing is gone, given away or of another type"),
    ("foreign", "devices of the application that do not belong to this stack"),
)

# None: the finding was no longer true.
_DONE: Mapping[RepairWord, str] = {
    "write": "written",
    "retype": "given the thing type back",
    "release": "released",
    "remove": "removed, as by a deletion",
    "mirror": "mirrored",
    "link": "linked with a device that was there before, and nothing of it written",
    None: "already right",
}


def print_findings(ledger: Ledger, *, json: bool) -> None:
    if json:
        for finding in ledger.all():
            print_json_line(finding_json(finding))
        return
    counts = ledger.counts()
    for kind, meaning in _KINDS:
        out.print(f"{counts[kind]:>7} {kind}: {meaning}", style="" if counts[kind] else "dim")
    for kind, _ in _KINDS:
        _print_list(ledger.of_kind(kind, SHOWN), counts[kind])


def _print_list(findings: list[Finding], total: int) -> None:
    for finding in findings:
        out.print(f"{finding.kind}  {where(finding.thing_name, finding.device_id)}: {finding.text}")
    print_rest(total - len(findings))


def where(thing_name: str | None, device_id: str | None) -> str:
    return " · ".join(filter(None, (thing_name, device_id))) or "the fleet"


def print_rest(count: int) -> None:
    if count > 0:
        out.print(f"… and {count} more (--json shows all).", style="dim")


def print_comparison(compared: ThingComparison, *, json: bool) -> None:
    """Print what differs of one thing, or that nothing does."""
    name, see = compared.thing_name, f"thingsync status {argument(compared.thing_name)}"
    if json:
        for finding in compared.findings:
            print_json_line(finding_json(finding))
    elif compared.findings:
        _print_list(list(compared.findings), len(compared.findings))
    elif compared.waits:
        out.print(f"{name} waits for an event that is in the queue, so nothing was compared.", style="yellow")
    elif compared.is_unsettled:
        out.print(f"{name} is {compared.status}, so nothing was compared: {see}", style="yellow")
    elif compared.status == "registered":
        out.print(f"{name}: AWS IoT, the journal and The Things Stack agree.", style="green")
    else:
        out.print(f"{name} has no device of this stack, as it should be: {see}")


def print_waiting(waiting: int) -> None:
    if waiting:
        err.print(f"{waiting_in_words(waiting)}, so they were not compared.", style="yellow")


def print_plan(repairs: Mapping[RepairKind | None, int], rate: float) -> None:
    planned = ", ".join(f"{count} to be {_DONE[repair]}" for repair, count in repairs.items() if repair != "mirror")
    if planned:
        err.print(f"Repairs, sent through the queue of registry events, {rate:g} a second: {planned}.")


def print_mirrored(count: int, unmirrored: int, rate: float, *, apply: bool) -> None:
    """Print how many devices become things, and how many do not, before anything is done."""
    how = f"through the queue of device activity, {rate:g} a second" if apply else "with --apply"
    rest = f"; not possible for {unmirrored:,}, as shown above" if unmirrored else ""
    err.print(f"{plural(count, 'device')} to become things, {how}{rest}.")


def print_mirror_summary(made: int, total: int) -> None:
    rest = "" if made == total else f"; {total - made} have none, as shown above"
    out.print(f"{made} of {total} devices have their thing now{rest}.", style="green" if made == total else "red")


def print_result(result: RepairResult, *, json: bool, name: bool) -> None:
    """Print an outcome; people read of the good ones only with ``name``: there may be many."""
    if json:
        print_json_line(
            {
                **finding_json(result.finding),
                "status": None if result.outcome == "in flight" else result.outcome,
                "error": result.error_name,
                "stillDiffers": result.left.text if result.left else None,
                "linked": result.is_linked,
                "differences": list(result.differences),
                "whatToDo": result.what_to_do or None,
            }
        )
    elif not result.is_good:
        out.print(_problem(result), style="red")
    elif name or result.is_linked:
        finding = result.finding
        is_mirrored = finding.repair == "mirror"
        what = f": thing {finding.thing_name}" if is_mirrored else f" ({finding.text})"
        whose = finding.device_id if is_mirrored else where(finding.thing_name, finding.device_id)
        out.print(f"{whose}: {_DONE[result.done]}{what}", style="green")
        for each in result.differences:
            out.print(f"  the device has otherwise than the thing says: {each}", style="yellow")


def _problem(result: RepairResult) -> str:
    found, name = result.finding, result.finding.thing_name
    if found.repair == "mirror" and result.left and not result.look.status:
        return f"{found.device_id}: no thing: {result.left.text}"
    failed = f"{result.outcome}, {result.error_name}" if result.error_name else ""
    if result.what_to_do:
        return f"{name}: {failed}; its event is in the dead-letter queue. {result.what_to_do}"
    pending = "no outcome yet" if result.outcome == "in flight" else ""
    differs = f"still differs: {result.left.text}" if result.left else ""
    see = f"thingsync status {argument(name or '')}"
    return f"{name}: {'; '.join(filter(None, (failed or pending, differs)))} (more: `{see}`)"


def print_summary(results: Mapping[RepairWord, int], total: int) -> None:
    """Print how many findings are repaired, and how; a thing that got another's device is linked, not repaired."""
    repaired = {word: count for word, count in results.items() if word != "link" and count}
    linked, count = results.get("link", 0), sum(repaired.values())
    how = ", ".join(f"{repaired[word]} {done}" for word, done in _DONE.items() if word in repaired)
    line = f"{count} of {total} repaired{f' ({how})' if how else ''}"
    line += f"; {linked} {_DONE['link']}" if linked else ""
    left = total - count - linked
    rest = f"; {left} not repaired, as shown above" if left else ""
    out.print(f"{line}{rest}.", style="red" if left else "yellow" if linked else "green")
