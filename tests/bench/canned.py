"""A cloud of one stack and one fleet that answers from memory, so that a command's CPU time is its own.

Every thing is a copy of one, with names of its own; pages are as large as AWS's, and made when they are asked for.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from moto import mock_aws

from tests.bench.serving import Answer, serving
from tests.contract.operate.field import Field
from tests.samples import CREATE, DEV_EUI, STACK
from workflows.domain.facts import Fact

TABLE = "journal"
# The last digits of every name are the thing's number.
DIGITS = 6
_DEV_EUI = "70B3D57ED0"
_PAGE_BYTES = 1024 * 1024
_THINGS_A_PAGE = 250
_OUTPUTS = {
    "JournalTableName": TABLE,
    "ThingTypeName": "lorawan",
    "QueueUrl": "http://127.0.0.1/events",
    "DeadLetterQueueUrl": "http://127.0.0.1/dead-letters",
    "FrequencyPlanId": "EU_863_870_TTN",
    "ClaimLoRaWANVersion": "1.0.3",
    "ClaimRegionalParametersVersion": "1.0.3-a",
}
_STACK = (
    f"<DescribeStacksResult><Stacks><member><StackName>{STACK}</StackName>"
    f"<StackId>arn:aws:cloudformation:eu-west-1:123456789012:stack/{STACK}/1</StackId>"
    "<CreationTime>2025-11-26T10:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>"
    + "".join(
        f"<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
        for key, value in _OUTPUTS.items()
    )
    + "</Outputs></member></Stacks></DescribeStacksResult>"
)
_NO_RESOURCES = "<ListStackResourcesResult><StackResourceSummaries/></ListStackResourcesResult>"
_NO_MESSAGES = {
    "Attributes": dict.fromkeys(("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"), "0")
}


def dev_eui(number: int) -> str:
    return f"{_DEV_EUI}{number:0{DIGITS}}"


@dataclass(frozen=True)
class CannedFleet:
    """``count`` things with the ``snapshot`` of one that has the number 0; ``at_aws`` are those that AWS IoT lists."""

    snapshot: str
    count: int
    at_aws: int = 0
    attributes: Mapping[str, str] = field(default_factory=lambda: CREATE)

    @property
    def status(self) -> str:
        return str(json.loads(self.snapshot)["status"]["S"])

    def answer(self, action: str, request: Mapping[str, Any]) -> bytes:
        index = {"IndexName": "ByStatus", "ItemCount": self.count}
        answers: Mapping[str, Callable[[], bytes]] = {
            "GetQueueAttributes": lambda: json.dumps(_NO_MESSAGES).encode(),
            "GetItem": lambda: b"{}",
            "DescribeTable": lambda: json.dumps({"Table": {"GlobalSecondaryIndexes": [index]}}).encode(),
            "BatchGetItem": lambda: self._batch(request["RequestItems"][TABLE]["Keys"]),
            "Scan": lambda: self._page(request, 0),
            "Query": lambda: self._query(request),
        }
        return answers[action]()

    def _batch(self, keys: Iterable[Mapping[str, Mapping[str, str]]]) -> bytes:
        items = ",".join(self._item(_number(key["pk"]["S"])) for key in keys)
        return f'{{"Responses": {{"{TABLE}": [{items}]}}, "UnprocessedKeys": {{}}}}'.encode()

    def _query(self, request: Mapping[str, Any]) -> bytes:
        [value] = [each["S"] for each in request["ExpressionAttributeValues"].values()]
        if request["IndexName"] == "ByDevEui":
            return _page([self._item(_number(value))], 1, 1)
        if value != self.status:
            return _page([], 0, 0)
        return self._page(request, _number(request.get("ExclusiveStartKey", {"pk": {"S": "0"}})["pk"]["S"]))

    def _page(self, request: Mapping[str, Any], begin: int) -> bytes:
        end = min(begin + min(request.get("Limit", self._per_page), self._per_page), self.count)
        if request.get("Select") == "COUNT":
            return _page([], end, self.count, end - begin)
        if "ProjectionExpression" in request:
            return _page([self._projected] * (end - begin), end, self.count)
        return _page(map(self._item, range(begin, end)), end, self.count)

    @property
    def _projected(self) -> str:
        item = json.loads(self.snapshot)
        method = item["state"]["M"].get("device", {"M": {"method": {"S": ""}}})["M"]["method"]
        return json.dumps({"status": item["status"], "state": {"M": {"device": {"M": {"method": method}}}}})

    @property
    def _per_page(self) -> int:
        """As DynamoDB counts: names and values, without the marks between them."""
        return _PAGE_BYTES // len(re.sub(r"[\"{}:, ]", "", self.snapshot))

    def _item(self, number: int) -> str:
        return self.snapshot.replace("-" + "0" * DIGITS, f"-{number:0{DIGITS}}").replace(dev_eui(0), dev_eui(number))

    def listed(self, token: str) -> bytes:
        begin = int(token or 0)
        end = min(begin + _THINGS_A_PAGE, self.at_aws)
        things = [
            {"thingName": dev_eui(number), "version": 1, "attributes": {**self.attributes, "devEUI": dev_eui(number)}}
            for number in range(begin, end)
        ]
        return json.dumps({"things": things, **({"nextToken": str(end)} if end < self.at_aws else {})}).encode()


def _number(text: str) -> int:
    return int(text[-DIGITS:])


def _page(items: Iterable[str], following: int, count: int, counted: int = 0) -> bytes:
    held = list(items)
    last = f', "LastEvaluatedKey": {{"pk": {{"S": "{following}"}}}}' if following < count else ""
    number = len(held) or counted
    return f'{{"Items": [{",".join(held)}], "Count": {number}, "ScannedCount": {number}{last}}}'.encode()


def snapshot_after(*facts: Fact) -> str:
    """Return a snapshot as the journal writes it, of the thing with the number 0."""
    zero = "0" * DIGITS
    with mock_aws():
        here = Field()
        here.happened(f"pump-{zero}", *facts, thing_id=f"id-{zero}")
        items = boto3.client("dynamodb").scan(TableName=here.table)["Items"]
    [snapshot] = [each for each in items if each["sk"]["S"] == "SNAPSHOT"]
    return json.dumps(snapshot).replace(DEV_EUI, dev_eui(0))


@contextmanager
def canned_cloud(fleet: CannedFleet) -> Iterator[str]:
    """Yield the address."""

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        if request.command == "GET":  # ListThings
            [token] = parse_qs(urlsplit(request.path).query).get("nextToken", [""])
            return _said(fleet.listed(token), "application/json")
        if target := request.headers.get("X-Amz-Target"):
            return _said(fleet.answer(target.split(".")[1], json.loads(body)), "application/x-amz-json-1.0")
        [action] = parse_qs(body.decode())["Action"]
        result = _STACK if action == "DescribeStacks" else _NO_RESOURCES
        space = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
        return _said(f'<{action}Response xmlns="{space}">{result}</{action}Response>'.encode(), "text/xml")

    with serving(answer) as address:
        yield address


def _said(content: bytes, kind: str) -> Answer:
    return Answer(200, content, {"Content-Type": kind})
