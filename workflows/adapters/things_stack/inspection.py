"""What is read of an application of The Things Stack beside what the steps do: all devices."""

from workflows.adapters.things_stack.client import TheThingsStack
from workflows.adapters.things_stack.error_table import repeated_page
from workflows.domain.device import IdentityRecord
from workflows.domain.pages import Page

# The Identity Server gives at most a thousand; some 500 bytes each come well within the time that a call may take.
PAGE = 500


class Inspection(TheThingsStack):
    def page(self, place: str) -> Page[IdentityRecord]:
        """Read a page of the Identity Server's records; what comes and goes meanwhile may be there or not.

        Pages are counted, so a record that goes meanwhile takes the first one of the next page out of the list, too.
        A place has the last device before it: who ignores the page's number would give the same devices for ever.
        """
        number_text, _, last_before = place.partition(":")
        number = int(number_text or 1)
        call = self._calls.list_identities(limit=PAGE, page=number)
        records = self._identities(call)
        if not records:
            return Page(records, None)
        last = records[-1].ids.device_id
        if last == last_before:
            raise repeated_page(call, number)
        return Page(records, f"{number + 1}:{last}")
