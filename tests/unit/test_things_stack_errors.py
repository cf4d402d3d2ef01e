"""What each answer of The Things Stack, or of something in its place, is to Thingsync."""

import orjson
import pytest

from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Calls
from workflows.adapters.things_stack.error_table import NoClaimOfOurs, exception_for
from workflows.domain.device import DeviceIds, IdentityRecord, RadioSettings, RootKeys
from workflows.errors import (
    AccessDeniedError,
    ClaimDeniedAnswer,
    ClaimRejectedError,
    DeviceIdTakenAnswer,
    DeviceNotFoundAnswer,
    EuisFixedAnswer,
    EuisTakenAnswer,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
    UnexpectedAnswerError,
    ValueRefusedAnswer,
)

APP_KEY = "5C11D0AB00FF43219F3A6C0D51E27B84"
NWK_KEY = "77AA00BB11CC22DD33EE44FF55001122"
CODE = "K7QP2M9XW4"

IDS = DeviceIds("eui-70b3d57ed0051234", "70B3D57ED0051234", "70B3D57ED0000001")
CALLS = Calls("demo-app", "eu1.example.com")
IS_READ = CALLS.read_identity(IDS.device_id)
IS_CREATE = CALLS.create_identity(IdentityRecord(IDS))
JS_SET = CALLS.set_join(IDS, RootKeys(APP_KEY, NWK_KEY))
NS_SET = CALLS.set_network(IDS, RadioSettings("EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A"))
AS_SET = CALLS.set_application(IDS)
JS_DELETE = CALLS.delete_record("js", IDS.device_id)
NS_READ = CALLS.read_record("ns", IDS.device_id)
AS_READ = CALLS.read_record("as", IDS.device_id)
CLAIM = CALLS.claim(IDS, CODE)
UNCLAIM = CALLS.unclaim(IDS.device_id)
CLAIM_LOOK_UP = CALLS.read_claim(IDS.device_id)
EVERY_CALL = [IS_READ, IS_CREATE, JS_SET, NS_SET, AS_SET, JS_DELETE, NS_READ, CLAIM, UNCLAIM, CLAIM_LOOK_UP]

# gRPC codes, as The Things Stack translates them.
CODES = {400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 500: 13, 503: 14}
EDCS = "pkg/deviceclaimingserver"
TTJS = "pkg/deviceclaimingserver/enddevices/ttjsv2"
HOLDER = {"device_id": "pump-7", "application_id": "other-app", "dev_eui": IDS.dev_eui, "join_eui": IDS.join_eui}


def refusal(name, code, *, attributes=None, cause=None, message=None):
    """Write an error as The Things Stack does; without a name, as its HTTP gateway does."""
    if not name:
        return {"code": code, "message": message or "Not Found"}
    detail = {"@type": "type.googleapis.com/ttn.lorawan.v3.ErrorDetails", **details(name, attributes, cause)}
    return {"code": code, "message": f"error:{name} ({message or 'refused'})", "details": [detail]}


def details(name, attributes=None, cause=None):
    namespace, error = name.split(":")
    optional = {"attributes": attributes, "cause": cause}
    return {"namespace": namespace, "name": error} | {key: value for key, value in optional.items() if value}


def raised(call, status, body, **answer):
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return exception_for(call, Answer.read(status, content, **answer))


