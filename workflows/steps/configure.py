"""Configure: sets up what CloudFormation has no resource for: the thing type, registry events, the webhook."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Protocol

from workflows.domain.configuration import Deployed, WebhookLocation
from workflows.domain.thing_type import (
    SEARCHABLE_ATTRIBUTES,
    ThingType,
    deprecated_problem,
    full_fix,
    full_problem,
    undo_deprecation,
)
from workflows.domain.webhook import REPORTED, Webhook, can_reach, name_reported, webhook_id_for
from workflows.errors import RegistryUnavailableError, StackConfigurationError, SyncError
from workflows.ports.configuring import Application, Applications, StackSecrets
from workflows.ports.thing_registry import ThingRegistry
from workflows.steps.access import check_key, check_rights, check_stack_name, check_webhook_secret
from workflows.values import value

# Calls of the longest step between two checks of the remaining time. The function's timeout depends on it.
CALLS_AT_MOST = 2

Step = Callable[[], str]


class Clock(Protocol):
    """The part of Lambda's context that is used here."""

    def get_remaining_time_in_millis(self) -> int: ...


@value
class Configure:
    """``step_s``: how long a step and the answer after it may take at most."""

    deployed: Deployed
    things: ThingRegistry
    secrets: StackSecrets
    applications: Applications
    step_s: float

    def ensure(self, clock: Clock, *, previous: WebhookLocation | None = None) -> str:
        """Do one step after the other; return what was done.

        The steps that check come first: nothing is changed before the key and the webhook's secret have passed.

        Args:
            clock: says how much time is left.
            previous: where the webhook was before, as the request says. Anyone may have written the request.

        Raises:
            RegistryUnavailableError: no time is left for the next step.
        """
        done: list[str] = []
        for step in self._steps(previous):
            if clock.get_remaining_time_in_millis() < self.step_s * 1000:
                raise RegistryUnavailableError(f"Answers were too slow. No time is left after: {'; '.join(done)}.")
            done += filter(None, [step()])
        return "; ".join(done)

    def _steps(self, previous: WebhookLocation | None) -> Iterator[Step]:
        application_id = self._application_id
        api_key, secret = cache(self.secrets.api_key), cache(self.secrets.webhook_secret)
        can_post = can_reach(self.deployed.place.cluster_address, self.deployed.webhook_url)
        needs_webhook = bool(REPORTED[self.deployed.mirror_on])

        def application() -> Application:
            return self.applications(application_id, api_key())

        yield lambda: check_stack_name(self.deployed.stack_name)
        yield self.applications.trust
        yield lambda: check_key(application(), application_id)
        yield lambda: check_rights(application(), application_id)
        if can_post and needs_webhook:
            yield lambda: check_webhook_secret(secret(), self.deployed.stack_name)
        yield lambda: _ensure_thing_type(self.deployed.thing_type_name, self.things)
        yield lambda: _ensure_events(self.things)
        yield from self._remove_previous(previous or self.deployed.place, api_key)
        if not needs_webhook:
            yield lambda: self._without_webhook(application())
        else:
            yield lambda: self._put_webhook(application(), secret()) if can_post else self._explain_no_webhook()

    def _remove_previous(self, previous: WebhookLocation, api_key: Callable[[], str]) -> Iterator[Step]:
        """Remove the previous webhook; name it if it is on another cluster: no key is ever sent there."""
        if previous.cluster_address != self.deployed.place.cluster_address:
            yield (
                lambda: (
                    f"sent no key to {previous.cluster_address}, which this stack no longer uses: "
                    f"if {self.describe_webhook(previous.application_id)} is there, delete it yourself"
                )
            )
        elif previous.application_id != self._application_id:
            # A key works for one application only; the previous key may be that of the previous application.
            yield lambda: self.remove_webhook(previous.application_id, self.secrets.previous_api_key)
            yield lambda: self.remove_webhook(previous.application_id, api_key)

    @property
    def _application_id(self) -> str:
        return self.deployed.place.application_id

    def _put_webhook(self, application: Application, secret: str) -> str:
        mirror_on = self.deployed.mirror_on
        reported = REPORTED[mirror_on]
        webhook_id = webhook_id_for(self.deployed.stack_id)
        application.put_webhook(Webhook(webhook_id, self.deployed.webhook_url, secret, reported))
        webhook = self.describe_webhook(self._application_id)
        return f"wrote {webhook} for {name_reported(reported)} (MirrorOn is {mirror_on})"

    def _without_webhook(self, application: Application) -> str:
        """Remove the webhook; raise if that fails, because then The Things Stack would still report."""
        application.delete_webhook(webhook_id_for(self.deployed.stack_id))
        return (
            f"made sure that {self.describe_webhook(self._application_id)} does not exist (MirrorOn is Off): "
            "devices registered in The Things Stack do not become things"
        )

    def _explain_no_webhook(self) -> str:
        cluster, url = self.deployed.place.cluster_address, self.deployed.webhook_url
        return f"created no webhook, because {cluster} cannot reach {url}"

    def describe_webhook(self, application_id: str) -> str:
        """Return how texts name the stack's webhook in this application."""
        return f"the webhook {webhook_id_for(self.deployed.stack_id)} of the application {application_id}"

    def remove_webhook(self, application_id: str, api_key: Callable[[], str]) -> str:
        """Remove the stack's webhook from this application; return what was done, or why it failed."""
        try:
            self.applications(application_id, api_key()).delete_webhook(webhook_id_for(self.deployed.stack_id))
        except SyncError as error:
            return self.removal_failed(application_id, error)
        return f"removed {self.describe_webhook(application_id)}"

    def removal_failed(self, application_id: str, error: SyncError) -> str:
        return (
            f"could not remove {self.describe_webhook(application_id)} ({type(error).__name__}: {error}): "
            "if it is there, delete it yourself"
        )


def _ensure_thing_type(name: str, registry: ThingRegistry) -> str:
    found = registry.thing_type(name)
    if found is None:
        registry.create_thing_type(name, SEARCHABLE_ATTRIBUTES)
        return f"created the thing type {name}"
    if found.is_deprecated:
        raise StackConfigurationError(
            f"{deprecated_problem(name)} Undo that ({undo_deprecation(name)}) or choose another ThingTypeName."
        )
    if found.is_full:
        raise StackConfigurationError(f"{full_problem(name, found)} {full_fix(name, found)}")
    return _ensure_searchable(name, found, registry)


def _ensure_searchable(name: str, found: ThingType, registry: ThingRegistry) -> str:
    wanted = found.wanted()
    left_out = [attribute for attribute in SEARCHABLE_ATTRIBUTES if attribute not in wanted]
    without = f", whose things cannot be searched by {', '.join(left_out)} (no room)" if left_out else ""
    if wanted == found.searchable:
        return f"found the thing type {name}{without}"
    registry.make_searchable(name, found, wanted)
    added = " and ".join(wanted[len(found.searchable) :])
    return (
        f"made {added} searchable in the thing type {name}{without} (AWS does not document whether things that exist "
        "are found by it before they next change)"
    )


def _ensure_events(registry: ThingRegistry) -> str:
    switches = registry.event_switches()
    if switches.get("THING"):
        return "registry events were on"
    registry.set_event_switches({**switches, "THING": True})
    return "switched registry events on"
