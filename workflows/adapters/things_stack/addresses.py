"""Where the servers of The Things Stack are: stack parameters become base URLs."""

import re
from dataclasses import dataclass
from typing import Self

from workflows.errors import StackConfigurationError

# As in device records, which hold neither a scheme nor an IPv6 address.
_ADDRESS = re.compile(r"(?:(?P<scheme>https?)://)?(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?P<port>:\d{1,5})?/?")


@dataclass(frozen=True, slots=True)
class Address:
    """``base_url`` is scheme, host and port; ``host`` is what device records name, without both."""

    base_url: str
    host: str

    @classmethod
    def parse(cls, parameter: str, text: str) -> Self:
        """Read ``host[:port]`` (https is meant) or ``http(s)://host[:port]``.

        Raises:
            StackConfigurationError: ``text`` is none of these; the error names the stack's ``parameter``.
        """
        found = _ADDRESS.fullmatch(text.strip().lower())
        if found is None:
            raise StackConfigurationError(
                f"{parameter} {text!r} is no address: give host[:port] or http(s)://host[:port], without a path"
            )
        host = found["host"]
        return cls(base_url=f"{found['scheme'] or 'https'}://{host}{found['port'] or ''}", host=host)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The Network, Application, Join and Claiming Server share the cluster's host; Identity may be elsewhere."""

    cluster: Address
    identity: Address

    @classmethod
    def parse(cls, cluster: str, identity: str = "") -> Self:
        """Read the stack's two parameters; an empty ``identity`` means the cluster's host."""
        return cls(
            cluster=Address.parse("ClusterAddress", cluster),
            identity=Address.parse("IdentityServerAddress", identity or cluster),
        )
