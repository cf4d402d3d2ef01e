"""What each answer of The Things Stack, or of something in its place, is to Thingsync."""

import pytest

from tests.things_stack_answers import (
    AS_READ,
    AS_SET,
    CLAIM,
    CLAIM_LOOK_UP,
    EDCS,
    EVERY_CALL,
    IDS,
    IS_CREATE,
    IS_READ,
    JS_DELETE,
    JS_SET,
    NS_READ,
    NS_SET,
    TTJS,
    UNCLAIM,
    raised,
    refusal,
)
from workflows.adapters.things_stack.error_table import NoClaimOfOurs
from workflows.errors import (
    AccessDeniedError,
    ClaimDeniedAnswer,
    ClaimRejectedError,
    DeviceConflictError,
    DeviceIdTakenAnswer,
    DeviceNotFoundAnswer,
    EuisFixedAnswer,
    EuisTakenAnswer,
    PlanLimitError,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
    UnexpectedAnswerError,
    ValueRefusedAnswer,
)

# gRPC codes, as The Things Stack translates them.
CODES = {400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 500: 13, 503: 14}
HOLDER = {"device_id": "pump-7", "application_id": "other-app", "dev_eui": IDS.dev_eui, "join_eui": IDS.join_eui}


@pytest.mark.parametrize(
    ("call", "status", "name", "expected"),
    [
        (IS_CREATE, 409, "pkg/util/store:id_taken", DeviceIdTakenAnswer),
        (IS_CREATE, 409, "pkg/identityserver:end_device_euis_taken", EuisTakenAnswer),
        (IS_CREATE, 409, "pkg/util/store:eui_taken", EuisTakenAnswer),
        (JS_SET, 409, "pkg/internal/registry:end_device_euis_taken", EuisTakenAnswer),
        (NS_SET, 409, "pkg/internal/registry:end_device_euis_taken", EuisTakenAnswer),
        (AS_SET, 409, "pkg/internal/registry:end_device_euis_taken", EuisTakenAnswer),
        (IS_CREATE, 409, "pkg/identityserver:end_device_euis_taken_in_other_tenant", DeviceConflictError),
        (IS_CREATE, 400, "pkg/identityserver:tenant_entity_limit", PlanLimitError),
        (JS_SET, 409, "pkg/joinserver/redis:duplicate_identifiers", EuisTakenAnswer),
        (NS_SET, 409, "pkg/networkserver/redis:duplicate_identifiers", EuisTakenAnswer),
        (AS_SET, 409, "pkg/applicationserver/redis:duplicate_identifiers", EuisTakenAnswer),
        (IS_READ, 404, "pkg/identityserver/store:end_device_not_found", DeviceNotFoundAnswer),
        (NS_READ, 404, "pkg/networkserver:device_not_found", DeviceNotFoundAnswer),
        (NS_READ, 404, "pkg/redis:not_found", DeviceNotFoundAnswer),
        (JS_DELETE, 404, "pkg/joinserver:device_not_found", DeviceNotFoundAnswer),
        (AS_READ, 404, "pkg/applicationserver:device_not_found", DeviceNotFoundAnswer),
        (UNCLAIM, 404, f"{EDCS}:device_not_found", DeviceNotFoundAnswer),
        (IS_READ, 404, "pkg/identityserver/store:application_not_found", StackConfigurationError),
        (IS_READ, 400, "pkg/auth:token", AccessDeniedError),
        (IS_READ, 401, "pkg/identityserver:api_key_not_found", AccessDeniedError),
        (IS_READ, 401, "pkg/identityserver:invalid_authorization", AccessDeniedError),
        (IS_READ, 401, "pkg/identityserver:api_key_expired", AccessDeniedError),
        (IS_READ, 401, "pkg/identityserver:token_not_found", AccessDeniedError),
        (IS_READ, 401, "pkg/identityserver:token_expired", AccessDeniedError),
        (IS_READ, 401, "pkg/identityserver:unsupported_authorization", AccessDeniedError),
        (NS_SET, 401, "pkg/rpcmetadata:unauthenticated", AccessDeniedError),
        (NS_SET, 403, "pkg/auth/rights:no_application_rights", AccessDeniedError),
        (JS_SET, 403, "pkg/auth/rights:insufficient_application_rights", AccessDeniedError),
        (IS_CREATE, 403, "pkg/identityserver:user_suspended", AccessDeniedError),
        (IS_CREATE, 400, "pkg/identityserver/blocklist:forbidden_id", ValueRefusedAnswer),
        (IS_CREATE, 400, "pkg/identityserver:network_server_address_mismatch", StackConfigurationError),
        (IS_CREATE, 400, "pkg/identityserver:application_server_address_mismatch", StackConfigurationError),
        (IS_CREATE, 400, "pkg/identityserver:join_server_address_mismatch", StackConfigurationError),
        (NS_SET, 404, "pkg/frequencyplans:not_found", ValueRefusedAnswer),
        (NS_SET, 404, "pkg/frequencyplans:read", RegistryUnavailableError),
        (NS_SET, 404, "pkg/frequencyplans:read_list", RegistryUnavailableError),
        (NS_SET, 503, "pkg/frequencyplans:read_list", RegistryUnavailableError),
        (NS_SET, 500, "pkg/frequencyplans:read", RegistryUnavailableError),
        (NS_SET, 400, "pkg/networkserver/internal:no_band_version", ValueRefusedAnswer),
        (JS_SET, 400, "pkg/joinserver:no_join_eui", ValueRefusedAnswer),
        (JS_SET, 400, "pkg/joinserver:no_dev_eui", ValueRefusedAnswer),
        (NS_SET, 400, "pkg/networkserver/redis:read_only_field", EuisFixedAnswer),
        (JS_SET, 400, "pkg/joinserver/redis:read_only_field", EuisFixedAnswer),
        (AS_SET, 400, "pkg/applicationserver/redis:read_only_field", EuisFixedAnswer),
        (NS_SET, 400, "pkg/rpcmiddleware/validator:field_mask_paths", UnexpectedAnswerError),
        (NS_SET, 400, "pkg/rpcmiddleware/validator:non_zero_path", UnexpectedAnswerError),
        (CLAIM, 409, f"{EDCS}:claiming_not_supported", ClaimRejectedError),
        (CLAIM, 404, f"{TTJS}:device_not_provisioned", ClaimRejectedError),
        (CLAIM, 400, f"{TTJS}:device_access_denied", ClaimDeniedAnswer),
        (CLAIM, 500, f"{TTJS}:internal_error", StackConfigurationError),
        (CLAIM, 500, f"{TTJS}:credentials", StackConfigurationError),
        (CLAIM, 400, f"{EDCS}:no_join_eui", UnexpectedAnswerError),
        (CLAIM, 400, f"{EDCS}:qr_code_data", UnexpectedAnswerError),
        (CLAIM, 500, f"{EDCS}:parse_qr_code", RegistryUnavailableError),
        (UNCLAIM, 409, f"{EDCS}:claiming_not_supported", NoClaimOfOurs),
        (UNCLAIM, 404, f"{TTJS}:device_not_provisioned", NoClaimOfOurs),
        (UNCLAIM, 404, f"{TTJS}:device_not_claimed", NoClaimOfOurs),
        (UNCLAIM, 400, f"{TTJS}:device_access_denied", NoClaimOfOurs),
        (UNCLAIM, 400, f"{EDCS}:no_euis", NoClaimOfOurs),
        (UNCLAIM, 400, f"{EDCS}:no_devices_found", UnexpectedAnswerError),
        (UNCLAIM, 500, f"{TTJS}:credentials", StackConfigurationError),
        (CLAIM_LOOK_UP, 404, f"{TTJS}:device_not_claimed", NoClaimOfOurs),
        (CLAIM_LOOK_UP, 400, f"{TTJS}:device_access_denied", NoClaimOfOurs),
        (IS_READ, 429, "pkg/ratelimit:rate_limit_exceeded", RegistryThrottledError),
        (IS_READ, 503, "pkg/util/store:database_unavailable", RegistryUnavailableError),
    ],
)
def test_a_known_error_is_reported_by_its_namespace_and_name(call, status, name, expected):
    answer = refusal(name, CODES[status])

    error = raised(call, status, answer)

    assert type(error) is expected
    assert str(error).startswith(f"{call}: ") or f"(refused by the {call.server_name})" in str(error)
    assert str(error).endswith(f" [{status} {name}]")


