import pytest

from tests.ports.device_secrets import DeviceSecretsContract
from tests.samples import APP_KEY
from workflows.adapters import aws
from workflows.adapters.device_secrets import SecretsManagerDeviceSecrets
from workflows.adapters.secrets import MAX_AGE_S, ConfigurationSecrets, StackSecret
from workflows.errors import StackConfigurationError

KEY, NEW_KEY = "NNSXS.OLD.ABCDEF", "NNSXS.NEW.ABCDEF"


def stored(text, name="thingsync/thingsync/device/pump-7"):
    return aws.secretsmanager().create_secret(Name=name, SecretString=text)["ARN"]


class TestSecretsManagerDeviceSecrets(DeviceSecretsContract):
    @pytest.fixture
    def secrets(self, cloud):
        return SecretsManagerDeviceSecrets(aws.secretsmanager())

    @pytest.fixture
    def stored(self, cloud):
        return stored


@pytest.fixture
def device_secrets(cloud):
    return SecretsManagerDeviceSecrets(aws.secretsmanager())


def test_a_corrected_secret_is_read_at_once(device_secrets):
    arn = stored("wrong")
    device_secrets.read(arn)

    aws.secretsmanager().put_secret_value(SecretId=arn, SecretString=APP_KEY)

    assert device_secrets.read(arn) == APP_KEY


def test_a_secret_of_bytes_is_none(device_secrets):
    arn = aws.secretsmanager().create_secret(Name="thingsync/thingsync/device/x", SecretBinary=b"\x01")["ARN"]

    assert device_secrets.read(arn) is None
    assert device_secrets.read(f"{arn}#appKey") is None


def test_a_secret_that_waits_for_its_deletion_is_none(device_secrets):
    arn = stored(APP_KEY)
    aws.secretsmanager().delete_secret(SecretId=arn)

    assert device_secrets.read(arn) is None


def test_an_arn_without_its_end_that_seems_to_be_whole_names_no_secret(device_secrets):
    arn = stored(APP_KEY, "thingsync/thingsync/device/pump-sensor")

    assert device_secrets.read(arn) == APP_KEY
    assert device_secrets.read(arn.removesuffix(arn[-7:])) is None


def test_the_api_key_is_cached_until_it_is_refused(cloud):
    arn = stored(f"{KEY}\n", "thingsync/api-key")
    api_key = StackSecret(aws.secretsmanager(), arn)
    first = api_key.current()
    aws.secretsmanager().put_secret_value(SecretId=arn, SecretString=NEW_KEY)

    keys = first, api_key.current(), api_key.refreshed(), api_key.current()

    assert keys == (KEY, KEY, NEW_KEY, NEW_KEY)


@pytest.mark.parametrize("read", [StackSecret.current, StackSecret.refreshed], ids=["current", "refreshed"])
def test_an_api_key_that_is_gone_is_the_stacks_affair(cloud, read):
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:thingsync/api-key-AbCdEf"

    with pytest.raises(StackConfigurationError, match=f"{arn}.*ResourceNotFoundException"):
        read(StackSecret(aws.secretsmanager(), arn))


@pytest.fixture
def configuration(cloud):
    arn = stored(KEY, "thingsync/api-key")
    webhook_arn = stored("S3CRET", "thingsync/webhook-secret")
    return ConfigurationSecrets(aws.secretsmanager(), api_key_secret_arn=arn, webhook_secret_arn=webhook_arn)


def test_configure_reads_what_was_replaced_and_what_was_there_before(configuration):
    first = configuration.api_key()
    for secret_id in ("thingsync/api-key", "thingsync/webhook-secret"):
        aws.secretsmanager().put_secret_value(SecretId=secret_id, SecretString=NEW_KEY)

    keys = configuration.api_key(), configuration.previous_api_key(), configuration.webhook_secret()

    assert (first, *keys) == (KEY, NEW_KEY, KEY, NEW_KEY)


def test_a_first_api_key_has_none_before_it(configuration):
    with pytest.raises(StackConfigurationError, match="cannot read its own secret"):
        configuration.previous_api_key()


def test_a_known_secret_is_asked_for_again_once_it_is_too_old(cloud):
    now = [0.0]
    secret = StackSecret(aws.secretsmanager(), stored(KEY), clock=lambda: now[0])
    asked = []
    aws.secretsmanager().meta.events.register("before-call", lambda **_: asked.append(now[0]))

    for now[0] in (0.0, MAX_AGE_S - 1, MAX_AGE_S, MAX_AGE_S + 1):
        assert secret.current() == KEY

    assert asked == [0.0, MAX_AGE_S]
