"""The process of a bundle that has imported what its functions share: theirs are forked from it, which is far quicker.

Started as ``python -S -P fork_server.py <orders fd>``, in the bundle's folder. What reads the environment when it is
imported is left to the functions' processes: the handlers, and what they log, trace and configure with.
"""

import contextlib
import functools
import gc
import importlib
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

# The last two are most of what the X-Ray SDK imports, which itself reads the environment.
LIBRARIES = ("botocore.session", "aws_lambda_powertools", "asyncio", "wrapt")
LAYERS = ("domain", "ports", "schemas", "adapters", "steps")
ORDER_BYTES = 65536
DESCRIPTORS = 3

Order = dict[str, Any]


def main(orders: socket.socket) -> None:
    prepare(Path.cwd())
    while order := next_order(orders):
        answer = fork(orders, *order) if order[1] else status_of(order[0]["pid"])
        orders.sendall(json.dumps(answer).encode() + b"\n")


def prepare(bundle: Path) -> None:
    """Import what a bundle has of the libraries and layers; what fails here will fail in a function's own process."""
    sys.path.insert(0, str(bundle))
    files = (file for layer in LAYERS for file in sorted((bundle / "workflows" / layer).rglob("*.py")))
    for name in (*LIBRARIES, *(".".join(file.relative_to(bundle).with_suffix("").parts) for file in files)):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    for read in (read_service_models, read_authorities):
        with contextlib.suppress(ImportError):
            read()
    del sys.path[0]
    gc.freeze()


def read_service_models() -> None:
    """Let all sessions share one memory of the models that a bundle has; making a client reads them into it."""
    session: Any = importlib.import_module("botocore.session")
    session.create_loader = functools.cache(session.create_loader)
    known = session.Session()
    known.set_credentials("any", "any")
    for service in known.get_available_services():
        known.create_client(service, region_name="eu-west-1")


def read_authorities() -> None:
    importlib.import_module("workflows.adapters.things_stack.trust").public_context()


def next_order(orders: socket.socket) -> tuple[Order, list[int]] | None:
    """A line of JSON, with descriptors or without; none once the emulator is gone."""
    line, descriptors, *_ = socket.recv_fds(orders, ORDER_BYTES, DESCRIPTORS)
    while line and not line.endswith(b"\n"):
        line += orders.recv(ORDER_BYTES)
    return (json.loads(line), list(descriptors)) if line else None


def fork(orders: socket.socket, order: Order, descriptors: list[int]) -> int:
    """Begin a function's process; return its number."""
    number = os.fork()
    if number == 0:
        orders.close()
        run_function(order["environment"], *descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return number


def run_function(environment: dict[str, str], events: int, answers: int, log: int) -> None:
    """Be a process that was started with this environment and these descriptors."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    status = 1
    try:
        bootstrap.main(os.fdopen(events), os.fdopen(answers, "w"))
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)


def status_of(number: int) -> int | None:
    """The exit status of a function's process, as subprocess has it; none while it runs."""
    ended, status = os.waitpid(number, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    bootstrap = importlib.import_module("bootstrap")  # this file's neighbour; no more of this folder is at hand
    del sys.path[0]
    main(socket.socket(fileno=int(sys.argv[1])))
