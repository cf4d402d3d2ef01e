"""Which addresses the processes of a daemon listen on."""

import os
import subprocess
from pathlib import Path

LISTEN = "0A"


def addresses_of(daemon):
    """Every ``host:port`` that a process of the daemon's group listens on."""
    group = int((daemon.folder / f"{daemon.name}.pid").read_text())
    return _by_proc(group) if Path("/proc/net/tcp").exists() else _by_lsof(group)


def _by_proc(group):
    inodes = {link for process in _processes(group) for link in _open_files(process)}
    tables = [Path("/proc/net/tcp").read_text(), Path("/proc/net/tcp6").read_text()]
    rows = [row.split() for table in tables for row in table.splitlines()[1:]]
    return {_readable(row[1]) for row in rows if row[3] == LISTEN and f"socket:[{row[9]}]" in inodes}


def _processes(group):
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                yield process
        except ProcessLookupError:
            continue


def _open_files(process):
    for descriptor in (process / "fd").iterdir():
        try:
            yield str(descriptor.readlink())
        except FileNotFoundError:
            continue


def _readable(hexadecimal):
    """``0100007F:1F90`` (little-endian) as ``127.0.0.1:8080``; IPv6 stays as it is."""
    host, port = hexadecimal.split(":")
    octets = [str(int(host[at : at + 2], 16)) for at in range(6, -2, -2)]
    return f"{'.'.join(octets) if len(host) == 8 else host}:{int(port, 16)}"


def _by_lsof(group):
    command = ["lsof", "-nP", "-a", "-g", str(group), "-iTCP", "-sTCP:LISTEN", "-Fn"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {line[1:] for line in lines if line.startswith("n")}
