"""The webhook through which The Things Stack reports joins and uplinks: its ID, and whether it can work."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import Literal

from workflows.values import value

# A caller cannot guess a secret of this length; Secrets Manager generates 64 characters.
SECRET_MIN_CHARS = 32

MirrorOn = Literal["JoinAndUplink", "Join", "Off"]
MessageKind = Literal["join_accept", "uplink_message"]

# Which messages of devices the webhook reports; without any there is no webhook.
REPORTED: Mapping[MirrorOn, tuple[MessageKind, ...]] = {
    "JoinAndUplink": ("join_accept", "uplink_message"),
    "Join": ("join_accept",),
    "Off": (),
}
_PLURALS: Mapping[MessageKind, str] = {"join_accept": "joins", "uplink_message": "uplinks"}

_DIGEST_CHARS = 8
_SLUG_MAX_CHARS = 36 - 1 - _DIGEST_CHARS  # an ID of The Things Stack has at most 36
_THIS_MACHINE = re.compile(r"(?:https?://)?(?:[^/:]+\.)?(?:localhost|127(?:\.\d{1,3}){3})(?::\d+)?(?:/.*)?")


@value
class Webhook:
    """``secret`` is in a header of every call: it proves to the stack who calls. ``reported``: see ``REPORTED``."""

    webhook_id: str
    url: str
    secret: str = field(repr=False)
    reported: tuple[MessageKind, ...] = REPORTED["JoinAndUplink"]


@value
class ExistingWebhook:
    """A webhook as The Things Stack has it."""

    url: str
    reported: tuple[MessageKind, ...]


def name_reported(reported: Collection[MessageKind]) -> str:
    """Return how texts name these kinds of messages, such as "joins and uplinks"."""
    return " and ".join(plural for kind, plural in _PLURALS.items() if kind in reported) or "nothing"


def webhook_id_for(stack_id: str) -> str:
    """Return the webhook's ID for a stack's ARN: the stack's name and a digest that no other stack has.

    Stacks with one name in several accounts and regions may share an application. A stack that is deployed again with
    its old name gets the same ID, so it overwrites a webhook that a removal may have left.
    """
    place_and_name, _, _ = stack_id.rpartition("/")
    _, _, stack_name = place_and_name.partition(":stack/")
    slug = re.sub(r"-+", "-", stack_name.lower())[:_SLUG_MAX_CHARS].strip("-")
    return f"{slug}-{hashlib.sha256(place_and_name.encode()).hexdigest()[:_DIGEST_CHARS]}"


def of_namesakes(stack_id: str, webhook_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the webhooks of other stacks with this stack's name, which mark their devices as this stack does."""
    own = webhook_id_for(stack_id)
    of_name = re.compile(rf"{re.escape(own[:-_DIGEST_CHARS])}[0-9a-f]{{{_DIGEST_CHARS}}}")
    return tuple(sorted(each for each in webhook_ids if each != own and of_name.fullmatch(each)))


def can_reach(cluster_address: str, url: str) -> bool:
    """Return whether a cluster can reach ``url``. A developer's machine is reachable only from itself."""
    return not _is_this_machine(url) or _is_this_machine(cluster_address)


def _is_this_machine(address: str) -> bool:
    return _THIS_MACHINE.fullmatch(address.lower()) is not None
