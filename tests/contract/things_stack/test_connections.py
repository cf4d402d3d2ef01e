"""Why there was no answer, in words for people; certificates are tried over sockets (test_trust)."""

import errno

import pytest
from urllib3 import exceptions

from workflows.adapters.things_stack.connections import is_unreachable, why_unanswered


def caused_by(error, cause):
    error.__cause__ = cause
    return error


CASES = [
    pytest.param(
        caused_by(exceptions.NewConnectionError(None, "SECRET"), ConnectionRefusedError()),
        "the connection is refused (NewConnectionError). Nothing listens there",
        True,
        id="refused",
    ),
    pytest.param(
        caused_by(exceptions.NewConnectionError(None, "SECRET"), OSError(errno.ENETUNREACH, "SECRET")),
        "the network is not reachable (NewConnectionError). A security group, a network ACL",
        True,
        id="no-route",
    ),
    pytest.param(exceptions.NewConnectionError(None, "SECRET"), "no connection (NewConnectionError)", True, id="other"),
    pytest.param(
        exceptions.NameResolutionError("tts.internal", None, OSError("SECRET")),
        "the name is not known (NameResolutionError). Check the address; in a VPC, its DNS must know the name, too.",
        True,
        id="name",
    ),
    pytest.param(
        exceptions.ConnectTimeoutError(None, "SECRET"),
        "no connection in time (ConnectTimeoutError). A security group, a network ACL",
        True,
        id="firewall",
    ),
    pytest.param(
        exceptions.ReadTimeoutError(None, "/api/v3/SECRET", "SECRET"),
        "connected, but no answer in time (ReadTimeoutError)",
        False,
        id="slow",
    ),
]


@pytest.mark.parametrize(("error", "said", "unreachable"), CASES)
def test_a_reason_is_named_with_what_to_do_and_without_the_errors_own_words(error, said, unreachable):
    text = why_unanswered(error)

    assert text.startswith(f": {said}")
    assert "SECRET" not in text
    assert is_unreachable(error) == unreachable


def test_of_any_other_error_only_the_class_is_named():
    assert why_unanswered(exceptions.ProtocolError("SECRET")) == " (ProtocolError)"
