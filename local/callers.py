"""Who may call a server on this machine: its user's programs, but no web page that his browser has open.

A page reaches 127.0.0.1 under any name that it lets resolve to it, and may send "simple" requests without asking.
It cannot choose its Host, Origin and Sec-Fetch-Site: the browser writes them.
"""

import re
from collections.abc import Iterable

_NAMES = ("127.0.0.1", "localhost")
# Any port: a tunnel or a proxy in front has one of its own, and none makes a page's name this machine's.
_HOST = re.compile(rf"(?:{'|'.join(map(re.escape, _NAMES))})(?P<port>(?::[0-9]{{1,5}})?)")
_CHECKED = ("host", "origin", "sec-fetch-site")
_OWN_SITES = {"same-origin", "none"}  # a page of the server itself; an address that the user typed


def refusal(headers: Iterable[tuple[str, str]]) -> str | None:
    """Say why a call with these headers, repeated ones included, is refused; None if it is not."""
    given = [(name.lower(), value.strip().lower()) for name, value in headers]
    hosts, origins, sites = ([value for name, value in given if name == checked] for checked in _CHECKED)
    host = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if host is None:
        return f"The Host header names another server. Call this one by {' or '.join(_NAMES)}."
    own = [f"http://{name}{host['port']}" for name in _NAMES]
    if not {*origins} <= {*own} or not {*sites} <= _OWN_SITES:
        return (
            "A web page of another origin sent this. Accepted are calls without an Origin header, as programs send "
            f"them, and those of pages of {' and '.join(own)}."
        )
    return None
