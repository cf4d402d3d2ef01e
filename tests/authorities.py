"""A certificate authority of the tests' own, and what it signs for the simulator of The Things Stack."""

from datetime import UTC, datetime, timedelta

import trustme

NAME = "localhost"
A_YEAR = timedelta(days=365)


def pem_of(authority):
    return authority.cert_pem.bytes().decode()


def issued(authority, folder, *names, begins_in=-A_YEAR, ends_in=A_YEAR):
    """Return the file with a key and its certificate, as a server loads them."""
    now = datetime.now(UTC)  # noqa: TID251 - TLS compares with the time of the day
    certificate = authority.issue_cert(*names, not_before=now + begins_in, not_after=now + ends_in)
    file = folder / "server.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(str(file))
    return file


def authority():
    return trustme.CA()
