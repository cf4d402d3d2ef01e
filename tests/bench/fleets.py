"""What the commands about many things take in fleets of three sizes: CPU time and memory.

Each run is a fresh process, and the cloud that answers it is in another: what is measured is the command's alone. CPU
time should grow with the fleet, and memory should not. The network takes its own time.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from tests.bench.canned import TABLE, CannedFleet, canned_cloud, dev_eui, snapshot_after
from tests.bulk_samples import DEVICE, written
from tests.journal_samples import CREATED, accepted, change
from workflows.domain.facts import EventRejected

ROOT = Path(__file__).parent.parent.parent
SIZES = (1_000, 10_000, 100_000)
_MEBIBYTE = 1024  # of the KiB that Linux counts
_AWS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1"}
BASELINE = "boto3"
_PAGE = f"""
import boto3
page = boto3.client("dynamodb").query(
    TableName="{TABLE}",
    IndexName="ByStatus",
    ScanIndexForward=False,
    KeyConditionExpression="#status = :status",
    ExpressionAttributeNames={{"#status": "status"}},
    ExpressionAttributeValues={{":status": {{"S": "registered"}}}},
)
assert page["Count"] >= 500
"""
# A process inherits the peak of the one that starts it, so a small one does.
_LAUNCHER = """
import json, os, sys, tempfile
with tempfile.TemporaryFile() as printed:
    actions = [(os.POSIX_SPAWN_DUP2, printed.fileno(), at) for at in (1, 2)]
    pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    printed.seek(0)
    says = printed.read()[-2000:].decode(errors="replace")
spent = {"exit_code": os.waitstatus_to_exitcode(status), "cpu_s": usage.ru_utime + usage.ru_stime}
print(json.dumps({**spent, "peak_kib": usage.ru_maxrss, "says": says}))
"""
_REASON = "devEUI is not 16 hexadecimal digits; appKey is missing"


@dataclass(frozen=True, slots=True)
class Program:
    """``sizes``: how many things; ``exit_code`` is what a fleet like this makes of it."""

    arguments: tuple[str, ...]
    fleet: str = "registered"
    sizes: tuple[int, ...] = SIZES
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    things: int
    cpu_s: float
    peak_mib: int

    def json(self, unit: str) -> dict[str, float]:
        return {unit: self.things, "cpu_s": self.cpu_s, "peak_mib": self.peak_mib}


PROGRAMS: Mapping[str, Program] = {
    BASELINE: Program(("-c", _PAGE), sizes=SIZES[:1]),
    "version": Program(("-m", "operate", "--version"), sizes=SIZES[:1]),
    "status": Program(("-m", "operate", "status")),
    "status_exact": Program(("-m", "operate", "status", "--exact")),
    "list_first": Program(("-m", "operate", "list", "--limit", "50")),
    "list_eui": Program(("-m", "operate", "list", "--eui", dev_eui(999))),
    "list": Program(("-m", "operate", "list", "--limit", "0"), sizes=SIZES[:2]),
    "failures": Program(("-m", "operate", "failures"), "rejected", exit_code=1),
    "failures_json": Program(("-m", "operate", "failures", "--json"), "rejected", SIZES[:2], exit_code=1),
    "export": Program(("-m", "operate", "export"), "listed"),
    "import": Program(("-m", "operate", "import", "--dry-run"), "file"),
    "reconcile": Program(("-m", "tests.bench.comparing", "--json")),
}
_WHAT = {
    BASELINE: "one page of the index, with boto3 alone",
    "version": "thingsync --version",
    "status": "thingsync status",
    "status_exact": "thingsync status --exact",
    "list_first": "thingsync list, the first 50 lines",
    "list_eui": "thingsync list --eui",
    "list": "thingsync list, all lines",
    "failures": "thingsync failures, all rejected",
    "failures_json": "thingsync failures --json",
    "export": "thingsync export",
    "import": "thingsync import --dry-run, all new",
    "reconcile": "reconcile, all agree",
}
_UNITS = {"reconcile": "devices", "import": "rows"}


def measured(names: tuple[str, ...] = (*PROGRAMS,), at_most: int = SIZES[-1]) -> dict[str, object]:
    """Return what the largest fleet took by the program's name, and under ``fleets`` what each size did."""
    runs = {name: list(_runs(name, at_most)) for name in names}
    largest = {name: runs[name][-1].json(_UNITS[name]) for name in names if name in _UNITS}
    return {**largest, "fleets": {name: [each.json("things") for each in found] for name, found in runs.items()}}


def tables(measured: Mapping[str, object]) -> list[Table]:
    fleets = measured["fleets"]
    assert isinstance(fleets, dict)
    table = Table(title="Fleets: seconds of CPU and MiB of memory; times the baseline; a thing more costs")
    table.add_column("What")
    for size in SIZES:
        table.add_column(f"{size:,}", justify="right")
    for heading in ("times", "ms a thing"):
        table.add_column(heading, justify="right")
    baseline = fleets.get(BASELINE, [{"cpu_s": 0}])[0]["cpu_s"]
    for name, runs in fleets.items():
        by_size = {run["things"]: f"{run['cpu_s']:.2f} s {run['peak_mib']}" for run in runs}
        times = f"{runs[0]['cpu_s'] / baseline:.2f}" if baseline else ""
        more = f"{_per_thing_ms(runs):.3f}" if len(runs) > 1 else ""
        table.add_row(_WHAT[name], *(by_size.get(size, "") for size in SIZES), times, more)
    return [table]


def _per_thing_ms(runs: list[dict[str, float]]) -> float:
    return (runs[-1]["cpu_s"] - runs[0]["cpu_s"]) / (runs[-1]["things"] - runs[0]["things"]) * 1000


def _runs(name: str, at_most: int) -> Iterator[Run]:
    program = PROGRAMS[name]
    for things in program.sizes:
        if things <= at_most:
            with _scene(program.fleet, things) as (environment, more):
                sized = [str(things)] if name == "reconcile" else more
                cpu_s, peak_mib = spent([*program.arguments, *sized], environment, program.exit_code)
            yield Run(things, cpu_s, peak_mib)


@contextmanager
def _scene(fleet: str, things: int) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield the environment and what the command is given beside its options."""
    with tempfile.TemporaryDirectory() as folder, canned_cloud(_canned(fleet, things)) as address:
        path = Path(folder, "devices.csv")
        if fleet == "file":
            written(path, [*DEVICE], *([*(DEVICE | {"dev_eui": dev_eui(number)}).values()] for number in range(things)))
        more = {"file": [str(path)], "listed": [str(path)]}.get(fleet, [])
        yield {**os.environ, **_AWS, "AWS_ENDPOINT_URL": address, "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": ""}, more


def _canned(fleet: str, things: int) -> CannedFleet:
    os.environ |= _AWS
    os.environ.pop("AWS_ENDPOINT_URL", None)
    rejected = EventRejected(change(), "InvalidThingError", message=_REASON)
    snapshot = snapshot_after(accepted(), rejected if fleet == "rejected" else CREATED)
    return CannedFleet(snapshot, things, at_aws=things if fleet == "listed" else 0)


def spent(arguments: list[str], environment: Mapping[str, str], exit_code: int = 0) -> tuple[float, int]:
    """Run Python; return the CPU seconds of the process and its peak of memory in MiB."""
    command = [sys.executable, "-S", "-c", _LAUNCHER, sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    usage = json.loads(done.stdout)
    assert usage["exit_code"] == exit_code, usage
    return round(usage["cpu_s"], 2), round(usage["peak_kib"] / _MEBIBYTE)
