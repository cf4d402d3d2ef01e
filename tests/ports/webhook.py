"""What every ``ActivityQueue`` and every ``WebhookSecret`` does."""

from dataclasses import replace

from tests.activity_samples import ACTIVITY


class ActivityQueueContract:
    def test_what_is_put_waits_there_whole(self, queue, waiting):
        by_hand = replace(ACTIVITY, join_eui=None, received_at=None)

        queue.put(ACTIVITY)
        queue.put(by_hand)

        assert sorted(waiting(), key=repr) == sorted([ACTIVITY, by_hand], key=repr)


class WebhookSecretContract:
    def test_a_secret_is_read_once(self, secret, store):
        store("first")
        before = secret.current()
        store("second")

        assert (before, secret.current()) == ("first", "first")

    def test_until_it_is_read_again(self, secret, store):
        store("first")
        secret.current()
        store("second")

        assert (secret.refreshed(), secret.current()) == ("second", "second")
