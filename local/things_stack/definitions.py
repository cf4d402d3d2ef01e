"""Every failure the simulator knows, by the names The Things Stack gives them."""

from local.things_stack.errors import Code, Definition

# Who is calling
MALFORMED_TOKEN = Definition("pkg/auth", "token", Code.INVALID_ARGUMENT, "malformed token")
API_KEY_NOT_FOUND = Definition("pkg/identityserver", "api_key_not_found", Code.UNAUTHENTICATED, "no such API key")
API_KEY_EXPIRED = Definition("pkg/identityserver", "api_key_expired", Code.UNAUTHENTICATED, "API key expired")
TOKEN_NOT_FOUND = Definition("pkg/identityserver", "token_not_found", Code.UNAUTHENTICATED, "no such token")
INVALID_AUTHORIZATION = Definition(
    "pkg/identityserver", "invalid_authorization", Code.UNAUTHENTICATED, "wrong secret for this API key"
)
UNSUPPORTED_AUTHORIZATION = Definition(
    "pkg/identityserver", "unsupported_authorization", Code.UNAUTHENTICATED, "only Bearer is supported"
)
NO_APPLICATION_RIGHTS = Definition(
    "pkg/auth/rights", "no_application_rights", Code.PERMISSION_DENIED, "no rights on application `{uid}`"
)
INSUFFICIENT_APPLICATION_RIGHTS = Definition(
    "pkg/auth/rights",
    "insufficient_application_rights",
    Code.PERMISSION_DENIED,
    "too few rights on application `{uid}`",
)
RATE_LIMIT_EXCEEDED = Definition(
    "pkg/ratelimit", "rate_limit_exceeded", Code.RESOURCE_EXHAUSTED, "more than `{rate}` calls for `{key}`"
)

# The message itself
VALIDATION = Definition("pkg/errors", "validation", Code.INVALID_ARGUMENT, "`{field}`: {reason}")
FIELD_MASK_PATHS = Definition(
    "pkg/rpcmiddleware/validator", "field_mask_paths", Code.INVALID_ARGUMENT, "field mask has forbidden paths"
)
NON_ZERO_PATH = Definition(
    "pkg/rpcmiddleware/validator", "non_zero_path", Code.INVALID_ARGUMENT, "`{path}` must not be set here"
)

# Identity Server
ID_TAKEN = Definition("pkg/util/store", "id_taken", Code.ALREADY_EXISTS, "this ID is taken")
ALREADY_EXISTS = Definition("pkg/util/store", "already_exists", Code.ALREADY_EXISTS, "exists")
DATABASE_UNAVAILABLE = Definition("pkg/util/store", "database_unavailable", Code.UNAVAILABLE, "database unavailable")
_EUIS_TAKEN = "`{join_eui}`/`{dev_eui}` is device `{device_id}` of application `{application_id}`"
IS_EUIS_TAKEN = Definition("pkg/identityserver", "end_device_euis_taken", Code.ALREADY_EXISTS, _EUIS_TAKEN)
END_DEVICE_NOT_FOUND = Definition(
    "pkg/identityserver/store", "end_device_not_found", Code.NOT_FOUND, "no device `{device_id}`"
)
FORBIDDEN_ID = Definition("pkg/identityserver/blocklist", "forbidden_id", Code.INVALID_ARGUMENT, "`{id}` is reserved")
ADDRESS_MISMATCH = {
    server: Definition(
        "pkg/identityserver",
        f"{server}_address_mismatch",
        Code.INVALID_ARGUMENT,
        "address is `{address}`, the application's is `{expected}`",
    )
    for server in ("network_server", "application_server", "join_server")
}

# Join, Network and Application Server
STORE_NOT_FOUND = Definition("pkg/redis", "not_found", Code.NOT_FOUND, "entity not found")
REGISTRY_EUIS_TAKEN = Definition("pkg/internal/registry", "end_device_euis_taken", Code.ALREADY_EXISTS, _EUIS_TAKEN)
NO_JOIN_EUI = Definition("pkg/joinserver", "no_join_eui", Code.INVALID_ARGUMENT, "no JoinEUI given")
NO_DEV_EUI = Definition("pkg/joinserver", "no_dev_eui", Code.INVALID_ARGUMENT, "no DevEUI given")
FREQUENCY_PLAN_NOT_FOUND = Definition("pkg/frequencyplans", "not_found", Code.NOT_FOUND, "no frequency plan `{id}`")
NO_BAND_VERSION = Definition(
    "pkg/networkserver/internal", "no_band_version", Code.INVALID_ARGUMENT, "band `{id}` has no `{ver}`"
)
BAND_MISMATCH = Definition(
    "pkg/networkserver",
    "device_and_frequency_plan_band_mismatch",
    Code.INVALID_ARGUMENT,
    "device has band `{dev_band_id}`, its frequency plan `{fp_band_id}`",
)


def device_not_found(server: str) -> Definition:
    return Definition(f"pkg/{server}", "device_not_found", Code.NOT_FOUND, "no such device here")


def field_value(server: str) -> Definition:
    return Definition(f"pkg/{server}", "field_value", Code.INVALID_ARGUMENT, "bad value of `{field}`")


def read_only_field(server: str) -> Definition:
    return Definition(f"pkg/{server}/redis", "read_only_field", Code.INVALID_ARGUMENT, "`{field}` cannot be changed")


# End Device Claiming Server
_EDCS = "pkg/deviceclaimingserver"
_TTJS = "pkg/deviceclaimingserver/enddevices/ttjsv2"
CLAIMING_NOT_SUPPORTED = Definition(
    _EDCS, "claiming_not_supported", Code.ABORTED, "devices of JoinEUI `{eui}` cannot be claimed"
)
NO_SOURCE_DEVICE = Definition(_EDCS, "no_join_eui", Code.INVALID_ARGUMENT, "no JoinEUI in the request")
NO_EUIS = Definition(_EDCS, "no_euis", Code.FAILED_PRECONDITION, "the device has no EUIs")
NO_DEVICES_FOUND = Definition(_EDCS, "no_devices_found", Code.INVALID_ARGUMENT, "no device of the batch exists")
QR_CODE_DATA = Definition(_EDCS, "qr_code_data", Code.INVALID_ARGUMENT, "unreadable QR code")
DEVICE_ACCESS_DENIED = Definition(
    _TTJS, "device_access_denied", Code.INVALID_ARGUMENT, "`{dev_eui}` is claimed or the code is wrong"
)
DEVICE_NOT_PROVISIONED = Definition(
    _TTJS, "device_not_provisioned", Code.NOT_FOUND, "the Join Server does not know `{dev_eui}`"
)
DEVICE_NOT_CLAIMED = Definition(_TTJS, "device_not_claimed", Code.NOT_FOUND, "`{dev_eui}` is not claimed")
