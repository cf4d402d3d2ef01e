"""Permits to remove devices in memory; kept honest by ``tests.ports.permits``."""

from workflows.ports.journal import Permits


class FakePermits(Permits):
    def __init__(self):
        self.taken, self.remaining, self.expires_at = {}, 0, None

    def take(self, at, *, per_hour):
        hour = at.replace(minute=0, second=0, microsecond=0)
        if self.taken.get(hour, 0) < per_hour:
            self.taken[hour] = self.taken.get(hour, 0) + 1
            return True
        if self.remaining and self.expires_at > at:
            self.remaining -= 1
            return True
        return False

    def grant(self, count, *, until):
        self.remaining, self.expires_at = count, until
