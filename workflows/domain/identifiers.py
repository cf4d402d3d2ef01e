"""The spelling of EUIs, keys, codes, device IDs and secret references."""

import re

from workflows.values import value

_HEX = re.compile(r"[0-9A-Fa-f]*")
# A DevEUI has 16; a root key has 32.
_HEX_DIGITS_OF_NAMES = 24
_HEX_8 = re.compile(r"[0-9A-Fa-f]{8}")
_HEX_16 = re.compile(r"[0-9A-Fa-f]{16}")
_HEX_32 = re.compile(r"[0-9A-Fa-f]{32}")
_AUTHENTICATION_CODE = re.compile(r"[0-9A-Za-z]{1,32}")
DEVICE_ID_MAX_CHARS = 36
_DEVICE_ID = re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,}")
ALPHANUMERIC = "at least 3 letters or digits, no dash at either end"
ID_FORM = f"3 to {DEVICE_ID_MAX_CHARS} lower-case letters, digits and single dashes ({ALPHANUMERIC})"
# The Things Stack uses it in the paths of calls on several devices, so no call can name a device of this ID.
NO_DEVICE_ID = "batch"
_PLACE = r"arn:(?P<partition>[a-z-]+):%s:(?P<region>[a-z0-9-]+):(?P<account_id>[0-9]{12}):"
_JSON_KEY = "(?:#(?P<json_key>[^#]+))?"
_SECRET_REFERENCE = re.compile(_PLACE % "secretsmanager" + "secret:(?P<name>[^:#]+)" + _JSON_KEY)
# Parameters are in a hierarchy, and only such names need no type in front of them in an ARN.
_PARAMETER_REFERENCE = re.compile(f"(?:{_PLACE % 'ssm'}parameter)?/(?P<name>[a-zA-Z0-9_./-]+){_JSON_KEY}")
# Secrets Manager adds this to a secret's name.
_ARN_SUFFIX = re.compile(r"-[a-zA-Z0-9]{6}\Z")
_DEV_EUI_CHARS = 16
# Common names for the only value in a secret.
_FIELD_NAMES = frozenset(
    [
        "value",
        "key",
        "secret",
        "password",
        "code",
        "token",
        "appkey",
        "nwkkey",
        "app_key",
        "nwk_key",
        "rootkey",
        "root_key",
        "claimauthenticationcode",
        "claim_authentication_code",
        "authenticationcode",
        "authentication_code",
    ]
)


@value
class SecretReference:
    """The ARN of a secret, or name or ARN of a parameter; and the field if what it holds is a JSON object.

    A secret's ``name`` ends with a dash and the six characters that Secrets Manager adds, unless the user left them
    out. A parameter's is without its first slash. ``partition``, ``region`` and ``account_id`` are empty in a name.
    """

    partition: str
    region: str
    account_id: str
    name: str
    json_key: str | None = None
    is_parameter: bool = False

    def __str__(self) -> str:
        place = f"{self.region}:{self.account_id}"
        text = f"arn:{self.partition}:secretsmanager:{place}:secret:{self.name}"
        if self.is_parameter:
            text = f"arn:{self.partition}:ssm:{place}:parameter/{self.name}" if self.region else f"/{self.name}"
        return text if self.json_key is None else f"{text}#{self.json_key}"


def is_dev_eui(text: str) -> bool:
    return is_eui(text) and not _is_zero(text)


def is_eui(text: str) -> bool:
    """Return whether ``text`` is an EUI. All zeros is a legal JoinEUI."""
    return _HEX_16.fullmatch(text) is not None


def is_key(text: str) -> bool:
    return _HEX_32.fullmatch(text) is not None and not _is_zero(text)


def is_dev_addr(text: str) -> bool:
    return _HEX_8.fullmatch(text) is not None and not _is_zero(text)


def is_authentication_code(text: str) -> bool:
    return _AUTHENTICATION_CODE.fullmatch(text) is not None


def _is_zero(hexadecimal: str) -> bool:
    return not hexadecimal.strip("0")


def is_id(text: str) -> bool:
    """Return whether ``text`` is an ID as The Things Stack takes them."""
    return len(text) <= DEVICE_ID_MAX_CHARS and _DEVICE_ID.fullmatch(text) is not None


def is_device_id(text: str) -> bool:
    """Return whether ``text`` is a legal ``device_id``. The Things Stack may still refuse a reserved word.

    Source:
        lorawan-stack api/ttn/lorawan/v3/identifiers.proto, EndDeviceIdentifiers.
    """
    return is_id(text) and text != NO_DEVICE_ID


