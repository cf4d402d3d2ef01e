"""Which Things Stack the user names in the environment: none, which means the simulator, or a real one."""

import getpass
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from local.daemons import Daemon
from local.places import HOST
from local.things_stacks import API, ThingsStack, simulated_things_stack, simulator

WAYS_TO_GIVE_A_KEY = (
    "TTS_API_KEY_FILE=<a file that holds it> make up; or run make up in a terminal, which asks for it; or TTS_API_KEY"
)

_ADDRESS = re.compile(
    rf"(?P<scheme>https?://)?(?P<host>[a-z0-9][a-z0-9.-]*(?::[0-9]{{1,5}})?)/*(?:{API})?/*", re.IGNORECASE
)


class SettingsError(Exception):
    """The variables TTS_… do not say which Things Stack is meant; the text says what is accepted."""


def real_things_stack(environment: Mapping[str, str] = os.environ, own: Daemon | None = None) -> ThingsStack | None:
    """The one that TTS_URL, TTS_APPLICATION, an API key and, if need be, TTS_IDENTITY_SERVER name, if any.

    ``own`` is the simulator that is used otherwise.

    Raises:
        SettingsError: one of them is missing or malformed.
    """
    given = environment.get("TTS_URL", "")
    if not given:
        return None
    url = _api_url("TTS_URL", given)
    if _is_of(own or simulator(), url):
        return None
    application_id = environment.get("TTS_APPLICATION", "")
    if not application_id:
        raise SettingsError("TTS_URL needs TTS_APPLICATION beside it: the ID of the application that gets the devices.")
    identity_server = environment.get("TTS_IDENTITY_SERVER", "")
    return ThingsStack(
        url=url,
        application_id=application_id,
        api_key=_api_key(environment, application_id),
        identity_server=_api_url("TTS_IDENTITY_SERVER", identity_server) if identity_server else "",
    )


def _api_url(variable: str, text: str) -> str:
    """Read an address; what is returned has ``https://`` before it and ``/api/v3`` behind it, even if it has not."""
    found = _ADDRESS.fullmatch(text.strip())
    if not found:
        raise SettingsError(
            f"{variable} is not the address of a Things Stack. Give it as https://eu1.cloud.thethings.network{API}; "
            f"http:// is accepted too, a port, and an address without {API}."
        )
    return f"{(found['scheme'] or 'https://').lower()}{found['host'].lower()}{API}"


def _is_of(own: Daemon, url: str) -> bool:
    """Return whether it is the simulator's address, as `.local/env` exports it, and no other program listens there."""
    return url in {f"http://{host}:{own.port}{API}" for host in (HOST, "localhost")} and not own.displaced()


def _api_key(environment: Mapping[str, str], application_id: str) -> str:
    """The key of a file, else of the environment, else what the user types; never the simulator's own.

    The latter is in the environment of a shell that has read `.local/env`.
    """
    file, key = environment.get("TTS_API_KEY_FILE", ""), environment.get("TTS_API_KEY", "")
    if file:
        return _one_word(_content(Path(file)), "TTS_API_KEY_FILE")
    if key and key != simulated_things_stack().api_key:
        return _one_word(key, "TTS_API_KEY")
    return _one_word(_typed(application_id), "What you typed")


def _typed(application_id: str) -> str:
    missing = SettingsError(f"TTS_URL needs an API key of the application {application_id}: {WAYS_TO_GIVE_A_KEY}.")
    if not sys.stdin.isatty():
        raise missing
    try:
        return getpass.getpass(f"API key of the application {application_id}: ")
    except (EOFError, KeyboardInterrupt):
        raise missing from None


def _content(file: Path) -> str:
    try:
        return file.expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(f"TTS_API_KEY_FILE: {file} cannot be read: {reason}.") from None


def _one_word(text: str, source: str) -> str:
    words = text.split()
    if len(words) != 1:
        raise SettingsError(f"{source} holds no API key: it is one word, NNSXS.….….")
    return words[0]
