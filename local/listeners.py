"""Which program listens on a port of this machine, as far as its user may see that."""

from collections.abc import Iterator
from pathlib import Path

_LISTEN = "0A"


def listener_on(port: int) -> str:
    """Return ``python3 (PID 123)``; else how to find out."""
    try:
        found = next(_listeners(port), None)
    except OSError:  # there is no /proc
        found = None
    return found or f"another program (find it: lsof -nP -iTCP:{port} -sTCP:LISTEN)"


def _listeners(port: int) -> Iterator[str]:
    inodes = {f"socket:[{inode}]" for inode in _sockets(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if inodes & {*_open_files(process)}:
            yield f"{(process / 'comm').read_text().strip()} (PID {process.name})"


def _sockets(port: int) -> Iterator[str]:
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return (row[9] for row in rows if row[3] == _LISTEN and int(row[1].split(":")[1], 16) == port)


def _open_files(process: Path) -> Iterator[str]:
    """Files of other users' processes cannot be seen; a process may be ending."""
    try:
        for descriptor in (process / "fd").iterdir():
            yield str(descriptor.readlink())
    except OSError:
        return
