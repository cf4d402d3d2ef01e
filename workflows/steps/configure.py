"""Configure: what CloudFormation has no resources for: the thing type, the switch of registry events, the webhook."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from workflows.domain.configuration import Deployed, Outcome, Place, Request, RequestKind
from workflows.domain.webhook import Webhook, can_reach, webhook_id_for
from workflows.errors import RegistryUnavailableError, StackConfigurationError, SyncError
from workflows.ports import ThingRegistry
from workflows.ports.configuring import Application, Applications, StackSecrets
from workflows.steps.access import check_key, check_rights, check_stack_name

# Of the longest piece of work between two looks at the clock. The function's timeout rests on it.
CALLS_AT_MOST = 2

# What people look things up by.
SEARCHABLE_ATTRIBUTES = ("devEUI", "stackName")

# CloudFormation takes answers of at most 4,096 bytes; an error text of this length leaves room for the rest.
REASON_MAX_CHARS = 1000

Piece = Callable[[], str]


class Clock(Protocol):
    """Lambda's context, as far as it is asked."""

    def get_remaining_time_in_millis(self) -> int: ...


def settled(kind: RequestKind, work: Piece) -> Outcome:
    """Do ``work`` and say how it went. Never raises: without an answer CloudFormation would wait until it gives up.

    A removal always succeeds: nobody is helped by a stack that cannot be deleted.
    """
    try:
        return Outcome("SUCCESS", work()[:REASON_MAX_CHARS])
    except Exception as error:  # noqa: BLE001 - whatever it was, the answer tells it
        reason = f"{type(error).__name__}: {error}"[:REASON_MAX_CHARS]
        return Outcome("SUCCESS" if kind == "Delete" else "FAILED", reason)


@dataclass(frozen=True, slots=True)
class Configure:
    """``piece_s``: what a piece of work, and the answer after it, may take at most."""

    deployed: Deployed
    things: ThingRegistry
    secrets: StackSecrets
    applications: Applications
    piece_s: float

    def carry_out(self, request: Request, clock: Clock) -> str:
        """Do what ``request`` asks for, one piece after the other, and return what was done.

        Nothing is changed anywhere before the key is known to do.

        Raises:
            RegistryUnavailableError: there is no time for the next piece.
        """
        done: list[str] = []
        for piece in self._removal() if request.kind == "Delete" else self._configuration(request.previous):
            if clock.get_remaining_time_in_millis() < self.piece_s * 1000:
                raise RegistryUnavailableError(f"Answers came so slowly that no time is left after: {'; '.join(done)}.")
            done.append(piece())
        return "; ".join(done)

    def _configuration(self, previous: Place | None) -> Iterator[Piece]:
        place, api_key = self.deployed.place, cache(self.secrets.api_key)

        def application() -> Application:
            return self.applications(place, api_key())

        yield lambda: check_stack_name(self.deployed.stack_name)
        yield lambda: check_key(application(), place.application_id)
        yield lambda: check_rights(application(), place.application_id)
        yield lambda: _ensure_thing_type(self.deployed.thing_type_name, self.things)
        yield lambda: _ensure_events(self.things)
        # Before the webhook is written, as both may be the same cluster's, by another name.
        if previous is not None and previous != place:
            # An application's key does not open another: the one before it may.
            yield lambda: self._leave(previous, self.secrets.previous_api_key)
            yield lambda: self._leave(previous, api_key)
        yield lambda: self._ensure_webhook(application())

    def _removal(self) -> Iterator[Piece]:
        yield lambda: self._leave(self.deployed.place, self.secrets.api_key)
        yield lambda: _left(self.deployed.thing_type_name)

    def _ensure_webhook(self, application: Application) -> str:
        url, place = self.deployed.webhook_url, self.deployed.place
        if not can_reach(place.cluster_address, url):
            return f"made no webhook, since {place.cluster_address} cannot reach {url}"
        webhook = Webhook(webhook_id_for(self.deployed.stack_id), url, self.secrets.webhook_secret())
        application.put_webhook(webhook)
        return f"wrote the webhook {webhook.webhook_id} of the application {place.application_id}"

    def _leave(self, place: Place, api_key: Callable[[], str]) -> str:
        """Remove the webhook at ``place``, if the key and The Things Stack let us."""
        webhook = f"the webhook {webhook_id_for(self.deployed.stack_id)} of the application {place.application_id}"
        try:
            self.applications(place, api_key()).delete_webhook(webhook_id_for(self.deployed.stack_id))
        except SyncError as error:
            return f"could not remove {webhook} ({type(error).__name__}: {error}): if it is there, delete it yourself"
        return f"removed {webhook}"


def _left(thing_type_name: str) -> str:
    return (
        f"left the thing type {thing_type_name}, which other stacks may share, "
        "and registry events switched on, since the switch is the whole account's"
    )


def _ensure_thing_type(name: str, registry: ThingRegistry) -> str:
    match registry.thing_type(name):
        case None:
            registry.create_thing_type(name, SEARCHABLE_ATTRIBUTES)
            return f"created the thing type {name}"
        case "deprecated":
            raise StackConfigurationError(
                f"The thing type {name} is deprecated, so no thing can be given it: "
                f"take that back (aws iot deprecate-thing-type --undo-deprecate) or choose another ThingTypeName."
            )
    return f"found the thing type {name}"


def _ensure_events(registry: ThingRegistry) -> str:
    switches = registry.event_switches()
    if switches.get("THING"):
        return "registry events were on"
    registry.set_event_switches({**switches, "THING": True})
    return "switched registry events on"