def suggest_device_id(text: str) -> str | None:
    """Return the device ID that ``text`` was probably meant to be; None if that is not evident.

    It is None, too, for what may be a key or a code in the wrong place: a suggestion would show it. Labels print those
    in capitals, in groups with blanks or dashes between them. A root key may have a word before it (``0x``) or a slip:
    then it still has more hex digits than a name with a DevEUI.
    """
    if text == NO_DEVICE_ID:
        return f"{NO_DEVICE_ID}-1"
    words = [word.lower() for word in re.findall(r"[A-Za-z0-9]+", text)]
    is_name = re.search("[g-z_]", text) is not None
    hex_digits = sum(map(len, _HEX.findall("".join(words))))
    is_hex = hex_digits == sum(map(len, words)) or hex_digits > _HEX_DIGITS_OF_NAMES
    may_be_secret = is_hex or len(text) > DEVICE_ID_MAX_CHARS or not text.isascii()
    suggestion = "-".join(words)
    return suggestion if is_name and not may_be_secret and is_device_id(suggestion) else None


def is_application_id(text: str) -> bool:
    """Return whether ``text`` is spelled like an application ID; the grammar is that of device IDs."""
    return is_id(text)


def is_reference(text: str) -> bool:
    """Return whether ``text`` is meant as a secret's ARN or a parameter's name, not as the secret itself."""
    return text.lower().startswith(("arn:", "/"))


def names_parameter(text: str) -> bool:
    """Return whether the reference ``text`` is meant as a parameter, by its name or its ARN."""
    return text.startswith("/") or text.split(":")[2:3] == ["ssm"]


def is_well_formed_reference(text: str) -> bool:
    return read_reference(text) is not None


def read_reference(text: str) -> SecretReference | None:
    match = _SECRET_REFERENCE.fullmatch(text) or _PARAMETER_REFERENCE.fullmatch(text)
    if match is None:
        return None
    partition, region, account_id = (match[name] or "" for name in ("partition", "region", "account_id"))
    is_parameter = match.re is _PARAMETER_REFERENCE
    return SecretReference(partition, region, account_id, match["name"], match["json_key"], is_parameter)


def device_secrets_of(stack_name: str) -> str:
    """Return the prefix of the names of all secrets that a stack may read for its devices; parameters have it, too."""
    return f"thingsync/{stack_name}/device/"


def is_device_secret(text: str, stack_name: str) -> bool:
    """Return whether ``text`` refers to a secret that ``stack_name`` may read for its devices."""
    reference = read_reference(text)
    return reference is not None and reference.name.startswith(device_secrets_of(stack_name))


def is_secret_of(text: str, stack_name: str, *, dev_eui: str | None, thing_name: str) -> bool:
    """Return whether a device secret belongs to this thing, by the secret's name or the field behind ``#``.

    If either starts with 16 hex digits, it belongs to the device with this DevEUI: people choose the names of things,
    so a name proves nothing there. Otherwise one of them must start with the thing's name. After the name, only a
    character may follow that is illegal in thing names: thing ``pump`` must not read a secret of thing ``pump-10``.
    A thing that is named like a common field (``value``) does not own that field in every secret.
    """
    reference = read_reference(text)
    if reference is None:
        return False
    name = reference.name.removeprefix(device_secrets_of(stack_name))
    if not reference.is_parameter:
        name = _ARN_SUFFIX.sub("", name)
    json_key = reference.json_key or ""
    dev_euis = {each for each in (name[:_DEV_EUI_CHARS].upper(), json_key[:_DEV_EUI_CHARS].upper()) if is_eui(each)}
    if dev_euis:
        return dev_euis == {dev_eui}
    own = [name] if thing_name.lower() in _FIELD_NAMES else [name, json_key]
    belongs = re.compile(rf"{re.escape(thing_name)}(?:[^a-zA-Z0-9:_-].*)?")
    return bool(thing_name) and any(belongs.fullmatch(each) for each in own)


def has_arn_suffix(text: str) -> bool:
    """Return whether an ARN looks complete; an incomplete one may look so, too (``…/pump-sensor``)."""
    return _ARN_SUFFIX.search(text) is not None


def split_reference(reference: str) -> tuple[str, str | None]:
    """Split ``arn…#jsonKey`` into the secret's ARN, or a parameter's name, and the key; None for a plain text."""
    arn, _, json_key = reference.partition("#")
    return arn, json_key or None
