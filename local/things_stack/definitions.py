"""Every failure the simulator knows, by the names The Things Stack gives them."""

from local.things_stack.errors import Code, Definition

# The packages that several of them are of
_IS, _IS_STORE, _STORE = "pkg/identityserver", "pkg/identityserver/store", "pkg/util/store"
_NS, _NS_INTERNAL, _JS = "pkg/networkserver", "pkg/networkserver/internal", "pkg/joinserver"
_RIGHTS, _VALIDATOR = "pkg/auth/rights", "pkg/rpcmiddleware/validator"

# Who is calling
MALFORMED_TOKEN = Definition("pkg/auth", "token", Code.INVALID_ARGUMENT, "malformed token")
UNAUTHENTICATED = Definition(_IS, "unauthenticated", Code.UNAUTHENTICATED, "no key given")
API_KEY_NOT_FOUND = Definition(_IS, "api_key_not_found", Code.UNAUTHENTICATED, "no such API key")
NO_SUCH_API_KEY = Definition(_IS_STORE, "api_key_not_found", Code.NOT_FOUND, "no API key `{api_key_id}`")
API_KEY_EXPIRED = Definition(_IS, "api_key_expired", Code.UNAUTHENTICATED, "API key expired")
TOKEN_NOT_FOUND = Definition(_IS, "token_not_found", Code.UNAUTHENTICATED, "no such token")
NO_SUCH_TOKEN = Definition(_IS_STORE, "access_token_not_found", Code.NOT_FOUND, "no token `{access_token_id}`")
NO_SUCH_SESSION = Definition(_IS_STORE, "user_session_not_found", Code.NOT_FOUND, "no session `{session_id}`")
INVALID_AUTHORIZATION = Definition(_IS, "invalid_authorization", Code.UNAUTHENTICATED, "wrong secret for this API key")
UNSUPPORTED_AUTHORIZATION = Definition(
    _IS, "unsupported_authorization", Code.UNAUTHENTICATED, "only Bearer is supported"
)
NO_APPLICATION_RIGHTS = Definition(
    _RIGHTS, "no_application_rights", Code.PERMISSION_DENIED, "no rights on application `{uid}`"
)
INSUFFICIENT_APPLICATION_RIGHTS = Definition(
    _RIGHTS,
    "insufficient_application_rights",
    Code.PERMISSION_DENIED,
    "too few rights on application `{uid}`",
)
RATE_LIMIT_EXCEEDED = Definition(
    "pkg/ratelimit", "rate_limit_exceeded", Code.RESOURCE_EXHAUSTED, "more than `{rate}` calls for `{key}`"
)

# The message itself
VALIDATION = Definition("pkg/errors", "validation", Code.INVALID_ARGUMENT, "`{field}`: {reason}")
URL = Definition("pkg/errors", "url", Code.INVALID_ARGUMENT, "`{op}` of `{url}` failed")
IDENTIFIERS = Definition("pkg/ttnpb", "identifiers", Code.INVALID_ARGUMENT, "invalid identifiers")
FIELD_MASK_PATHS = Definition(_VALIDATOR, "field_mask_paths", Code.INVALID_ARGUMENT, "field mask has forbidden paths")
NON_ZERO_PATH = Definition(_VALIDATOR, "non_zero_path", Code.INVALID_ARGUMENT, "`{path}` must not be set here")

PROHIBITED_FIELD = Definition("pkg/ttnpb", "prohibited_field", Code.UNKNOWN, "`{field}` must not be named")
FIELD_BOUND = Definition("pkg/ttnpb", "field_bound", Code.INVALID_ARGUMENT, "`{field}` is from `{min}` to `{max}`")
RPC_RECOVERED = Definition("pkg/rpcserver", "rpc_recovered", Code.INTERNAL, "the server stumbled over this call")

