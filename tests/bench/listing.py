"""The first page of `thingsync list` in a fleet of ten thousand things, beside one page of the journal's index.

What counts is the ratio: the command should need little more than the page that it must read. moto stands in for
DynamoDB; it is slower than the real one, so the times say nothing about AWS. The command's own start is beside it.
"""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from itertools import islice
from typing import Any

import boto3
from moto import mock_aws
from rich.console import Console
from rich.table import Table

from operate.listing import FleetList
from operate.rendering.listing import show_list
from operate.views.listing import ListFilter
from tests.contract.operate.field import Field
from tests.journal_samples import CREATED, START, accepted

THINGS = 10_000
PAGE = 50


def main() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1"}
    os.environ.pop("AWS_ENDPOINT_URL", None)
    with mock_aws():
        boto3.client("iot").create_thing_type(thingTypeName="lorawan")
        field = Field()
        _fill(field)
        operator, everything = field.operator(), ListFilter()
        measured = {
            "one page of the index": _seconds(lambda: _page(field)),
            f"list, the first {PAGE} lines": _seconds(
                lambda: show_list(islice(FleetList(operator, everything).things(), PAGE), START)
            ),
            "list --eui": _seconds(lambda: list(FleetList(operator, ListFilter(dev_eui="70B3D57ED0009999")).things())),
            "list, all lines": _seconds(lambda: show_list(FleetList(operator, everything).things(), START)),
        }
    measured["the command's start"] = _seconds(_start)
    _print(measured)


def _fill(field: Any) -> None:
    """Append no facts: moto copies its whole table for every transaction."""
    field.happened("pump-0", accepted(), CREATED, thing_id="id-0")
    client = boto3.client("dynamodb")
    [snapshot] = [each for each in client.scan(TableName=field.table)["Items"] if each["sk"]["S"] == "SNAPSHOT"]
    text, dev_eui = json.dumps(snapshot), snapshot["dev_eui"]["S"]
    for number in range(1, THINGS):
        other = text.replace("id-0", f"id-{number}").replace("pump-0", f"pump-{number}")
        client.put_item(TableName=field.table, Item=json.loads(other.replace(dev_eui, f"70B3D57ED000{number:04}")))


def _page(field: Any) -> None:
    boto3.client("dynamodb").query(
        TableName=field.table,
        IndexName="ByStatus",
        ScanIndexForward=False,
        KeyConditionExpression="#status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": "registered"}},
    )


def _start() -> None:
    subprocess.run([sys.executable, "-m", "operate", "--help"], check=True, capture_output=True)


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        call()
    return time.perf_counter() - began


def _print(measured: dict[str, float]) -> None:
    table = Table(title=f"thingsync list with {THINGS:,} things")
    table.add_column("What")
    for heading in ("ms", "pages of the index"):
        table.add_column(heading, justify="right")
    baseline = measured["one page of the index"]
    for what, seconds in measured.items():
        table.add_row(what, f"{seconds * 1000:.0f}", f"{seconds / baseline:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
