"""Who may call the webhook's API: whoever bears the stack's secret."""

import pytest

from tests.activity_samples import SECRET, authorizer_event
from tests.fakes.webhook import FakeWebhookSecret
from workflows.schemas.authorization import dump_verdict, load_secret
from workflows.steps.authorize import REFRESH_S, Guard

ROTATED = "AnotherOne" * 4


class Entrance:
    """AuthorizeActivity with its secret in memory; ``now_s`` is its clock."""

    def __init__(self):
        self.secret, self.now_s = FakeWebhookSecret(SECRET), 1000.0
        self._guard = Guard(self.secret, lambda: self.now_s)

    def admits(self, event):
        return dump_verdict(admitted=self._guard.admits(load_secret(event)))["isAuthorized"]


@pytest.fixture
def entrance():
    return Entrance()


def test_who_bears_the_secret_is_admitted(entrance):
    assert entrance.admits(authorizer_event(SECRET)) is True


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param("wrong", id="wrong"),
        pytest.param(SECRET.lower(), id="other-case"),
        pytest.param(SECRET[:-1], id="too-short"),
        pytest.param(f"{SECRET},{SECRET}", id="twice"),
        pytest.param("geheimnis-ü", id="beyond-ascii"),
    ],
)
def test_who_does_not_prove_itself_is_refused(entrance, secret):
    assert entrance.admits(authorizer_event(secret)) is False


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("", id="empty"),
        pytest.param("short", id="five characters"),
        pytest.param(SECRET[:31], id="one character too short"),
    ],
)
def test_a_secret_that_could_be_guessed_admits_nobody_not_even_who_knows_it(entrance, stored):
    entrance.secret.stored = stored

    assert entrance.admits(authorizer_event(stored)) is False


def test_a_header_of_another_spelling_is_the_same_header(entrance):
    event = authorizer_event(None)

    assert entrance.admits(event | {"headers": {"X-Thingsync-Secret": SECRET}}) is True


def test_a_secret_that_was_rotated_is_read_again_at_the_first_call_that_bears_it(entrance):
    entrance.admits(authorizer_event(SECRET))
    entrance.secret.stored = ROTATED

    assert entrance.admits(authorizer_event(ROTATED)) is True
    assert entrance.secret.reads == 2


def test_wrong_secrets_cost_one_read_a_minute(entrance):
    entrance.admits(authorizer_event(SECRET))
    for _ in range(100):
        entrance.admits(authorizer_event("wrong"))
    before = entrance.secret.reads
    entrance.now_s += REFRESH_S

    entrance.admits(authorizer_event("wrong"))

    assert (before, entrance.secret.reads) == (2, 3)


def test_only_who_is_admitted_is_said_to_be():
    assert dump_verdict(admitted=False) == {"isAuthorized": False, "context": {}}


def test_what_it_says_is_text_which_reaches_the_next_function_as_it_is():
    """A REST API turns all that its authorizer says into texts. What an HTTP API does, AWS does not say."""
    said = dump_verdict(admitted=True)["context"]

    assert said
    assert all(isinstance(value, str) for value in said.values())
