"""What the stack's address parameters may hold."""

import pytest

from workflows.adapters.things_stack import Addresses
from workflows.errors import StackConfigurationError


@pytest.mark.parametrize(
    ("text", "base_url", "host"),
    [
        ("eu1.example.com", "https://eu1.example.com", "eu1.example.com"),
        ("tts.example.com:8885", "https://tts.example.com:8885", "tts.example.com"),
        ("https://tts.example.com", "https://tts.example.com", "tts.example.com"),
        ("http://127.0.0.1:1885", "http://127.0.0.1:1885", "127.0.0.1"),
        (" https://TTS.example.com/ ", "https://tts.example.com", "tts.example.com"),
        ("localhost", "https://localhost", "localhost"),
    ],
)
def test_an_address_is_a_host_with_or_without_scheme_and_port(text, base_url, host):
    addresses = Addresses.parse(text)

    assert (addresses.cluster.base_url, addresses.cluster.host) == (base_url, host)


def test_the_identity_server_is_on_the_cluster_unless_given_otherwise():
    alone, apart = Addresses.parse("nam1.example.com"), Addresses.parse("nam1.example.com", "eu1.example.com")

    assert alone.identity == alone.cluster
    assert apart.identity.host == "eu1.example.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "https://",
        "ftp://tts.example.com",
        "tts.example.com/api/v3",
        "tts.example.com?x=1",
        "tts example",
        "user@tts.example.com",
        "[::1]:1885",
        "tts.example.com:https",
        "tts.example.com:",
        "-tts.example.com",
    ],
)
def test_anything_else_is_no_address(text):
    with pytest.raises(StackConfigurationError, match=r"ClusterAddress '.*' is no address: give host"):
        Addresses.parse(text)


PLAIN = [
    pytest.param("http://tts.example.com", "https://tts.example.com", id="a name"),
    pytest.param("http://tts.example.com:1885/", "https://tts.example.com:1885", id="a port"),
    pytest.param("HTTP://TTS.example.com", "https://tts.example.com", id="capitals"),
    pytest.param("http://192.168.1.5", "https://192.168.1.5", id="a private network"),
    pytest.param("http://0.0.0.0", "https://0.0.0.0", id="any interface"),
    pytest.param("http://128.0.0.1", "https://128.0.0.1", id="next to the loopback net"),
    pytest.param("http://localhost.example.com", "https://localhost.example.com", id="begins like localhost"),
    pytest.param("http://127.0.0.1.example.com", "https://127.0.0.1.example.com", id="begins like 127.0.0.1"),
    pytest.param("http://example.localhost", "https://example.localhost", id="ends like localhost"),
    pytest.param("http://127.1", "https://127.1", id="an address that is written short"),
    pytest.param("http://0177.0.0.1", "https://0177.0.0.1", id="octal digits"),
    pytest.param("http://2130706433", "https://2130706433", id="one number"),
]


@pytest.mark.parametrize(("text", "instead"), PLAIN)
def test_plain_http_to_another_machine_is_refused_and_what_to_give_instead_is_reported(text, instead):
    with pytest.raises(
        StackConfigurationError, match=rf"^ClusterAddress '{text}' is plain http: .*Give {instead}\. .*AllowHttp=true"
    ):
        Addresses.parse(text)


def test_the_identity_servers_address_is_held_to_the_same():
    with pytest.raises(StackConfigurationError, match=r"^IdentityServerAddress 'http://eu1\.example\.com' is plain"):
        Addresses.parse("nam1.example.com", "http://eu1.example.com")


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:1885", "http://127.255.0.9", "http://localhost", "http://LOCALHOST:80"]
)
def test_plain_http_does_not_leave_a_loopback_address(text):
    assert Addresses.parse(text).cluster.base_url == text.lower()


def test_plain_http_goes_anywhere_if_it_is_allowed_in_so_many_words():
    addresses = Addresses.parse("http://tts.example.com", "http://eu1.example.com", allow_http=True)

    assert (addresses.cluster.base_url, addresses.identity.base_url) == (
        "http://tts.example.com",
        "http://eu1.example.com",
    )


def test_a_malformed_address_names_its_parameter():
    with pytest.raises(StackConfigurationError, match="IdentityServerAddress 'eu1/x' is no address"):
        Addresses.parse("eu1.example.com", "eu1/x")
