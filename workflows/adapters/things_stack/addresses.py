"""Where the servers of The Things Stack are: stack parameters become base URLs."""

import ipaddress
import re
from typing import Self

from workflows.errors import StackConfigurationError
from workflows.values import value

# As in device records, which hold neither a scheme nor an IPv6 address.
_ADDRESS = re.compile(r"(?:(?P<scheme>https?)://)?(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?P<port>:\d{1,5})?/?")


@value
class Address:
    """``base_url`` is scheme, host and port; ``host`` is what device records name, without both."""

    base_url: str
    host: str

    @classmethod
    def parse(cls, parameter: str, text: str, *, allow_http: bool = False) -> Self:
        """Read ``host[:port]`` (https is meant) or ``http(s)://host[:port]``.

        The API key, root keys and claim codes go to this address: in the clear only if they do not leave this machine,
        or with ``allow_http``.

        Raises:
            StackConfigurationError: ``text`` is none of these; the error names the stack's ``parameter``.
        """
        found = _ADDRESS.fullmatch(text.strip().lower())
        if found is None:
            raise StackConfigurationError(
                f"{parameter} {text!r} is no address: give host[:port] or http(s)://host[:port], without a path"
            )
        scheme, host = found["scheme"] or "https", found["host"]
        if scheme == "http" and not (allow_http or _is_loopback(host)):
            raise StackConfigurationError(
                f"{parameter} {text!r} is plain http: the API key, root keys and claim codes would travel unencrypted. "
                f"Give https://{host}{found['port'] or ''}. Plain http is for 127.0.0.1 and localhost; "
                "for any other host deploy with AllowHttp=true."
            )
        return cls(base_url=f"{scheme}://{host}{found['port'] or ''}", host=host)


@value
class Addresses:
    """Identity may be elsewhere; the other servers and the Device Repository share the cluster's host."""

    cluster: Address
    identity: Address

    @classmethod
    def parse(cls, cluster: str, identity: str = "", *, allow_http: bool = False) -> Self:
        """Read the stack's two parameters; an empty ``identity`` means the cluster's host."""
        return cls(
            cluster=Address.parse("ClusterAddress", cluster, allow_http=allow_http),
            identity=Address.parse("IdentityServerAddress", identity or cluster, allow_http=allow_http),
        )


def _is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine by what is written, since a name may resolve to anything."""
    try:
        return host == "localhost" or ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False
