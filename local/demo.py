"""Create the things of examples/things.csv and watch their outcomes: thing ► device ► outcome ► reason.

Then the other way: a device is registered in The Things Stack, and becomes a thing with its first uplink.
Runs against whatever `.local/env` or the environment points at. A second run finds its things, creates those that were
deleted, and leaves those that were changed as they are.
The exit code is 0 only if every outcome is the one in examples/expected.csv; a changed thing may have any.
"""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from local import mirrored_device
from local.waiting import eventually

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot_data import IoTDataPlaneClient

EXAMPLES = Path(__file__).parent.parent / "examples"
THING_TYPE = "lorawan"
TIMEOUT_S = 180.0
POLL_S = 0.3
SEND_EVERY_S = 5.0
_COLOURS = {"registered": "green", "rejected": "yellow", "failed": "red"}


@dataclass(frozen=True, slots=True)
class ExpectedThing:
    """``outcome`` is the method of a registered thing, else the error's name; None while the thing is under way.

    ``expected`` is None if somebody changed the thing.
    """

    thing_name: str
    expected: str | None
    status: str = "under way"
    outcome: str | None = None
    device_id: str = ""
    reason: str = ""


def main(console: Console | None = None) -> int:
    console = console or Console()
    expected = dict(_rows("expected.csv", "thing", "outcome"))
    iot, shadows = boto3.client("iot"), boto3.client("iot-data")
    console.print(f"Creating {len(expected)} things of type {THING_TYPE} in AWS IoT …")
    changed = [thing["thing"] for thing in _csv("things.csv") if not created(iot, thing, os.environ["STACK_NAME"])]
    if changed:
        console.print(_CHANGED.format(", ".join(changed)), markup=False, highlight=False)
    wanted = [ExpectedThing(name, None if name in changed else outcome) for name, outcome in expected.items()]
    rows = _watched(console, wanted, partial(_with_outcome, shadows))
    rows += _mirrored(console, shadows)
    unexpected = [row for row in rows if row.expected and row.outcome != row.expected]
    _say_what_next(console, rows, unexpected)
    return 1 if unexpected else 0


def _csv(name: str) -> list[dict[str, str]]:
    with (EXAMPLES / name).open(newline="") as file:
        return list(csv.DictReader(file))


def _rows(name: str, key: str, value: str) -> Iterable[tuple[str, str]]:
    return ((row[key], row[value]) for row in _csv(name))


def created(iot: "IoTClient", thing: Mapping[str, str], stack_name: str) -> bool:
    """Create the thing, or find it as it is in the file; return False if there is one that differs."""
    attributes = {name: value for name, value in thing.items() if value and name != "thing"}
    try:
        iot.create_thing(
            thingName=thing["thing"],
            thingTypeName=THING_TYPE,
            attributePayload={"attributes": {**attributes, "stackName": stack_name}},
        )
    except iot.exceptions.ResourceAlreadyExistsException:
        return False
    return True


def _mirrored(console: Console, shadows: "IoTDataPlaneClient") -> list[ExpectedThing]:
    """Watch a device of The Things Stack become a thing, where devices can be made to send."""
    if not mirrored_device.simulated():
        console.print(_OF_A_REAL_ONE[mirrored_device.becomes_a_thing_here()])
        return []
    console.print(
        f"Registering the device {mirrored_device.DEVICE_ID} in The Things Stack; it sends its first uplink …"
    )
    mirrored_device.register()
    for called in mirrored_device.send_uplink():
        console.print(f"Webhook {called['webhook_id']}: {called.get('status') or called['error']}", highlight=False)
    return _watched(console, [ExpectedThing(mirrored_device.DEV_EUI, "mirrored")], _sending(shadows))


def _sending(shadows: "IoTDataPlaneClient") -> Callable[[ExpectedThing], ExpectedThing]:
    """Let the device send again from time to time, as devices do: its thing may have been deleted a moment ago."""
    sent_at = time.monotonic()

    def with_outcome(row: ExpectedThing) -> ExpectedThing:
        nonlocal sent_at
        if time.monotonic() - sent_at > SEND_EVERY_S:
            mirrored_device.send_uplink()
            sent_at = time.monotonic()
        return _with_outcome(shadows, row)

    return with_outcome


