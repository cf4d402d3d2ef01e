"""What stands before and behind the webhook, in memory."""

from workflows.ports.mirroring import ActivityQueue
from workflows.ports.secrets import WebhookSecret


class FakeWebhookSecret(WebhookSecret):
    """``stored`` is in Secrets Manager, ``known`` was read last; ``reads`` counts."""

    def __init__(self, stored):
        self.stored, self.known, self.reads = stored, None, 0

    def current(self):
        return self.known or self.refreshed()

    def refreshed(self):
        self.reads += 1
        self.known = self.stored
        return self.known


class FakeActivityQueue(ActivityQueue):
    """``messages`` as they were put."""

    def __init__(self):
        self.messages = []

    def put(self, activity):
        self.messages.append(activity)
