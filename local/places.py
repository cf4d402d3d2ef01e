"""Where the local cloud keeps what it makes, and the fixed addresses that anything can be pointed at."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local"
BUILD = ROOT / ".build"
TEMPLATE = ROOT / "template.yaml"

HOST = "127.0.0.1"
AWS_PORT = 4566
THINGS_STACK_PORT = 1885
REGION = "eu-west-1"
STACK_NAME = "thingsync"
APPLICATION_ID = "demo-app"
