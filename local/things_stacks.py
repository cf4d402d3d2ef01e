"""The Things Stack that the local cloud uses: what is to be known of one, and the simulator."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from local.daemons import Daemon
from local.places import APPLICATION_ID, HOST, SIMULATOR, STATE, THINGS_STACK_PORT
from local.private import random_letters, stored_secret

API = "/api/v3"
SIMULATOR_URL = f"http://{HOST}:{THINGS_STACK_PORT}{API}"
DATABASE = "things-stack.sqlite"
_MODELS = Path(__file__).with_name("device-models.json")


@dataclass(frozen=True, slots=True)
class ThingsStack:
    """A Things Stack and one application on it.

    Attributes:
        url: ends in ``/api/v3``.
        identity_server: the same of the Identity Server, empty if it is at the same host.
    """

    url: str
    application_id: str
    api_key: str = field(repr=False)
    identity_server: str = ""

    @property
    def cluster_address(self) -> str:
        """The template's ClusterAddress: a bare host, or a URL where there is no TLS."""
        return _address(self.url)

    @property
    def identity_address(self) -> str:
        """The template's IdentityServerAddress."""
        return _address(self.identity_server)


def _address(url: str) -> str:
    return url.removesuffix(API).removeprefix("https://")


def simulated_things_stack(state: Path = STATE) -> ThingsStack:
    return ThingsStack(SIMULATOR_URL, APPLICATION_ID, stored_secret(state / "tts-api-key", _new_api_key))


def simulator(state: Path = STATE, port: int = THINGS_STACK_PORT) -> Daemon:
    stack = simulated_things_stack(state)
    options = {
        "--port": str(port),
        "--database": str(state / DATABASE),
        "--application": stack.application_id,
        "--models": str(_MODELS),
    }
    return Daemon(
        name=SIMULATOR,
        command=(sys.executable, "-m", "local.things_stack", *(part for pair in options.items() for part in pair)),
        port=port,
        ready_path="/_control/state",
        folder=state / "run",
        environment={"TTS_API_KEY": stack.api_key},
    )


def forget_devices(state: Path = STATE) -> None:
    """Empty the simulator, which must not run: delete its database with what SQLite keeps beside it."""
    for file in state.glob(f"{DATABASE}*"):
        file.unlink()


def _new_api_key() -> str:
    """A key in the form of The Things Stack's: ``NNSXS.<id, 39 letters>.<secret, 52 letters>``."""
    return f"NNSXS.{random_letters(39)}.{random_letters(52)}"
