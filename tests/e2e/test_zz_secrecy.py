"""Last of all: no root key, claim code or API key stands anywhere in what the pipeline wrote during these tests."""

import itertools
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import boto3

from local.places import STATE
from tests.e2e.conftest import CASES, SECRET_ATTRIBUTES
from tests.e2e.field import Stack

# Shorter ones stand in ordinary text by chance; those are refused for their length anyway.
TELLING_CHARS = 8


def secrets_used() -> set[str]:
    """Return every key and code: those of the cases, those that things carry now, and the stack's own."""
    things = boto3.client("iot").get_paginator("list_things").paginate()
    carried = [thing.get("attributes", {}) for page in things for thing in page["things"]]
    given = [*(case["attributes"] for case in CASES), *carried]
    values = {attributes.get(name, "") for attributes in given for name in SECRET_ATTRIBUTES}
    codes = {part[1:] for attributes in given for part in attributes.get("qrCode", "").split(":") if part[:1] == "O"}
    keys = {os.environ["TTS_API_KEY"], os.environ["AWS_ACCESS_KEY_ID"]}
    own = keys | {own_secret("fingerprint-key"), own_secret("webhook")}
    return {value for value in values | codes | own if len(value) >= TELLING_CHARS and value.strip("0")}


def own_secret(which: str) -> str:
    name = f"thingsync/{os.environ['STACK_NAME']}/{which}"
    return str(boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


def written(stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield where and what: every log line, journal item, shadow, metric, and what went to the X-Ray daemon."""
    yield from log_lines(stack)
    yield from journal_items()
    for page in boto3.client("iot").get_paginator("list_things").paginate():
        for thing in page["things"]:
            yield f"shadow of {thing['thingName']}", json.dumps(stack.shadow(thing["thingName"]))
    for name in ("traces.jsonl", "run/ministack.log"):
        file = Path(STATE) / name
        yield str(name), file.read_text() if file.exists() else ""
    metrics = boto3.client("cloudwatch").get_paginator("list_metrics").paginate()
    yield "metrics", json.dumps([page["Metrics"] for page in metrics], default=str)


def log_lines(stack: Stack) -> Iterator[tuple[str, str]]:
    groups = stack.logs.get_paginator("describe_log_groups").paginate()
    for group in itertools.chain.from_iterable(page["logGroups"] for page in groups):
        name = group["logGroupName"]
        events = stack.logs.get_paginator("filter_log_events").paginate(logGroupName=name)
        yield name, "\n".join(event["message"] for page in events for event in page["events"])


def journal_items() -> Iterator[tuple[str, str]]:
    dynamodb = boto3.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=table)
        yield table, "\n".join(json.dumps(item, default=unpacked) for page in pages for item in page["Items"])


def unpacked(notes: bytes) -> str:
    """Read what a run of Reconcile left for its next invocation: of this many things it fits into one item."""
    return zlib.decompress(notes).decode("latin-1")


def test_no_secret_stands_in_anything_that_the_pipeline_wrote(stack: Stack):
    secrets = secrets_used()

    texts = dict(written(stack))

    shown = {where: text.upper() for where, text in texts.items()}
    found = {(where, secret[:2] + "…") for where, text in shown.items() for secret in secrets if secret.upper() in text}
    assert len(secrets) > 10
    assert any("Event started" in text for text in texts.values())
    assert any("fingerprints" in text for text in texts.values())
    assert found == set()
