"""What a reconciliation tells: how much differs, what, and what became of the repairs."""

from operate.drift.findings import Finding, Kind
from operate.drift.ledger import Ledger
from operate.drift.repairs import Mended
from operate.rendering.console import out, print_json_line

SHOWN = 20

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("missing", "things whose device is not there"),
    ("differing", "devices that are not as their things say"),
    ("orphaned", "devices of this stack whose things are gone or another's"),
    ("foreign", "devices of the application that are not this stack's"),
)


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
        where = " · ".join(filter(None, (finding.thing_name, finding.device_id)))
        out.print(f"{finding.kind}  {where}: {finding.text}", markup=False)
    if total > len(findings):
        out.print(f"… and {total - len(findings)} more (--json tells all).", style="dim", markup=False)


def print_mended(mended: Mended, *, json: bool) -> None:
    if json:
        print_json_line({**finding_json(mended.finding), "status": mended.status})
    elif not mended.is_good:
        name = mended.finding.thing_name
        told = mended.status or "no outcome yet"
        out.print(f"{name}: {told} (`thingsync status {name}` tells more)", style="red", markup=False)
