"""Where the local cloud keeps what it makes, and the addresses that anything can be pointed at."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local"
RUN = STATE / "run"
BUILD = ROOT / ".build"
TEMPLATE = ROOT / "template.yaml"

EMULATOR = "ministack"
SIMULATOR = "things-stack"
PORT_VARIABLES = {EMULATOR: "THINGSYNC_AWS_PORT", SIMULATOR: "THINGSYNC_TTS_PORT"}


def port_of(name: str, default: int, *, folder: Path = RUN) -> int:
    """Return the port of a server: that of its variable, else the one that it has been started on, else its default.

    So a cloud is found again by a shell that knows nothing of the variable.
    """
    started = folder / f"{name}.port"
    text = os.environ.get(PORT_VARIABLES[name]) or (started.read_text() if started.exists() else str(default))
    if not (text.isdecimal() and 0 < int(text) < 65536):
        sys.exit(f"{PORT_VARIABLES[name]}={text} is no port: give a number from 1 to 65535.")
    return int(text)


HOST = "127.0.0.1"
AWS_PORT = port_of(EMULATOR, 4566)
THINGS_STACK_PORT = port_of(SIMULATOR, 1885)
REGION = "eu-west-1"
STACK_NAME = "thingsync"
APPLICATION_ID = "demo-app"
