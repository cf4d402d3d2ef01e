"""The spelling of EUIs, keys, codes and device IDs. Each rule is told in words, since users read them."""

import re
from dataclasses import dataclass

_HEX_16 = re.compile(r"[0-9A-Fa-f]{16}")
_HEX_32 = re.compile(r"[0-9A-Fa-f]{32}")
_AUTHENTICATION_CODE = re.compile(r"[0-9A-Za-z]{1,32}")
DEVICE_ID_MAX_CHARS = 36
_DEVICE_ID = re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,}")
# Ends the paths of calls on several devices at once, so that no call can name a device of this ID.
NO_DEVICE_ID = "batch"
_SECRET_REFERENCE = re.compile(
    r"arn:(?P<partition>[a-z-]+):secretsmanager:(?P<region>[a-z0-9-]+):(?P<account_id>[0-9]{12}):"
    r"secret:(?P<name>[^:#]+)(?:#(?P<json_key>[^#]+))?"
)
# Secrets Manager adds it to a secret's name.
_ARN_SUFFIX = re.compile(r"-[a-zA-Z0-9]{6}\Z")
_DEV_EUI_CHARS = 16


@dataclass(frozen=True, slots=True)
class SecretReference:
    """An ARN of a secret, and the field of a JSON secret behind it.

    ``name`` ends in a dash and six characters that Secrets Manager adds, unless its user left them out.
    """

    partition: str
    region: str
    account_id: str
    name: str
    json_key: str | None = None

    def __str__(self) -> str:
        arn = f"arn:{self.partition}:secretsmanager:{self.region}:{self.account_id}:secret:{self.name}"
        return arn if self.json_key is None else f"{arn}#{self.json_key}"


def is_dev_eui(text: str) -> bool:
    return is_eui(text) and not _is_zero(text)


def is_eui(text: str) -> bool:
    """Tell whether ``text`` is an EUI; an all-zero one is a legal JoinEUI."""
    return _HEX_16.fullmatch(text) is not None


def is_root_key(text: str) -> bool:
    return _HEX_32.fullmatch(text) is not None and not _is_zero(text)


def is_authentication_code(text: str) -> bool:
    return _AUTHENTICATION_CODE.fullmatch(text) is not None


def _is_zero(hexadecimal: str) -> bool:
    return not hexadecimal.strip("0")


def is_device_id(text: str) -> bool:
    """Tell whether The Things Stack accepts ``text`` as ``device_id``; other reserved words are its own affair.

    Source:
        lorawan-stack api/ttn/lorawan/v3/identifiers.proto, EndDeviceIdentifiers.
    """
    return len(text) <= DEVICE_ID_MAX_CHARS and text != NO_DEVICE_ID and _DEVICE_ID.fullmatch(text) is not None


def is_application_id(text: str) -> bool:
    """Tell whether ``text`` is spelled like an ID of an application, as those of devices are."""
    return len(text) <= DEVICE_ID_MAX_CHARS and _DEVICE_ID.fullmatch(text) is not None


def is_reference(text: str) -> bool:
    """Tell whether ``text`` means to name a secret rather than to be one."""
    return text.lower().startswith("arn:")


def is_well_formed_reference(text: str) -> bool:
    return read_reference(text) is not None


def read_reference(text: str) -> SecretReference | None:
    match = _SECRET_REFERENCE.fullmatch(text)
    return SecretReference(**match.groupdict()) if match else None


def device_secrets_of(stack_name: str) -> str:
    """Return how the names of the secrets begin that a stack may read for its devices."""
    return f"thingsync/{stack_name}/device/"


def is_device_secret(text: str, stack_name: str) -> bool:
    """Tell whether ``text`` is the ARN of a secret that ``stack_name`` may read for its devices."""
    reference = read_reference(text)
    return reference is not None and reference.name.startswith(device_secrets_of(stack_name))


def is_secret_of(text: str, stack_name: str, *, dev_eui: str | None, thing_name: str) -> bool:
    """Tell whether a device secret is of the thing itself, by the secret's name or by the field behind ``#``.

    What begins with 16 hex digits, of the two, is of the device with this DevEUI, whatever a thing calls itself: people
    choose the names of things. Only without any the name counts that is the thing's; behind it only what no thing's
    name may hold can follow, so that thing ``pump`` does not read what is of thing ``pump-10``. A field is no proof by
    such a name, since ``appKey`` is one, too.
    """
    reference = read_reference(text)
    if reference is None:
        return False
    name = _ARN_SUFFIX.sub("", reference.name.removeprefix(device_secrets_of(stack_name)))
    begins = [each[:_DEV_EUI_CHARS].upper() for each in (name, reference.json_key or "")]
    told = {each for each in begins if is_eui(each)}
    if told:
        return told == {dev_eui}
    return bool(thing_name) and re.fullmatch(rf"{re.escape(thing_name)}(?:[^a-zA-Z0-9:_-].*)?", name) is not None


def has_arn_suffix(text: str) -> bool:
    """Tell whether an ARN seems to be whole; one without its end may seem so, too (``…/pump-sensor``)."""
    return _ARN_SUFFIX.search(text) is not None


def split_reference(reference: str) -> tuple[str, str | None]:
    """Split ``arn…#jsonKey`` into the secret's ARN and the key, None for a plain text secret."""
    arn, _, json_key = reference.partition("#")
    return arn, json_key or None
