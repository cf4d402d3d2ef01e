"""What to raise for a refusal. Texts name the call, what was refused and what to do.

They are an operator's user interface, so they never hold a key or a code, or words of the server that may hold one.
"""

import re
from collections.abc import Callable, Iterable

from workflows.adapters.things_stack.fields import attributes_at, is_lacking, is_server_state, thing_attributes
from workflows.adapters.things_stack.refusal import RefusedCall
from workflows.domain.activation import NO_PING_SLOT
from workflows.domain.attributes import VALUES
from workflows.domain.rights import GIVE_A_NEW_KEY
from workflows.errors import (
    AccessDeniedError,
    DeviceConflictError,
    EuisFixedAnswer,
    EuisTakenAnswer,
    PlanLimitError,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
    SyncError,
    UnexpectedAnswerError,
    ValueRefusedAnswer,
)

_BAND = re.compile(r"[A-Z]{2,4}_[0-9_A-Z]{1,28}")
_ENTITY_TYPE = re.compile(r"[a-z_]{1,40}")

Rule = Callable[[RefusedCall], Exception]

# What a record of the Network Server holds of these cannot change: a device that joins, or never does, stays one.
_FIXED_FIELDS = ("supports_join", "multicast")


def says(error: type[Exception], text: str, advice: str = "") -> Rule:
    return lambda refusal: error(refusal.says(text, advice))


def refuses(*attributes: str, text: str) -> Rule:
    return lambda refusal: ValueRefusedAnswer(refusal.refuses(text), attributes=attributes)


def throttled(refusal: RefusedCall) -> SyncError:
    reset_s = refusal.answer.reset_s or ""
    wait = f"; its limit resets in {reset_s} s" if reset_s.isdecimal() else ""
    return RegistryThrottledError(refusal.says(f"too many calls{wait}"))


def unavailable(refusal: RefusedCall) -> SyncError:
    return RegistryUnavailableError(refusal.says("The Things Stack could not answer"))


def access_denied(refusal: RefusedCall) -> SyncError:
    return AccessDeniedError(refusal.says(f"The Things Stack refused the stack's API key{_lacking(refusal)}"))


def key_refused(refusal: RefusedCall) -> SyncError:
    """Say it to people who deploy or rotate the key. For a run, the report says what to do."""
    return AccessDeniedError(
        refusal.says(
            f"The Things Stack refused the API key{_lacking(refusal)}",
            f"{GIVE_A_NEW_KEY} (If a first deployment failed, deploy again with that key.) If the key is right, check "
            "that the parameters ClusterAddress and IdentityServerAddress are those of its cluster",
        )
    )


def _lacking(refusal: RefusedCall) -> str:
    missing = ", ".join(refusal.missing_rights)
    return f": it lacks {missing}" if missing else ": it has expired, was deleted, or is not of this application"


def euis_taken(refusal: RefusedCall) -> SyncError:
    device_id, application_id = refusal.attribute("device_id"), refusal.attribute("application_id")
    holder = f"device {device_id} of application {application_id}" if device_id else "a device that is not named"
    return EuisTakenAnswer(
        refusal.says(f"the JoinEUI and DevEUI belong to {holder}"),
        device_id=device_id,
        application_id=application_id,
    )


def limit_reached(refusal: RefusedCall) -> SyncError:
    """Name the limit. Neither value is trusted to be the kind of word that it should be."""
    kind, limit = (str(refusal.error.attributes.get(key, "")) for key in ("entity_type", "limit"))
    things = f"{kind.replace('_', ' ')}s" if _ENTITY_TYPE.fullmatch(kind) else "entities"
    number = f"{limit} " if limit.isdecimal() else ""
    return PlanLimitError(
        refusal.says(
            f"the plan's limit of {number}{things} is reached",
            "Get a larger plan of The Things Stack, or delete what nobody needs there, then redrive",
        )
    )


def field_refused(refusal: RefusedCall) -> SyncError:
    """Decide by the field whose value was refused: the thing's, the stack's, or Thingsync's own."""
    fields = refusal.fields
    if any(field.endswith("_server_address") for field in fields):
        return StackConfigurationError(
            refusal.says("the cluster's host was refused: check the parameter ClusterAddress")
        )
    if any(field.endswith(_FIXED_FIELDS) for field in fields):
        return EuisFixedAnswer(refusal.says("the record that is there is of a device that is activated otherwise"))
    reason = f", {refusal.reason}" if refusal.reason else _other_band(refusal)
    if refusal.call.operation == "update" and refusal.error.path.endswith("attributes"):
        refused = f"the device's own attributes with those that Thingsync adds were refused{reason}"
        return DeviceConflictError(refusal.says(refused, "Remove some of its own in The Things Stack"))
    sent = refusal.device_sent
    named = (name for field in fields for name in thing_attributes(field, sent, refusal.call.server.lower()))
    attributes = tuple(dict.fromkeys(named))
    if not attributes:
        return unexpected(refusal)
    if any(is_lacking(field, sent) for field in fields):
        return ValueRefusedAnswer(refusal.refuses(NO_PING_SLOT), attributes=attributes)
    text = f"the value for {' or '.join(attributes)} is not accepted{reason or _accepted(refusal, attributes)}"
    stored = [field for field in fields if is_server_state(field, sent)]
    return ValueRefusedAnswer(refusal.refuses(text, _recreate(stored) if stored else ""), attributes=attributes)


def _other_band(refusal: RefusedCall) -> str:
    """Name the band of the frequency plan, which is the server's word; the other one is the thing's."""
    band = refusal.error.cause.get("fp_band_id")
    return f": the band of the frequency plan is {band}" if isinstance(band, str) and _BAND.fullmatch(band) else ""


def _accepted(refusal: RefusedCall, attributes: tuple[str, ...]) -> str:
    """Say what a MAC setting takes; the server refuses a well-formed one that its band does not have."""
    settings = [row for row in VALUES if row.name in attributes and row.field.startswith("mac_settings.")]
    if len(settings) != 1:
        return ""
    by_band = ", and one that the band of frequencyPlanID allows" if refusal.error.name.endswith(":field_value") else ""
    return f"; it {settings[0].accepted}{by_band}"


def _recreate(stored: Iterable[str]) -> str:
    names = ", ".join(dict.fromkeys(name for field in stored for name in attributes_at(field)))
    return (
        f"It contradicts what the Network Server stores of the device{f' ({names})' if names else ''}: undo the "
        f"change, {f'give the thing {names} that fits, ' if names else ''}or delete the thing and create it again"
    )


def unexpected(refusal: RefusedCall) -> SyncError:
    field = f" for the field {refusal.error.path}" if refusal.error.path and not refusal.call.secret else ""
    return UnexpectedAnswerError(
        refusal.says(
            f"refused{field} for a reason that Thingsync does not know",
            "Read about the error in the documentation of The Things Stack, fix the cause, then redrive",
        )
    )


def aborted(refusal: RefusedCall) -> SyncError:
    """Distinguish a conflict of two calls (gRPC code 10, Aborted), which is transient, from one of two devices."""
    return unavailable(refusal) if refusal.error.code == 10 else unexpected(refusal)


def no_such_route(refusal: RefusedCall) -> SyncError:
    return StackConfigurationError(
        refusal.says(
            "this host does not offer the call",
            "Check the parameters ClusterAddress and IdentityServerAddress: The Things Stack Cloud has the Identity "
            "Server on one cluster, the other servers on the device's",
        )
    )