def _watched(
    console: Console, rows: list[ExpectedThing], with_outcome: Callable[[ExpectedThing], ExpectedThing]
) -> list[ExpectedThing]:
    def refreshed() -> list[ExpectedThing]:
        rows[:] = [row if row.outcome else with_outcome(row) for row in rows]
        live.update(_table(rows))
        return rows

    with Live(_table(rows), console=console, refresh_per_second=4, vertical_overflow="visible") as live:
        return eventually(refreshed, lambda rows: all(row.outcome for row in rows), timeout_s=TIMEOUT_S, every_s=POLL_S)


def _with_outcome(shadows: "IoTDataPlaneClient", row: ExpectedThing) -> ExpectedThing:
    try:
        answer = shadows.get_thing_shadow(thingName=row.thing_name, shadowName="registration")
    except shadows.exceptions.ResourceNotFoundException:
        return row
    reported = json.loads(answer["payload"].read())["state"].get("reported", {})
    error = reported.get("error") or {}
    return ExpectedThing(
        row.thing_name,
        row.expected,
        status=_visible(reported.get("status", row.status)),
        outcome=_visible(reported.get("method") or error.get("name", "")) or None,
        device_id=_visible(reported.get("deviceId", "")),
        reason=_visible(error.get("message", "")),
    )


def _visible(text: object) -> str:
    """Return what a terminal shows and does not obey: a thing's device may write there, too."""
    return str(text).encode("unicode_escape").decode() if not str(text).isprintable() else str(text)


def _table(rows: list[ExpectedThing]) -> Table:
    """Fit 80 columns: names and IDs are never broken, the reason is under the outcome."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("Thing", no_wrap=True)
    table.add_column("Device", no_wrap=True)
    table.add_column("Outcome, reason", overflow="fold")
    for row in rows:
        outcome = Text(row.outcome or row.status, style=_COLOURS.get(row.status, "dim"))
        reason = Text(f"\n{row.reason}" if row.reason else "")
        table.add_row(Text(row.thing_name), Text(row.device_id), outcome + reason)
    return table


def _say_what_next(console: Console, rows: list[ExpectedThing], unexpected: list[ExpectedThing]) -> None:
    for row in unexpected:
        text = f"{row.thing_name}: expected {row.expected}, got {row.outcome or row.status}"
        console.print(text, style="red", markup=False)
    if unexpected:
        return
    registered = sum(row.status == "registered" for row in rows)
    console.print(
        f"\n[bold]{registered} things and devices are in step; {len(rows) - registered} were refused, "
        "as they should be.[/]\n"
    )
    lines = [line for line in NEXT_STEPS.splitlines() if mirrored_device.simulated() or "_control" not in line]
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)


_OF_A_REAL_ONE = {
    True: "This Things Stack is on this machine and has a webhook to the local cloud: "
    "a device that you register there becomes a thing here when it joins or sends.",
    False: "This Things Stack is not on this machine and cannot reach it, so it has no webhook to the local cloud: "
    "a device that you register there does not become a thing here; on AWS it does.",
}

_CHANGED = (
    "These were changed since the demo created them, and stay as they are: {}. "
    "`make down demo` begins with an empty cloud."
)

# One line each, however long, so that it can be pasted.
NEXT_STEPS = """What to try next (the local cloud keeps running until `make down`):

  .venv/bin/thingsync --local list
  .venv/bin/thingsync --local status
  .venv/bin/thingsync --local failures
  .venv/bin/thingsync --local set rotterdam-parking-a04 frequencyPlanID=EU_863_870_TTN     # corrects one of the four

  . .local/env                       # points your tools at the local cloud
  aws iot create-thing --thing-name my-sensor --thing-type-name lorawan --attribute-payload \\
    'attributes={devEUI=70B3D57ED0055555,stackName=thingsync,joinEUI=0000000000000000,lorawanVersion=1.0.3,regionalParametersVersion=1.0.3-a,appKey=2B7E151628AED2A6ABF7158809CF4F3C}'
  .venv/bin/thingsync --local status my-sensor
  echo "Authorization: Bearer $TTS_API_KEY" | curl -s -H @- $TTS_URL/applications/$TTS_APPLICATION/devices | python3 -m json.tool
  curl -s -d '{"device_id": "meadow-gate", "kind": "uplink"}' ${TTS_URL%/api/v3}/_control/activity | python3 -m json.tool
"""  # noqa: E501


if __name__ == "__main__":
    sys.exit(main())
