"""What a million uplinks of devices that have their things cost: counted requests, measured CPU, list prices.

Prices are those of us-east-1, without free tiers: the first steps of API Gateway (HTTP APIs), Lambda (arm64),
DynamoDB (on demand) and CloudWatch Logs.
"""

import io
import json
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import Any

import pytest
from rich.table import Table

from functions import receive_activity
from tests.activity_samples import call_event, uplink
from tests.canned_server import Reply, served
from tests.contract.sam_template import RESOURCES
from tests.samples import DEV_EUI, JOIN_EUI
from tests.workflow.lambda_service import Context
from tests.workflow.surroundings import forget_built, forget_instances
from workflows.adapters import aws
from workflows.steps.door import KNOWN_S

MILLION = 1_000_000
USD_PER_MILLION = {"http_api": 1.00, "lambda": 0.20, "dynamodb_reads": 0.125}
USD_PER_GB_S = 0.0000133334
USD_PER_GB_LOGS = 0.50
VCPU_MIB = 1769  # this much memory gets one vCPU
# What an instance waits for the journal, which is paid as well; by DynamoDB's documented single-digit milliseconds.
WAIT_MS = 5.0
# CloudWatch Logs counts this for each event beside its text.
EVENT_BYTES = 26
# What API Gateway writes in place of the access log's variables.
_ACCESS = {
    "$context.requestId": "JKJaXmPLvHcESHA=",
    "$context.identity.sourceIp": "203.0.113.110",
    "$context.status": "202",
    "$context.error.message": "-",
    "$context.integrationErrorMessage": "-",
}
# What it measured on one vCPU, for a call that reads the journal and for one about a device that the instance
# remembers; docs/scaling.md is calculated from this.
STATED = {"cpu_ms": 2.5, "cpu_ms_remembered": 0.05}
# Sensors that send every 15 minutes; the instance remembers each for KNOWN_S.
SENDS_EVERY_S = 900
_CALLS = 500


def measured() -> dict[str, Any]:
    cpu = _called()
    return {"uplinks": {**cpu, "reads": reads(), "usd_per_million": costs(**cpu)}}


def reads() -> float:
    """Return the share of uplinks for which an instance reads the journal, since it no longer remembers the device."""
    return 1 / max(1, KNOWN_S // SENDS_EVERY_S)


def tables(found: Mapping[str, Any]) -> list[Table]:
    """Return the table of ``measured``."""
    figures = found["uplinks"]
    caption = f"CPU: {figures['cpu_ms']} ms with a read of the journal, {figures['cpu_ms_remembered']} ms without"
    table = Table(title="A million uplinks of known devices, by list prices", caption=caption)
    table.add_column("Part")
    table.add_column("$", justify="right")
    for name, usd in figures["usd_per_million"].items():
        table.add_row(name.replace("_", " "), f"{usd:.2f}")
    return [table]


def costs(*, cpu_ms: float, cpu_ms_remembered: float) -> dict[str, float]:
    """Return what a million calls cost, by part; a known uplink prints nothing but the API's line."""
    memory = RESOURCES["ReceiveActivityFunction"]["Properties"]["MemorySize"]
    mean_cpu_ms = reads() * cpu_ms + (1 - reads()) * cpu_ms_remembered
    billed_ms = max(1.0, mean_cpu_ms * VCPU_MIB / memory + WAIT_MS * reads())
    parts = {
        "HTTP_API": USD_PER_MILLION["http_api"],
        "Lambda_requests": USD_PER_MILLION["lambda"],
        "Lambda_duration": MILLION * billed_ms / 1000 * memory / 1024 * USD_PER_GB_S,
        "DynamoDB": USD_PER_MILLION["dynamodb_reads"] * reads() / 2,  # eventually consistent
        "logs": MILLION * (access_log_bytes() + EVENT_BYTES) / 1e9 * USD_PER_GB_LOGS,
    }
    return {name: round(usd, 3) for name, usd in (parts | {"together": sum(parts.values())}).items()}


def access_log_bytes() -> int:
    line = RESOURCES["ActivityStage"]["Properties"]["AccessLogSettings"]["Format"]
    for variable, value in _ACCESS.items():
        line = line.replace(variable, value)
    assert "$context" not in line, "a variable of the access log is missing here"
    return len(json.dumps(json.loads(line)))


def _called() -> dict[str, float]:
    """Measure calls about devices that the instance has not met, and the same again."""
    item = {"registered": {"M": {"dev_eui": {"S": DEV_EUI}, "join_eui": {"S": JOIN_EUI}}}}
    with served() as journal, pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()):
        journal.replies.extend([Reply(content=json.dumps({"Item": item}).encode())] * (2 * _CALLS))
        for name, value in _environment(journal.address).items():
            patch.setenv(name, value)
        forget_instances()
        forget_built(aws)
        _cpu_ms(range(_CALLS, _CALLS + 20))  # connects, and lets its few devices pass
        found = {"cpu_ms": _cpu_ms(range(_CALLS)), "cpu_ms_remembered": _cpu_ms(range(_CALLS))}
        forget_built(aws)
    return found


def _cpu_ms(numbers: range) -> float:
    """Return the CPU of a call, without what answers it, which is a thread of its own."""
    context = Context("ReceiveActivity")
    events = [call_event(uplink(device_id=f"sensor-{number}")) for number in numbers]
    began_s = time.thread_time()
    for event in events:
        assert receive_activity.handler(event, context)["statusCode"] == 202
    return round((time.thread_time() - began_s) * 1000 / len(events), 2)


def _environment(address: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": address,
        "STACK_NAME": "thingsync",
        "JOURNAL_TABLE": "journal",
        "APPLICATION_ID": "demo-app",
        "ACTIVITY_QUEUE_URL": f"{address}/1/queue",
    }