@pytest.mark.parametrize(
    ("call", "status", "name", "expected"),
    [
        (IS_CREATE, 409, "pkg/util/store:id_taken", DeviceIdTakenAnswer),
        (IS_CREATE, 409, "pkg/identityserver:end_device_euis_taken", EuisTakenAnswer),
        (IS_CREATE, 409, "pkg/util/store:eui_taken", EuisTakenAnswer),
        (JS_SET, 409, "pkg/internal/registry:end_device_euis_taken", EuisTakenAnswer),
        (NS_SET, 409, "pkg/internal/registry:end_device_euis_taken", EuisTakenAnswer),
        (AS_SET, 409, "pkg/internal/registry:end_device_euis_taken", EuisTakenAnswer),
        (IS_READ, 404, "pkg/identityserver/store:end_device_not_found", DeviceNotFoundAnswer),
        (NS_READ, 404, "pkg/networkserver:device_not_found", DeviceNotFoundAnswer),
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
def test_a_known_error_is_told_by_its_namespace_and_name(call, status, name, expected):
    answer = refusal(name, CODES[status])

    error = raised(call, status, answer)

    assert type(error) is expected
    assert str(error).startswith(f"{call}: ")
    assert name in str(error)


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
def test_an_error_of_unknown_name_is_told_by_its_status_and_named(status, code, name, expected):
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
def test_an_answer_without_details_is_told_by_its_status(call, status, code, expected):
    answer = refusal("", code)

    error = raised(call, status, answer)

    assert type(error) is expected


NOT_THE_THINGS_STACK = [
    pytest.param(200, b"<html><body>Welcome</body></html>", id="page"),
    pytest.param(404, b"<html><body>Not Found</body></html>", id="page-not-found"),
    pytest.param(502, b"<html><body>Bad Gateway</body></html>", id="bad-gateway"),
    pytest.param(403, b"<html><body>Blocked</body></html>", id="firewall"),
    pytest.param(200, b"", id="empty"),
    pytest.param(204, b"", id="no-content"),
    pytest.param(404, b"", id="empty-not-found"),
    pytest.param(301, b"", id="redirect"),
    pytest.param(302, orjson.dumps(refusal("", 5)), id="redirect-with-an-error"),
    pytest.param(404, b'{"message":"Not Found"}', id="another-api"),
    pytest.param(404, b'{"code":"NotFound","message":"no"}', id="code-is-text"),
    pytest.param(404, b'{"code":5,"message":null}', id="no-message"),
    pytest.param(200, b"[]", id="list"),
    pytest.param(200, b"null", id="null"),
    pytest.param(404, b'"Not Found"', id="text"),
    pytest.param(404, b'{"code":5,"message":"error:pkg/networkserver:device_not_f', id="truncated-error"),
    pytest.param(200, b'{"ids":{"device_id":"eui-70b3', id="truncated-device"),
    pytest.param(404, b"\xff\xfe{}", id="no-utf-8"),
]


@pytest.mark.parametrize(("status", "content"), NOT_THE_THINGS_STACK)
@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: f"{call.server}-{call.operation}".replace(" ", "-"))
def test_what_is_not_the_things_stacks_answer_says_nothing_of_the_device(call, status, content):
    error = raised(call, status, content)

    assert type(error) is RegistryUnavailableError
    assert f"{call}: status {status} with a body that is not The Things Stack's" in str(error)


@pytest.mark.parametrize(("status", "content"), NOT_THE_THINGS_STACK)
def test_what_is_not_the_things_stacks_answer_is_no_success(status, content):
    answer = Answer.read(status, content)

    assert not answer.accepted


def test_a_page_that_refuses_for_rate_is_throttling_too():
    error = raised(NS_SET, 429, b"<html>Too Many Requests</html>")

    assert type(error) is RegistryThrottledError


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(None, id="null"),
        pytest.param("device_not_found", id="text"),
        pytest.param([], id="none"),
        pytest.param([None, "x", {"namespace": "pkg/networkserver"}], id="no-name"),
        pytest.param([{"namespace": 1, "name": 2}], id="numbers"),
    ],
)
def test_details_of_another_shape_count_as_absent(broken):
    answer = {"code": 5, "message": "error:pkg/networkserver:device_not_found (gone)", "details": broken}

    error = raised(NS_READ, 404, answer)

    assert type(error) is StackConfigurationError


def test_details_are_found_behind_those_of_another_type():
    answer = refusal("pkg/networkserver:device_not_found", 5)
    answer["details"].insert(0, {"@type": "type.googleapis.com/google.rpc.DebugInfo", "detail": "x"})

    error = raised(NS_READ, 404, answer)

    assert type(error) is DeviceNotFoundAnswer


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pkg/identityserver/blocklist:forbidden_id", ("deviceID",)),
        ("pkg/frequencyplans:not_found", ("frequencyPlanID",)),
        ("pkg/networkserver/internal:no_band_version", ("regionalParametersVersion", "frequencyPlanID")),
        ("pkg/joinserver:no_join_eui", ("joinEUI",)),
        ("pkg/joinserver:no_dev_eui", ("devEUI",)),
    ],
)
def test_a_refused_value_names_the_things_attribute(name, expected):
    error = raised(NS_SET, 400, refusal(name, 3))

    assert error.attributes == expected


