"""The errors of The Things Stack by namespace and name, then by status: one table, read from the top.

Texts are never compared: newer servers escape them.

Source: The Things Stack, ``pkg/errors`` and the error definitions of each of its servers.
"""

from collections.abc import Container
from fnmatch import fnmatchcase

from workflows.adapters.things_stack import rules
from workflows.adapters.things_stack.answers import Answer, error_details
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.refusal import RefusedCall
from workflows.adapters.things_stack.rules import Rule, refuses, says
from workflows.errors import (
    AccessDeniedError,
    ClaimDeniedAnswer,
    ClaimRejectedError,
    DeviceConflictError,
    DeviceIdTakenAnswer,
    DeviceNotFoundAnswer,
    EuisFixedAnswer,
    NoDeviceRepositoryAnswer,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
)
from workflows.values import value


class NoTemplate(Exception):  # noqa: N818 - no error: the Device Repository cannot know every number
    """The Device Repository knows no model by these numbers; never leaves the client."""


class NoClaimOfOurs(Exception):  # noqa: N818 - no error to the one who unclaims
    """The device is not claimed by this tenant; never leaves the client."""


@value
class ErrorRow:
    """``names``: a pattern of ``namespace:name``, empty for an error without a name; the rest bounds the row."""

    names: str
    rule: Rule
    operations: Container[str] | None = None
    statuses: Container[int] | None = None

    def meets(self, refusal: RefusedCall) -> bool:
        return (
            fnmatchcase(refusal.error.name, self.names)
            and (self.operations is None or refusal.call.operation in self.operations)
            and (self.statuses is None or refusal.answer.status in self.statuses)
        )


_TTJS = "pkg/deviceclaimingserver/enddevices/ttjsv2"
_CLAIM = {"claim"}
_AFTER_CLAIM = {"unclaim", "claim look-up"}
_CONFIGURING = {
    "key look-up",
    "rights look-up",
    "application look-up",
    "webhook set",
    "webhook look-up",
    "webhook removal",
}
_MODELS = {"brands", "models", "model", "template", "template by numbers"}
_BY_NUMBERS = {"template by numbers"}
_NO_CLAIM = says(NoClaimOfOurs, "no claim of this tenant")
_GONE = says(DeviceNotFoundAnswer, "this server does not know the device")
_ADDRESS_MISMATCH = says(
    StackConfigurationError,
    "the application names another cluster: give its address as the parameter ClusterAddress",
)
_JOIN_SERVER_REFUSED = says(
    StackConfigurationError,
    "the Join Server refused The Things Stack itself: fix the claiming set-up there, then redrive",
)

