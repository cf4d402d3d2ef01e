"""What is read of an application of The Things Stack beside what the steps do: all devices."""

from workflows.adapters.things_stack.client import TheThingsStack
from workflows.domain.device import IdentityRecord
from workflows.domain.pages import Page

# The Identity Server gives at most a thousand; some 500 bytes each come well within the time that a call may take.
PAGE = 500


class Inspection(TheThingsStack):
    def page(self, place: str) -> Page[IdentityRecord]:
        """Read a page of the Identity Server's records; what comes and goes meanwhile may be there or not.

        Pages are counted, so a record that goes meanwhile takes the first one of the next page out of the list, too.
        """
        number = int(place or 1)
        records = self._identities(self._calls.list_identities(limit=PAGE, page=number))
        return Page(records, str(number + 1) if records else None)
