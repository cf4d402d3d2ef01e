"""HTTP calls with exactly the headers that a test names, as a browser or an attacker's program sends them."""

import http.client
from dataclasses import dataclass

from local.emulator import access_key_id


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def cors_headers(self):
        return {name for name in self.headers if name.startswith("access-control-")}


def call(port, method, path, headers=(), body=b""):
    """Send ``headers``, pairs, repeated ones as often as they stand there; Host is the server's unless one is given."""
    names = {name.lower() for name, _ in headers}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host="host" in names, skip_accept_encoding=True)
    for name, value in [*headers, ("Content-Length", str(len(body)))]:
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


def authorization(key=None):
    """The header by which a program says who it is; this cloud's own key if none is given."""
    scope = "20260101/eu-west-1/lambda/aws4_request"
    credential = f"Credential={access_key_id() if key is None else key}/{scope}"
    return "Authorization", f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"
