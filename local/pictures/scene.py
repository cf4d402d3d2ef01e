"""What the pictures show: the demo's things, made while The Things Stack is busy, and some made while it is down."""

import json
import os
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

from rich.console import Console

from local import demo
from local.emulator import aws_client, set_pace
from local.places import HOST, THINGS_STACK_PORT
from local.things_stacks import simulator
from local.waiting import eventually

BUSY = {"method": "PUT", "path": "devices", "nth": 2, "times": 6, "action": "429"}
CHANGED, REMOVED = "rotterdam-parking-a01", "rotterdam-parking-a02"
UNLUCKY = ("pump-station-07", "pump-station-08", "pump-station-09")
TIMEOUT_S = 120.0
POLL_S = 0.5


def play(console: Console) -> None:
    """Print the demo to ``console``; leave things behind that were registered, changed, removed, rejected and failed.

    Calls were throttled meanwhile.

    Raises:
        TimeoutError: runs did not end.
    """
    _control("faults", BUSY)
    demo.main(console)
    iot = aws_client("iot")
    iot.update_thing(thingName=CHANGED, attributePayload={"attributes": {"name": "Parking.A01.moved"}, "merge": True})
    iot.delete_thing(thingName=REMOVED)
    _wait_until(lambda: _version(CHANGED) == 2 and _version(REMOVED) is None)
    simulator().kill()
    set_pace(0.02)
    for number, thing_name in enumerate(UNLUCKY):
        _create(thing_name, f"70B3D57ED00AA{number:03X}")
    _wait_until(lambda: all(map(_version, UNLUCKY)) and not _runs("RUNNING"))
    set_pace(1)
    simulator().start()


def _control(path: str, body: dict[str, Any]) -> None:
    url = f"http://{HOST}:{THINGS_STACK_PORT}/_control/{path}"
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    urllib.request.urlopen(request).close()  # nosec B310


def _create(thing_name: str, dev_eui: str) -> None:
    attributes = {
        "devEUI": dev_eui,
        "joinEUI": "70B3D57ED0001234",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.0.3-a",
        "appKey": uuid.uuid4().hex,
        "stackName": os.environ["STACK_NAME"],
    }
    aws_client("iot").create_thing(
        thingName=thing_name, thingTypeName=demo.THING_TYPE, attributePayload={"attributes": attributes}
    )


def _version(thing_name: str) -> int | None:
    """The version of the thing that its shadow shows; None if it has no shadow."""
    shadows = aws_client("iot-data")
    try:
        answer = shadows.get_thing_shadow(thingName=thing_name, shadowName="registration")
    except shadows.exceptions.ResourceNotFoundException:
        return None
    version: int = json.loads(answer["payload"].read())["state"]["reported"]["versionNumber"]
    return version


def _runs(status: str) -> list[Any]:
    answer = aws_client("stepfunctions").list_executions(
        stateMachineArn=os.environ["STATE_MACHINE_ARN"], statusFilter=status
    )
    return list(answer["executions"])


def _wait_until(settled: Callable[[], bool]) -> None:
    if not eventually(settled, timeout_s=TIMEOUT_S, every_s=POLL_S):
        raise TimeoutError("The runs of the pictures' things did not end.")
