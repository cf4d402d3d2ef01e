"""What Configure works with, in memory: applications of The Things Stack, the stack's secrets, a clock.

Kept honest by ``tests.ports.application``, which the real client passes too.
"""

from dataclasses import dataclass, field

from workflows.errors import AccessDeniedError, StackConfigurationError
from workflows.ports.configuring import Application, Applications, OwnStack, StackSecrets

HOST = "eu1.example.com"
_WEBHOOK_RIGHTS = tuple(
    f"RIGHT_APPLICATION_{right}" for right in ("SETTINGS_BASIC", "TRAFFIC_READ", "TRAFFIC_DOWN_WRITE")
)


@dataclass
class FakeApplications(Applications):
    """``keys``: rights and owner by key; ``held``: webhooks by application and ID; ``trouble``: raised by each call.

    ``trusted``: what ``trust`` returns, or raises.
    """

    keys: dict = field(default_factory=dict)
    held: dict = field(default_factory=dict)
    home: str = HOST
    trouble: Exception | None = None
    trusted: str | Exception = ""

    def trust(self):
        if isinstance(self.trusted, Exception):
            raise self.trusted
        return self.trusted

    def grant(self, key, rights, application_id="demo-app"):
        self.keys[key] = (frozenset(rights), application_id)

    def __call__(self, application_id, api_key):
        return self.application(api_key, application_id)

    def application(self, key, application_id="demo-app"):
        return FakeApplication(self, key, application_id)

    def webhooks(self, application_id="demo-app"):
        return {webhook.webhook_id: webhook for (owner, _), webhook in self.held.items() if owner == application_id}


class FakeApplication(Application):
    def __init__(self, stack, key, application_id):
        self._stack, self._key, self._application_id = stack, key, application_id

    def key_owner(self):
        return self._known()[1]

    def rights(self):
        held, owner = self._known()
        return held if owner in (None, self._application_id) else frozenset()

    def cluster_host(self):
        return HOST

    def server_addresses(self):
        names = ("network_server_address", "application_server_address", "join_server_address")
        return dict.fromkeys(names, self._stack.home)

    def put_webhook(self, webhook):
        self._require_webhook_rights()
        self._stack.held[self._application_id, webhook.webhook_id] = webhook

    def delete_webhook(self, webhook_id):
        self._require_webhook_rights()
        self._stack.held.pop((self._application_id, webhook_id), None)

    def _known(self):
        if self._stack.trouble:
            raise self._stack.trouble
        if self._key not in self._stack.keys:
            raise AccessDeniedError("The Things Stack refused the API key")
        return self._stack.keys[self._key]

    def _require_webhook_rights(self):
        missing = [right for right in _WEBHOOK_RIGHTS if right not in self.rights()]
        if missing:
            raise AccessDeniedError(f"The Things Stack refused the API key: it lacks {', '.join(missing)}")


@dataclass
class FakeStackSecrets(StackSecrets):
    """``reads`` names what was asked for, in order."""

    key: str
    previous: str | None = None
    secret: str = "S3CRET" * 6
    reads: list = field(default_factory=list)

    def api_key(self):
        self.reads.append("api_key")
        return self.key

    def previous_api_key(self):
        self.reads.append("previous_api_key")
        if self.previous is None:
            raise StackConfigurationError("The stack cannot read its own secret.")
        return self.previous

    def webhook_secret(self):
        self.reads.append("webhook_secret")
        return self.secret


class FakeOwnStack(OwnStack):
    """``status`` is CloudFormation's word, or what it raises."""

    def __init__(self, status):
        self._status = status

    def status(self):
        if isinstance(self._status, Exception):
            raise self._status
        return self._status


class FakeClock:
    """Lambda's context: each read of the time costs ``step_s``."""

    def __init__(self, *, left_s=55.0, step_s=0.0):
        self._left_s, self._piece_s = left_s, step_s

    def get_remaining_time_in_millis(self):
        left_s = self._left_s
        self._left_s -= self._piece_s
        return int(left_s * 1000)
