"""The CPU time of `thingsync list` in a fleet of ten thousand things, beside that of one page read with boto3.

Each program is a process of its own, and the cloud that answers it is in another: what is measured is the program's
alone. What counts is the ratio to the baseline of the same round, because machines differ and slow down.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import boto3
from moto import mock_aws
from rich.console import Console
from rich.table import Table

from tests.bench.canned import TABLE, CannedTable, Item, canned_cloud
from tests.contract.operate.field import Field
from tests.journal_samples import CREATED, accepted

ROOT = Path(__file__).parent.parent.parent
THINGS = 10_000
PAGE = 50
ROUNDS = 7
BASELINE = "one page of the index, with boto3 alone"
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
assert len(page["Items"]) >= {PAGE}
"""
_PROGRAMS = {
    BASELINE: ["-c", _PAGE],
    "thingsync --version": ["-m", "operate", "--version"],
    f"thingsync list, the first {PAGE} lines": ["-m", "operate", "list", "--limit", str(PAGE)],
    "thingsync list --eui": ["-m", "operate", "list", "--eui", "70B3D57ED0009999"],
    "thingsync list, all lines": ["-m", "operate", "list", "--limit", "0"],
}
_AWS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1"}


def main() -> None:
    os.environ |= _AWS
    os.environ.pop("AWS_ENDPOINT_URL", None)
    with canned_cloud(CannedTable(_fleet())) as address:
        environment = {**os.environ, "AWS_ENDPOINT_URL": address, "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": ""}
        for arguments in _PROGRAMS.values():  # writes the bytecode
            _cpu_s(arguments, environment)
        rounds = [
            {what: _cpu_s(arguments, environment) for what, arguments in _PROGRAMS.items()} for _ in range(ROUNDS)
        ]
    _print(rounds)


def _fleet() -> list[Item]:
    """A snapshot as the journal writes it, and the others like it."""
    with mock_aws():
        field = Field()
        field.happened("pump-0000", accepted(), CREATED, thing_id="id-0000")
        items = boto3.client("dynamodb").scan(TableName=field.table)["Items"]
    [snapshot] = [each for each in items if each["sk"]["S"] == "SNAPSHOT"]
    text, dev_eui = json.dumps(snapshot), snapshot["dev_eui"]["S"]
    return [
        json.loads(text.replace("-0000", f"-{number:04}").replace(dev_eui, f"70B3D57ED000{number:04}"))
        for number in range(THINGS)
    ]


def _cpu_s(arguments: list[str], environment: dict[str, str]) -> float:
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _print(rounds: list[dict[str, float]]) -> None:
    table = Table(title=f"CPU time with {THINGS:,} things, median of {ROUNDS} processes")
    table.add_column("What")
    for heading in ("ms", "ratio", "ratio min", "ratio max"):
        table.add_column(heading, justify="right")
    for what in _PROGRAMS:
        ratios = [times[what] / times[BASELINE] for times in rounds]
        median_ms = statistics.median(times[what] for times in rounds) * 1000
        cells = (f"{median_ms:.0f}", f"{statistics.median(ratios):.2f}", f"{min(ratios):.2f}", f"{max(ratios):.2f}")
        table.add_row(what, *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
