"""What every ``Application`` does: subclasses give a ``deployment`` of The Things Stack with the application demo-app.

A deployment has ``grant(key, rights, application_id)``, ``application(key, application_id)`` and ``webhooks()``, which
maps IDs to ``Webhook``.
"""

import pytest

from workflows.domain.rights import NEEDED_RIGHTS, VIEW_RIGHT
from workflows.domain.webhook import Webhook
from workflows.errors import AccessDeniedError

KEY = "NNSXS.CONFIGURE.ABCDEF"
WEBHOOK = Webhook("thingsync-0a1b2c3d", "https://abc.execute-api.eu-west-1.amazonaws.com/activity", "S3CRET")
WRITES = ("SETTINGS_BASIC", "TRAFFIC_READ", "TRAFFIC_DOWN_WRITE")


class ApplicationContract:
    @pytest.fixture
    def application(self, deployment):
        deployment.grant(KEY, [VIEW_RIGHT, *NEEDED_RIGHTS], "demo-app")
        return deployment.application(KEY, "demo-app")

    def test_it_says_whose_the_key_is_and_what_it_may_do(self, application):
        assert application.key_owner() == "demo-app"
        assert application.rights() == {VIEW_RIGHT, *NEEDED_RIGHTS}

    def test_a_key_has_no_rights_on_an_application_that_is_not_its_own(self, deployment, application):
        elsewhere = deployment.application(KEY, "nowhere")

        assert (elsewhere.key_owner(), elsewhere.rights()) == ("demo-app", frozenset())

    @pytest.mark.parametrize("key", ["NNSXS.UNKNOWN.ABCDEF", "no-key-at-all"])
    def test_a_key_that_is_unknown_or_none_is_refused_and_not_shown(self, deployment, key):
        with pytest.raises(AccessDeniedError, match="refused the API key") as caught:
            deployment.application(key, "demo-app").key_owner()

        assert key not in str(caught.value)

    def test_the_application_names_its_servers(self, application):
        addresses = application.server_addresses()

        assert addresses.keys() == {
            "network_server_address",
            "application_server_address",
            "join_server_address",
        }
        assert set(addresses.values()) == {application.cluster_host()}

    def test_a_webhook_is_written_and_written_over(self, deployment, application):
        application.put_webhook(Webhook(WEBHOOK.webhook_id, "https://old.example.com/", "0LD"))

        application.put_webhook(WEBHOOK)

        assert deployment.webhooks() == {WEBHOOK.webhook_id: WEBHOOK}

    def test_a_webhook_is_deleted_and_deleting_it_again_succeeds(self, deployment, application):
        application.put_webhook(WEBHOOK)

        application.delete_webhook(WEBHOOK.webhook_id)
        application.delete_webhook(WEBHOOK.webhook_id)

        assert deployment.webhooks() == {}

    @pytest.mark.parametrize("right", WRITES)
    def test_the_right_that_a_webhook_needs_and_the_key_lacks_is_named(self, deployment, right):
        rights = [f"RIGHT_APPLICATION_{held}" for held in WRITES if held != right]
        deployment.grant("NNSXS.SMALL.ABCDEF", rights, "demo-app")

        with pytest.raises(AccessDeniedError, match=f"it lacks RIGHT_APPLICATION_{right}") as caught:
            deployment.application("NNSXS.SMALL.ABCDEF", "demo-app").put_webhook(WEBHOOK)

        assert WEBHOOK.secret not in f"{caught.value} {caught.value!r}"