def test_a_join_eui_that_cannot_be_claimed_is_no_conflict_of_calls():
    answer = refusal(f"{EDCS}:claiming_not_supported", 10)

    error = raised(CLAIM, 409, answer)

    assert type(error) is ClaimRejectedError


@pytest.mark.parametrize(
    ("status", "code", "name", "expected"),
    [
        pytest.param(400, 3, "pkg/new:refused", UnexpectedAnswerError, id="refused"),
        pytest.param(404, 5, "pkg/band:band_not_found", UnexpectedAnswerError, id="not-the-device-is-missing"),
        pytest.param(409, 6, "pkg/new:exists", UnexpectedAnswerError, id="conflict-of-devices"),
        pytest.param(409, 10, "pkg/redis:transaction_failed", RegistryUnavailableError, id="conflict-of-calls"),
        pytest.param(429, 8, "pkg/new:slow_down", RegistryThrottledError, id="rate"),
        pytest.param(499, 1, "pkg/errors:context_canceled", RegistryUnavailableError, id="cancelled"),
        pytest.param(500, 13, "pkg/new:bug", RegistryUnavailableError, id="internal"),
        pytest.param(501, 12, "pkg/new:not_here", StackConfigurationError, id="unimplemented"),
        pytest.param(503, 14, "pkg/errors:net_operation", RegistryUnavailableError, id="unavailable"),
        pytest.param(504, 4, "pkg/errors:context_deadline_exceeded", RegistryUnavailableError, id="deadline"),
    ],
)
def test_an_error_of_unknown_name_is_reported_by_its_status_and_named(status, code, name, expected):
    answer = refusal(name, code)

    error = raised(NS_SET, status, answer)

    assert type(error) is expected
    assert f"{status} {name}" in str(error)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        pytest.param(400, 3, UnexpectedAnswerError, id="bad-request"),
        pytest.param(401, 16, AccessDeniedError, id="no-key"),
        pytest.param(403, 7, AccessDeniedError, id="no-rights"),
        pytest.param(404, 5, StackConfigurationError, id="unknown-route-is-no-missing-device"),
        pytest.param(501, 12, StackConfigurationError, id="unknown-method"),
        pytest.param(429, 8, RegistryThrottledError, id="rate"),
        pytest.param(409, 10, RegistryUnavailableError, id="aborted"),
        pytest.param(503, 14, RegistryUnavailableError, id="unavailable"),
    ],
)
@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: f"{call.server}-{call.operation}".replace(" ", "-"))
def test_an_answer_without_details_is_reported_by_its_status(call, status, code, expected):
    answer = refusal("", code)

    error = raised(call, status, answer)

    assert type(error) is expected