FIELDS = [
    ("ids.device_id", ("deviceID",)),
    ("target_device_id", ("deviceID",)),
    ("ids.dev_eui", ("devEUI",)),
    ("ids.join_eui", ("joinEUI",)),
    ("ids", ("deviceID", "devEUI", "joinEUI")),
    ("lorawan_version", ("lorawanVersion",)),
    ("lorawan_phy_version", ("regionalParametersVersion",)),
    ("frequency_plan_id", ("frequencyPlanID",)),
    ("name", ("name",)),
    ("description", ("description",)),
    ("root_keys.app_key.key", ("appKey",)),
    ("root_keys.app_key", ("appKey",)),
    ("root_keys.nwk_key.key", ("nwkKey",)),
    ("root_keys", ("appKey", "nwkKey")),
    ("authenticated_identifiers.authentication_code", ("claimAuthenticationCode",)),
    ("authenticated_identifiers", ("claimAuthenticationCode", "devEUI", "joinEUI")),
    ("version_ids.band_id", ("frequencyPlanID",)),
    ("mac_state.lorawan_version", ("regionalParametersVersion", "frequencyPlanID")),
    ("mac_settings.rx2_data_rate_index.value", ("regionalParametersVersion", "frequencyPlanID")),
]


@pytest.mark.parametrize(("field", "expected"), FIELDS)
@pytest.mark.parametrize("server", ["networkserver", "joinserver", "applicationserver"])
def test_a_field_that_a_server_refuses_names_the_things_attribute(server, field, expected):
    error = raised(NS_SET, 400, refusal(f"pkg/{server}:field_value", 3, attributes={"field": field}))

    assert type(error) is ValueRefusedAnswer
    assert error.attributes == expected


@pytest.mark.parametrize(("field", "expected"), FIELDS)
def test_a_field_that_breaks_a_rule_names_the_things_attribute(field, expected):
    error = raised(NS_SET, 400, refusal("pkg/errors:validation", 3, attributes={"field": f"end_device.{field}"}))

    assert type(error) is ValueRefusedAnswer
    assert error.attributes == expected


def test_a_nested_field_is_spelt_out_by_the_causes_of_the_error():
    innermost = details("pkg/errors:validation", {"field": "device_id", "reason": "value is too long"})
    middle = details("pkg/errors:validation", {"field": "ids", "reason": "embedded message failed"}, innermost)
    attributes = {"field": "end_device", "reason": "embedded message failed"}

    error = raised(IS_CREATE, 400, refusal("pkg/errors:validation", 3, attributes=attributes, cause=middle))

    assert error.attributes == ("deviceID",)
    assert "the value for deviceID was refused, value is too long (400 pkg/errors:validation)" in str(error)


@pytest.mark.parametrize(("field", "expected"), FIELDS)
@pytest.mark.parametrize("quote", ['"', "&#34;", "&quot;"])
def test_a_value_of_the_wrong_shape_is_told_by_its_path(field, expected, quote):
    message = f"unmarshal error at path {quote}end_device.{field}{quote}: unknown value"

    error = raised(NS_SET, 400, refusal("", 3, message=message))

    assert type(error) is ValueRefusedAnswer
    assert error.attributes == expected


@pytest.mark.parametrize("field", ["attributes.aws-run", "end_device", "session.dev_addr", "nickname", ""])
@pytest.mark.parametrize("name", ["pkg/networkserver:field_value", "pkg/errors:validation"])
def test_a_field_that_no_thing_has_is_no_fault_of_the_thing(name, field):
    error = raised(NS_SET, 400, refusal(name, 3, attributes={"field": field}))

    assert type(error) is UnexpectedAnswerError
    assert name in str(error)
    assert field in str(error)


@pytest.mark.parametrize("field", ["network_server_address", "application_server_address", "join_server_address"])
def test_a_refused_server_address_is_the_stacks(field):
    error = raised(IS_CREATE, 400, refusal("pkg/errors:validation", 3, attributes={"field": f"end_device.{field}"}))

    assert type(error) is StackConfigurationError
    assert "ClusterAddress" in str(error)


