"""Which Things Stack the local cloud uses: the simulator, or a real one named by the user's environment."""

import os
import secrets
import string
import sys
from dataclasses import dataclass
from pathlib import Path

from local.daemons import Daemon
from local.places import APPLICATION_ID, HOST, STATE, THINGS_STACK_PORT

API = "/api/v3"
SIMULATOR_URL = f"http://{HOST}:{THINGS_STACK_PORT}{API}"
DATABASE = "things-stack.sqlite"
_KEY_LETTERS = string.ascii_uppercase + "234567"


@dataclass(frozen=True, slots=True)
class ThingsStack:
    """A Things Stack and one application on it.

    Attributes:
        url: ends in ``/api/v3``.
        identity_server: host of the Identity Server, empty if it is the same host.
    """

    url: str
    application_id: str
    api_key: str
    identity_server: str = ""

    @property
    def cluster_address(self) -> str:
        """The template's ClusterAddress: a bare host, or a URL where there is no TLS."""
        return self.url.removesuffix(API).removeprefix("https://")


class IncompleteSettingsError(Exception):
    """TTS_URL is set, but not TTS_APPLICATION and TTS_API_KEY."""


def real_things_stack() -> ThingsStack | None:
    """The one that the user names by TTS_URL, TTS_APPLICATION, TTS_API_KEY and, if need be, TTS_IDENTITY_SERVER.

    Raises:
        IncompleteSettingsError: TTS_URL stands alone.
    """
    url, application_id, api_key = (os.environ.get(f"TTS_{name}", "") for name in ("URL", "APPLICATION", "API_KEY"))
    if url in ("", SIMULATOR_URL):  # the latter after `source .local/env`
        return None
    if not (application_id and api_key):
        raise IncompleteSettingsError("TTS_URL needs TTS_APPLICATION and TTS_API_KEY beside it")
    api_url = url.rstrip("/").removesuffix(API) + API
    return ThingsStack(api_url, application_id, api_key, os.environ.get("TTS_IDENTITY_SERVER", ""))


def simulated_things_stack(state: Path = STATE) -> ThingsStack:
    return ThingsStack(SIMULATOR_URL, APPLICATION_ID, _kept_api_key(state))


def simulator(state: Path = STATE) -> Daemon:
    stack = simulated_things_stack(state)
    options = {
        "--port": str(THINGS_STACK_PORT),
        "--database": str(state / DATABASE),
        "--application": stack.application_id,
        "--api-key": stack.api_key,
    }
    return Daemon(
        name="things-stack",
        command=(sys.executable, "-m", "local.things_stack", *(part for pair in options.items() for part in pair)),
        port=THINGS_STACK_PORT,
        ready_path="/_control/state",
        folder=state / "run",
    )


def forget_devices(state: Path = STATE) -> None:
    """Empty the simulator, which must not run: delete its database with what SQLite keeps beside it."""
    for file in state.glob(f"{DATABASE}*"):
        file.unlink()


def _kept_api_key(state: Path) -> str:
    file = state / "tts-api-key"
    if not file.exists():
        state.mkdir(parents=True, exist_ok=True)
        file.touch(0o600)
        file.write_text(_new_api_key())
    return file.read_text()


def _new_api_key() -> str:
    """A key in the form of The Things Stack's: ``NNSXS.<id, 39 letters>.<secret, 52 letters>``."""
    key_id, secret = ("".join(secrets.choice(_KEY_LETTERS) for _ in range(length)) for length in (39, 52))
    return f"NNSXS.{key_id}.{secret}"