# Identity Server
DRIVER = Definition(_STORE, "driver", Code.UNKNOWN, "driver error")
ID_TAKEN = Definition(_STORE, "id_taken", Code.ALREADY_EXISTS, "this ID is taken")
ALREADY_EXISTS = Definition(_STORE, "already_exists", Code.ALREADY_EXISTS, "exists")
DATABASE_UNAVAILABLE = Definition(_STORE, "database_unavailable", Code.UNAVAILABLE, "database unavailable")
_EUIS_TAKEN = "`{join_eui}`/`{dev_eui}` is device `{device_id}` of application `{application_id}`"
IS_EUIS_TAKEN = Definition(_IS, "end_device_euis_taken", Code.ALREADY_EXISTS, _EUIS_TAKEN)
APPLICATION_NOT_FOUND = Definition(
    _IS_STORE, "application_not_found", Code.NOT_FOUND, "no application `{application_id}`"
)
END_DEVICE_NOT_FOUND = Definition(_IS_STORE, "end_device_not_found", Code.NOT_FOUND, "no device `{device_id}`")
CLAIM_AUTHENTICATION_CODE = Definition(
    _IS, "claim_authentication_code", Code.INVALID_ARGUMENT, "no code, or one that ends too early"
)
FORBIDDEN_ID = Definition("pkg/identityserver/blocklist", "forbidden_id", Code.INVALID_ARGUMENT, "`{id}` is reserved")
ADDRESS_MISMATCH = {
    server: Definition(
        _IS,
        f"{server}_address_mismatch",
        Code.INVALID_ARGUMENT,
        "address is `{address}`, the application's is `{expected}`",
    )
    for server in ("network_server", "application_server", "join_server")
}

# Join, Network and Application Server
STORE_NOT_FOUND = Definition("pkg/redis", "not_found", Code.NOT_FOUND, "entity not found")
TRANSACTION_FAILED = Definition("pkg/redis", "transaction_failed", Code.ABORTED, "written by another at this moment")
REGISTRY_EUIS_TAKEN = Definition("pkg/internal/registry", "end_device_euis_taken", Code.ALREADY_EXISTS, _EUIS_TAKEN)
NO_JOIN_EUI = Definition(_JS, "no_join_eui", Code.INVALID_ARGUMENT, "no JoinEUI given")
NO_DEV_EUI = Definition(_JS, "no_dev_eui", Code.INVALID_ARGUMENT, "no DevEUI given")
FREQUENCY_PLAN_NOT_FOUND = Definition("pkg/frequencyplans", "not_found", Code.NOT_FOUND, "no frequency plan `{id}`")
UNKNOWN_BAND = Definition("pkg/band", "band_not_found", Code.NOT_FOUND, "no band `{id}`")
NO_BAND_VERSION = Definition(_NS_INTERNAL, "no_band_version", Code.INVALID_ARGUMENT, "band `{id}` has no `{ver}`")
BAND_MISMATCH = Definition(
    _NS,
    "device_and_frequency_plan_band_mismatch",
    Code.INVALID_ARGUMENT,
    "device has band `{dev_band_id}`, its frequency plan `{fp_band_id}`",
)


CORRUPTED_MAC_STATE = Definition(_NS_INTERNAL, "corrupted_mac_state", Code.DATA_LOSS, "no MAC state can be made")
NO_SESSION = Definition(_NS_INTERNAL, "session", Code.DATA_LOSS, "no session")
FIELD_IS_ZERO = Definition(_NS, "field_is_zero", Code.INVALID_ARGUMENT, "`{name}` is zero")
FIELD_NOT_ZERO = Definition(_NS, "field_not_zero", Code.INVALID_ARGUMENT, "`{name}` is not zero")


def device_not_found(server: str) -> Definition:
    return Definition(f"pkg/{server}", "device_not_found", Code.NOT_FOUND, "no such device here")


def field_mask(server: str) -> Definition:
    return Definition(f"pkg/{server}", "field_mask", Code.INVALID_ARGUMENT, "a mask that this device cannot have")


def field_value(server: str) -> Definition:
    return Definition(f"pkg/{server}", "field_value", Code.INVALID_ARGUMENT, "bad value of `{field}`")


def read_only_field(server: str) -> Definition:
    return Definition(f"pkg/{server}/redis", "read_only_field", Code.INVALID_ARGUMENT, "`{field}` cannot be changed")