@pytest.mark.parametrize("field", ["supports_join", "multicast"])
def test_a_record_that_cannot_become_a_joining_one_is_told_like_one_of_other_euis(field):
    error = raised(NS_SET, 400, refusal("pkg/networkserver:field_value", 3, attributes={"field": field}))

    assert type(error) is EuisFixedAnswer


@pytest.mark.parametrize("attributes", [None, {"field": None}, {"field": 7}, {"field": ["ids"]}, "field"])
def test_attributes_of_another_shape_count_as_absent(attributes):
    error = raised(NS_SET, 400, refusal("pkg/networkserver:field_value", 3, attributes=attributes))

    assert type(error) is UnexpectedAnswerError


def test_the_holder_of_the_euis_is_named():
    error = raised(IS_CREATE, 409, refusal("pkg/identityserver:end_device_euis_taken", 6, attributes=HOLDER))

    assert (error.device_id, error.application_id) == ("pump-7", "other-app")
    assert "belong to device pump-7 of application other-app" in str(error)


def test_a_holder_that_the_server_does_not_tell_is_none():
    error = raised(IS_CREATE, 409, refusal("pkg/util/store:eui_taken", 6))

    assert (error.device_id, error.application_id) == (None, None)
    assert "belong to a device that is not named" in str(error)


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

    assert "missing: RIGHT_APPLICATION_DEVICES_WRITE, RIGHT_APPLICATION_DEVICES_WRITE_KEYS (403" in str(error)
    assert "two minutes" in str(error)


@pytest.mark.parametrize(
    ("reset_s", "expected"),
    [
        pytest.param("12", "refused for rate; its limit resets in 12 s (429", id="told"),
        pytest.param(None, "refused for rate (429", id="not-told"),
        pytest.param("soon", "refused for rate (429", id="no-number"),
    ],
)
def test_throttling_tells_when_the_limit_resets(reset_s, expected):
    error = raised(IS_READ, 429, refusal("pkg/ratelimit:rate_limit_exceeded", 8), reset_s=reset_s)

    assert expected in str(error)


LEAKS = {
    "field": f"root_keys.app_key.key={APP_KEY}",
    "reason": f"{APP_KEY} {NWK_KEY} {CODE}",
    "missing": [APP_KEY, CODE],
    "message": f"{APP_KEY} {NWK_KEY} {CODE}",
    "id": APP_KEY,
}
SECRET_PATHS = ["end_device.root_keys", "authenticated_identifiers.authentication_code", "end_device.new_field"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 499, 500, 501, 503])
@pytest.mark.parametrize(
    "name",
    [
        "",
        "pkg/errors:validation",
        "pkg/joinserver:field_value",
        "pkg/internal/registry:end_device_euis_taken",
        "pkg/auth/rights:insufficient_application_rights",
        "pkg/frequencyplans:not_found",
        f"{TTJS}:internal_error",
        f"{TTJS}:device_access_denied",
        "pkg/new:refused",
    ],
)
@pytest.mark.parametrize("call", [JS_SET, CLAIM], ids=["keys", "code"])
def test_no_key_or_code_that_the_server_quotes_gets_into_an_error(call, name, status):
    message = f'unmarshal error at path "end_device.root_keys.{APP_KEY}": invalid value {APP_KEY} {NWK_KEY} {CODE}'
    cause = details("pkg/errors:validation", LEAKS)

    error = raised(call, status, refusal(name, 3, attributes=LEAKS, cause=cause, message=message))

    told = f"{error} {error!r} {vars(error)} {call!r}"
    assert [secret for secret in (APP_KEY, NWK_KEY, CODE) if secret in told] == []


@pytest.mark.parametrize("call", [JS_SET, CLAIM], ids=["keys", "code"])
def test_no_key_or_code_of_a_page_gets_into_an_error(call):
    error = raised(call, 500, f"<html>{APP_KEY} {CODE}</html>".encode())

    assert [secret for secret in (APP_KEY, CODE) if secret in str(error)] == []


def test_a_reason_is_cut_and_unescaped():
    reason = "value does not match &#34;^[a-z]&#34; " + "x" * 1000

    error = raised(IS_CREATE, 400, refusal("pkg/errors:validation", 3, attributes={"field": "name", "reason": reason}))

    assert 'value does not match "^[a-z]"' in str(error)
    assert len(str(error)) < 400
