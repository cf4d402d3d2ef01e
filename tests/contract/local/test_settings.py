"""How a user names a real Things Stack to `make up`, and gives its API key without showing it to anybody."""

import json
import os
import pty
import select
import subprocess
import sys
from contextlib import nullcontext

import pytest

from local.settings import SettingsError, real_things_stack
from local.things_stacks import simulated_things_stack, simulator
from tests.emulation import started_daemon, started_simulator
from tests.free_ports import free_port

KEY = "NNSXS.MYKEY.MYSECRET"
GIVEN = {"TTS_APPLICATION": "my-app", "TTS_API_KEY": KEY}
PROMPT = b"API key of the application my-app: "
ASK = """
import json
from local.settings import SettingsError, real_things_stack
try:
    print(json.dumps(real_things_stack().api_key))
except SettingsError as error:
    print(json.dumps(str(error)))
"""


def named(url, **more):
    return real_things_stack({"TTS_URL": url, **GIVEN, **more})


@pytest.fixture
def terminal():
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize(
    ("text", "url", "cluster_address"),
    [
        ("https://eu1.cloud.thethings.network/api/v3", "https://eu1.cloud.thethings.network", None),
        ("https://eu1.cloud.thethings.network", "https://eu1.cloud.thethings.network", None),
        ("https://eu1.cloud.thethings.network/", "https://eu1.cloud.thethings.network", None),
        ("https://eu1.cloud.thethings.network/api/v3/", "https://eu1.cloud.thethings.network", None),
        (" HTTPS://EU1.cloud.thethings.network/API/v3 ", "https://eu1.cloud.thethings.network", None),
        ("eu1.cloud.thethings.network", "https://eu1.cloud.thethings.network", None),
        ("tts.example.com:8443/api/v3", "https://tts.example.com:8443", "tts.example.com:8443"),
        ("http://localhost:1999", "http://localhost:1999", "http://localhost:1999"),
        ("http://127.0.0.1:1999/api/v3", "http://127.0.0.1:1999", "http://127.0.0.1:1999"),
    ],
)
def test_the_address_is_taken_with_and_without_its_path(text, url, cluster_address):
    things_stack = named(text)

    assert things_stack.url == f"{url}/api/v3"
    assert things_stack.cluster_address == (cluster_address or "eu1.cloud.thethings.network")
    assert (things_stack.application_id, things_stack.api_key) == ("my-app", KEY)


@pytest.mark.parametrize(
    "text",
    [
        "https://eu1.cloud.thethings.network/console",
        "https://eu1.cloud.thethings.network/api/v2",
        "https://name:word@eu1.cloud.thethings.network",
        "https://eu1.cloud.thethings.network/api/v3?x=1",
        "ftp://eu1.cloud.thethings.network",
        "http://[::1]:1885",
        "https://",
        "/api/v3",
        "https://eu1.cloud.thethings.network:port",
        "two words",
    ],
)
@pytest.mark.parametrize("variable", ["TTS_URL", "TTS_IDENTITY_SERVER"])
def test_what_is_no_address_is_refused_with_one_that_is(text, variable):
    given = {"TTS_URL": "https://eu1.cloud.thethings.network", **GIVEN, variable: text}

    with pytest.raises(SettingsError, match=rf"^{variable} is not .*https://eu1\.cloud\.thethings\.network/api/v3"):
        real_things_stack(given)


def test_the_identity_server_may_be_elsewhere():
    things_stack = named(
        "https://nam1.cloud.thethings.industries", TTS_IDENTITY_SERVER="eu1.cloud.thethings.industries"
    )

    assert things_stack.identity_address == "eu1.cloud.thethings.industries"
    assert named("https://nam1.cloud.thethings.industries").identity_address == ""


@pytest.mark.parametrize("runs", [True, False])
def test_the_simulators_own_address_means_the_simulator(tmp_path, runs):
    own = simulator(tmp_path, free_port())
    addresses = [f"{host}:{own.port}{path}" for host in ("127.0.0.1", "LocalHost") for path in ("", "/", "/api/v3")]

    with started_daemon(own) if runs else nullcontext():
        found = [real_things_stack({"TTS_URL": f"http://{address}", **GIVEN}, own) for address in addresses]

    assert found == [None] * len(addresses)


def test_another_program_at_the_simulators_address_is_a_real_one(tmp_path):
    own = simulator(tmp_path, free_port())

    with started_simulator(tmp_path / "other", own.port):
        found = real_things_stack({"TTS_URL": f"http://localhost:{own.port}", **GIVEN}, own)

    assert found.api_key == KEY


def test_no_address_means_the_simulator():
    assert real_things_stack(GIVEN) is None


def test_without_an_application_it_is_asked_for():
    with pytest.raises(SettingsError, match="TTS_URL needs TTS_APPLICATION beside it"):
        named("https://eu1.cloud.thethings.network", TTS_APPLICATION="")


@pytest.mark.parametrize("content", [f"{KEY}\n", KEY, f"  {KEY}\r\n\n"])
def test_a_key_in_a_file_goes_before_one_in_the_environment(tmp_path, content):
    (tmp_path / "key").write_bytes(content.encode())

    things_stack = named("tts.example.com", TTS_API_KEY_FILE=str(tmp_path / "key"), TTS_API_KEY="NNSXS.OLD.ONE")

    assert things_stack.api_key == KEY
    assert KEY not in repr(things_stack)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "cannot be read: No such file or directory", id="no file"),
        pytest.param(b"", "holds no API key", id="empty"),
        pytest.param(b"two words", "holds no API key", id="two words"),
        pytest.param(b"\xff\xfe", "cannot be read: it is no text", id="no text"),
    ],
)
def test_a_file_without_a_key_is_reported_without_its_content(tmp_path, content, said):
    if content is not None:
        (tmp_path / "key").write_bytes(content)

    with pytest.raises(SettingsError, match=f"TTS_API_KEY_FILE.*{said}") as raised:
        named("tts.example.com", TTS_API_KEY_FILE=str(tmp_path / "key"))

    assert "two words" not in str(raised.value)


def typed(process, terminal, keys):
    """Type once the prompt is there; return what the process printed."""
    assert process.stderr.read(len(PROMPT)) == PROMPT
    os.write(terminal, keys.encode())
    return json.loads(process.stdout.read())


def asked(stdin, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", ASK],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "TTS_URL": "tts.example.com", "TTS_APPLICATION": "my-app", **environment},
        start_new_session=True,  # no terminal but the one given
    )


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="no key at all"),
        pytest.param({"TTS_API_KEY": simulated_things_stack().api_key}, id="the simulator's, from .local/env"),
    ],
)
def test_without_a_key_a_terminal_is_asked_and_shows_nothing(terminal, environment):
    ours, theirs = terminal
    with asked(theirs, **environment) as process:
        said = typed(process, ours, f"{KEY}\n")

    shown, _, _ = select.select([ours], [], [], 0)
    assert said == KEY
    assert shown == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        pytest.param("\x04", "TTS_URL needs an API key", id="end of file"),
        pytest.param("\n", "What you typed holds no API key", id="nothing"),
    ],
)
def test_who_types_no_key_is_answered_in_a_sentence(terminal, keys, said):
    ours, theirs = terminal

    with asked(theirs) as process:
        assert typed(process, ours, keys).startswith(said)


def test_without_a_key_and_a_terminal_the_ways_to_give_one_are_named():
    with asked(subprocess.DEVNULL) as process:
        said = json.loads(process.stdout.read())

    assert said.startswith("TTS_URL needs an API key of the application my-app: TTS_API_KEY_FILE=")
