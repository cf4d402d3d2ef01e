"""AWS on this machine: the patched MiniStack, and clients for it that know nothing of the user's own AWS settings."""

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

import boto3

from local.daemons import Daemon
from local.places import AWS_PORT, EMULATOR, HOST, REGION, STATE
from local.private import random_letters, stored_secret

NO_SECRET = "unverified"  # signatures are not verified: the access key ID is what nobody may know


def emulator(state: Path = STATE, port: int = AWS_PORT) -> Daemon:
    return Daemon(
        name=EMULATOR,
        command=(sys.executable, "-m", "local.ministack", "--port", str(port), "--state", str(state)),
        port=port,
        ready_path="/_ministack/ready",
        folder=state / "run",
        environment=_credentials(),
    )


def access_key_id() -> str:
    """The one that emulators of this checkout accept. Anyone who knows it may run code as their user."""
    return stored_secret(STATE / "aws-access-key-id", lambda: f"LOCAL{random_letters(32)}")


def _credentials() -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": access_key_id(), "AWS_SECRET_ACCESS_KEY": NO_SECRET}


def aws_environment(port: int = AWS_PORT) -> dict[str, str]:
    """What an AWS SDK or tool must find in its environment to reach the emulator."""
    return {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        **_credentials(),
        "AWS_DEFAULT_REGION": REGION,
    }


def aws_client(service: Any, port: int = AWS_PORT) -> Any:  # noqa: ANN401 - boto3's stubs know it by a literal
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=f"http://{HOST}:{port}",
        aws_access_key_id=access_key_id(),
        aws_secret_access_key=NO_SECRET,
    )


def set_pace(scale: float, port: int = AWS_PORT) -> None:
    """Scale every wait of a state machine, between retries and in Wait states: 1 is real time, 0 waits for nothing."""
    body = json.dumps({"stepfunctions._SFN_WAIT_SCALE": scale}).encode()
    authorization = {"Authorization": f"AWS4-HMAC-SHA256 Credential={access_key_id()}/"}
    request = urllib.request.Request(f"http://{HOST}:{port}/_ministack/config", body, authorization, method="POST")
    urllib.request.urlopen(request).close()  # nosec B310


def isolated_environment(port: int = AWS_PORT) -> dict[str, str]:
    """This process's environment, with the emulator in AWS's place and no profile of the user's."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**own, **nowhere, **aws_environment(port)}
