"""What an operator reads of an application of The Things Stack beside what the steps do: all devices."""

from collections.abc import Iterator

from workflows.adapters.things_stack.client import TheThingsStack
from workflows.domain.device import IdentityRecord

# The Identity Server gives at most a thousand; some 500 bytes each come well within the time that a call may take.
PAGE = 500


class Inspection(TheThingsStack):
    def identities(self) -> Iterator[IdentityRecord]:
        """Read the Identity Server's records page by page; what comes and goes meanwhile may be there or not."""
        page = 1
        while devices := self._page(page):
            yield from devices
            page += 1

    def _page(self, page: int) -> list[IdentityRecord]:
        return self._identities(self._calls.list_identities(limit=PAGE, page=page))
