"""Why there was no usable answer, in plain words, and what to do about it. Pure."""

import errno
import ssl

from urllib3 import exceptions

_NOT_YET_VALID, _EXPIRED, _OTHER_NAME, _OTHER_ADDRESS = 9, 10, 62, 64
# OpenSSL's X509_V_ERR_…: self-signed, signed by one that nobody knows, or sent without what signed it.
_NOT_TRUSTED = (2, 18, 19, 20, 21)
_UNREACHABLE = (errno.ENETUNREACH, errno.EHOSTUNREACH)

_CERTIFICATES = {
    _EXPIRED: (
        "its certificate, or one that signed it, has expired",
        "Renew it at The Things Stack.",
    ),
    _NOT_YET_VALID: (
        "its certificate is not valid yet",
        "Correct the clock of the host that made it, or wait.",
    ),
    **dict.fromkeys(
        (_OTHER_NAME, _OTHER_ADDRESS),
        (
            "its certificate is for another host name",
            "Give the name that is in the certificate as the address, or let The Things Stack have one for this name.",
        ),
    ),
    **dict.fromkeys(
        _NOT_TRUSTED,
        (
            "its certificate is signed by nobody that this stack trusts",
            "If its authority is your own, put the authority's certificate into a secret and deploy with the parameter "
            "CertificateAuthoritySecretArn. If it is there, let The Things Stack send the certificates in between.",
        ),
    ),
}
_FIREWALL = (
    "A security group, a network ACL, a firewall or a missing route lets no packet through: check them, and the port."
)

_BY_CLASS: dict[type[exceptions.HTTPError], tuple[str, str]] = {
    exceptions.SSLError: (
        "what answers does not speak TLS as it should",
        "Check the port, and whether the address should begin with http:// or https://.",
    ),
    exceptions.NameResolutionError: (
        "the name is not known",
        "Check the address; in a VPC, its DNS must know the name, too.",
    ),
    exceptions.NewConnectionError: ("no connection", ""),
    exceptions.ConnectTimeoutError: ("no connection in time", _FIREWALL),
    exceptions.ReadTimeoutError: ("connected, but no answer in time", ""),
}


def why_unanswered(error: exceptions.HTTPError) -> str:
    """Return why, and what to do. Of the error itself only its class: its text may quote what was sent."""
    what, advice = _found(error)
    named = f": {what} ({type(error).__name__})" if what else f" ({type(error).__name__})"
    return f"{named}. {advice}" if advice else named


def is_about_tls(error: BaseException | None) -> bool:
    """Return whether a server was there, and its certificate or its protocol was wrong."""
    return isinstance(error, exceptions.SSLError)


def is_unreachable(error: BaseException | None) -> bool:
    """Return whether there was not even a connection: another network may have one."""
    return isinstance(error, exceptions.NewConnectionError | exceptions.ConnectTimeoutError)


def _found(error: exceptions.HTTPError) -> tuple[str, str]:
    refused = error.args[0] if error.args else None
    if isinstance(refused, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(refused.verify_code, (f"its certificate is refused ({refused.verify_message})", ""))
    cause = error.__cause__
    if isinstance(cause, ConnectionRefusedError):
        return "the connection is refused", "Nothing listens there, or a firewall says so: check the host and the port."
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return "the network is not reachable", _FIREWALL
    return _BY_CLASS.get(type(error), ("", ""))
