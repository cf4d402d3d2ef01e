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


def test_the_identity_server_is_on_the_cluster_unless_told_otherwise():
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


def test_a_malformed_address_names_its_parameter():
    with pytest.raises(StackConfigurationError, match="IdentityServerAddress 'eu1/x' is no address"):
        Addresses.parse("eu1.example.com", "eu1/x")
