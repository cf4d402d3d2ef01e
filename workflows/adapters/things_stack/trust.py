"""Which certificates TLS accepts where The Things Stack has a certificate authority of its operator's own."""

import re
import ssl
from functools import cache

from workflows.errors import StackConfigurationError

_BEGIN = "-----BEGIN CERTIFICATE-----"
_CERTIFICATE = re.compile(f"{_BEGIN}[^-]+-----END CERTIFICATE-----")
_PRIVATE_KEY = re.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----")


@cache
def public_context() -> ssl.SSLContext:
    """Accept what the public authorities have signed. Reading them takes as long as ten calls."""
    return ssl.create_default_context()


def tls_context(bundle: str | None) -> ssl.SSLContext:
    """Accept what the public authorities have signed, and what those in ``bundle`` have.

    Any certificate in the bundle is an anchor, an intermediate one and a server's own, too. Home-made authorities often
    lack extensions that newer Pythons demand (VERIFY_X509_STRICT), so these are not demanded.

    Raises:
        StackConfigurationError: ``bundle`` is none; the text says why.
    """
    if bundle is None:
        return public_context()
    context = ssl.create_default_context()
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(cadata="\n".join(certificates_in(bundle)))
    except (ssl.SSLError, ValueError, TypeError) as error:
        raise _unusable("holds a broken certificate") from error
    return context


def certificates_in(bundle: str) -> list[str]:
    """Return the certificates alone: people write comments between them, in any script.

    Raises:
        StackConfigurationError: there are none, a broken one, or a private key beside them.
    """
    if _PRIVATE_KEY.search(bundle):
        raise _unusable("holds a private key, which belongs to the authority alone")
    found = _CERTIFICATE.findall(bundle)
    if len(found) != bundle.count(_BEGIN):
        raise _unusable("holds a broken certificate")
    if not found:
        raise _unusable(f"holds no certificate in PEM form ({_BEGIN})")
    return found


def _unusable(why: str) -> StackConfigurationError:
    return StackConfigurationError(
        f"The secret of the parameter CertificateAuthoritySecretArn {why}. Its value must be the bundle itself, as "
        "text: aws secretsmanager put-secret-value --secret-id ARN --secret-string file://authorities.pem"
    )