TABLE: tuple[ErrorRow, ...] = (
    ErrorRow("pkg/ratelimit:*", rules.throttled),
    ErrorRow("pkg/auth:token", rules.key_refused, operations=_CONFIGURING),
    ErrorRow("pkg/auth:token", rules.access_denied),
    ErrorRow("pkg/errors:validation", rules.field_refused),
    ErrorRow("pkg/ttnpb:identifiers", rules.field_refused),
    # Identity Server
    ErrorRow(
        "pkg/identityserver/store:application_not_found",
        says(StackConfigurationError, "The Things Stack has no such application: check the parameter ApplicationId"),
    ),
    ErrorRow("pkg/identityserver:*_server_address_mismatch", _ADDRESS_MISMATCH),
    ErrorRow("pkg/identityserver/store:end_device_not_found", _GONE),
    ErrorRow("pkg/util/store:id_taken", says(DeviceIdTakenAnswer, "the application has a device of this ID")),
    ErrorRow("pkg/identityserver:end_device_euis_taken", rules.euis_taken),
    ErrorRow("pkg/util/store:eui_taken", rules.euis_taken),
    ErrorRow(
        "pkg/*:end_device_euis_taken_in_other_tenant",
        says(
            DeviceConflictError,
            "the JoinEUI and DevEUI are registered by another tenant of The Things Stack: have the device removed "
            "there, or delete this thing",
        ),
    ),
    ErrorRow("pkg/*:tenant_entity_limit", rules.limit_reached),
    ErrorRow(
        "pkg/identityserver/blocklist:forbidden_id",
        refuses("deviceID", text="this ID is a reserved word of The Things Stack: choose another"),
    ),
    # Join, Network and Application Server
    ErrorRow("pkg/internal/registry:end_device_euis_taken", rules.euis_taken),
    ErrorRow(
        "pkg/*server/redis:duplicate_identifiers", rules.euis_taken
    ),  # the same by older servers, without the holder
    ErrorRow("pkg/*server:device_not_found", _GONE),
    ErrorRow("pkg/redis:not_found", _GONE),  # what a Network Server of 3.32 answers to a read, its store's own error
    ErrorRow("pkg/*server/redis:read_only_field", says(EuisFixedAnswer, "the record that is there has other EUIs")),
    ErrorRow("pkg/*server:field_value", rules.field_refused),
    ErrorRow(
        "pkg/frequencyplans:not_found",
        refuses("frequencyPlanID", text="The Things Stack has no frequency plan of this ID"),
    ),
    ErrorRow(
        "pkg/frequencyplans:read*", says(RegistryUnavailableError, "The Things Stack cannot read its frequency plans")
    ),
    ErrorRow(
        "pkg/networkserver/internal:no_band_version",
        refuses(
            "regionalParametersVersion",
            "frequencyPlanID",
            text="the band of this frequency plan has no such version of the regional parameters",
        ),
    ),
    ErrorRow("pkg/joinserver:no_join_eui", refuses("joinEUI", text="the Join Server needs a JoinEUI")),
    ErrorRow("pkg/joinserver:no_dev_eui", refuses("devEUI", text="the Join Server needs a DevEUI other than zero")),
    # End Device Claiming Server
    ErrorRow(
        "pkg/deviceclaimingserver:claiming_not_supported",
        says(
            ClaimRejectedError,
            "no Join Server for claiming has this joinEUI: correct it, or register the device with its keys instead",
        ),
        operations=_CLAIM,
    ),
    ErrorRow(
        f"{_TTJS}:device_not_provisioned",
        says(ClaimRejectedError, "the Join Server does not know this devEUI: correct it, or ask the device's maker"),
        operations=_CLAIM,
    ),
    ErrorRow(
        f"{_TTJS}:device_access_denied",
        says(ClaimDeniedAnswer, "the claimAuthenticationCode is wrong, or the device is claimed already"),
        operations=_CLAIM,
    ),
    ErrorRow("pkg/deviceclaimingserver:claiming_not_supported", _NO_CLAIM, _AFTER_CLAIM),
    ErrorRow("pkg/deviceclaimingserver:no_euis", _NO_CLAIM, _AFTER_CLAIM),
    ErrorRow(f"{_TTJS}:device_not_provisioned", _NO_CLAIM, _AFTER_CLAIM),
    ErrorRow(f"{_TTJS}:device_not_claimed", _NO_CLAIM, _AFTER_CLAIM),
    ErrorRow(f"{_TTJS}:device_access_denied", _NO_CLAIM, _AFTER_CLAIM),
    ErrorRow(f"{_TTJS}:credentials", _JOIN_SERVER_REFUSED),
    ErrorRow(f"{_TTJS}:internal_error", _JOIN_SERVER_REFUSED),
    # Device Repository
    ErrorRow("pkg/devicerepository*", says(NoTemplate, "no model has these numbers"), _BY_NUMBERS, {400, 404}),
    ErrorRow("pkg/fetch:file_not_found", says(NoTemplate, "its profile is missing"), _BY_NUMBERS),
    ErrorRow("pkg/devicerepository*:brand_not_found", refuses("brandID", text="there is no such brand")),
    ErrorRow("pkg/devicerepository*:model_not_found", refuses("modelID", text="the brand has no such model")),
    ErrorRow(
        "pkg/devicerepository*:firmware_version_not_found",
        refuses("firmwareVersion", text="the model has no such firmware version"),
    ),
    ErrorRow("pkg/devicerepository*:band_not_found", refuses("bandID", text="there is no profile for this band")),
    ErrorRow("pkg/devicerepository*:no_profile_for_band", refuses("bandID", text="there is no profile for this band")),
    ErrorRow(
        "pkg/fetch:file_not_found",
        refuses("modelID", text="its profile is missing; give the device's own attributes instead of a model"),
        _MODELS,
    ),
    ErrorRow(
        "pkg/devicerepository*",
        refuses("modelID", text="its profile is wrong; give the device's own attributes instead of a model"),
        _MODELS,
        {404},
    ),
    ErrorRow("", says(NoDeviceRepositoryAnswer, "this deployment has none"), _MODELS, {404, 501}),
    # Every other
    ErrorRow("*", rules.throttled, statuses={429}),
    ErrorRow("*", rules.key_refused, operations=_CONFIGURING, statuses={401, 403}),
    ErrorRow("*", rules.access_denied, statuses={401, 403}),
    ErrorRow("*", rules.no_such_route, statuses={501}),
    ErrorRow("", rules.no_such_route, statuses={404}),
    ErrorRow("", rules.field_refused, statuses={400}),
    ErrorRow("*", rules.aborted, statuses={409}),
    ErrorRow("*", rules.unavailable, statuses={408, 499, *range(500, 600)}),
    ErrorRow("*", rules.unexpected),
)


def compile_table() -> None:
    """Compile its patterns, which the first refusal would wait for: most claims meet one, and every removal."""
    for row in TABLE:
        fnmatchcase("", row.names)


def exception_for(call: Call, answer: Answer) -> Exception:
    """Return what to raise for an answer that is not the accepted one."""
    error = error_details(answer.body) if answer.status >= 400 else None
    if error is None:
        return not_the_things_stack(call, answer.status)
    refusal = RefusedCall(call, answer, error)
    raised = next(row.rule for row in TABLE if row.meets(refusal))(refusal)
    if isinstance(raised, AccessDeniedError):
        raised.refused_as = error.name
    return raised


_CHECK_ADDRESSES = (
    "If this lasts, check the parameters ClusterAddress and IdentityServerAddress, and any proxy in between"
)


def not_the_things_stack(call: Call, status: int) -> Exception:
    """A proxy, a load balancer or a wrong host answered. What it says of the device means nothing."""
    error = RegistryThrottledError if status == 429 else RegistryUnavailableError
    return error(f"{call}: status {status} with a body that is not The Things Stack's. {_CHECK_ADDRESSES}")


def repeated_page(call: Call, number: int) -> Exception:
    return RegistryUnavailableError(
        f"{call}: page {number} ends with the same device as page {number - 1}. So somebody ignores the "
        f"number of the page, and the answer is not The Things Stack's. {_CHECK_ADDRESSES}"
    )