# Device Repository
_DR = "pkg/devicerepository"
_DR_STORE = f"{_DR}/store/remote"
NOT_AUTHENTICATED = Definition(_RIGHTS, "unauthenticated", Code.UNAUTHENTICATED, "no valid key given")
BRAND_NOT_FOUND = Definition(_DR, "brand_not_found", Code.NOT_FOUND, "no brand `{brand_id}`")
MODEL_NOT_FOUND = Definition(_DR, "model_not_found", Code.NOT_FOUND, "no model `{brand_id}/{model_id}`")
DR_STORE_BRAND_NOT_FOUND = Definition(_DR_STORE, "brand_not_found", Code.NOT_FOUND, "no brand `{brand_id}`")
DR_STORE_MODEL_NOT_FOUND = Definition(_DR_STORE, "model_not_found", Code.NOT_FOUND, "no model `{brand_id}/{model_id}`")
FIRMWARE_VERSION_NOT_FOUND = Definition(
    _DR_STORE, "firmware_version_not_found", Code.NOT_FOUND, "no firmware `{firmware_version}` for `{model_id}`"
)
BAND_NOT_FOUND = Definition(_DR_STORE, "band_not_found", Code.NOT_FOUND, "no such band")
NO_PROFILE_FOR_BAND = Definition(_DR_STORE, "no_profile_for_band", Code.NOT_FOUND, "no profile for band `{band_id}`")
NO_CODEC = Definition(_DR_STORE, "no_codec", Code.NOT_FOUND, "no codec for `{firmware_version}` in `{band_id}`")
NO_DECODER = Definition(_DR_STORE, "no_decoder", Code.NOT_FOUND, "no decoder in codec `{codec_id}`")
NO_ENCODER = Definition(_DR_STORE, "no_encoder", Code.NOT_FOUND, "no encoder for `{firmware_version}` in `{band_id}`")
FILE_NOT_FOUND = Definition("pkg/fetch", "file_not_found", Code.NOT_FOUND, "no file `{filename}`")
REGIONAL_PARAMETERS_VERSION = Definition(
    f"{_DR}/store", "regional_parameters_version", Code.NOT_FOUND, "unknown version `{phy_version}`"
)
END_DEVICE_PROFILE_NOT_FOUND = Definition(
    f"{_DR}/store/bleve", "end_device_profile_not_found", Code.NOT_FOUND, "no profile `{vendor_profile_id}`"
)
MISSING_PROFILE_IDENTIFIERS = Definition(
    f"{_DR}/store/bleve", "missing_profile_identifiers", Code.INVALID_ARGUMENT, "vendor or profile is zero"
)

# QR Code Generator
_QR = "pkg/qrcodegenerator/qrcode/enddevices"
UNKNOWN_FORMAT = Definition(_QR, "unknown_format", Code.INVALID_ARGUMENT, "no known kind of QR code")
QR_CODE_FORMAT = Definition(_QR, "format", Code.INVALID_ARGUMENT, "no QR code of this kind")
NO_KEY_SENT = Definition("pkg/rpcmetadata", "unauthenticated", Code.UNAUTHENTICATED, "no key given")

# End Device Claiming Server
_EDCS = "pkg/deviceclaimingserver"
_TTJS = "pkg/deviceclaimingserver/enddevices/ttjsv2"
CLAIMING_NOT_SUPPORTED = Definition(
    _EDCS, "claiming_not_supported", Code.ABORTED, "devices of JoinEUI `{eui}` cannot be claimed"
)
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
UNCLAIM_DEVICE = Definition(_TTJS, "unclaim_device", Code.UNKNOWN, "the Join Server does not unclaim it")
UNCLAIM_DEVICES = Definition(_TTJS, "unclaim_devices", Code.UNKNOWN, "the Join Server does not unclaim them")
INTERNAL_ERROR = Definition(_TTJS, "internal_error", Code.INTERNAL, "the Join Server refuses the call")
CREDENTIALS = Definition(_TTJS, "credentials", Code.INTERNAL, "the Join Server refuses The Things Stack")
REQUEST = Definition("pkg/errors", "request", Code.UNKNOWN, "`{op}` of `{url}` got no answer")


def join_server_answered(code: Code) -> Definition:
    """What The Things Stack has no name for."""
    return Definition(_TTJS, "", code, "the Join Server failed")
