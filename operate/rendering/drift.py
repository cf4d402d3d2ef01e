"""What a reconciliation tells: how much differs, what, and what became of the repairs."""

from collections.abc import Mapping

from operate.drift.findings import Finding, Kind, Repair
from operate.drift.ledger import Ledger
from operate.drift.repairs import Mended
from operate.rendering.console import err, out, print_json_line

SHOWN = 20

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("missing", "things whose device is not there"),
    ("differing", "devices that are not as their things say"),
    ("orphaned", "devices of this stack whose things are gone, another's or of another type"),
    ("foreign", "devices of the application that are not this stack's"),
)

# What is no longer as it was found needs no repair: None.
_REPAIRED: Mapping[Repair | None, str] = {
    "write": "written",
    "retype": "given the thing type back",
    "release": "released",
    "remove": "removed or left, as a deletion does",
    None: "right by now",
}


def finding_json(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "thingName": finding.thing_name,
        "thingId": finding.thing_id,
        "deviceId": finding.device_id,
        "text": finding.text,
        "repair": finding.repair,
    }


def print_findings(ledger: Ledger, *, json: bool) -> None:
    if json:
        for finding in ledger.all():
            print_json_line(finding_json(finding))
        return
    counts = ledger.counts()
    for kind, meaning in _KINDS:
        out.print(f"{counts[kind]:>7} {kind}: {meaning}", style="" if counts[kind] else "dim", markup=False)
    for kind, _ in _KINDS:
        _print_list(ledger.of_kind(kind, SHOWN), counts[kind])


def _print_list(findings: list[Finding], total: int) -> None:
    for finding in findings:
        where = " · ".join(filter(None, (finding.thing_name, finding.device_id))) or "the fleet"
        out.print(f"{finding.kind}  {where}: {finding.text}", markup=False)
    if total > len(findings):
        out.print(f"… and {total - len(findings)} more (--json tells all).", style="dim", markup=False)


def print_plan(repairs: Mapping[Repair | None, int], rate: float) -> None:
    told = ", ".join(f"{repairs[repair]} to be {done}" for repair, done in _REPAIRED.items() if repairs.get(repair))
    err.print(f"Repairs, through the queue of registry events, {rate:g} a second: {told}.", markup=False)


def print_mended(mended: Mended, *, json: bool) -> None:
    if json:
        print_json_line(
            {
                **finding_json(mended.finding),
                "status": None if mended.outcome == "in flight" else mended.outcome,
                "error": mended.error_name,
                "stillDiffers": mended.left.text if mended.left else None,
            }
        )
    elif not mended.is_good:
        out.print(_amiss(mended), style="red", markup=False)


def _amiss(mended: Mended) -> str:
    name = mended.finding.thing_name
    failed = f"{mended.outcome}, {mended.error_name}" if mended.error_name else ""
    unheard = "no outcome yet" if mended.outcome == "in flight" else ""
    differs = f"still differs: {mended.left.text}" if mended.left else ""
    return f"{name}: {'; '.join(filter(None, (failed or unheard, differs)))} (`thingsync status {name}` tells more)"


def print_repaired(repaired: Mapping[Repair | None, int], total: int) -> None:
    """Say last what is as it should be now."""
    count = sum(repaired.values())
    told = ", ".join(f"{repaired[repair]} {done}" for repair, done in _REPAIRED.items() if repaired.get(repair))
    line = f"{count} of {total} repaired{f' ({told})' if told else ''}"
    rest = "" if count == total else f"; {total - count} still to be repaired, as told above"
    out.print(f"{line}{rest}.", style="green" if count == total else "red", markup=False)
