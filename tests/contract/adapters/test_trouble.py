"""What may pass is distinguished from what does not, so that the state machine and the queue retry the right things."""

import orjson
import pytest
from botocore import exceptions as botocore_errors

from tests.canned_server import Reply, served
from tests.free_ports import refusing_port
from workflows.adapters import aws
from workflows.adapters.device_parameters import SSMDeviceParameters
from workflows.adapters.device_secrets import SecretsManagerDeviceSecrets
from workflows.adapters.executions import StepFunctionsExecutions
from workflows.adapters.secrets import StackSecret
from workflows.errors import RegistryThrottledError, RegistryUnavailableError

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:thingsync"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:thingsync/thingsync/device/pump-7-AbCdEf"
EVENT = '{"appKey":"9F3A6C0D51E27B84A0C95D1E3F7284B6"}'
ASKS = [
    pytest.param(lambda: StepFunctionsExecutions(aws.stepfunctions(), ARN).start("name", EVENT), id="start"),
    pytest.param(lambda: StepFunctionsExecutions(aws.stepfunctions(), ARN).works_or_succeeded("name"), id="look-up"),
    pytest.param(lambda: SecretsManagerDeviceSecrets(aws.secretsmanager()).read(SECRET), id="device secret"),
    pytest.param(lambda: SSMDeviceParameters(aws.ssm()).read("/thingsync/x"), id="device parameter"),
    pytest.param(lambda: StackSecret(aws.secretsmanager(), SECRET).current(), id="API key"),
]
each_ask = pytest.mark.parametrize("ask", ASKS)


def refusal(code, status=400):
    return Reply(status, orjson.dumps({"__type": code, "message": EVENT}))


@pytest.fixture
def answering(account, monkeypatch):
    """Point the clients at a server that gives the same reply to every attempt."""

    def point(address):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        _forget_clients()

    yield point
    _forget_clients()


def _forget_clients():
    aws.stepfunctions.cache_clear()
    aws.secretsmanager.cache_clear()
    aws.ssm.cache_clear()


@each_ask
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(refusal("ThrottlingException"), RegistryThrottledError, id="throttled"),
        pytest.param(Reply(503, b"<html>busy</html>"), RegistryUnavailableError, id="a page instead of an answer"),
    ],
)
def test_a_transient_error_of_aws_has_our_name_after_two_attempts(answering, ask, reply, error):
    with served() as server:
        server.replies.extend([reply] * aws.ATTEMPTS)
        answering(server.address)

        with pytest.raises(
            error, match=r"^AWS (throttled|failed at) (StartEx|DescribeEx|GetSecret|GetParam)"
        ) as raised:
            ask()

    assert len(server.requests) == aws.ATTEMPTS
    assert EVENT not in str(raised.value)


@each_ask
def test_no_connection_is_a_transient_error(answering, ask):
    with refusing_port() as port:
        answering(f"http://127.0.0.1:{port}")

        with pytest.raises(RegistryUnavailableError, match="AWS could not be reached"):
            ask()


@pytest.mark.parametrize("ask", ASKS[:4])
def test_a_refusal_that_will_not_pass_keeps_its_name(answering, ask):
    with served() as server:
        server.replies.append(refusal("InvalidSignatureException"))
        answering(server.address)

        with pytest.raises(botocore_errors.ClientError, match="InvalidSignatureException"):
            ask()

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "code",
    [
        "ExecutionDoesNotExist",
        "AccessDeniedException",
        "KmsAccessDeniedException",
        "KmsInvalidStateException",
        "KmsThrottlingException",
    ],
)
def test_a_run_that_cannot_be_looked_up_is_not_known_to_work(answering, code):
    with served() as server:
        server.replies.append(refusal(code))
        answering(server.address)

        assert not StepFunctionsExecutions(aws.stepfunctions(), ARN).works_or_succeeded("name")


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidParameterException", "ValidationException"])
def test_a_reference_that_names_no_secret_of_ours_is_the_users_affair(answering, code):
    with served() as server:
        server.replies.append(refusal(code))
        answering(server.address)

        found = SecretsManagerDeviceSecrets(aws.secretsmanager()).read(SECRET)

    assert found is None


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidKeyId", "ParameterNotFound", "ValidationException"])
def test_a_reference_that_names_no_parameter_of_ours_is_the_users_affair(answering, code):
    with served() as server:
        server.replies.append(refusal(code))
        answering(server.address)

        found = SSMDeviceParameters(aws.ssm()).read("/thingsync/x")

    assert found is None


def test_a_parameter_that_answers_for_an_arn_elsewhere_is_not_the_one_that_was_named(answering):
    there, here = (f"arn:aws:ssm:{region}:123456789012:parameter/thingsync/x" for region in ("us-east-1", "eu-west-1"))
    found = {"Name": "/thingsync/x", "ARN": here, "Type": "SecureString", "Value": "9F3A6C0D51E27B84A0C95D1E3F7284B6"}
    with served() as server:
        server.replies.extend([Reply(200, orjson.dumps({"Parameter": found}))] * 2)
        answering(server.address)

        answers = [SSMDeviceParameters(aws.ssm()).read(each) for each in (there, here)]

    assert answers == [None, found["Value"]]


def client_error(code, status=400):
    return botocore_errors.ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "StartExecution"
    )


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(botocore_errors.ReadTimeoutError(endpoint_url="u"), RegistryUnavailableError, id="slow answer"),
        pytest.param(botocore_errors.ConnectTimeoutError(endpoint_url="u"), RegistryUnavailableError, id="slow host"),
        pytest.param(botocore_errors.ConnectionClosedError(endpoint_url="u"), RegistryUnavailableError, id="closed"),
        pytest.param(botocore_errors.EndpointConnectionError(endpoint_url="u"), RegistryUnavailableError, id="no host"),
        pytest.param(botocore_errors.SSLError(endpoint_url="u", error="e"), RegistryUnavailableError, id="TLS"),
        pytest.param(client_error("InternalServerError", 500), RegistryUnavailableError, id="500"),
        pytest.param(client_error("ServiceUnavailable", 503), RegistryUnavailableError, id="503"),
        pytest.param(client_error("TooManyRequestsException", 429), RegistryThrottledError, id="too many requests"),
        pytest.param(client_error("RequestLimitExceeded", 503), RegistryThrottledError, id="throttled as 503"),
        pytest.param(client_error("AccessDeniedException"), botocore_errors.ClientError, id="not allowed"),
        pytest.param(KeyError("k"), KeyError, id="a bug"),
    ],
)
def test_an_error_is_mapped_by_its_class_and_code(error, expected):
    with pytest.raises(expected, match=r"\w") as raised, aws.transient_errors_mapped():
        raise error

    assert type(raised.value) is expected
