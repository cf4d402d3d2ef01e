"""A cloud of one stack and one table that answers from memory, so that a command's CPU time is its own.

Pages are as large as DynamoDB's, and are written as bytes before anything is measured.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from operate.adapters.journal import FIRST_PAGE
from tests.samples import STACK

TABLE = "journal"
Item = Mapping[str, Any]
_PAGE_BYTES = 1024 * 1024
_STACK = f"""<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
<DescribeStacksResult><Stacks><member><StackName>{STACK}</StackName>
<StackId>arn:aws:cloudformation:eu-west-1:123456789012:stack/{STACK}/1</StackId>
<CreationTime>2025-11-26T10:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
<Outputs><member><OutputKey>JournalTableName</OutputKey><OutputValue>{TABLE}</OutputValue></member></Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>""".encode()


class CannedTable:
    """Items of one status, the latest first, and the same by their DevEUIs."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._status = items[0]["status"]["S"]
        self._keys = {item["pk"]["S"]: item for item in items}
        self._by_dev_eui = {item["dev_eui"]["S"]: item for item in items}
        self._per_page = _PAGE_BYTES // _size(items[0])
        self._pages = {}
        for first in (FIRST_PAGE, self._per_page):
            starts = (0, *range(first, len(items), self._per_page))
            for start in starts:
                size = self._per_page if start else first
                self._pages[start, size] = _page(items[start : start + size], start + size, len(items))

    def answer(self, action: str, request: Mapping[str, Any]) -> bytes:
        if action == "BatchGetItem":
            keys = request["RequestItems"][TABLE]["Keys"]
            found = [self._keys[key["pk"]["S"]] for key in keys]
            return json.dumps({"Responses": {TABLE: found}, "UnprocessedKeys": {}}).encode()
        [value] = [each["S"] for each in request["ExpressionAttributeValues"].values()]
        if request["IndexName"] == "ByDevEui":
            item = self._by_dev_eui[value]
            return _page([{name: item[name] for name in ("pk", "sk", "dev_eui")}], 1, 1)
        if value != self._status:
            return _page([], 0, 0)
        start = int(request.get("ExclusiveStartKey", {"pk": {"S": "0"}})["pk"]["S"])
        return self._pages[start, request.get("Limit", self._per_page)]


def _size(item: Item) -> int:
    """As DynamoDB counts: names and values, without the marks between them."""
    return len(re.sub(r"[\"{}:, ]", "", json.dumps(item)))


def _page(items: Sequence[Item], following: int, count: int) -> bytes:
    last = {"LastEvaluatedKey": {"pk": {"S": str(following)}}} if following < count else {}
    return json.dumps({"Items": items, "Count": len(items), "ScannedCount": len(items)} | last).encode()


@contextmanager
def canned_cloud(table: CannedTable) -> Iterator[str]:
    """Yield the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # as http.server has it
            body = self.rfile.read(int(self.headers["Content-Length"]))
            target = self.headers.get("X-Amz-Target")
            answer = table.answer(target.split(".")[1], json.loads(body)) if target else _STACK
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0" if target else "text/xml")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