def test_the_holder_of_the_euis_is_named():
    error = raised(IS_CREATE, 409, refusal("pkg/identityserver:end_device_euis_taken", 6, attributes=HOLDER))

    assert (error.device_id, error.application_id) == ("pump-7", "other-app")
    assert "belong to device pump-7 of application other-app" in str(error)


def test_a_holder_that_the_server_does_not_name_is_none():
    error = raised(IS_CREATE, 409, refusal("pkg/util/store:eui_taken", 6))

    assert (error.device_id, error.application_id) == (None, None)
    assert "belong to a device that is not named" in str(error)


def test_euis_of_another_tenant_are_named_so():
    error = raised(IS_CREATE, 409, refusal("pkg/identityserver:end_device_euis_taken_in_other_tenant", 6))

    assert "registered by another tenant of The Things Stack" in str(error)
    assert "delete this thing" in str(error)


@pytest.mark.parametrize(
    ("attributes", "limit"),
    [
        pytest.param({"entity_type": "end_device", "limit": 100}, "limit of 100 end devices", id="number"),
        pytest.param({"entity_type": "end_device", "limit": "100"}, "limit of 100 end devices", id="text"),
        pytest.param({"entity_type": "end_device"}, "limit of end devices", id="no-number"),
        pytest.param({"limit": 100}, "limit of 100 entities", id="no-kind"),
        pytest.param({"entity_type": ["x"], "limit": {}}, "limit of entities", id="of-another-shape"),
        pytest.param(None, "limit of entities", id="nothing"),
    ],
)
def test_a_limit_of_the_plan_is_reported_with_what_it_counts(attributes, limit):
    error = raised(IS_CREATE, 400, refusal("pkg/identityserver:tenant_entity_limit", 9, attributes=attributes))

    assert type(error) is PlanLimitError
    assert f"the plan's {limit} is reached. " in str(error)
    assert str(error).endswith("then redrive [400 pkg/identityserver:tenant_entity_limit]")


@pytest.mark.parametrize(
    "missing",
    [
        pytest.param(["RIGHT_APPLICATION_DEVICES_WRITE", "RIGHT_APPLICATION_DEVICES_WRITE_KEYS"], id="list"),
        pytest.param("[RIGHT_APPLICATION_DEVICES_WRITE RIGHT_APPLICATION_DEVICES_WRITE_KEYS]", id="text"),
    ],
)
def test_the_missing_rights_are_named(missing):
    name = "pkg/auth/rights:insufficient_application_rights"

    error = raised(JS_SET, 403, refusal(name, 7, attributes={"missing": missing}))

    assert "it lacks RIGHT_APPLICATION_DEVICES_WRITE, RIGHT_APPLICATION_DEVICES_WRITE_KEYS [403" in str(error)


@pytest.mark.parametrize(
    ("reset_s", "expected"),
    [
        pytest.param("12", "too many calls; its limit resets in 12 s [429", id="named"),
        pytest.param(None, "too many calls [429", id="not-named"),
        pytest.param("soon", "too many calls [429", id="no-number"),
    ],
)
def test_throttling_says_when_the_limit_resets(reset_s, expected):
    error = raised(IS_READ, 429, refusal("pkg/ratelimit:rate_limit_exceeded", 8), reset_s=reset_s)

    assert expected in str(error)
