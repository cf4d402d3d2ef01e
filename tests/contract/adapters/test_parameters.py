import pytest

from tests.ports.device_secrets import DeviceSecretsContract
from tests.samples import APP_KEY
from workflows.adapters import aws
from workflows.adapters.device_parameters import SSMDeviceParameters

NAME = "/thingsync/thingsync/device/70B3D57ED0051234"


def stored(text, kind="SecureString"):
    aws.ssm().put_parameter(Name=NAME, Value=text, Type=kind, Overwrite=True)
    return NAME


def arn():
    return aws.ssm().get_parameter(Name=NAME)["Parameter"]["ARN"]


class TestSSMDeviceParameters(DeviceSecretsContract):
    @pytest.fixture
    def secrets(self, cloud):
        return SSMDeviceParameters(aws.ssm())

    @pytest.fixture
    def stored(self, cloud):
        return stored


@pytest.fixture
def parameters(cloud):
    return SSMDeviceParameters(aws.ssm())


def test_a_parameter_is_read_by_its_arn_too(parameters):
    stored(APP_KEY)

    assert parameters.read(arn()) == APP_KEY


def test_an_arn_of_another_account_names_no_parameter_here(parameters):
    stored(APP_KEY)

    assert parameters.read(arn().replace("123456789012", "999988887777")) is None


@pytest.mark.parametrize("kind", ["String", "StringList"])
def test_a_parameter_that_is_not_encrypted_is_none(parameters, kind):
    assert parameters.read(stored(APP_KEY, kind)) is None


def test_a_corrected_parameter_is_read_at_once(parameters):
    parameters.read(stored("wrong"))

    assert parameters.read(stored(APP_KEY)) == APP_KEY


def test_a_name_that_aws_refuses_is_none(parameters):
    assert parameters.read(f"/thingsync/thingsync/device//{'x' * 2000}") is None
