"""The door of the queue: the message of a device that has its thing ends here, because there is nothing to do."""

from collections.abc import Callable

from workflows.domain.activity import Activity
from workflows.domain.device import DeviceIds
from workflows.ports.journal import KnownDevices
from workflows.steps.recent import RateLimiter, Recent
from workflows.values import value

# Read the owner of the device ID.
CALLS_AT_MOST = 1

# The journal is asked about a device at most once an hour, since most sensors send more often than that. For so long a
# thing may stay away that was deleted while its device stayed, or whose device got back an ID that it had before. Joins
# do not come here.
KNOWN_S = 3600.0

# Some 300 bytes each.
DEVICES_REMEMBERED = 50_000

# A few messages pass, so that MirrorDevice still restores things that lost their type or attributes. An instance lets
# one pass every ten seconds, and up to a minute's worth at once, but each device once in ``KNOWN_S``: all devices of a
# small fleet, a share of a large one.
PASS_EVERY_S = 10.0
PASSES_AT_ONCE = 6


@value
class Door:
    """``on_unread`` is called with why the journal could not be read."""

    journal: KnownDevices
    recent: Recent
    limiter: RateLimiter
    on_unread: Callable[[Exception], None]

    def ends(self, activity: Activity) -> bool:
        """Return whether the message ends here. A device that the journal does not show with these EUIs passes."""
        sent = activity.ids
        key = f"{sent.device_id} {sent.dev_eui} {sent.join_eui}"
        if self.recent.get(key):
            return True
        if not self._is_registered(sent):
            return False
        self.recent.put(key, "known", for_s=KNOWN_S)
        return not self.limiter.allows()

    def _is_registered(self, sent: DeviceIds) -> bool:
        try:
            registered = self.journal.registered(sent.device_id)
        except Exception as error:  # noqa: BLE001  # whatever it was, MirrorDevice can process the message
            self.on_unread(error)
            return False
        return registered is not None and registered.euis_match(sent)
