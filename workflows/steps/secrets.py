"""Replaces references to keys and claim codes by the values of the secrets and parameters."""

from collections.abc import Callable
from dataclasses import replace

from workflows.domain.attributes import DeviceKeys
from workflows.domain.identifiers import is_authentication_code, is_key, is_reference, names_parameter
from workflows.domain.planning import PlannedDevice
from workflows.errors import InvalidThingError
from workflows.ports.secrets import DeviceSecrets
from workflows.values import value

# The session keys of LoRaWAN 1.1; a device that joins has two root keys, a claim one secret. The functions' timeouts
# depend on it.
READS_AT_MOST = 4


@value
class ByStore(DeviceSecrets):
    """Reads a reference where it leads to: Secrets Manager, or Parameter Store, which few things need."""

    secrets: DeviceSecrets
    parameters: Callable[[], DeviceSecrets]

    def read(self, reference: str) -> str | None:
        store = self.parameters() if names_parameter(reference) else self.secrets
        return store.read(reference)


def with_secrets(device: PlannedDevice, secrets: DeviceSecrets) -> PlannedDevice:
    """Return ``device`` with every reference replaced by its value.

    Raises:
        InvalidThingError: a secret is missing, malformed, or not the code on the device's label.
    """
    code = _value("claimAuthenticationCode", device.authentication_code, is_authentication_code, secrets)
    if device.expected_code not in (None, code):
        raise _unusable("claimAuthenticationCode", device.authentication_code or "")
    return replace(
        device,
        keys=keys_behind(device.keys, secrets),
        authentication_code=code,
    )


def keys_behind(keys: DeviceKeys, secrets: DeviceSecrets) -> DeviceKeys:
    """Return the keys, read where they are references; raise as ``with_secrets``."""
    return DeviceKeys.of({name: _value(name, key, is_key, secrets) for name, key in keys.given().items()})


def _value(attribute: str, given: str | None, accepts: Callable[[str], bool], secrets: DeviceSecrets) -> str | None:
    if given is None or not is_reference(given):
        return given
    value = secrets.read(given)
    if value is None or not accepts(value):
        raise _unusable(attribute, given)
    return value.upper()


def _unusable(attribute: str, reference: str) -> InvalidThingError:
    """Use one text for all cases: a user who may write the thing learns nothing about secrets of others."""
    is_code = attribute == "claimAuthenticationCode"
    value = "1 to 32 letters and digits, the same as in qrCode if that has a code" if is_code else "32 hex digits"
    store = _OF_PARAMETER if names_parameter(reference) else _OF_SECRET
    return InvalidThingError(
        {attribute: f"{store} nothing but {value}; with #jsonKey, that field of a JSON object must"}
    )


_OF_SECRET = (
    "names a secret that cannot be used. It must exist under this very ARN, this stack must be allowed to read it, and "
    "it must hold as text (not as binary)"
)
_OF_PARAMETER = (
    "names a parameter that cannot be used. It must exist under this very name in the stack's account and region, be "
    "of type SecureString (any other can be read without its key), be encrypted with the key aws/ssm or the stack's "
    "own, and hold"
)
