"""What the shell offers for arguments and options. It never says anything, and never makes anybody wait long."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from threading import Thread

import typer

from operate.connection import Selection
from operate.operator import Operator
from operate.views.counts import STATUSES
from workflows.domain import labels
from workflows.domain.attributes import ATTRIBUTES
from workflows.errors import RegistryAnswer, SyncError, leaf_names

Completion = Callable[..., list[str]]

_TIMEOUT_S = 2.0
# One page of ListThings: its quota is counted in calls.
_THINGS = 250
_ERRORS = sorted((leaf_names(SyncError) | {"UnreportedRunError"}) - leaf_names(RegistryAnswer))


def thing_names(ctx: typer.Context, incomplete: str) -> list[str]:
    return _offered(ctx, lambda operator: (each.name for each in islice(operator.things.listed(), _THINGS)), incomplete)


def stack_names(ctx: typer.Context, incomplete: str) -> list[str]:
    return _offered(ctx, lambda operator: operator.clients.stack_names(), incomplete)


def profile_names(ctx: typer.Context, incomplete: str) -> list[str]:
    return _offered(ctx, lambda operator: operator.clients.profile_names(), incomplete)


def region_names(ctx: typer.Context, incomplete: str) -> list[str]:
    return _offered(ctx, lambda operator: operator.clients.region_names(), incomplete)


def error_names(incomplete: str) -> list[str]:
    return [name for name in _ERRORS if name.startswith(incomplete)]


def assignments(incomplete: str) -> list[str]:
    """Complete ``name=`` of an attribute; a label's key is the user's own."""
    return [name if name == labels.PREFIX else f"{name}=" for name in attribute_names(incomplete)]


def attribute_names(incomplete: str) -> list[str]:
    return [row.name for row in ATTRIBUTES if row.name.startswith(incomplete)]


def things_and_assignments(ctx: typer.Context, incomplete: str) -> list[str]:
    return [*thing_names(ctx, incomplete), *assignments(incomplete)]


def statuses(incomplete: str) -> list[str]:
    return [status for status in STATUSES if status.startswith(incomplete)]


# By the names of the parameters.
_COMPLETIONS: Mapping[str, Completion] = {
    "thing": thing_names,
    "things": thing_names,
    "error": error_names,
    "stack": stack_names,
    "profile": profile_names,
    "region": region_names,
    "for_region": region_names,
    "words": things_and_assignments,
    "unset": attribute_names,
    "status": statuses,
}


def complete_all(commands: typer.Typer) -> None:
    """Offer completions for every command, and for those of its groups."""
    callbacks = [each.callback for each in commands.registered_commands]
    if commands.registered_callback:
        callbacks.append(commands.registered_callback.callback)
    for callback in filter(None, callbacks):
        for name, parameter in inspect.signature(callback).parameters.items():
            for given in getattr(parameter.annotation, "__metadata__", ()):
                given.autocompletion = given.autocompletion or _COMPLETIONS.get(name)
    for group in commands.registered_groups:
        if group.typer_instance:
            complete_all(group.typer_instance)


def _operator(ctx: typer.Context) -> Operator:
    root = ctx.find_root()
    if isinstance(root.obj, Operator):  # a calling program provides its own
        return root.obj
    given = {name: root.params.get(name) for name in ("stack", "profile", "region", "local")}
    return Selection(given["stack"], given["profile"], given["region"], bool(given["local"])).connect()


def _offered(ctx: typer.Context, read: Callable[[Operator], Iterable[str]], incomplete: str) -> list[str]:
    """Return what ``read`` yields and begins so; nothing if it fails or takes long."""
    found: list[str] = []

    def work() -> None:
        try:
            found.extend([each for each in read(_operator(ctx)) if each.startswith(incomplete)])
        except Exception:  # noqa: BLE001  # an error would disturb the line that is being typed
            return

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(_TIMEOUT_S)
    return list(found)
